"""Events: which, in which order, with which snapshots; and what reaches the journal."""

import json
from pathlib import Path
from typing import Any

import pytest
import stripe

from fakes.attribution import Owners
from fakes.deliveries import Deliveries
from fakes.payments.events import topic_of
from fakes.plugin import Fakes
from fakes.webhooks import Hooks
from harness.journal import Journal
from tests.payments.conftest import Bare, Hook

PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "charge.updated"]


def _told(bare: Bare, kind: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(next(one for one in bare.ledger.told if one.type == kind).body)
    return event


def test_a_payment(bare: Bare) -> None:
    """A payment is told in its steps, each with the object as it was then."""
    bare.post("payment_intents", amount=900, currency="usd", confirm="true", payment_method="pm_card_visa")
    assert bare.types == PAID
    assert _told(bare, "payment_intent.created")["data"]["object"]["status"] == "requires_payment_method"
    assert _told(bare, "payment_intent.succeeded")["data"]["object"]["amount_received"] == 900
    assert _told(bare, "charge.updated")["data"]["previous_attributes"] == {"balance_transaction": None}


def test_a_decline(bare: Bare) -> None:
    """A decline is told although the request is refused."""
    bare.post("payment_intents", amount=900, currency="usd", confirm="true", payment_method="pm_card_chargeDeclined")
    assert bare.types == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]
    assert bare.sinks("payments.decline") == [
        {"op": "create", "amount": 900, "currency": "usd", "code": "generic_decline"}
    ]
    assert not bare.sinks("payments.charge")


def test_a_subscription(bare: Bare) -> None:
    """A subscription that the phone pays is told from its first invoice to its activity."""
    live = bare.subscribed(bare.plan())
    assert bare.types[bare.types.index("customer.subscription.created") :] == [
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "payment_intent.created",
        "payment_method.attached",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "customer.subscription.updated",
        "charge.updated",
    ]
    assert _told(bare, "customer.subscription.created")["data"]["object"]["status"] == "incomplete"
    changed = _told(bare, "customer.subscription.updated")["data"]
    assert changed["previous_attributes"] == {"status": "incomplete", "default_payment_method": None}
    assert changed["object"] == live
    said = {"plan": "starter", "cancel_at_period_end": False}
    assert bare.sinks("payments.subscription") == [
        {"op": "create", "status": "incomplete", **said},
        {"op": "update", "status": "active", **said},
    ]


def test_what_changed_is_told(bare: Bare) -> None:
    """`previous_attributes` holds the old values of what differs, and a change of nothing is not told."""
    name = bare.post("customers", name="Ada", **{"metadata[a]": "1", "metadata[b]": "2"})["id"]
    bare.post(f"customers/{name}", **{"metadata[b]": "3", "metadata[c]": "4"})
    bare.post(f"customers/{name}", name="Ada")
    assert bare.types == ["customer.created", "customer.updated"]
    assert _told(bare, "customer.updated")["data"]["previous_attributes"] == {"metadata": {"b": "2", "c": None}}


def test_a_plan_change_is_told(bare: Bare) -> None:
    """The old items are told as a whole, with the old price."""
    live = bare.subscribed(bare.plan())
    form = {"items[0][id]": live["items"]["data"][0]["id"], "items[0][price]": bare.plan(2900, "pro")}
    bare.post(f"subscriptions/{live['id']}", **form)
    told = json.loads([one for one in bare.ledger.told if one.type == "customer.subscription.updated"][-1].body)
    assert told["data"]["previous_attributes"]["items"]["data"] == live["items"]["data"]
    assert told["data"]["object"]["items"]["data"][0]["price"]["lookup_key"] == "pro"


def test_who_asked(bare: Bare) -> None:
    """An event names the request and key that caused it; both are null when the provider acted by itself."""
    reply = bare.raw("POST", "/v1/customers", {}, "key-1")
    assert _told(bare, "customer.created")["request"] == {
        "id": reply.headers["Request-Id"],
        "idempotency_key": "key-1",
    }
    bare.subscribed(bare.plan())
    bare.slice.act("hxaaaaaaaaaaaa", "end_subscription", {})
    assert _told(bare, "customer.subscription.deleted")["request"] == {"id": None, "idempotency_key": None}


