"""Deciding a cell: fail over unknown over pass, and a checker's own mistake is no verdict on the pipeline."""

from collections.abc import Mapping
from typing import Any

import harness.promises
from harness.checkers import CHECKERS, decide
from harness.checkers.cells import CellView
from harness.checkers.history import History
from harness.checkers.verdicts import passed, unknown
from harness.model import Finding, Ruling, Verdict
from tests.checkers.story import ANN, CELL, Story


def good(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """A promise that is kept."""
    return passed("good", "fine")


def vague(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """A promise nobody can tell of."""
    return unknown("vague", "no evidence")


def bad(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """A broken promise."""
    return Verdict(promise="bad", ruling=Ruling.FAIL, reason="1 lost", findings=(Finding(kind="lost", message="x"),))


def crash(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """A checker with a mistake of its own."""
    raise ZeroDivisionError(args["divisor"])


TRY = {"good": good, "vague": vague, "bad": bad, "crash": crash}


def ruling(*promises: str, **more: Any) -> str:
    """What a cell with these promises comes to."""
    words = [{"promise": name, "divisor": "seven"} for name in promises]
    cell = CellView(id=CELL, persons=[ANN], promises=words, **{"ended": True, **more})
    return str(decide(Story(ANN).history(), cell, TRY).ruling)


def test_kept_promises_pass() -> None:
    """All of them."""
    assert ruling("good", "good") == "pass"


def test_unknown_beats_pass() -> None:
    """One doubt is a doubt."""
    assert ruling("good", "vague") == "unknown"


def test_fail_beats_unknown() -> None:
    """A broken promise stands, whatever else is unclear."""
    assert ruling("vague", "bad", "good") == "fail"


def test_no_promises_are_unknown() -> None:
    """Of nothing, nothing."""
    assert ruling() == "unknown"


def test_a_crashing_checker_is_unknown_with_its_traceback() -> None:
    """Never a pass, and the text says where it broke."""
    cell = CellView(id=CELL, persons=[ANN], promises=[{"promise": "crash", "divisor": "seven"}], ended=True)
    verdict = decide(Story(ANN).history(), cell, TRY).verdicts[0]
    assert verdict.ruling is Ruling.UNKNOWN
    assert "the checker itself failed: ZeroDivisionError('seven')" in verdict.reason
    assert "in crash" in verdict.reason


def test_a_promise_nobody_knows_is_unknown() -> None:
    """A word from a newer release."""
    assert ruling("good", "newer") == "unknown"


def test_a_script_that_broke_off_is_unknown() -> None:
    """What it did not get to was not tested."""
    assert ruling("good", error="setting the scene: sign_up ended unknown") == "unknown"


def test_a_cell_that_never_ended_is_unknown() -> None:
    """The run was interrupted."""
    assert ruling("good", ended=False) == "unknown"


def test_a_script_that_broke_off_does_not_excuse_a_broken_promise() -> None:
    """What was seen was seen."""
    assert ruling("bad", error="the scenario was not over") == "fail"


def test_every_word_of_the_scenarios_has_a_checker() -> None:
    """The vocabulary of promises and the registry are one."""
    promised = {
        harness.promises.exactly_once, harness.promises.converges, harness.promises.fresh, harness.promises.isolated,
        harness.promises.acknowledged, harness.promises.synced, harness.promises.refused,
        harness.promises.attachment_intact,
    }  # fmt: skip
    names = {word()["promise"] for word in promised} | {"shown", "never", "alerted"}
    assert names <= set(CHECKERS)
