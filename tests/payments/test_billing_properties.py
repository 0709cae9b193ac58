"""Whatever is asked in whatever order: the amounts of billing agree with one another, and with the money taken."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.payments.state import pricing
from tests.payments.conftest import Bare
from tests.payments.seasons import DAY, Season
from tests.payments.taxing import AUTO, BERLIN, FRISCO, PARIS, living, taxing

CARDS = ("pm_card_visa", "pm_card_chargeCustomerFail", "pm_card_threeDSecure2Required")


class Shop:
    """A customer on a test clock, and the steps that may befall them."""

    def __init__(self, *, taxed: bool = False) -> None:
        self.bare = taxing(Bare()) if taxed else Bare()
        self.season = Season(self.bare)
        self.auto = AUTO if taxed else {}
        self.lives(0)
        self.prices = [self.bare.plan(amount, key) for amount, key in ((900, "a"), (3100, "b"), (20, "c"))]
        self.coupon = self.bare.post("coupons", percent_off=30, duration="forever")["id"]
        self.rate = self.bare.post("tax_rates", display_name="VAT", inclusive="false", percentage=19)["id"]
        self.days = 0

    def _newest(self, kind: str) -> dict[str, Any] | None:
        data: list[dict[str, Any]] = self.bare.get(kind, customer=self.season.customer)["data"]
        return data[0] if data else None

    def lives(self, number: int) -> None:
        """Let the customer live elsewhere, or nowhere."""
        place = (BERLIN, FRISCO, PARIS, None)[number % 4]
        self.bare.post(f"customers/{self.season.customer}", **(living(place) if place else {"address": ""}))

    def step(self, what: int, number: int) -> None:
        """Do one thing; refusals are fine."""
        bare, customer = self.bare, self.season.customer
        live, invoice = self._newest("subscriptions"), self._newest("invoices")
        if what == 0:
            more = {"discounts[0][coupon]": self.coupon} if number % 2 else {}
            self.season.subscribe(self.prices[number % 3], **more, **self.auto)
        elif what == 1 and live:
            form: dict[str, Any] = {"items[0][id]": live["items"]["data"][0]["id"], "items[0][quantity]": number % 7}
            form["proration_behavior"] = ("always_invoice", "create_prorations", "none")[number % 3]
            bare.post(f"subscriptions/{live['id']}", **form)
        elif what == 2:
            self.days += 1 + number % 20
            sent = bare.post(
                f"test_helpers/test_clocks/{self.season.clock}/advance", frozen_time=1_800_000_000 + self.days * DAY
            )
            if "error" in sent:
                self.days -= 1 + number % 20
        elif what == 3:
            self.season.pays_with(CARDS[number % 3])
        elif what == 4:
            bare.post("invoiceitems", customer=customer, amount=number % 4000 - 1000, currency="usd")
            more = {"default_tax_rates[0]": self.rate} if number % 2 else {}
            bare.post("invoices", customer=customer, pending_invoice_items_behavior="include", **more)
        elif what == 5 and invoice:
            bare.post(f"invoices/{invoice['id']}/{('pay', 'finalize', 'void', 'mark_uncollectible')[number % 4]}")
        elif what == 6 and invoice:
            bare.post("credit_notes", invoice=invoice["id"], amount=1 + number % 900, credit_amount=1 + number % 900)
        elif what == 7 and live:
            bare.raw("DELETE", f"/v1/subscriptions/{live['id']}", {"prorate": "true", "invoice_now": "true"})
        elif what == 8:
            bare.post(f"customers/{customer}/balance_transactions", amount=number % 3000 - 1500, currency="usd")
        elif what == 9:
            self.lives(number)

    def check(self) -> None:
        """Everything adds up."""
        account = self.bare.slice._provider.account()
        for invoice in account.tables["invoice"].values():
            lines = account.links.invoice_lines[invoice["id"]]
            off = sum(one["amount"] for one in invoice["total_discount_amounts"])
            taxes = sum(one["amount"] for one in invoice["total_taxes"] if one["tax_behavior"] == "exclusive")
            assert invoice["subtotal"] == sum(line["amount"] for line in lines)
            assert invoice["total"] == invoice["subtotal"] - off + taxes
            assert invoice["amount_due"] >= 0
            if invoice["status"] in ("open", "paid"):
                assert invoice["amount_remaining"] == invoice["amount_due"] - invoice["amount_paid"]
        taken = sum(effect["amount"] for effect in self.bare.sinks("payments.charge"))
        paid = sum(one["amount_paid"] for one in account.tables["invoice"].values() if one["status"] == "paid")
        assert taken == paid
        entries = account.where("customer_balance_transaction", customer=self.season.customer)
        customer = account.get("customer", self.season.customer)
        assert customer["balance"] == sum(entry["amount"] for entry in entries)
        self._told(account)

    def _told(self, account: Any) -> None:
        """What was told last of each invoice and subscription is how it is now."""
        told: dict[str, tuple[str, dict[str, Any]]] = {}
        for event in self.bare.get("events", limit=100)["data"]:
            thing = event["data"]["object"]
            if thing["object"] in ("invoice", "subscription"):
                told.setdefault(thing["id"], (event["type"], thing))
        for name, (kind, thing) in told.items():
            if kind != "invoice.upcoming" and (now := account.find(thing["object"], name)) is not None:
                assert now["status"] == thing["status"], (kind, name)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9999)), min_size=4, max_size=14), st.booleans())
def test_it_adds_up(steps: list[tuple[int, int]], taxed: bool) -> None:
    """Lines, discounts, taxes, balances, payments and events agree after any sequence of steps."""
    shop = Shop(taxed=taxed)
    for what, number in steps:
        shop.step(what, number)
    shop.check()


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), max_size=8))
def test_nothing_is_lost_in_dividing(total: int, parts: list[int]) -> None:
    """An amount that is divided is given away to the last unit, and nobody gets more than a unit too much."""
    given_away = pricing.allocated(total, parts)
    assert sum(given_away) == (total if sum(parts) else 0)
    for one, part in zip(given_away, parts, strict=True):
        assert 0 <= one - total * part // max(1, sum(parts)) <= 1
