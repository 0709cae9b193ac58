"""Subscription schedules, quotes and metered usage: what is agreed today and charged later."""

from typing import Any

import pytest
import stripe

from tests.payments.conftest import Bare
from tests.payments.seasons import DAY, START, Season

MONTH = 31 * DAY


def _phases(*phases: dict[str, Any]) -> dict[str, Any]:
    return {f"phases[{place}]{name}": value for place, one in enumerate(phases) for name, value in one.items()}


def _item(price: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return {"[items][0][price]": price, "[items][0][quantity]": quantity, **more}


def test_phases_follow_one_another(bare: Bare) -> None:
    """The subscription is made with the first phase, changed with the second, and runs on when the last is over."""
    season = Season(bare)
    price = bare.plan()
    month: dict[str, Any] = {"[duration][interval]": "month"}
    schedule = bare.post(
        "subscription_schedules",
        customer=season.customer,
        start_date="now",
        **_phases(_item(price, **month), _item(price, 3, **month, **{"[proration_behavior]": "none"})),
    )
    assert (schedule["status"], schedule["current_phase"]["end_date"]) == ("active", START + MONTH)
    live = season.read({"id": schedule["subscription"]})
    assert (live["status"], live["schedule"]) == ("active", schedule["id"])
    season.at(3600)
    assert season.invoices(live)[0]["amount_paid"] == 900
    season.at(MONTH + 2 * 3600)
    assert season.read(live)["items"]["data"][0]["quantity"] == 3
    season.at(MONTH + 27 * DAY)
    assert season.at(MONTH + 28 * DAY).count("subscription_schedule.completed") == 1
    over = bare.get(f"subscription_schedules/{schedule['id']}")
    assert (over["status"], over["released_subscription"], over["subscription"]) == ("completed", live["id"], None)
    assert (season.read(live)["status"], season.read(live)["schedule"]) == ("active", None)


def test_begun_later_and_ended(bare: Bare) -> None:
    """A schedule may begin later, announces its end, and may end its subscription with it."""
    season = Season(bare)
    phases = _phases(_item(bare.plan(), **{"[end_date]": START + 40 * DAY}))
    form: dict[str, Any] = {"start_date": START + 10 * DAY, "end_behavior": "cancel"}
    schedule = bare.post("subscription_schedules", customer=season.customer, **form, **phases)
    assert (schedule["status"], schedule["subscription"]) == ("not_started", None)
    assert bare.get("subscription_schedules", scheduled="true")["data"][0]["id"] == schedule["id"]
    assert "customer.subscription.created" in season.at(10 * DAY)
    assert "subscription_schedule.expiring" in season.at(31 * DAY)
    season.at(40 * DAY)
    over = bare.get(f"subscription_schedules/{schedule['id']}")
    assert over["status"] == "completed"
    assert season.read({"id": over["subscription"]})["status"] == "canceled"


def test_around_a_subscription(bare: Bare) -> None:
    """A running subscription gets a schedule, whose present phase and future can be changed, and is released again."""
    season = Season(bare)
    price = bare.plan()
    live = season.subscribe(price)
    schedule = bare.post("subscription_schedules", from_subscription=live["id"])
    assert schedule["phases"][0]["end_date"] == START + MONTH
    again = bare.post("subscription_schedules", from_subscription=live["id"])
    assert "already attached" in again["error"]["message"]
    phases = _phases(
        _item(price, **{"[start_date]": START, "[end_date]": START + MONTH}),
        {**_item(bare.plan(2900, "pro")), "[duration][interval]": "month"},
    )
    assert len(bare.post(f"subscription_schedules/{schedule['id']}", **phases)["phases"]) == 2
    season.at(MONTH + 2 * 3600)
    assert season.read(live)["items"]["data"][0]["price"]["lookup_key"] == "pro"
    released = bare.post(f"subscription_schedules/{schedule['id']}/release")
    assert (released["status"], released["released_subscription"]) == ("released", live["id"])
    assert "cannot release" in bare.post(f"subscription_schedules/{schedule['id']}/release")["error"]["message"]
    assert season.read(live)["status"] == "active"


def test_canceled_and_aborted(bare: Bare) -> None:
    """Canceling a schedule ends its subscription; a subscription that ends by itself takes its schedule along."""
    season = Season(bare)
    schedules = [
        bare.post("subscription_schedules", from_subscription=season.subscribe(bare.plan(key=key))["id"])
        for key in "ab"
    ]
    first, second = schedules
    assert bare.post(f"subscription_schedules/{first['id']}/cancel")["status"] == "canceled"
    assert season.read({"id": first["subscription"]})["status"] == "canceled"
    bare.raw("DELETE", f"/v1/subscriptions/{second['subscription']}")
    assert bare.get(f"subscription_schedules/{second['id']}")["status"] == "canceled"
    assert bare.types[-1] == "subscription_schedule.aborted"


def test_default_settings_are_changed_in_part(bare: Bare) -> None:
    """Who issues the invoices is changed before the schedule begins; in how many days they are due stays."""
    season = Season(bare)
    month: dict[str, Any] = {"[duration][interval]": "month"}
    phase = _phases(_item(bare.plan(), **month))
    sent: dict[str, Any] = {"[collection_method]": "send_invoice", "[invoice_settings][days_until_due]": 14}
    wanted = {f"default_settings{name}": value for name, value in sent.items()}
    schedule = bare.post("subscription_schedules", customer=season.customer, start_date=START + DAY, **phase, **wanted)
    path = f"subscription_schedules/{schedule['id']}"
    bare.post(path, **{"default_settings[invoice_settings][issuer][type]": "self"})
    season.at(DAY)
    live = season.read({"id": bare.get(path)["subscription"]})
    assert (live["collection_method"], live["days_until_due"]) == ("send_invoice", 14)


def test_phases_that_are_refused(bare: Bare) -> None:
    """Each phase but the last needs an end, which is later than its start."""
    season = Season(bare)
    price = bare.plan()

    def param(*phases: dict[str, Any]) -> Any:
        form = _phases(*phases)
        return bare.post("subscription_schedules", customer=season.customer, start_date="now", **form)["error"]["param"]

    assert param(_item(price), _item(price)) == "phases[0][end_date]"
    assert param(_item(price, **{"[end_date]": START})) == "phases[0][end_date]"
    assert param(_item("price_nobody")) == "phases[0][items][0][price]"


def test_a_quote_becomes_a_subscription(client: stripe.StripeClient) -> None:
    """Drafted, changed, finalised, accepted: a subscription runs, and its invoice waits an hour."""
    customer = client.v1.customers.create()
    price = client.v1.prices.create(
        {"currency": "usd", "unit_amount": 1500, "recurring": {"interval": "month"}, "product_data": {"name": "x"}}
    )
    quote = client.v1.quotes.create({"customer": customer.id, "line_items": [{"price": price.id, "quantity": 2}]})
    assert (quote.status, quote.amount_total) == ("draft", 3000)
    assert quote.computed.recurring is not None
    assert (quote.computed.recurring.amount_total, quote.computed.recurring.interval) == (3000, "month")
    assert client.v1.quotes.update(quote.id, {"header": "Offer"}).header == "Offer"
    with pytest.raises(stripe.InvalidRequestError, match="cannot accept"):
        client.v1.quotes.accept(quote.id)
    final = client.v1.quotes.finalize_quote(quote.id)
    assert (final.status, str(final.number)[:3]) == ("open", "QT-")
    assert [one.quantity for one in client.v1.quotes.line_items.list(quote.id).data] == [2]
    accepted = client.v1.quotes.accept(quote.id)
    assert accepted.status == "accepted"
    live = client.v1.subscriptions.retrieve(str(accepted.subscription))
    assert (live.status, live["items"].data[0].quantity) == ("active", 2)
    assert client.v1.invoices.retrieve(str(accepted.invoice)).status == "draft"


def test_other_ends_of_a_quote(bare: Bare) -> None:
    """A quote of one-time prices becomes an invoice; one may be taken back, or be too late."""
    customer = bare.post("customers")["id"]
    price = bare.post("prices", currency="usd", unit_amount=700, **{"product_data[name]": "x"})["id"]

    def offered(**more: Any) -> str:
        name = bare.post("quotes", customer=customer, **{"line_items[0][price]": price}, **more)["id"]
        return str(bare.post(f"quotes/{name}/finalize")["id"])

    first = offered()
    assert bare.get(f"quotes/{first}")["number"] != bare.get(f"quotes/{offered()}")["number"]
    accepted = bare.post(f"quotes/{first}/accept")
    invoice = bare.get(f"invoices/{accepted['invoice']}")
    assert (invoice["total"], invoice["billing_reason"], invoice["status"]) == (700, "quote_accept", "draft")
    assert bare.post(f"quotes/{offered()}/cancel")["status"] == "canceled"
    late = offered(expires_at=bare.world.unix_s() + 60)
    bare.clock.advance(61)
    assert "expired" in bare.post(f"quotes/{late}/accept")["error"]["message"]


def test_metered_usage(bare: Bare) -> None:
    """What a meter counts in a period is charged at its end, in arrears, by tiers; an event counts once."""
    season = Season(bare)
    sums = {"default_aggregation[formula]": "sum"}
    meter = bare.post("billing/meters", display_name="calls", event_name="call", **sums)["id"]
    form = {"recurring[interval]": "month", "recurring[usage_type]": "metered", "recurring[meter]": meter}
    price = bare.post("prices", currency="usd", unit_amount=5, **form, **{"product_data[name]": "calls"})["id"]
    live = season.subscribe(price)
    assert "quantity" not in live["items"]["data"][0]
    assert season.invoices(live)[0]["total"] == 0
    payload: dict[str, Any] = {"payload[stripe_customer_id]": season.customer}

    def used(value: int, name: str, **more: Any) -> dict[str, Any]:
        form = {**payload, "payload[value]": value, **more}
        return bare.post("billing/meter_events", event_name="call", identifier=name, **form)

    season.at(5 * DAY)
    assert used(30, "a", timestamp=START + 6 * DAY)["error"]["code"] == "timestamp_in_future"
    assert used(30, "a")["timestamp"] == START + 5 * DAY
    assert "already exists" in used(30, "a")["error"]["message"]
    used(12, "b")
    used(99, "c")
    bare.post("billing/meter_event_adjustments", event_name="call", type="cancel", **{"cancel[identifier]": "c"})
    season.at(MONTH + 3600)
    invoice = season.invoices(live)[0]
    assert (invoice["total"], invoice["lines"]["data"][0]["quantity"]) == (5 * 42, 42)
    assert invoice["lines"]["data"][0]["period"] == {"start": START, "end": START + MONTH}
    assert bare.post(f"billing/meters/{meter}/deactivate")["status"] == "inactive"
    assert used(1, "d")["error"]["code"] == "resource_missing"
    refused = season.subscribe(price, **{"items[0][quantity]": 2})
    assert refused["error"]["param"] == "items[0][quantity]"
