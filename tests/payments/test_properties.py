"""Whatever a merchant does in whatever order: nothing breaks, nothing is lost, money adds up, events tell the truth."""

import json
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.payments.walking import STEPS, Merchant, walk

Thing = dict[str, Any]
PLANS = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 10**6)), max_size=25)
NEXT = {
    "payment_intent": {
        "requires_payment_method": {"requires_confirmation", "requires_action", "processing", "requires_capture",
                                    "succeeded", "canceled"},
        "requires_confirmation": {"requires_payment_method", "requires_action", "processing", "requires_capture",
                                  "succeeded", "canceled"},
        "requires_action": {"requires_payment_method", "processing", "requires_capture", "succeeded", "canceled"},
        "processing": {"requires_payment_method", "requires_capture", "succeeded", "canceled"},
        "requires_capture": {"succeeded", "canceled", "requires_payment_method"},
        "succeeded": set(),
        "canceled": set(),
    },
    "subscription": {
        "incomplete": {"active", "trialing", "incomplete_expired", "canceled"},
        "trialing": {"active", "past_due", "canceled", "paused", "incomplete"},
        "active": {"past_due", "canceled", "unpaid", "paused", "trialing"},
        "past_due": {"active", "canceled", "unpaid"},
        "unpaid": {"active", "canceled"},
        "paused": {"active", "canceled"},
        "canceled": set(),
        "incomplete_expired": set(),
    },
    "invoice": {
        "draft": {"open", "paid", "void"},
        "open": {"paid", "void", "uncollectible"},
        "uncollectible": {"paid", "void"},
        "paid": set(),
        "void": set(),
    },
}  # fmt: skip
"""Which status may follow which, as the provider documents it."""
CREATED = {
    "customer": "customer.created",
    "payment_intent": "payment_intent.created",
    "subscription": "customer.subscription.created",
    "invoice": "invoice.created",
    "price": "price.created",
    "product": "product.created",
    "refund": "refund.created",
}
FILLED_IN = {("refund.updated", "destination_details")}
"""What the provider fills in some seconds later, and this fake at once, before it tells of it."""
BOUNDED = settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def told(merchant: Merchant) -> list[Thing]:
    """Every event, in the order in which they were told."""
    events = merchant.bare.slice._provider.account().events.values()
    return [json.loads(one.body) for one in events]


def objects(merchant: Merchant, kind: str) -> dict[str, Thing]:
    """Every object of a kind that there is."""
    table = merchant.bare.slice._provider.account().tables[kind]
    return {name: thing for name, thing in table.items() if not thing.get("deleted")}


def _taken(values: Thing) -> int:
    return int(values["amount_captured"] if "amount_captured" in values else values["amount"])


def money(merchant: Merchant) -> list[str]:
    """What does not add up: charges and refunds, what the effects say, and the balance's transactions."""
    found = []
    refunds: dict[str, int] = defaultdict(int)
    for refund in objects(merchant, "refund").values():
        if refund["status"] not in ("failed", "canceled"):
            refunds[refund["charge"]] += refund["amount"]
    charges = objects(merchant, "charge")
    for name, charge in charges.items():
        taken = charge["amount_captured"]
        if charge["amount_refunded"] != refunds[name] and charge["captured"]:
            found.append(f"{name}: {charge['amount_refunded']} refunded, refunds of {refunds[name]}")
        if not 0 <= charge["amount_refunded"] <= charge["amount"] or taken > charge["amount"]:
            found.append(f"{name}: {taken} of {charge['amount']} taken, {charge['amount_refunded']} given back")
    paid = sum(one["amount_captured"] for one in charges.values() if one["paid"] and one["captured"])
    told_of = {"payments.charge": 0, "payments.refund": 0}
    for sink in told_of:
        last: dict[str, Thing] = {}
        for one, op, name, values in merchant.bare.ledger.effects:
            if one == sink:
                last[name] = values if op != "delete" else {**values, "amount": 0}
        whole = [values for values in last.values() if values.get("captured", True)]
        told_of[sink] = sum(_taken(values) for values in whole)
    if told_of != {"payments.charge": paid, "payments.refund": sum(refunds.values())}:
        found.append(f"effects say {told_of}, objects {paid} and {sum(refunds.values())}")
    return found + _balance(merchant, paid, sum(refunds.values()))


def _balance(merchant: Merchant, paid: int, refunded: int) -> list[str]:
    moved: dict[str, int] = defaultdict(int)
    for one in objects(merchant, "balance_transaction").values():
        moved[one["type"]] += one["amount"]
        if one["net"] != one["amount"] - one["fee"]:
            return [f"{one['id']}: {one['amount']} less {one['fee']} is not {one['net']}"]
    back = moved["refund"] + moved["payment_refund"] + moved["refund_failure"]
    wrong = moved["charge"] + moved["payment"] != paid or back != -refunded
    told = merchant.bare.get("balance")
    held = sum(one["amount"] for part in ("available", "pending") for one in told[part])
    if held != sum(one["net"] for one in objects(merchant, "balance_transaction").values()):
        return [f"the balance says {held}"]
    return [f"transactions {dict(moved)}, charges {paid}, refunds {refunded}"] if wrong else []


