"""The check inside Schemathesis: refused requests leave no effect; planted leaks turn it red."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.fuzz_check import FAKES_JOURNAL, RefusedLeavesNoEffect, leaks, stamped
from harness.journal import Journal
from harness.rng import MARKER_PATTERN

WHO, OTHER = "hxaaaaaaaaaaaa", "hxbbbbbbbbbbbb"


def journal_with_ticket_of(path: Path, marker: str) -> Path:
    """A fakes' journal in which one ticket was created for this marker."""
    journal = Journal(path, "fakes")
    journal.write("effect", sink="helpdesk.ticket", op="create", object="41", markers=[marker], ids=[], values={})
    journal.close()
    return path


def answered(status: int, marker: str) -> tuple[Any, Any]:
    """A response and the case it answers."""
    case = SimpleNamespace(id=marker, body={"subject": f"x {marker}"}, method="POST", formatted_path="/v1/tickets")
    return SimpleNamespace(status_code=status), case


def test_texts_that_survive_get_the_marker() -> None:
    """E-mails and free texts are marked; everything else is left as generated."""
    body = {"email": "0@A.ac", "subject": "0", "plan_id": "gold", "quantity": 3}
    assert stamped(body, WHO) == {
        "email": f"{WHO}.0@A.ac",
        "subject": f"0 {WHO}",
        "plan_id": "gold",
        "quantity": 3,
    }
    assert re.search(MARKER_PATTERN, str(stamped(body, WHO)))


@pytest.mark.parametrize("body", [None, [], "text", {"email": "no at sign"}, {"subject": ""}, {"subject": 7}])
def test_bodies_of_other_shapes_stay_as_they_are(body: Any) -> None:
    """A malformed body is not mended by marking it."""
    assert stamped(body, WHO) == body


def test_an_effect_of_a_refused_request_is_a_leak(tmp_path: Path) -> None:
    """Refused, and yet there is a ticket."""
    journal = journal_with_ticket_of(tmp_path / "fakes.jsonl", WHO)
    assert leaks(journal, {WHO: "POST /v1/tickets answered 422"}, set()) == [
        "POST /v1/tickets answered 422, but helpdesk.ticket 41 was created"
    ]


def test_an_effect_of_an_accepted_request_is_none(tmp_path: Path) -> None:
    """Schemathesis may send the same body again and have it refused then."""
    journal = journal_with_ticket_of(tmp_path / "fakes.jsonl", WHO)
    assert leaks(journal, {WHO: "POST /v1/tickets answered 409"}, {WHO}) == []
    assert leaks(journal, {OTHER: "POST /v1/tickets answered 422"}, set()) == []


def test_the_check_fails_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Schemathesis hears of the leak once, when the vendors are quiet."""
    monkeypatch.setenv(FAKES_JOURNAL, str(journal_with_ticket_of(tmp_path / "fakes.jsonl", WHO)))
    monkeypatch.setattr("harness.fuzz_check.QUIET_S", 0.01)
    check = RefusedLeavesNoEffect()
    check.after_response(None, *answered(201, OTHER))
    check.after_run(None)
    check.after_response(None, *answered(422, WHO))
    with pytest.raises(AssertionError, match=r"1 effect\(s\) of refused requests"):
        check.after_run(None)


@pytest.mark.parametrize("status", [409, 500, 503])
def test_a_conflict_or_a_server_error_is_no_refusal(
    status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is there already, or nobody knows: an effect of such a request is no leak."""
    monkeypatch.setenv(FAKES_JOURNAL, str(journal_with_ticket_of(tmp_path / "fakes.jsonl", WHO)))
    monkeypatch.setattr("harness.fuzz_check.QUIET_S", 0.01)
    check = RefusedLeavesNoEffect()
    check.after_response(None, *answered(status, WHO))
    check.after_response(None, *answered(422, WHO))
    check.after_run(None)
