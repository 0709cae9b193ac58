"""Taxes that come by themselves as time goes by: renewals, phases, drafts, and customers who move or are lost."""

from typing import Any

import pytest

from tests.payments.conftest import Bare
from tests.payments.seasons import DAY, Season
from tests.payments.taxing import (
    AUTO,
    BERLIN,
    FRISCO,
    LOST,
    adds_up,
    drafted,
    lines_of,
    living,
    plan,
    price,
    refused,
    taxing,
)

MONTH = 31 * DAY


def test_a_subscription_is_taxed_each_time(bare: Bare) -> None:
    """Its first invoice, a change in the middle and a renewal have the taxes of the place as it is then."""
    season = Season(taxing(bare))
    bare.post(f"customers/{season.customer}", **living(BERLIN))
    live = season.subscribe(plan(bare), **AUTO)
    assert live["automatic_tax"] == {"disabled_reason": None, "enabled": True, "liability": {"type": "self"}}
    assert season.invoices(live)[0]["amount_paid"] == 1190
    item = live["items"]["data"][0]["id"]
    season.at(DAY)
    bare.post(f"subscription_items/{item}", quantity=3, proration_behavior="always_invoice")
    change = season.invoices(live)[0]
    less, more = lines_of(change)
    assert (less["taxes"][0]["amount"] < 0, more["taxes"][0]["amount"] > 0) == (True, True)
    adds_up(change)
    assert change["amount_paid"] == change["total"] == pytest.approx(change["subtotal"] * 1.19, abs=1)
    ahead = bare.post("invoices/create_preview", subscription=live["id"])
    assert (ahead["total"], ahead["automatic_tax"]["status"]) == (3570, "complete")
    bare.post(f"customers/{season.customer}", **living(FRISCO))
    season.at(MONTH + 2 * 3600)
    renewal = season.invoices(live)[0]
    assert (renewal["total"], renewal["amount_paid"], renewal["status"]) == (3218, 3218, "paid")
    taken = sum(one["amount"] for one in bare.sinks("payments.charge"))
    assert taken == sum(one["amount_paid"] for one in season.invoices(live))


def test_a_place_that_is_lost(bare: Bare) -> None:
    """A renewal whose customer cannot be placed goes on without taxes, and says why; later ones do not try again."""
    season = Season(taxing(bare))
    bare.post(f"customers/{season.customer}", **living(BERLIN))
    live = season.subscribe(plan(bare), **AUTO)
    bare.post(f"customers/{season.customer}", address="")
    season.at(MONTH)
    draft = season.invoices(live)[0]
    assert (draft["status"], draft["total"]) == ("draft", 1000)
    assert (draft["automatic_tax"]["enabled"], draft["automatic_tax"]["status"]) == (True, "requires_location_inputs")
    told = season.at(MONTH + 3601)
    assert {"invoice.updated", "customer.subscription.updated", "invoice.finalized", "invoice.paid"} <= set(told)
    final = season.invoices(live)[0]
    assert (final["status"], final["amount_paid"], final["total_taxes"]) == ("paid", 1000, [])
    about = {"enabled": False, "liability": None}
    reason = "finalization_requires_location_inputs"
    assert final["automatic_tax"] == {**about, "disabled_reason": reason, "provider": None, "status": None}
    now = season.read(live)
    assert (now["status"], now["automatic_tax"]) == ("active", {**about, "disabled_reason": "requires_location_inputs"})
    assert refused(bare, f"subscriptions/{live['id']}", **AUTO) == (LOST, None)
    bare.post(f"customers/{season.customer}", **living(BERLIN))
    again = bare.post(f"subscriptions/{live['id']}", **AUTO)
    assert again["automatic_tax"] == {"disabled_reason": None, "enabled": True, "liability": {"type": "self"}}
    season.at(MONTH + 29 * DAY)
    assert season.invoices(live)[0]["amount_paid"] == 1190


def test_a_draft_that_cannot_be_finalised(bare: Bare) -> None:
    """An invoice of its own stays a draft when its customer's place is lost: told, refused, and finalised later."""
    season = Season(taxing(bare))
    bare.post(f"customers/{season.customer}", **living(BERLIN))
    draft = drafted(bare, season.customer, price(bare), auto_advance="true")["id"]
    bare.post(f"customers/{season.customer}", address="")
    assert "invoice.finalization_failed" in season.at(3601)
    stuck = bare.get(f"invoices/{draft}")
    assert (stuck["status"], stuck["last_finalization_error"]["code"]) == ("draft", LOST)
    assert stuck["automatic_tax"]["status"] == "requires_location_inputs"
    assert refused(bare, f"invoices/{draft}/finalize") == (LOST, None)
    assert refused(bare, f"invoices/{draft}/pay") == (LOST, None)
    bare.post(f"customers/{season.customer}", **living(FRISCO))
    final = bare.post(f"invoices/{draft}/finalize")
    assert (final["total"], final["last_finalization_error"]) == (1073, None)
    assert (final["automatic_tax"]["status"], final["customer_address"]["country"]) == ("complete", "US")


