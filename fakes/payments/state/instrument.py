"""What a test card or a test bank account is: its number, and how its bank behaves."""

from dataclasses import dataclass

NETWORKED = ("card", "card_present")
"""The kinds whose network answers at once, wherever the card is."""


@dataclass(frozen=True, slots=True)
class Card:
    """One test card; a bank account and every other way to pay is one too, of another `kind`."""

    number: str
    brand: str = "visa"
    code: str | None = None
    """The error code when it is charged; None pays."""
    decline: str | None = None
    message: str = ""
    authenticate: str = "never"
    """When the bank asks its customer: `never`, `always`, `unless_set_up`, `on_session`, or `when_asked_for` only."""
    attaches: bool = True
    country: str = "US"
    funding: str = "credit"
    risk: str = "normal"
    """`normal`, `elevated`, or `highest`: blocked by the provider, not by the bank."""
    fails: tuple[str, ...] = ()
    """The checks that fail although the card pays."""
    after: str = ""
    """What follows a payment: `available` at once, a `dispute`, an `inquiry`, a `refund_...`; nothing for most."""
    kind: str = "card"
    settles_s: int | None = 0
    """How long the bank takes to answer; None is forever."""

    @property
    def last4(self) -> str:
        """The last four digits."""
        return self.number[-4:]

    def asks(self, *, away: bool, known: bool, wanted: bool) -> bool:
        """Whether the bank asks its customer: who may be away, be known from a set-up, or be wanted to be asked."""
        if self.authenticate == "unless_set_up":
            return not known
        if self.authenticate == "on_session":
            return not away
        return self.authenticate == "always" or (self.authenticate == "when_asked_for" and wanted)
