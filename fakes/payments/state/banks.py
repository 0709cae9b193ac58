"""Ways to pay other than cards: how each asks its customer, in which currencies, and the test accounts of each.

`debit` takes days to answer; `redirect` sends the customer to a page; `voucher` is paid elsewhere, later; `transfer`
takes what the customer sent before. Accounts and tokens from docs.stripe.com/testing and the pages of each method.
"""

from dataclasses import dataclass

from fakes.payments.state.instrument import Card

SOON_S = 2
"""How long a test account takes to answer that is not documented to be slow."""
LATE_S = 180
"""How long one takes that is: at least three minutes."""


@dataclass(frozen=True, slots=True)
class Way:
    """One type of payment method that is no card."""

    how: str
    currencies: str = ""
    """Empty takes every currency."""


WAYS: dict[str, Way] = {
    "us_bank_account": Way("debit", "usd"),
    "sepa_debit": Way("debit", "eur"),
    "bacs_debit": Way("debit", "gbp"),
    "au_becs_debit": Way("debit", "aud"),
    "acss_debit": Way("debit", "cad usd"),
    "ideal": Way("redirect", "eur"),
    "bancontact": Way("redirect", "eur"),
    "eps": Way("redirect", "eur"),
    "giropay": Way("redirect", "eur"),
    "p24": Way("redirect", "eur pln"),
    "klarna": Way("redirect"),
    "affirm": Way("redirect", "usd cad"),
    "afterpay_clearpay": Way("redirect", "usd cad gbp aud nzd"),
    "alipay": Way("redirect"),
    "amazon_pay": Way("redirect"),
    "cashapp": Way("redirect", "usd"),
    "grabpay": Way("redirect", "sgd myr"),
    "link": Way("redirect"),
    "mobilepay": Way("redirect", "dkk eur nok sek"),
    "paypal": Way("redirect"),
    "revolut_pay": Way("redirect", "eur gbp"),
    "twint": Way("redirect", "chf"),
    "wechat_pay": Way("redirect"),
    "boleto": Way("voucher", "brl"),
    "konbini": Way("voucher", "jpy"),
    "multibanco": Way("voucher", "eur"),
    "oxxo": Way("voucher", "mxn"),
    "customer_balance": Way("transfer"),
}
TYPES = ("card", *WAYS)


def _fails(kind: str, number: str, code: str, message: str, settles_s: int = SOON_S) -> Card:
    return Card(number, kind=kind, code=code, decline=code, message=message, settles_s=settles_s)


def _us(number: str, code: str, message: str) -> Card:
    return _fails("us_bank_account", number, code, message)


def _sepa(iban: str, *, settles_s: int = SOON_S, after: str = "") -> Card:
    return Card(iban, kind="sepa_debit", settles_s=settles_s, after=after, country="AT")


_REFUSED = "The customer's bank refused the payment."
ACCOUNTS: dict[str, Card] = {
    "usBankAccount_success": Card("000123456789", kind="us_bank_account", settles_s=SOON_S),
    "usBankAccount_accountClosed": _us("000111111113", "account_closed", "The customer's bank account is closed."),
    "usBankAccount_noAccount": _us("000111111116", "no_account", "The customer's bank account could not be found."),
    "usBankAccount_insufficientFunds": _us(
        "000222222227", "insufficient_funds", "The customer's account has insufficient funds to cover this payment."
    ),
    "usBankAccount_debitNotAuthorized": _us(
        "000333333335", "debit_not_authorized", "The customer has not authorised this debit."
    ),
    "usBankAccount_invalidCurrency": _us(
        "000444444440", "invalid_currency", "The bank account cannot be debited in this currency."
    ),
    "usBankAccount_dispute": Card("000555555559", kind="us_bank_account", settles_s=SOON_S, after="bank_dispute"),
    "usBankAccount_processing": Card("000000000009", kind="us_bank_account", settles_s=None),
    "usBankAccount_weeklyLimitExceeded": _us(
        "000777777771", "charge_exceeds_weekly_limit", "The payment exceeds the weekly limit of this account."
    ),
    "usBankAccount_failMicrodeposits": _us(
        "000666666661", "payment_method_microdeposit_failed", "The microdeposits could not be sent."
    ),
    "usBankAccount_riskLevelHighest": Card(
        "000000004954",
        kind="us_bank_account",
        code="card_declined",
        decline="fraudulent",
        message="This payment was blocked.",
        risk="highest",
    ),
    "sepaDebit_success_at": _sepa("AT611904300234573201"),
    "sepaDebit_successDelayed_at": _sepa("AT321904300235473204", settles_s=LATE_S),
    "sepaDebit_failed_at": _fails("sepa_debit", "AT861904300235473202", "generic_could_not_process", _REFUSED),
    "sepaDebit_failed_it": _fails("sepa_debit", "IT60X0542811101000000123456", "generic_could_not_process", _REFUSED),
    "sepaDebit_failedDelayed_at": _fails(
        "sepa_debit", "AT051904300235473205", "generic_could_not_process", _REFUSED, LATE_S
    ),
    "sepaDebit_disputed_at": _sepa("AT591904300235473203", after="bank_dispute"),
    "bacsDebit_success": Card("00012345", kind="bacs_debit", settles_s=SOON_S, country="GB"),
    "bacsDebit_insufficientFunds": _fails("bacs_debit", "22222227", "insufficient_funds", _REFUSED),
    "auBecsDebit_success": Card("000123456", kind="au_becs_debit", settles_s=SOON_S, country="AU"),
    "auBecsDebit_accountClosed": _fails("au_becs_debit", "111111113", "account_closed", _REFUSED),
    "acssDebit_success": Card("000123456789", kind="acss_debit", settles_s=SOON_S, country="CA"),
    "acssDebit_insufficientFunds": _fails("acss_debit", "000222222227", "insufficient_funds", _REFUSED),
}
"""By the name in their tokens: `pm_usBankAccount_success`."""
PLAIN: dict[str, Card] = {
    kind: Card("", kind=kind, settles_s=SOON_S if way.how == "debit" else 0) for kind, way in WAYS.items()
}
"""What every other account of a type does: it pays."""
BY_ACCOUNT = {(card.kind, card.number): name for name, card in ACCOUNTS.items()}


def how(kind: str) -> str:
    """The way a type of payment method is paid: `card` for cards."""
    return WAYS[kind].how if kind in WAYS else "card"


def iban(text: str) -> bool:
    """Whether the text is an IBAN, by its check digits."""
    moved = text[4:] + text[:4]
    return 15 <= len(text) <= 34 and moved.isalnum() and int("".join(str(int(one, 36)) for one in moved)) % 97 == 1
