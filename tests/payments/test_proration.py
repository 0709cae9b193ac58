"""What a change in the middle of a period costs, to the smallest unit, and who pays it when."""

from typing import Any

import pytest

from tests.payments.conftest import Bare
from tests.payments.seasons import DAY, START, Season

MONTH = 31 * DAY


def _changed(season: Season, live: dict[str, Any], **form: Any) -> dict[str, Any]:
    item = live["items"]["data"][0]["id"]
    named = {name.replace("item_", ""): value for name, value in form.items() if name.startswith("item_")}
    rest = {name: value for name, value in form.items() if not name.startswith("item_")}
    inner = {f"items[0][{name}]": value for name, value in named.items()}
    return season.bare.post(f"subscriptions/{live['id']}", **{"items[0][id]": item, **inner, **rest})


def _pending(season: Season) -> list[tuple[int, str]]:
    found = season.bare.get("invoiceitems", customer=season.customer, pending="true")["data"]
    return sorted((one["amount"], one["description"].split()[0]) for one in found)


def test_to_the_cent(bare: Bare) -> None:
    """Ten days into January, 21 of 31 days of 9 dollars are given back, and as much of 29 dollars is charged."""
    season = Season(bare)
    live = season.subscribe(bare.plan(900))
    season.at(10 * DAY)
    _changed(season, live, item_price=bare.plan(2900, "pro"))
    assert _pending(season) == [(-round(900 * 21 / 31), "Unused"), (round(2900 * 21 / 31), "Remaining")]
    assert _pending(season) == [(-610, "Unused"), (1965, "Remaining")]
    season.at(MONTH + 3600)
    invoice = season.invoices(live)[0]
    assert (invoice["total"], invoice["amount_paid"]) == (1965 - 610 + 2900, 4255)
    details = [line["parent"]["invoice_item_details"] for line in invoice["lines"]["data"]]
    assert [bool(one and one["proration"]) for one in details] == [True, True, False]
    assert _pending(season) == []