def test_bytes(bare: Bare) -> None:
    """Bodies are indented by two, with letters as they are."""
    bare.post("customers", name="Zoë ✓")
    body = bare.ledger.told[0].body
    assert body.startswith(b'{\n  "id": "evt_')
    assert '"name": "Zoë ✓"'.encode() in body


def test_reading_events(bare: Bare) -> None:
    """Events are listed newest first, by type, and retrieved one by one."""
    bare.post("payment_intents", amount=900, currency="usd", confirm="true", payment_method="pm_card_visa")
    assert [one["type"] for one in bare.get("events")["data"]] == PAID[::-1]
    some = bare.get("events", **{"types[]": ["charge.updated", "payment_intent.*"], "limit": 2})
    assert [one["type"] for one in some["data"]] == ["charge.updated", "payment_intent.succeeded"]
    assert some["has_more"]
    assert bare.get(f"events/{some['data'][0]['id']}") == some["data"][0]


@pytest.mark.parametrize(
    ("kind", "topic"),
    [
        ("payment_intent.succeeded", "payment_succeeded"),
        ("payment_intent.payment_failed", "payment_failed"),
        ("customer.subscription.created", "subscription_started"),
        ("customer.subscription.updated", "subscription_changed"),
        ("customer.subscription.deleted", "subscription_ended"),
        ("invoice.paid", "invoice_paid"),
        ("charge.refunded", "charge_refunded"),
        ("charge.updated", "other"),
    ],
)
def test_topics(kind: str, topic: str) -> None:
    """Every type has a neutral word."""
    assert topic_of(kind) == topic


def test_other_accounts_are_not_told(bare: Bare) -> None:
    """The events of another account can be read there, and are delivered to nobody."""
    bare.raw("POST", "/v1/customers", {}, account="sk_test_other")
    assert not bare.ledger.told
    listed = json.loads(bare.raw("GET", "/v1/events", account="sk_test_other").body)
    assert [one["type"] for one in listed["data"]] == ["customer.created"]


def test_in_the_journal(client: stripe.StripeClient, shop: Fakes, hook: Hook, marker: str) -> None:
    """Effects and news are journaled with their owner, also for objects that carry no marker themselves."""
    customer = client.v1.customers.create({"email": f"{marker}@example.com", "name": "Ada"})
    paid = client.v1.payment_intents.create(
        {"amount": 900, "currency": "usd", "customer": customer.id, "confirm": True, "payment_method": "pm_card_visa"}
    )
    hook.wait(1, "payment_intent.succeeded")
    effects = {one["sink"]: one for one in shop.records("effect", person=marker)}
    assert effects["payments.customer"]["values"] == {"email": f"{marker}@example.com", "name": "Ada"}
    assert effects["payments.charge"]["values"] == {"amount": 900, "currency": "usd", "captured": True}
    assert {customer.id, paid.id} <= set(effects["payments.charge"]["ids"])
    assert [one["type"] for one in shop.records("news", person=marker)] == ["customer.created", *PAID]


def test_registered_by_the_api(bare: Bare, tmp_path: Path) -> None:
    """An endpoint that the pipeline registers itself hears what it asked for, and the engine learns where it is."""
    engine = Deliveries(Journal(tmp_path / "journal.jsonl", "fakes"), Owners(), bare.clock)
    bare.slice._provider.webhooks = bare.slice._noticing._webhooks = Hooks(engine, "payments")
    form = {"url": "http://127.0.0.1:1/hook", "enabled_events[]": "charge.succeeded"}
    made = bare.post("webhook_endpoints", **form)
    bare.post("payment_intents", amount=900, currency="usd", confirm="true", payment_method="pm_card_visa")
    assert bare.types == ["charge.succeeded"]
    (known,) = engine.endpoints.all()
    assert (known.url, known.secrets) == (form["url"], (made["secret"],))
    bare.raw("DELETE", f"/v1/webhook_endpoints/{made['id']}")
    assert not list(engine.endpoints.all())
