"""What calm people were seen to do: read from records alone, counted from the moment the flow began."""

from typing import Any

from harness.observed import Notice, Outward, as_data, seen_in
from tests.checkers.story import ANN, BEN


def records() -> list[dict[str, Any]]:
    """Ann signs up, then buys: one read, two writes of which one commits, and two events; Ben is in another cell."""
    told: list[dict[str, Any]] = [
        {"k": "cell", "cell": "look[buy]", "scenario": "look", "flow": "buy"},
        {"k": "cell", "cell": "other[buy]", "scenario": "other", "flow": "buy"},
        {"k": "intent", "cell": "look[buy]", "person": ANN, "flow": "sign_up"},
        call("c1", "POST /contacts", ANN),
        {"k": "intent", "cell": "look[buy]", "person": ANN, "flow": "buy"},
        call("c2", "GET /contacts", ANN, writes=False),
        call("c3", "POST /contacts", None, markers=[BEN, ANN]),
        {"k": "effect", "call": "c3"},
        call("c4", "POST /contacts", ANN),
        call("c5", None, ANN),
        {"k": "delivery", "person": ANN, "fake": "payments", "type": "paid", "event": "e1"},
        {"k": "delivery", "person": ANN, "fake": "payments", "type": "paid", "event": "e1"},
        {"k": "delivery", "person": ANN, "fake": "payments", "type": "paid", "event": "e2"},
        {"k": "intent", "cell": "other[buy]", "person": BEN, "flow": "buy"},
        call("c6", "POST /other", BEN),
    ]
    return [{**one, "n": number, "at": number} for number, one in enumerate(told)]


def call(name: str, operation: str | None, person: str | None, **more: Any) -> dict[str, Any]:
    """A call as a fake received it."""
    return {
        "k": "received",
        "call": name,
        "fake": "crm",
        "operation": operation,
        "person": person,
        "writes": True,
        **more,
    }


def test_calls_and_events_since_the_flow_began_in_order() -> None:
    """Not those of the setting, not other people's, not what no fake has; a batch counts for each of its people."""
    (seen,) = seen_in(records(), "look")
    assert seen.flow == "buy"
    assert seen.calls == [
        Outward(fake="crm", operation="GET /contacts", nth=1, writes=False, commits=False),
        Outward(fake="crm", operation="POST /contacts", nth=1, writes=True, commits=True),
        Outward(fake="crm", operation="POST /contacts", nth=2, writes=True, commits=False),
    ]
    assert seen.notices == [Notice(fake="payments", type="paid")]
    assert seen.events == {"payments": 2}
    assert [one.label for one in seen.calls] == ["crm: GET /contacts", "crm: POST /contacts", "crm: POST /contacts #2"]


def test_the_order_of_reading_does_not_matter() -> None:
    """Journals of several processes are put in order by their moments."""
    assert as_data(seen_in(reversed(records()), "look")) == as_data(seen_in(records(), "look"))


def test_a_scenario_that_nobody_played_shows_nothing() -> None:
    """No cell, no flow."""
    assert seen_in(records(), "nobody") == []
