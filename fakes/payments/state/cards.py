"""The provider's test cards: their names, tokens and numbers, and what each does when it is charged."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """One test card."""

    number: str
    brand: str = "visa"
    code: str | None = None
    """The error code when it is charged; None pays."""
    decline: str | None = None
    message: str = ""
    authenticate: str = "never"
    """`never`, `always`, or `off_session`: only when the person is away."""
    attaches: bool = True
    country: str = "US"
    funding: str = "credit"

    @property
    def last4(self) -> str:
        """The last four digits."""
        return self.number[-4:]


def _declined(number: str, reason: str, message: str = "Your card was declined.", *, attaches: bool = False) -> Card:
    return Card(number, code="card_declined", decline=reason, message=message, attaches=attaches)


_FUNDS = "Your card has insufficient funds."
CARDS: dict[str, Card] = {
    "visa": Card("4242424242424242"),
    "visa_debit": Card("4000056655665556", funding="debit"),
    "mastercard": Card("5555555555554444", "mastercard"),
    "mastercard_debit": Card("5200828282828210", "mastercard", funding="debit"),
    "mastercard_prepaid": Card("5105105105105100", "mastercard", funding="prepaid"),
    "amex": Card("378282246310005", "amex"),
    "discover": Card("6011111111111117", "discover"),
    "diners": Card("3056930009020004", "diners"),
    "jcb": Card("3566002020360505", "jcb"),
    "unionpay": Card("6200000000000005", "unionpay"),
    "us": Card("4242424242424242"),
    "gb": Card("4000008260000000", country="GB"),
    "de": Card("4000002760000016", country="DE"),
    "fr": Card("4000002500000003", country="FR"),
    "jp": Card("4000003920000003", country="JP"),
    "visa_chargeDeclined": _declined("4000000000000002", "generic_decline"),
    "visa_chargeDeclinedInsufficientFunds": _declined("4000000000009995", "insufficient_funds", _FUNDS),
    "visa_chargeDeclinedLostCard": _declined("4000000000009987", "lost_card"),
    "visa_chargeDeclinedStolenCard": _declined("4000000000009979", "stolen_card"),
    "visa_chargeDeclinedFraudulent": _declined("4100000000000019", "fraudulent"),
    "visa_chargeDeclinedVelocityLimitExceeded": _declined("4000000000006975", "card_velocity_exceeded"),
    "chargeDeclinedExpiredCard": Card(
        "4000000000000069",
        code="expired_card",
        decline="expired_card",
        message="Your card has expired.",
        attaches=False,
    ),
    "chargeDeclinedIncorrectCvc": Card(
        "4000000000000127",
        code="incorrect_cvc",
        decline="incorrect_cvc",
        message="Your card's security code is incorrect.",
        attaches=False,
    ),
    "chargeDeclinedProcessingError": Card(
        "4000000000000119",
        code="processing_error",
        decline="processing_error",
        message="An error occurred while processing your card. Try again in a little bit.",
        attaches=False,
    ),
    "chargeCustomerFail": _declined("4000000000000341", "generic_decline", attaches=True),
    "threeDSecure2Required": Card("4000000000003220", authenticate="always"),
    "threeDSecureRequired": Card("4000000000003063", authenticate="always"),
    "threeDSecureOptional": Card("4000000000003055"),
    "threeDSecureNotSupported": Card("378282246310005", "amex"),
    "authenticationRequired": Card("4000002760003184", authenticate="always"),
    "authenticationRequiredOnSetup": Card("4000002500003155", authenticate="off_session"),
    "authenticationRequiredChargeDeclinedInsufficientFunds": Card(
        "4000008260003178",
        code="card_declined",
        decline="insufficient_funds",
        message=_FUNDS,
        authenticate="always",
    ),
    "threeDSecureRequiredChargeDeclined": Card(
        "4000008400001629",
        code="card_declined",
        decline="generic_decline",
        message="Your card was declined.",
        authenticate="always",
    ),
}
ALIASES = {
    "chargeDeclined": "visa_chargeDeclined",
    "chargeDeclinedInsufficientFunds": "visa_chargeDeclinedInsufficientFunds",
    "chargeDeclinedFraudulent": "visa_chargeDeclinedFraudulent",
}
BY_NUMBER = {card.number: name for name, card in reversed(CARDS.items())}


def named(token: str) -> str | None:
    """The card behind `pm_card_...` or `tok_...`; None if there is none."""
    for prefix in ("pm_card_", "tok_"):
        if token.startswith(prefix):
            name = token.removeprefix(prefix)
            name = ALIASES.get(name, name)
            return name if name in CARDS else None
    return None
