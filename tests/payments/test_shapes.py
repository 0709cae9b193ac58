"""Every object the fake makes, judged by the vendor's own OpenAPI document; and the table derived from it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fakes.payments.wire.operations import OPERATIONS
from tests.payments import making_billing, making_checkout, making_clocks, making_kept, making_money, making_thin
from tests.payments.conftest import Bare
from tests.payments.judging import faults
from tests.payments.openapi import FOLDER, rendered

NOBODY_MAKES = {"scheduled_query_run", "source_transaction", "financial_connections.transaction"}
"""Kinds whose lists are always empty here."""
UNDESCRIBED = ("entitlements.active_entitlement_summary",)
"""Objects that only events carry, which the document does not describe."""
KINDS = sorted({line.kind for line in OPERATIONS.values()} - NOBODY_MAKES)


@pytest.fixture(scope="module")
def made() -> dict[str, list[dict[str, Any]]]:
    """Every object of a shop where a bit of everything happened, by kind."""
    bare = Bare()
    live = bare.subscribed(bare.plan())
    form = {"items[0][id]": live["items"]["data"][0]["id"], "items[0][price]": bare.plan(2900, "pro")}
    bare.post(f"subscriptions/{live['id']}", proration_behavior="always_invoice", **form)
    bare.slice.act("x", "refund", {"amount": 100})
    bare.slice.act("x", "fail_renewal", {})
    bare.subscribed(bare.plan(key="third"), "requires_authentication")
    line = {"line_items[0][price_data][product_data][name]": "x", "line_items[0][price_data][currency]": "usd"}
    line |= {"line_items[0][price_data][unit_amount]": "900", "line_items[0][quantity]": "1"}
    session = bare.post("checkout/sessions", mode="payment", success_url="https://example.com", **line)
    bare.slice.pay(session["id"], "good_card")
    bare.post("webhook_endpoints", url="https://example.com", **{"enabled_events[]": "*"})
    bare.post("payment_intents", amount=900, currency="usd", confirm="true", payment_method="pm_card_chargeDeclined")
    making_clocks.make(bare)
    moneys = making_money.make(bare) | making_kept.make(bare)
    inner = making_checkout.make(bare) | making_billing.make(bare)
    account = bare.slice._provider.account()
    found = {kind: [json.loads(json.dumps(one)) for one in account.tables[kind].values()] for kind in KINDS}
    found |= inner | moneys | making_thin.make(bare)
    found["event"] = bare.get("events", limit=100)["data"]
    found["line_item"] = [line for one in found["invoice"] for line in one["lines"]["data"]]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_objects(made: dict[str, list[dict[str, Any]]], kind: str) -> None:
    """Each object has the fields and types of the vendor's document, and none of its own."""
    assert made[kind]
    assert [text for one in made[kind] for text in faults(kind, one)] == []


def test_snapshots_in_events(made: dict[str, list[dict[str, Any]]]) -> None:
    """What an event carries is an object of the vendor's document too."""
    objects = [one["data"]["object"] for one in made["event"] if one["data"]["object"]["object"] not in UNDESCRIBED]
    assert [text for one in objects for text in faults(one["object"], one)] == []


def test_a_wrong_object_is_found() -> None:
    """The judge is no rubber stamp: a missing, a wrong and an unknown field are all found."""
    wrong = {"id": 5, "object": "customer", "created": 1, "livemode": False, "nickname": "x"}
    assert len(faults("customer", wrong)) == 2
    assert faults("customer", {"id": "cus_1", "object": "customer", "livemode": False}) == ["customer.created: missing"]


def test_expanded(made: dict[str, list[dict[str, Any]]]) -> None:
    """Expanded answers are right too, and error objects."""
    bare = Bare()
    price = bare.plan()
    form = {"items[0][price]": price, "expand[0]": "latest_invoice.confirmation_secret", "expand[1]": "customer"}
    form |= {"expand[2]": "latest_invoice.payments.data.payment.payment_intent"}
    begun = bare.post(
        "subscriptions", customer=bare.post("customers")["id"], payment_behavior="default_incomplete", **form
    )
    assert faults("subscription", begun) == []
    assert begun["latest_invoice"]["payments"]["data"][0]["payment"]["payment_intent"]["object"] == "payment_intent"
    refused = bare.post("payment_intents", amount=9, currency="usd")
    assert faults("error", refused) == []


def test_the_table_of_parameters_is_current() -> None:
    """The committed table is what the document says; `python -m tests.payments.openapi` writes it anew."""
    assert {file.name: file.read_text() for file in FOLDER.glob("*.json")} == rendered()


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)


def test_ids_are_no_markers(made: dict[str, list[dict[str, Any]]]) -> None:
    """No id or secret can be taken for a person's marker."""
    assert not [one["id"] for one in _objects(made) if "hx" in str(one.get("id", ""))]
