"""What happens to subscriptions as time goes by: renewals, trials, retries, ends and pauses."""

from typing import Any

import pytest

from harness.clock import SYSTEM
from tests.payments.conftest import Bare
from tests.payments.seasons import DAY, HOUR, START, Season

MONTH = 31 * DAY
"""January has 31 days."""


def test_a_renewal(bare: Bare) -> None:
    """Announced a week before, drafted at the period's end, finalised and paid an hour later."""
    season = Season(bare)
    live = season.subscribe(bare.plan())
    assert live["status"] == "active"
    assert live["test_clock"] == season.clock
    assert season.at(MONTH - 7 * DAY) == ["invoice.upcoming"]
    assert season.at(MONTH) == ["customer.subscription.updated", "invoice.created"]
    draft = season.invoices(live)[0]
    assert (draft["status"], draft["automatically_finalizes_at"]) == ("draft", START + MONTH + HOUR)
    assert (draft["billing_reason"], draft["amount_due"], draft["test_clock"]) == (
        "subscription_cycle",
        900,
        season.clock,
    )
    told = season.at(MONTH + HOUR)
    wanted = ["invoice.finalized", "charge.succeeded", "payment_intent.succeeded", "invoice.paid"]
    assert [kind for kind in told if kind in wanted] == wanted
    assert season.invoices(live)[0]["status"] == "paid"
    item = season.read(live)["items"]["data"][0]
    assert item["current_period_start"] == START + MONTH
    assert [effect["amount"] for effect in bare.sinks("payments.charge")] == [900, 900]