def test_halves_are_rounded_away_from_zero(bare: Bare) -> None:
    """Half a cent given back is a cent, as half a cent charged is."""
    season = Season(bare)
    live = season.subscribe(bare.plan(31))
    season.at(MONTH // 2)
    _changed(season, live, item_quantity=2)
    assert _pending(season) == [(-16, "Unused"), (31, "Remaining")]


@pytest.mark.parametrize(("behavior", "invoices", "pending"), [("none", 1, 0), ("always_invoice", 2, 0)])
def test_not_at_all_or_at_once(bare: Bare, behavior: str, invoices: int, pending: int) -> None:
    """A change is free until the next period, or charged at once."""
    season = Season(bare)
    live = season.subscribe(bare.plan(900))
    season.at(10 * DAY)
    changed = _changed(season, live, item_quantity=3, proration_behavior=behavior)
    assert changed["items"]["data"][0]["quantity"] == 3
    assert (len(season.invoices(live)), len(_pending(season))) == (invoices, pending)
    if behavior == "always_invoice":
        assert season.invoices(live)[0]["amount_paid"] == round(2700 * 21 / 31) - 610


def test_a_date_of_ones_own(bare: Bare) -> None:
    """`proration_date` counts the rest of the period from another moment."""
    season = Season(bare)
    live = season.subscribe(bare.plan(3100))
    season.at(10 * DAY)
    _changed(season, live, item_quantity=2, proration_date=START + 11 * DAY)
    assert _pending(season) == [(-2000, "Unused"), (4000, "Remaining")]


def test_another_interval_begins_anew(bare: Bare) -> None:
    """From monthly to yearly the period begins anew: what is unused is given back, a full year is charged at once."""
    season = Season(bare)
    live = season.subscribe(bare.plan(3100))
    yearly = {"recurring[interval]": "year", "product_data[name]": "y"}
    price = bare.post("prices", currency="usd", unit_amount=30_000, **yearly)["id"]
    season.at(10 * DAY)
    changed = _changed(season, live, item_price=price)
    assert changed["billing_cycle_anchor"] == START + 10 * DAY
    assert changed["items"]["data"][0]["current_period_end"] == START + (10 + 365) * DAY
    assert season.invoices(live)[0]["amount_paid"] == 30_000 - 2100


def test_an_end_moves_with_the_period(bare: Bare) -> None:
    """What ends with its period ends with the new one when a change begins it anew."""
    season = Season(bare)
    live = season.subscribe(bare.plan(3100))
    bare.post(f"subscriptions/{live['id']}", cancel_at_period_end="true")
    season.at(10 * DAY)
    moved = bare.post(f"subscriptions/{live['id']}", billing_cycle_anchor="now")
    assert moved["cancel_at"] == moved["items"]["data"][0]["current_period_end"] == START + 10 * DAY + MONTH
    assert "customer.subscription.deleted" not in season.at(MONTH + DAY)
    assert "customer.subscription.deleted" in season.at(10 * DAY + MONTH)


def test_the_anchor_is_moved_to_now(bare: Bare) -> None:
    """`billing_cycle_anchor=now` does the same without another price."""
    season = Season(bare)
    live = season.subscribe(bare.plan(3100))
    season.at(10 * DAY)
    bare.post(f"subscriptions/{live['id']}", billing_cycle_anchor="now")
    assert season.invoices(live)[0]["total"] == 3100 - 2100
    assert season.read(live)["items"]["data"][0]["current_period_start"] == START + 10 * DAY


def test_items_that_come_and_go(bare: Bare) -> None:
    """An added item is charged for the rest of the period; a removed one is given back."""
    season = Season(bare)
    live = season.subscribe(bare.plan(3100))
    season.at(10 * DAY)
    form: dict[str, Any] = {"items[0][price]": bare.plan(6200, "more"), "items[0][quantity]": 2}
    bare.post(f"subscriptions/{live['id']}", **form)
    assert _pending(season) == [(2 * 4200, "Remaining")]
    ends = {item["current_period_end"] for item in season.read(live)["items"]["data"]}
    assert ends == {START + MONTH}
    bare.raw("DELETE", f"/v1/subscription_items/{live['items']['data'][0]['id']}")
    assert _pending(season) == [(-2100, "Unused"), (8400, "Remaining")]


def test_discounts_count(bare: Bare) -> None:
    """What was paid with a percentage off is given back with that percentage off."""
    season = Season(bare)
    coupon = bare.post("coupons", percent_off=50, duration="forever")["id"]
    live = season.subscribe(bare.plan(3100), **{"discounts[0][coupon]": coupon})
    season.at(10 * DAY)
    _changed(season, live, item_quantity=2)
    assert _pending(season) == [(-1050, "Unused"), (2100, "Remaining")]


def test_a_trial_costs_nothing(bare: Bare) -> None:
    """A change in a trial is free."""
    season = Season(bare)
    live = season.subscribe(bare.plan(3100), trial_period_days=14)
    season.at(7 * DAY)
    _changed(season, live, item_quantity=5)
    assert _pending(season) == []
    season.at(14 * DAY + 3600)
    assert season.invoices(live)[0]["amount_paid"] == 5 * 3100


def test_ended_with_proration(bare: Bare) -> None:
    """A cancellation can give back what is left, settled at once into the customer's balance."""
    season = Season(bare)
    live = season.subscribe(bare.plan(3100))
    season.at(10 * DAY)
    bare.raw("DELETE", f"/v1/subscriptions/{live['id']}", {"prorate": "true", "invoice_now": "true"})
    invoice = season.invoices(live)[0]
    assert (invoice["total"], invoice["status"], invoice["amount_due"]) == (-2100, "paid", 0)
    assert bare.get(f"customers/{season.customer}")["balance"] == -2100
    entries = bare.get(f"customers/{season.customer}/balance_transactions")["data"]
    assert [(one["amount"], one["type"], one["invoice"]) for one in entries] == [
        (-2100, "applied_to_invoice", invoice["id"])
    ]


def test_the_balance_pays_first(bare: Bare) -> None:
    """Credit is used up before the card is charged; too little to be charged is owed."""
    season = Season(bare)
    bare.post(f"customers/{season.customer}/balance_transactions", amount=-1000, currency="usd")
    live = season.subscribe(bare.plan(3100))
    invoice = season.invoices(live)[0]
    assert (invoice["starting_balance"], invoice["ending_balance"], invoice["amount_paid"]) == (-1000, 0, 2100)
    other = season.subscribe(bare.plan(20, "tiny"))
    small = season.invoices(other)[0]
    assert (small["status"], small["amount_due"], small["ending_balance"]) == ("paid", 0, 20)
    assert bare.get(f"customers/{season.customer}")["balance"] == 20


def test_up_to_an_anchor(bare: Bare) -> None:
    """A first period up to an anchor costs its part of a full one; with no proration it is free."""
    season = Season(bare)
    more: dict[str, Any] = {"billing_cycle_anchor": START + 17 * DAY}
    live = season.subscribe(bare.plan(3100), **more)
    first = season.invoices(live)[0]
    # The period that ends then would have begun on January 1.
    assert first["amount_paid"] == round(3100 * 17 / 31)
    assert season.read(live)["items"]["data"][0]["current_period_end"] == START + 17 * DAY
    free = season.subscribe(bare.plan(3100, "b"), proration_behavior="none", **more)
    assert season.invoices(free)[0]["amount_due"] == 0
    late = season.subscribe(bare.plan(3100, "c"), billing_cycle_anchor=START + 40 * DAY)
    assert "natural billing date" in late["error"]["message"]


def test_a_configured_anchor(bare: Bare) -> None:
    """`billing_cycle_anchor_config` names a day of the month."""
    season = Season(bare)
    live = season.subscribe(bare.plan(3100), **{"billing_cycle_anchor_config[day_of_month]": 20})
    assert season.read(live)["items"]["data"][0]["current_period_end"] == START + 5 * DAY


class TestWhoPays:
    """Changes that are charged at once, when the customer's card would not pay."""

    @staticmethod
    def _season(bare: Bare) -> tuple[Season, dict[str, Any]]:
        season = Season(bare)
        live = season.subscribe(bare.plan(900))
        season.pays_with("pm_card_chargeCustomerFail")
        return season, live

    def test_error_if_incomplete(self, bare: Bare) -> None:
        """The change is refused, and nothing has changed."""
        season, live = self._season(bare)
        form = {"proration_behavior": "always_invoice", "payment_behavior": "error_if_incomplete"}
        refused = _changed(season, live, item_quantity=2, **form)
        assert refused["error"]["code"] == "card_declined"
        assert season.read(live)["items"]["data"][0]["quantity"] == 1
        assert len(season.invoices(live)) == 1

    def test_allow_incomplete(self, bare: Bare) -> None:
        """The change is made, and the subscription falls behind."""
        season, live = self._season(bare)
        changed = _changed(season, live, item_quantity=2, proration_behavior="always_invoice")
        assert (changed["status"], changed["items"]["data"][0]["quantity"]) == ("past_due", 2)

    def test_default_incomplete(self, bare: Bare) -> None:
        """The change is made, nobody is charged, and its invoice waits to be paid."""
        season, live = self._season(bare)
        form = {"proration_behavior": "always_invoice", "payment_behavior": "default_incomplete"}
        changed = _changed(season, live, item_quantity=2, **form)
        invoice = season.invoices(live)[0]
        assert (changed["status"], invoice["status"], invoice["attempt_count"]) == ("past_due", "open", 0)

    def test_pending_if_incomplete(self, bare: Bare) -> None:
        """The change waits for its invoice: paid, it is made; not paid for 23 hours, it is forgotten."""
        season, live = self._season(bare)
        form = {"proration_behavior": "always_invoice", "payment_behavior": "pending_if_incomplete"}
        waiting = _changed(season, live, item_quantity=2, **form)
        assert (waiting["status"], waiting["items"]["data"][0]["quantity"]) == ("active", 1)
        assert waiting["pending_update"]["subscription_items"][0]["quantity"] == 2
        season.pays_with("pm_card_visa")
        bare.post(f"invoices/{waiting['latest_invoice']}/pay")
        made = season.read(live)
        assert (made["items"]["data"][0]["quantity"], made["pending_update"]) == (2, None)
        assert "customer.subscription.pending_update_applied" in bare.types
        season.pays_with("pm_card_chargeCustomerFail")
        again = _changed(season, live, item_quantity=3, **form)
        assert "customer.subscription.pending_update_expired" in season.at(23 * 3600)
        assert season.read(live)["pending_update"] is None
        assert bare.get(f"invoices/{again['latest_invoice']}")["status"] == "void"
        assert season.read(live)["items"]["data"][0]["quantity"] == 2

    def test_only_some_parameters_wait(self, bare: Bare) -> None:
        """What cannot wait is refused together with what can."""
        season, live = self._season(bare)
        form = {"payment_behavior": "pending_if_incomplete", "metadata[a]": "b"}
        assert _changed(season, live, item_quantity=2, **form)["error"]["param"] == "metadata"


def test_previews_change_nothing(bare: Bare) -> None:
    """A preview says what a change will cost, to the cent, and changes nothing."""
    season = Season(bare)
    live = season.subscribe(bare.plan(900))
    season.at(10 * DAY)
    item, pro = live["items"]["data"][0]["id"], bare.plan(2900, "pro")
    told, effects = len(bare.types), len(bare.ledger.effects)
    inner = "subscription_details[items][0]"
    form = {f"{inner}[id]": item, f"{inner}[price]": pro, "subscription_details[proration_behavior]": "always_invoice"}
    at_once = bare.post("invoices/create_preview", subscription=live["id"], **form)
    assert at_once["total"] == 1965 - 610
    assert at_once["id"].startswith("upcoming_in_")
    form["subscription_details[proration_behavior]"] = "create_prorations"
    later = bare.post("invoices/create_preview", subscription=live["id"], **form)
    assert later["total"] == 1965 - 610 + 2900
    assert (len(bare.types), len(bare.ledger.effects), _pending(season)) == (told, effects, [])
    assert season.read(live)["items"]["data"][0]["price"]["unit_amount"] == 900
    assert bare.post("invoices/create_preview", subscription=live["id"])["total"] == 900
    changed = _changed(season, live, item_price=pro, proration_behavior="always_invoice")
    assert bare.get(f"invoices/{changed['latest_invoice']}")["total"] == at_once["total"]
