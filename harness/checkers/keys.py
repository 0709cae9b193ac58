"""Idempotency forensics: every key that a vendor saw, its attempts and their content; for the report, judged by nobody.

A key proves nothing by being there: client libraries send a random one with every call. What matters is whether two
attempts at one piece of work carry the same. So it is told, for each operation that writes: how many calls came with a
key and without; which keys came again with other content; and which calls were sent again under a fresh key (or none)
after their answer had failed or got lost. Whether that made two records is `exactly_once`'s to say.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from harness.checkers.history import Call, History

SHOWN_AT_MOST = 5
COUNTS = ("calls", "keyed", "unkeyed", "keys", "repeated", "mismatched", "fresh")


@dataclass(slots=True)
class Operation:
    """What was seen of one operation of one vendor."""

    fake: str
    name: str
    calls: int = 0
    keyed: int = 0
    keys: dict[str, list[Call]] = field(default_factory=lambda: defaultdict(list))
    fresh: list[tuple[Call, Call]] = field(default_factory=list)
    """Attempts that failed or whose answer got lost, each with the next one that had the same content, another key."""


def forensics(history: History) -> list[dict[str, Any]]:
    """One row for each operation that writes, the suspicious ones first; shapes as in `verdict.json`."""
    found: dict[tuple[str, str], Operation] = {}
    same: dict[tuple[Any, ...], Call] = {}
    for call in history.calls.values():
        received = call.received
        if not received.get("writes") or not received.get("operation"):
            continue
        name = (str(received.get("fake")), str(received["operation"]))
        operation = found.setdefault(name, Operation(*name))
        operation.calls += 1
        if key := received.get("key"):
            operation.keyed += 1
            operation.keys[str(key)].append(call)
        work = (*name, received.get("person"), received.get("path"), _content(call))
        before = same.get(work)
        if before is not None and not _answered_well(before) and received.get("key") != before.received.get("key"):
            operation.fresh.append((before, call))
        same[work] = call
    return together([_row(operation) for operation in found.values()])


def together(*tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of several histories as one: counts added, the first examples; keys are compared within each history."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in (row for table in tables for row in table):
        known = found.setdefault((row["fake"], row["operation"]), {**row, **dict.fromkeys(COUNTS, 0), "examples": []})
        known.update({name: known[name] + row[name] for name in COUNTS})
        known["examples"] = [*known["examples"], *row["examples"]][:SHOWN_AT_MOST]
    return sorted(found.values(), key=lambda row: (-row["mismatched"], -row["fresh"], row["fake"], row["operation"]))


def _content(call: Call) -> bytes:
    return orjson.dumps(call.received.get("params"), default=str, option=orjson.OPT_SORT_KEYS)


def _answered_well(call: Call) -> bool:
    answered: Mapping[str, Any] = call.answered or {}
    return bool(answered) and not answered.get("lost") and int(answered.get("status") or 500) < 400


def _row(operation: Operation) -> dict[str, Any]:
    repeated = {key: calls for key, calls in operation.keys.items() if len(calls) > 1}
    mismatched = {key: calls for key, calls in repeated.items() if len({_content(call) for call in calls}) > 1}
    return {
        "fake": operation.fake,
        "operation": operation.name,
        "calls": operation.calls,
        "keyed": operation.keyed,
        "unkeyed": operation.calls - operation.keyed,
        "keys": len(operation.keys),
        "repeated": len(repeated),
        "mismatched": len(mismatched),
        "fresh": len(operation.fresh),
        "examples": [
            *_examples("one key, other content", mismatched.values()),
            *_examples("sent again under another key", operation.fresh),
            *([] if mismatched or operation.fresh else _examples("one key, the same content", repeated.values())),
        ][:SHOWN_AT_MOST],
    }


def _examples(what: str, groups: Iterable[Iterable[Call]]) -> Iterable[dict[str, Any]]:
    for group, _ in zip(groups, range(SHOWN_AT_MOST), strict=False):
        calls = list(group)
        yield {
            "what": what,
            "person": calls[0].received.get("person"),
            "attempts": [_attempt(call) for call in calls[:SHOWN_AT_MOST]],
        }


def _attempt(call: Call) -> dict[str, Any]:
    answered = call.answered or {}
    return {
        "call": call.received["call"],
        "at": call.received["at"],
        "key": call.received.get("key"),
        "status": answered.get("status"),
        "lost": answered.get("lost"),
        "effects": len(call.effects),
    }
