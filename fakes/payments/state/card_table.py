"""The provider's test cards by name: what each does when it is charged, attached or asked for its owner.

Names are those of `pm_card_<name>` and `tok_<name>`. Numbers from docs.stripe.com/testing; no rules here.
"""

from dataclasses import replace

from fakes.payments.state.instrument import Card

_DECLINED = "Your card was declined."
_FUNDS = "Your card has insufficient funds."


def _declined(number: str, reason: str, message: str = _DECLINED, *, attaches: bool = False) -> Card:
    return Card(number, code="card_declined", decline=reason, message=message, attaches=attaches)


def _wrong(number: str, code: str, message: str) -> Card:
    return Card(number, code=code, decline=code, message=message, attaches=False)


def _blocked(number: str) -> Card:
    return Card(number, code="card_declined", decline="fraudulent", message=_DECLINED, attaches=False, risk="highest")


def _needs(number: str, when: str, reason: str | None = None, message: str = _DECLINED) -> Card:
    code = None if reason is None else "card_declined"
    return Card(number, authenticate=when, code=code, decline=reason, message=message if reason else "")


_BRANDS: dict[str, Card] = {
    "visa": Card("4242424242424242"),
    "visa_debit": Card("4000056655665556", funding="debit"),
    "mastercard": Card("5555555555554444", "mastercard"),
    "mastercard_2series": Card("2223003122003222", "mastercard"),
    "mastercard_debit": Card("5200828282828210", "mastercard", funding="debit"),
    "mastercard_prepaid": Card("5105105105105100", "mastercard", funding="prepaid"),
    "amex": Card("378282246310005", "amex"),
    "amex_2": Card("371449635398431", "amex"),
    "discover": Card("6011111111111117", "discover"),
    "discover_2": Card("6011000990139424", "discover"),
    "discover_debit": Card("6011981111111113", "discover", funding="debit"),
    "diners": Card("3056930009020004", "diners"),
    "diners_14digits": Card("36227206271667", "diners"),
    "jcb": Card("3566002020360505", "jcb"),
    "unionpay": Card("6200000000000005", "unionpay"),
    "unionpay_debit": Card("6200000000000047", "unionpay", funding="debit"),
    "unionpay_19digits": Card("6205500000000000004", "unionpay"),
    "us": Card("4242424242424242"),
}
_ABROAD = """
ar 4000000320000021 br 4000000760000002 ca 4000001240000000 cl 4000001520000001 co 4000001700000003
cr 4000001880000005 ec 4000002180000000 mx 4000004840008001 pa 4000005910000000 py 4000006000000066
pe 4000006040000068 uy 4000008580000003 ae 4000007840000001 at 4000000400000008 be 4000000560000004
bg 4000001000000000 by 4000001120000005 hr 4000001910000009 cy 4000001960000008 cz 4000002030000002
dk 4000002080000001 ee 4000002330000009 fi 4000002460000001 fr 4000002500000003 de 4000002760000016
gi 4000002920000005 gr 4000003000000030 hu 4000003480000005 ie 4000003720000005 it 4000003800000008
lv 4000004280000005 li 4000004380000004 lt 4000004400000000 lu 4000004420000006 mt 4000004700000007
nl 4000005280000002 no 4000005780000007 pl 4000006160000005 pt 4000006200000007 ro 4000006420000001
si 4000007050000006 sk 4000007030000001 es 4000007240000007 se 4000007520000008 ch 4000007560000009
gb 4000008260000000 au 4000000360000006 cn 4000001560000002 hk 4000003440000004 in 4000003560000008
jp 4000003920000003 my 4000004580000002 nz 4000005540000008 sg 4000007020000003 tw 4000001580000008
th 4000007640000003
"""
_DECLINES: dict[str, Card] = {
    "visa_chargeDeclined": _declined("4000000000000002", "generic_decline"),
    "visa_chargeDeclinedInsufficientFunds": _declined("4000000000009995", "insufficient_funds", _FUNDS),
    "visa_chargeDeclinedLostCard": _declined("4000000000009987", "lost_card"),
    "visa_chargeDeclinedStolenCard": _declined("4000000000009979", "stolen_card"),
    "visa_chargeDeclinedFraudulent": _blocked("4100000000000019"),
    "visa_chargeDeclinedVelocityLimitExceeded": _declined("4000000000006975", "card_velocity_exceeded"),
    "chargeDeclinedExpiredCard": _wrong("4000000000000069", "expired_card", "Your card has expired."),
    "chargeDeclinedIncorrectCvc": _wrong(
        "4000000000000127", "incorrect_cvc", "Your card's security code is incorrect."
    ),
    "chargeDeclinedProcessingError": _wrong(
        "4000000000000119",
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    "chargeCustomerFail": _declined("4000000000000341", "generic_decline", attaches=True),
    "radarBlock": _blocked("4100000000000019"),
    "riskLevelHighest": _blocked("4000000000004954"),
}
_AUTHENTICATION: dict[str, Card] = {
    "threeDSecure2Required": _needs("4000000000003220", "always"),
    "threeDSecureRequired": _needs("4000000000003063", "always"),
    "threeDSecureOptional": _needs("4000000000003055", "when_asked_for"),
    "threeDSecureNotSupported": Card("378282246310005", "amex"),
    "authenticationRequired": _needs("4000002760003184", "always"),
    "authenticationRequiredOnSetup": _needs("4000002500003155", "unless_set_up"),
    "authenticationRequiredSetupForOffSession": _needs("4000003800000446", "on_session"),
    "authenticationRequiredChargeDeclinedInsufficientFunds": _needs(
        "4000008260003178", "always", "insufficient_funds", _FUNDS
    ),
    "threeDSecureRequiredChargeDeclined": _needs("4000008400001629", "always", "generic_decline"),
}
_AFTERWARDS: dict[str, Card] = {
    "bypassPending": Card("4000000000000077", after="available"),
    "bypassPendingInternational": Card("4000003720000278", country="IE", after="available"),
    "createDispute": Card("4000000000000259", after="dispute"),
    "createDisputeProductNotReceived": Card("4000000000002685", after="dispute_not_received"),
    "createDisputeInquiry": Card("4000000000001976", after="inquiry"),
    "createMultipleDisputes": Card("4000000404000079", after="disputes"),
    "createIssuerFraudRecord": Card("4000000000005423", after="warning"),
    "pendingRefund": Card("4000000000007726", after="refund_pending"),
    "refundFail": Card("4000000000005126", after="refund_fails"),
    "riskLevelElevated": Card("4000000000009235", risk="elevated"),
    "cvcCheckFail": Card("4000000000000101", fails=("cvc_check",)),
    "avsFail": Card("4000000000000010", fails=("address_line1_check", "address_postal_code_check")),
    "avsLine1Fail": Card("4000000000000028", fails=("address_line1_check",)),
    "avsZipFail": Card("4000000000000036", fails=("address_postal_code_check",)),
}


def _by_country(words: list[str]) -> dict[str, Card]:
    return {code: Card(number, country=code.upper()) for code, number in zip(words[::2], words[1::2], strict=True)}


CARDS: dict[str, Card] = {
    **_BRANDS,
    **_by_country(_ABROAD.split()),
    **_DECLINES,
    **_AUTHENTICATION,
    **_AFTERWARDS,
}
ALIASES = {
    "chargeDeclined": "visa_chargeDeclined",
    "chargeDeclinedInsufficientFunds": "visa_chargeDeclinedInsufficientFunds",
    "chargeDeclinedFraudulent": "visa_chargeDeclinedFraudulent",
    "chargeDeclinedLostCard": "visa_chargeDeclinedLostCard",
    "chargeDeclinedStolenCard": "visa_chargeDeclinedStolenCard",
    "chargeDeclinedVelocityLimitExceeded": "visa_chargeDeclinedVelocityLimitExceeded",
}


PRESENT = "present_"
"""How the names of cards begin that are held to a reader."""
_LOCAL = {
    "eftpos_au_debit": Card("6280000360000978", "eftpos_au", country="AU", funding="debit"),
    "eftpos_au_visa_debit": Card("4000050360000001", country="AU", funding="debit"),
    "eftpos_au_mastercard_debit": Card("5555050360000080", "mastercard", country="AU", funding="debit"),
    "cartes_bancaires_visa_debit": Card("4000002500001001", country="FR", funding="debit"),
    "cartes_bancaires_mastercard_debit": Card("5555552500001001", "mastercard", country="FR", funding="debit"),
    "girocard_debit": Card("4711009900000316877", "girocard", country="DE", funding="debit"),
}
_BY_PIN = {
    "offline_pin_cvm": Card("4001007020000002"),
    "offline_pin_sca_retry": Card("4000008260000075", country="GB"),
    "online_pin_cvm": Card("4001000360000005"),
    "online_pin_sca_retry": Card("4000002760000008", country="DE"),
}
_STANDARD = {**_BRANDS, **_LOCAL}
IN_PERSON: dict[str, Card] = {
    PRESENT + name: replace(card, kind="card_present")
    for name, card in {
        **_STANDARD,
        **{name: card for name, card in CARDS.items() if card.authenticate == "never"},
        **_BY_PIN,
    }.items()
}
"""Cards held to a reader, where no bank asks for its customer; from docs.stripe.com/terminal/references/testing."""
_CENTS = {
    "01": "call_issuer",
    "05": "generic_decline",
    "55": "incorrect_pin",
    "65": "withdrawal_count_limit_exceeded",
    "75": "pin_try_exceeded",
}
BY_AMOUNT: dict[str, Card] = {
    f"{PRESENT}{name}_{cents}": replace(_declined(card.number, reason), brand=card.brand, kind="card_present")
    for name, card in _STANDARD.items()
    for cents, reason in _CENTS.items()
}
"""What a standard card becomes when the amount has these decimals; every other amount is paid."""
