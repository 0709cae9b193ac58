"""Customers who live by a test clock, and their subscriptions, for tests of what happens as time goes by."""

from dataclasses import dataclass
from typing import Any

from tests.payments.conftest import Bare

START = 1_800_000_000
"""2027-01-15, 08:00."""
DAY = 86400
HOUR = 3600


@dataclass
class Season:
    """A shop with a test clock and a customer who lives by it, with a card that pays unless told otherwise."""

    bare: Bare
    card: str = "pm_card_visa"

    def __post_init__(self) -> None:
        self.clock = self.bare.post("test_helpers/test_clocks", frozen_time=START)["id"]
        self.customer = self.bare.post("customers", test_clock=self.clock, email="hxaaaaaaaaaaaa@example.com")["id"]
        if self.card:
            self.pays_with(self.card)

    def pays_with(self, card: str) -> None:
        """Let the customer's default be this card."""
        name = self.bare.post(f"payment_methods/{card}/attach", customer=self.customer)["id"]
        self.bare.post(f"customers/{self.customer}", **{"invoice_settings[default_payment_method]": name})

    def subscribe(self, price: str, **more: Any) -> dict[str, Any]:
        """A subscription of the customer."""
        return self.bare.post("subscriptions", customer=self.customer, **{"items[0][price]": price}, **more)

    def at(self, seconds: int) -> list[str]:
        """Move the clock to so many seconds after its start; the types of what was told on the way, in order."""
        told = len(self.bare.types)
        sent = self.bare.post(f"test_helpers/test_clocks/{self.clock}/advance", frozen_time=START + seconds)
        assert sent.get("status") == "advancing", sent
        assert self.bare.get(f"test_helpers/test_clocks/{self.clock}")["status"] == "ready"
        return self.bare.types[told + 1 : -1]

    def read(self, thing: dict[str, Any]) -> dict[str, Any]:
        """A subscription as it is now."""
        return self.bare.get(f"subscriptions/{thing['id']}")

    def invoices(self, thing: dict[str, Any]) -> list[dict[str, Any]]:
        """A subscription's invoices, newest first."""
        data: list[dict[str, Any]] = self.bare.get("invoices", subscription=thing["id"], limit=100)["data"]
        return data
