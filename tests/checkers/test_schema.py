"""The vocabulary of journals: right records are valid, wrong ones are not, and stories are written in it."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest

import harness.journal
from harness.checkers.history import INDEX
from tests.checkers.story import ANN, CHARGE, Story

SCHEMA = orjson.loads((Path(harness.journal.__file__).parent / "journal.schema.json").read_bytes())
VALID = jsonschema_rs.Draft202012Validator(SCHEMA)
FRAME = {"n": 1, "at": 5, "w": "fakes"}
SAMPLES: list[dict[str, Any]] = [
    {"k": "journal", "version": 1, "writer": "fakes", "pid": 7, "wall": "2026-01-01T00:00:00+00:00"},
    {"k": "received", "call": "c1", "fake": "crm", "method": "POST", "path": "/x", "operation": "POST /x",
     "writes": True, "sink": "crm.contact", "key": None, "person": ANN, "markers": [ANN], "ids": [], "params": {}},
    {"k": "effect", "call": None, "fake": "crm", "sink": "crm.contact", "op": "create", "object": "1", "person": None,
     "markers": [], "ids": ["1"], "values": {"email": "x"}},
    {"k": "answered", "call": "c1", "status": 200, "ms": 1.5, "lost": "mid"},
    {"k": "fault", "call": "c1", "person": ANN, "fake": "crm", "kind": "hang", "rule": "r1", "committed": False},
    {"k": "barrier", "name": "b", "person": ANN, "event": "held", "call": "c1"},
    {"k": "unknown_route", "call": "c1", "fake": "crm", "method": "GET", "path": "/nowhere"},
    {"k": "host", "host": "api.example.com", "event": "blocked", "fake": None, "method": "POST", "path": "/x"},
    {"k": "bug", "call": None, "fake": "crm", "method": None, "path": None, "error": "KeyError('x')"},
    {"k": "undelivered", "event": "e1", "fake": "payments", "person": ANN, "attempts": 5},
    {"k": "news", "event": "e1", "fake": "payments", "type": "x.y", "topic": "x", "object": "o", "person": ANN,
     "ids": [], "created": 1},
    {"k": "delivery", "delivery": "d1", "event": "e1", "fake": "payments", "type": "x.y", "topic": "x", "person": ANN,
     "attempt": 1, "copy": 0, "resigned": False, "forgery": None, "lie": False, "object": "o"},
    {"k": "delivered", "delivery": "d1", "event": "e1", "status": None, "error": "reset", "ms": 3},
    {"k": "act", "act": "refund", "person": ANN, "object": "ch_1"},
    {"k": "person", "person": ANN, "cell": None, "origin": "load", "email": "x@example.com", "lead": {}},
    {"k": "intent", "intent": "i1", "person": ANN, "cell": "c", "flow": "buy", "key": "k", "expects": [dict(CHARGE)],
     "values": {}},
    {"k": "attempt", "attempt": "a1", "intent": "i1", "person": ANN, "operation": "buy", "method": "POST", "path": "/x",
     "key": "k", "scheduled": None, "main": True},
    {"k": "weather", "attempt": "a1", "person": ANN, "kind": "reply_lost", "detail": {}},
    {"k": "outcome", "attempt": "a1", "intent": "i1", "person": ANN, "outcome": "unknown", "status": None,
     "error": "reset", "ms": 9.0, "state": None},
    {"k": "tap", "intent": "i1", "person": ANN, "cell": "c", "number": 2, "gap_ms": 50, "sent": False},
    {"k": "pay", "intent": "i1", "person": ANN, "handle_sha": "aa", "method": "card", "outcome": "ok",
     "result": "paid"},
    {"k": "concluded", "intent": "i1", "person": ANN, "outcome": "ok"},
    {"k": "read", "person": ANN, "cell": "c", "what": "state", "phase": "final", "status": 200, "values": {}},
    {"k": "indiscreet", "person": ANN, "cell": "c", "kind": "may_be_kept", "what": "public", "method": "GET",
     "path": "/x"},
    {"k": "shown", "person": ANN, "intent": "i1", "state": "Paid"},
    {"k": "page", "person": ANN, "cell": "c", "intent": "i1", "event": "killed", "under_way": True},
    {"k": "probe", "cell": "c", "person": ANN, "name": "no token", "method": "GET", "path": "/x", "status": 401,
     "ms": 1, "body": "", "expect": {"statuses": [401]}},
    {"k": "intervention", "cell": "c", "person": ANN, "what": "retry", "object": "7"},
    {"k": "process", "name": "serve", "event": "killed", "pid": 7, "code": -9},
    {"k": "ran", "what": "flaw", "name": "retry_none", "process": "worker"},
    {"k": "phase", "name": "load", "event": "begin"},
    {"k": "stalled", "seconds": 0.7},
    {"k": "pending", "total": 1, "by_person": {}},
    {"k": "settled", "person": None, "within_ms": 9.5},
    {"k": "unsettled", "person": ANN, "blockers": ["pipeline: 1"]},
    {"k": "cell", "cell": "c", "scenario": "s", "title": "t", "flow": "buy", "variant": "", "origin": "scenario",
     "promises": [{"promise": "exactly_once"}], "facts": [{"fact": "probed", "min": 2}], "persons": [], "replay": "x"},
    {"k": "cell_end", "cell": "c", "error": None},
    {"k": "leak", "kind": "secret", "name": "API_KEY", "shown": "ab… (32 characters)", "form": "plain", "where": "log",
     "file": "logs/api.log", "place": "line 1, column 1", "places": ["line 1, column 1"], "count": 1, "text": ""},
    {"k": "scanned", "secrets": [], "shapes": 3, "files": [{"file": "logs/api.log", "bytes": 3}], "answers": 1,
     "answer_bytes": 9, "unreadable": [], "blind": [], "ms": 1.5},
]  # fmt: skip
WRONG: list[dict[str, Any]] = [
    {"k": "gossip"},
    {"k": "ran", "what": "rumour", "name": "retry_none", "process": "worker"},
    {"k": "outcome", "attempt": "a1", "person": ANN, "outcome": "maybe", "status": 200, "ms": 1},
    {"k": "effect", "call": None, "fake": "crm", "sink": "crm.contact", "object": "1", "markers": [], "ids": [],
     "values": {}},
    {"k": "weather", "attempt": "a1", "person": "somebody", "kind": "reply_lost"},
    {"k": "intent", "intent": "i1", "person": ANN, "flow": "buy", "expects": [{"sink": "x.y", "times": 2}]},
    {"k": "cell_end", "cell": "c", "error": None, "at": "now"},
]  # fmt: skip


def kind(record: dict[str, Any]) -> str:
    """What a record is of."""
    return str(record["k"])


@pytest.mark.parametrize("record", SAMPLES, ids=kind)
def test_a_right_record_is_valid(record: dict[str, Any]) -> None:
    """One of every kind."""
    assert [error.message for error in VALID.iter_errors({**FRAME, **record})] == []


def test_every_kind_has_a_sample() -> None:
    """Samples, vocabulary and the judge's index are one."""
    kinds = set(SCHEMA["properties"]["k"]["enum"])
    assert {record["k"] for record in SAMPLES} == kinds
    assert set(INDEX) <= kinds


@pytest.mark.parametrize("record", WRONG, ids=kind)
def test_a_wrong_record_is_not_valid(record: dict[str, Any]) -> None:
    """A kind, a word, a missing field, a person, a field of an expectation, a moment: each is noticed."""
    assert not VALID.is_valid({**FRAME, **record})


def test_stories_of_these_tests_speak_the_same_language() -> None:
    """What a pen writes about an intent is a journal's record."""
    story = Story(ANN)
    story.ok(ANN, CHARGE)
    story.charge(ANN)
    story.cell({"promise": "exactly_once"})
    wanted = {"intent", "outcome", "effect", "person", "cell", "cell_end"}
    said = [dict(record) for record in story.records if record["k"] in wanted]
    assert [error.message for record in said for error in VALID.iter_errors(record)] == []