def test_schedules(bare: Bare) -> None:
    """Each phase is taxed as it says, or as the schedule says; a lost place turns it off there, too."""
    season = Season(taxing(bare))
    tea = plan(bare)
    month: dict[str, Any] = {f"phases[{place}][duration][interval]": "month" for place in range(3)}
    phases = month | {f"phases[{place}][items][0][price]": tea for place in range(3)}
    usual = {"default_settings[automatic_tax][enabled]": "true", "phases[1][automatic_tax][enabled]": "false"}
    asked = {"customer": season.customer, "start_date": "now", **phases, **usual}
    assert refused(bare, "subscription_schedules", **asked) == (LOST, None)
    bare.post(f"customers/{season.customer}", **living(BERLIN))
    rate = bare.post("tax_rates", display_name="VAT", inclusive="false", percentage=7)["id"]
    named = {"phases[0][default_tax_rates][0]": rate}
    assert refused(bare, "subscription_schedules", **asked, **named)[1] == "phases[0][default_tax_rates]"
    untaxed = {name: value for name, value in asked.items() if "automatic_tax" not in name}
    later = bare.post("subscription_schedules", **{**untaxed, "start_date": 1_800_100_000}, **named)["id"]
    turned_on = {"default_settings[automatic_tax][enabled]": "true"}
    assert refused(bare, f"subscription_schedules/{later}", **turned_on)[1] == "phases[0][default_tax_rates]"
    bare.post(f"subscription_schedules/{later}/cancel")
    schedule = bare.post("subscription_schedules", **asked)
    live = {"id": schedule["subscription"]}
    season.at(3601)
    season.at(MONTH + 2 * 3600)
    season.at(MONTH + 28 * DAY + 3 * 3600)
    # Where two phases meet, the renewal is drawn up first, and the next phase begins then.
    assert [one["amount_paid"] for one in season.invoices(live)] == [1000, 1190, 1190]
    assert season.read(live)["automatic_tax"]["enabled"] is True
    bare.post(f"customers/{season.customer}", address="")
    schedule = bare.post("subscription_schedules", from_subscription=season.subscribe(tea)["id"])
    assert schedule["default_settings"]["automatic_tax"]["enabled"] is False
    bare.post(f"customers/{season.customer}", **living(BERLIN))
    around = bare.post("subscription_schedules", from_subscription=season.subscribe(tea, **AUTO)["id"])
    assert around["default_settings"]["automatic_tax"]["enabled"] is True
    start = around["phases"][0]["start_date"]
    rewritten = {"phases[0][items][0][price]": tea, "phases[0][start_date]": start, **named}
    assert refused(bare, f"subscription_schedules/{around['id']}", **rewritten)[1] == "phases[0][default_tax_rates]"


def test_a_phase_begins_for_a_customer_who_is_lost(bare: Bare) -> None:
    """Time goes on: the next phase begins, and what it charges is charged without taxes."""
    season = Season(taxing(bare))
    bare.post(f"customers/{season.customer}", **living(BERLIN))
    tea = plan(bare)
    phases: dict[str, Any] = {f"phases[{place}][items][0][price]": tea for place in range(2)}
    phases |= {f"phases[{place}][duration][interval]": "month" for place in range(2)}
    phases |= {"phases[1][items][0][quantity]": 3, "phases[1][proration_behavior]": "always_invoice"}
    usual = {"default_settings[automatic_tax][enabled]": "true"}
    made = bare.post("subscription_schedules", customer=season.customer, start_date="now", **phases, **usual)
    live = {"id": made["subscription"]}
    season.at(3601)
    bare.post(f"customers/{season.customer}", address="")
    season.at(MONTH + 2 * 3600)
    assert season.read(live)["items"]["data"][0]["quantity"] == 3
    assert season.read(live)["automatic_tax"]["disabled_reason"] == "requires_location_inputs"
    first, *later = reversed(season.invoices(live))
    assert (first["total"], sum(one["amount_paid"] for one in later)) == (1190, 3000)


def test_a_schedule_whose_customer_is_lost(bare: Bare) -> None:
    """The phase that runs and the schedule's default are turned off with the subscription."""
    season = Season(taxing(bare))
    bare.post(f"customers/{season.customer}", **living(BERLIN))
    tea = plan(bare)
    phases = {"phases[0][items][0][price]": tea, "phases[0][duration][interval]": "year"}
    usual = {"default_settings[automatic_tax][enabled]": "true", "phases[0][automatic_tax][enabled]": "true"}
    made = bare.post("subscription_schedules", customer=season.customer, start_date="now", **phases, **usual)
    season.at(3601)
    bare.post(f"customers/{season.customer}", address="")
    season.at(MONTH + 2 * 3600)
    now = bare.get(f"subscription_schedules/{made['id']}")
    for one in (now["default_settings"], now["phases"][0]):
        assert one["automatic_tax"] == {
            "disabled_reason": "requires_location_inputs",
            "enabled": False,
            "liability": None,
        }
    assert [one["amount_paid"] for one in season.invoices({"id": made["subscription"]})] == [1000, 1190]