def steps_of_status(merchant: Merchant) -> list[str]:
    """Every step from one status to another that the provider does not know."""
    now: dict[str, str] = {}
    found = []
    for event in told(merchant):
        thing = event["data"]["object"]
        allowed = NEXT.get(thing["object"])
        if allowed is None or "status" not in thing:
            continue
        before = now.get(thing["id"], thing["status"])
        if thing["status"] != before and thing["status"] not in allowed[before]:
            found.append(f"{thing['id']}: {before} -> {thing['status']} by {event['type']}")
        now[thing["id"]] = thing["status"]
    for kind in NEXT:
        for name, thing in objects(merchant, kind).items():
            if name in now and now[name] != thing["status"] and thing["status"] not in NEXT[kind][now[name]]:
                found.append(f"{name}: {now[name]} -> {thing['status']} without an event")
    return found


def stories(merchant: Merchant) -> list[str]:
    """What the events of an object leave out, or tell in the wrong order."""
    found: list[str] = []
    seen: dict[str, Thing] = {}
    at = 0
    for event in told(merchant):
        thing, kind = event["data"]["object"], event["type"]
        name = thing.get("id")
        first = CREATED.get(thing["object"])
        if name not in seen and first is not None and kind != first and not kind.startswith("invoice.upcoming"):
            found.append(f"{name}: begins with {kind}")
        for field, value in (event["data"].get("previous_attributes") or {}).items():
            known = name in seen and not isinstance(value, dict) and (kind, field) not in FILLED_IN
            if known and seen[name].get(field) != value:
                found.append(f"{kind} {name}: {field} was {seen[name].get(field)!r}, not {value!r}")
        if event["created"] < at:
            found.append(f"{event['id']} is older than the one before")
        seen[name], at = thing, event["created"]
    for kind in CREATED:
        found += [f"{name}: never told of" for name in objects(merchant, kind) if name not in seen]
    return found


def lost(merchant: Merchant) -> list[str]:
    """Objects that an answer named and that cannot be fetched, or are in no list."""
    found = []
    paths = {"customer": "customers", "payment_intent": "payment_intents", "price": "prices", "refund": "refunds"}
    for kind, path in paths.items():
        listed = {one["id"] for one in merchant.bare.get(path, limit=100)["data"]}
        for name in merchant.known.get(kind, ()):
            if merchant.bare.get(f"{path}/{name}").get("id") != name:
                found.append(f"{name} is gone")
            if (name in listed) is (name in merchant.gone):
                found.append(f"{name} is in the wrong lists")
    return found


@BOUNDED
@given(PLANS)
def test_whatever_a_merchant_does(steps: list[tuple[str, int]]) -> None:
    """No call breaks the fake, money adds up, statuses follow, events are whole and in order, nothing is lost."""
    merchant = walk(steps)
    assert [status for status in merchant.statuses if status >= 500] == []
    assert money(merchant) == []
    assert steps_of_status(merchant) == []
    assert stories(merchant) == []
    assert lost(merchant) == []


@BOUNDED
@given(PLANS, st.integers(0, 30))
def test_a_repeat_changes_nothing(steps: list[tuple[str, int]], number: int) -> None:
    """Every call that had a key, sent once more on the same day, makes no object, no event and no effect."""
    merchant = walk([step for step in steps if step[0] != "wait"])
    before = len(told(merchant)), len(merchant.bare.ledger.effects), len(objects(merchant, "payment_intent"))
    for path, form, key in merchant.sent[number:] + merchant.sent[:number]:
        assert merchant.bare.raw("POST", f"/v1/{path}", form, key).headers["Idempotent-Replayed"] == "true"
    assert (len(told(merchant)), len(merchant.bare.ledger.effects), len(objects(merchant, "payment_intent"))) == before


def _spoiled_sum(merchant: Merchant) -> None:
    objects(merchant, "charge").popitem()[1]["amount_refunded"] = 5


def _spoiled_status(merchant: Merchant) -> None:
    objects(merchant, "payment_intent").popitem()[1]["status"] = "requires_action"


def _spoiled_story(merchant: Merchant) -> None:
    events = merchant.bare.slice._provider.account().events
    del events[next(iter(events))]


def _spoiled_table(merchant: Merchant) -> None:
    customers = merchant.bare.slice._provider.account().tables["customer"]
    del customers[next(iter(customers))]


@pytest.mark.parametrize(
    ("spoil", "judge"),
    [
        (_spoiled_sum, money),
        (_spoiled_status, steps_of_status),
        (_spoiled_story, stories),
        (_spoiled_table, lost),
    ],
)
def test_the_judges_are_no_rubber_stamps(spoil: Any, judge: Any) -> None:
    """A wrong sum, an impossible status, a missing event and a lost object are each found."""
    merchant = walk([("customer", 1)])
    form = {"amount": 900, "currency": "usd", "confirm": "true", "payment_method": "pm_card_visa"}
    merchant.send("POST", "payment_intents", form | {"return_url": "https://example.com"})
    assert judge(merchant) == []
    spoil(merchant)
    assert judge(merchant) != []
