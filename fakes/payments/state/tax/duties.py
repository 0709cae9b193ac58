"""What is due at a place: by which rate, and why no other. For calculations, and for taxes that come by themselves.

One rate for each place; what it is taken from, and how it is written down, is the caller's business.
"""

from dataclasses import dataclass
from decimal import Decimal

from fakes.payments.state.plain.tables import NOT_TAXED
from fakes.payments.state.store import Account, Thing
from fakes.payments.state.tax import places

RATED = "standard_rated"
USUAL_CODE = "txcd_10000000"
SHIPPING_CODE = "txcd_92010001"


@dataclass(frozen=True, slots=True)
class Duty:
    """Where something goes, and what is due there."""

    address: Thing
    reason: str
    percent: Decimal

    def on(self, code: str) -> "Duty":
        """What is due on a product of this tax code."""
        if code in NOT_TAXED and self.reason == RATED:
            return Duty(self.address, "product_exempt", Decimal(0))
        return self


def at(account: Account, address: Thing, now: int, override: str = "none") -> Duty:
    """What is due at an address; `override` is the reason why a customer owes nothing."""
    percent = places.rate(address)
    reason = RATED
    if override != "none":
        reason = override
    elif percent is None:
        reason = "not_supported"
    elif not places.collects(account, address, now):
        reason = "not_collecting"
    return Duty(address, reason, Decimal(str(percent)) if reason == RATED else Decimal(0))


def kind_of(address: Thing) -> tuple[str, str]:
    """The tax of a place: its name for people, and its type."""
    return ("Sales tax", "sales_tax") if address["country"] == "US" else ("VAT", "vat")


def jurisdiction(address: Thing) -> Thing:
    """Who collects the tax of a place: its state in the US, its country elsewhere."""
    state = address.get("state") if address["country"] == "US" else None
    name, level = state or address["country"], "state" if state else "country"
    return {"country": address["country"], "display_name": name, "level": level, "state": state}
