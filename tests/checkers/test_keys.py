"""Idempotency forensics: what a vendor saw of keys, told as it was; each suspicion has a story and a near miss."""

from typing import Any

from harness.checkers.history import build
from harness.checkers.keys import forensics
from tests.checkers.story import ANN, BEN


def call(name: str, at: int, person: str = ANN, *, key: str | None, status: int | None = 200, **more: Any) -> list[Any]:
    """A write and its answer."""
    ours = {"at": at, "n": at, "w": "fakes", "call": name}
    what = {"fake": "payments", "operation": "POST /charges", "writes": True, "key": key, "params": {"amount": 900}}
    received = {"k": "received", **ours, **what, "person": person, "markers": [person], "ids": [], **more}
    answered = {"k": "answered", **ours, "status": status, "ms": 1.0, "lost": None}
    return [received, answered] if status else [received]


def told(*calls: list[Any]) -> dict[str, Any]:
    """The one row about these calls."""
    (row,) = forensics(build([record for one in calls for record in one], {}))
    return row


def test_the_same_key_for_the_same_thing_is_no_suspicion() -> None:
    """It is counted, and shown as an example of what is right."""
    row = told(call("c1", 1, key="k1", status=500), call("c2", 2, key="k1"), call("c3", 3, BEN, key="k2"))
    assert (row["calls"], row["unkeyed"], row["keys"], row["repeated"]) == (3, 0, 2, 1)
    assert (row["mismatched"], row["fresh"]) == (0, 0)
    assert row["examples"][0]["what"] == "one key, the same content"


def test_a_retry_under_a_fresh_key_is_told() -> None:
    """After an answer that failed, or never came; the attempts are side by side."""
    for status in (500, None):
        row = told(call("c1", 1, key="k1", status=status), call("c2", 2, key="k2"))
        assert row["fresh"] == 1
        assert [one["key"] for one in row["examples"][0]["attempts"]] == ["k1", "k2"]


def test_the_same_wish_twice_is_no_retry() -> None:
    """The first was answered well: buying the same again is a wish of its own; and so is somebody else's."""
    assert told(call("c1", 1, key="k1"), call("c2", 2, key="k2"))["fresh"] == 0
    assert told(call("c1", 1, key="k1", status=500), call("c2", 2, BEN, key="k2"))["fresh"] == 0


def test_one_key_with_other_content_is_told() -> None:
    """The vendor refuses it, and the work is stuck."""
    row = told(call("c1", 1, key="k1", status=500), call("c2", 2, key="k1", status=400, params={"amount": 901}))
    assert row["mismatched"] == 1


def test_a_write_without_a_key_is_counted() -> None:
    """Whether the vendor takes one is for the reader to know."""
    assert told(call("c1", 1, key=None))["unkeyed"] == 1