def test_dates_keep_to_the_anchor(bare: Bare) -> None:
    """A subscription begun on the 31st is charged on the last day of shorter months, and on the 31st again."""
    season = Season(bare)
    season.at(16 * DAY)
    live = season.subscribe(bare.plan())
    ends = []
    for month in (1, 2, 3):
        ends.append(season.read(live)["items"]["data"][0]["current_period_end"])
        season.at(ends[-1] - START + month)
    assert [(end - START) // DAY for end in ends] == [44, 75, 105]


def test_forty_days_in_two_seconds(bare: Bare) -> None:
    """Forty days of a daily subscription beside two monthly ones take less than two seconds."""
    season = Season(bare)
    daily = {"recurring[interval]": "day", "product_data[name]": "d"}
    season.subscribe(bare.post("prices", currency="usd", unit_amount=100, **daily)["id"])
    began = SYSTEM.at_ns()
    for day in range(1, 41):
        season.at(day * DAY)
    assert (SYSTEM.at_ns() - began) / 1e9 < 2
    assert len(bare.sinks("payments.charge")) == 40


def test_a_trial_ends(bare: Bare) -> None:
    """Announced three days before, charged at its end, active from then on."""
    season = Season(bare)
    live = season.subscribe(bare.plan(), trial_period_days=10)
    assert (live["status"], live["trial_end"]) == ("trialing", START + 10 * DAY)
    assert season.at(6 * DAY) == ["invoice.upcoming"]
    assert season.at(7 * DAY) == ["customer.subscription.trial_will_end"]
    season.at(10 * DAY + HOUR)
    assert season.read(live)["status"] == "active"
    assert [(one["total"], one["status"]) for one in season.invoices(live)] == [(900, "paid"), (0, "paid")]


@pytest.mark.parametrize(
    ("wish", "status"), [("pause", "paused"), ("cancel", "canceled"), ("create_invoice", "active")]
)
def test_a_trial_without_a_card(bare: Bare, wish: str, status: str) -> None:
    """When nobody can be charged after the trial, it pauses, ends, or goes on with an invoice, as was wished."""
    season = Season(bare, card="")
    more = {"trial_settings[end_behavior][missing_payment_method]": wish}
    live = season.subscribe(bare.plan(), trial_period_days=5, **more)
    told = season.at(5 * DAY)
    assert season.read(live)["status"] == status
    assert ("customer.subscription.paused" in told) == (wish == "pause")
    season.at(5 * DAY + HOUR)
    after = {"create_invoice": "past_due"}.get(wish, status)
    assert season.read(live)["status"] == after


def test_a_short_trial_is_announced_at_once(bare: Bare) -> None:
    """A trial shorter than three days tells of its end when it begins."""
    Season(bare).subscribe(bare.plan(), trial_period_days=1)
    assert bare.types[-1] == "customer.subscription.trial_will_end"


def _failing(wish: str | None = None) -> tuple[Season, dict[str, Any]]:
    bare = Bare(**({} if wish is None else {"after_retries": wish}))
    season = Season(bare)
    live = season.subscribe(bare.plan())
    season.pays_with("pm_card_chargeCustomerFail")
    return season, live


@pytest.mark.parametrize(("wish", "status"), [(None, "canceled"), ("unpaid", "unpaid"), ("past_due", "past_due")])
def test_retries_and_what_comes_after(wish: str | None, status: str) -> None:
    """A failed renewal is tried again after 3, 5 and 7 days; then the settings decide."""
    season, live = _failing(wish)
    at, attempts = MONTH + HOUR, []
    told = season.at(at)
    assert told.count("invoice.payment_failed") == 1
    assert season.read(live)["status"] == "past_due"
    for wait in (3, 5, 7):
        invoice = season.invoices(live)[0]
        assert invoice["next_payment_attempt"] == START + at + wait * DAY
        at += wait * DAY
        attempts += season.at(at)
    assert attempts.count("invoice.payment_failed") == 3
    ended = season.read(live)
    assert ended["status"] == status
    assert season.invoices(live)[0]["next_payment_attempt"] is None
    if status == "canceled":
        assert ended["cancellation_details"]["reason"] == "payment_failed"
        assert attempts[-1] == "customer.subscription.deleted"
    assert len(season.bare.sinks("payments.decline")) == 4


def test_a_retry_that_pays(bare: Bare) -> None:
    """A new card lets the next attempt succeed, and the subscription lives on."""
    season, live = _failing()
    season.at(MONTH + HOUR)
    season.pays_with("pm_card_visa")
    told = season.at(MONTH + 4 * DAY)
    assert "invoice.paid" in told
    assert season.read(live)["status"] == "active"
    assert season.invoices(live)[0]["attempt_count"] == 2


def test_an_unpaid_one_drafts_on(bare: Bare) -> None:
    """What has been given up as unpaid gets drafts that are not charged."""
    season, live = _failing("unpaid")
    season.at(55 * DAY)
    assert season.read(live)["status"] == "unpaid"
    season.at(MONTH + 28 * DAY + 2 * HOUR)
    drafts = [one for one in season.invoices(live) if one["status"] == "draft"]
    assert [one["auto_advance"] for one in drafts] == [False]


def test_canceled_at_the_end_of_the_period(bare: Bare) -> None:
    """It ends with its period, without another invoice."""
    season = Season(bare)
    live = season.subscribe(bare.plan())
    bare.post(f"subscriptions/{live['id']}", cancel_at_period_end="true")
    assert season.at(MONTH) == ["customer.subscription.deleted"]
    ended = season.read(live)
    assert (ended["status"], ended["ended_at"], len(season.invoices(live))) == ("canceled", START + MONTH, 1)
    assert season.at(MONTH + 20 * DAY) == []


def test_canceled_at_a_date(bare: Bare) -> None:
    """`cancel_at` ends it in the middle of a period; taken back, it runs on."""
    season = Season(bare)
    live = season.subscribe(bare.plan(), cancel_at=START + 5 * DAY)
    other = season.subscribe(bare.plan(key="b"), cancel_at=START + 5 * DAY)
    bare.post(f"subscriptions/{other['id']}", cancel_at="")
    season.at(6 * DAY)
    assert season.read(live)["ended_at"] == START + 5 * DAY
    assert season.read(other)["status"] == "active"


def test_an_incomplete_one_expires(bare: Bare) -> None:
    """A first invoice that nobody pays within 23 hours is void, and the subscription has expired."""
    season = Season(bare, card="")
    live = season.subscribe(bare.plan(), payment_behavior="default_incomplete")
    season.at(22 * HOUR)
    assert season.read(live)["status"] == "incomplete"
    season.at(23 * HOUR)
    assert season.read(live)["status"] == "incomplete_expired"
    assert season.invoices(live)[0]["status"] == "void"


@pytest.mark.parametrize(
    ("behavior", "status"), [("void", "void"), ("mark_uncollectible", "uncollectible"), ("keep_as_draft", "draft")]
)
def test_paused_collection(bare: Bare, behavior: str, status: str) -> None:
    """While collection is paused invoices are void, given up, or stay drafts; at `resumes_at` it goes on."""
    season = Season(bare)
    live = season.subscribe(bare.plan())
    more: dict[str, Any] = {"pause_collection[behavior]": behavior, "pause_collection[resumes_at]": START + MONTH + DAY}
    bare.post(f"subscriptions/{live['id']}", **more)
    season.at(MONTH + 2 * HOUR)
    assert season.invoices(live)[0]["status"] == status
    assert season.at(MONTH + DAY) == ["customer.subscription.updated"]
    assert season.read(live)["pause_collection"] is None
    assert season.read(live)["status"] == "active"


def test_a_paused_one_is_resumed(bare: Bare) -> None:
    """A subscription that paused after its trial is charged when it is resumed with a card."""
    season = Season(bare, card="")
    more = {"trial_settings[end_behavior][missing_payment_method]": "pause"}
    live = season.subscribe(bare.plan(), trial_period_days=5, **more)
    season.at(8 * DAY)
    season.pays_with("pm_card_visa")
    resumed = bare.post(f"subscriptions/{live['id']}/resume")
    assert resumed["status"] == "active"
    assert resumed["items"]["data"][0]["current_period_start"] == START + 8 * DAY
    assert season.invoices(live)[0]["amount_paid"] == 900
    assert "customer.subscription.resumed" in bare.types
    again = bare.post(f"subscriptions/{live['id']}/resume")
    assert "cannot be resumed" in again["error"]["message"]


def test_invoices_that_are_sent(bare: Bare) -> None:
    """A subscription whose invoices are sent is active at once; one that is not paid in time falls behind."""
    season = Season(bare, card="")
    live = season.subscribe(bare.plan(), collection_method="send_invoice", days_until_due=5)
    assert live["status"] == "active"
    assert season.invoices(live)[0]["status"] == "draft"
    assert "invoice.sent" in season.at(HOUR)
    sent = season.invoices(live)[0]
    assert (sent["status"], sent["due_date"]) == ("open", START + HOUR + 5 * DAY)
    assert season.at(6 * DAY)[0] == "invoice.overdue"
    assert season.read(live)["status"] == "past_due"
    bare.post(f"invoices/{sent['id']}/pay", paid_out_of_band="true")
    assert season.read(live)["status"] == "active"
    assert bare.sinks("payments.charge") == []


@pytest.mark.parametrize(
    ("duration", "totals"),
    [
        ({"duration": "once"}, [450, 900, 900]),
        ({"duration": "repeating", "duration_in_months": 2}, [450, 450, 900]),
        ({"duration": "forever"}, [450, 450, 450]),
    ],
)
def test_how_long_a_discount_lasts(bare: Bare, duration: dict[str, Any], totals: list[int]) -> None:
    """Half off: once, for two months, or for ever; its end is told."""
    season = Season(bare)
    coupon = bare.post("coupons", percent_off=50, **duration)["id"]
    live = season.subscribe(bare.plan(), **{"discounts[0][coupon]": coupon})
    season.at(MONTH + 2 * HOUR)
    season.at(MONTH + 28 * DAY + 2 * HOUR)
    assert [one["total"] for one in reversed(season.invoices(live))] == totals
    assert bare.types.count("customer.discount.created") == 1
    assert bare.types.count("customer.discount.deleted") == (0 if totals[-1] == 450 else 1)
    assert bool(season.read(live)["discounts"]) == (totals[-1] == 450)


def test_a_customers_discount(bare: Bare) -> None:
    """What a customer has off comes off every invoice that has no discount of its own, until it is taken away."""
    season = Season(bare)
    coupon, more = (bare.post("coupons", percent_off=off, duration="forever")["id"] for off in (10, 50))
    bare.post(f"customers/{season.customer}", coupon=coupon)
    live = season.subscribe(bare.plan())
    other = season.subscribe(bare.plan(key="b"), **{"discounts[0][coupon]": more})
    assert [season.invoices(one)[0]["total"] for one in (live, other)] == [810, 450]
    assert bare.get(f"customers/{season.customer}/discount")["source"]["coupon"] == coupon
    gone = bare.raw("DELETE", f"/v1/customers/{season.customer}/discount")
    assert (gone.status, bare.raw("GET", f"/v1/customers/{season.customer}/discount").status) == (200, 404)
    bare.raw("DELETE", f"/v1/subscriptions/{other['id']}/discount")
    season.at(MONTH + 2 * HOUR)
    assert [season.invoices(one)[0]["total"] for one in (live, other)] == [900, 900]


def test_taxes_go_on(bare: Bare) -> None:
    """A subscription's default taxes are on every invoice; those of an item come before them."""
    season = Season(bare)
    vat, low = (
        bare.post("tax_rates", display_name="VAT", inclusive="false", percentage=rate)["id"] for rate in (20, 5)
    )
    form = {"default_tax_rates[0]": vat, "items[1][price]": bare.plan(100, "low"), "items[1][tax_rates][0]": low}
    live = season.subscribe(bare.plan(), **form)
    season.at(MONTH + 2 * HOUR)
    for invoice in season.invoices(live):
        assert invoice["total"] == 900 + 180 + 100 + 5
        assert sorted(one["amount"] for one in invoice["total_taxes"]) == [5, 180]
