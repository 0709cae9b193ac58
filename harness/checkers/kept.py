"""What the app was told survives its end: a wish that was under way when it was killed or loaded again comes through.

Judges every intent that had been tapped, and not yet answered, when the page ended. Whether it came through only once
is for `exactly_once`.
"""

from collections.abc import Mapping
from typing import Any

from harness.checkers.cells import CellView
from harness.checkers.history import History, Intent, Record
from harness.checkers.verdicts import capped, nobody, ruled
from harness.model import Finding, Outcome, Verdict

NAME = "kept"
ENDS = {"killed": "was killed", "reloaded": "was loaded again"}


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """Every wish that was under way at the end of a page was accepted later."""
    open_ones = [
        (intent, end)
        for person in cell.persons
        for intent in history.intents_of.get(person, ())
        if (end := _ended_with(history, intent))
    ]
    if verdict := nobody(NAME, cell.persons, open_ones, "nothing was under way when a page ended"):
        return verdict
    findings = [_finding(intent, end) for intent, end in open_ones if intent.outcome is not Outcome.OK]
    return ruled(NAME, findings, f"{len(open_ones)} wishes under way, all came through", wishes=len(open_ones))


def _ended_with(history: History, intent: Intent) -> Record | None:
    """The end of the page with this intent tapped and not answered, if the app was opened again after it."""
    person = str(intent.record["person"])
    tapped = any(tap.get("intent") == intent.id for tap in history.of("tap", person))
    ends = (
        one
        for one in history.of("page", person)
        if one.get("event") in ENDS and one.get("intent") == intent.id and one.get("under_way")
    )
    end = next(ends, None) if tapped else None
    return end if end and _opened_after(history, person, end) else None


def _opened_after(history: History, person: str, end: Record) -> bool:
    later = (one for one in history.of("page", person) if one["at"] > end["at"] and one.get("event") == "opened")
    return end["event"] == "reloaded" or next(later, None) is not None


def _finding(intent: Intent, end: Record) -> Finding:
    person = str(intent.record["person"])
    after = [attempt.record for attempt in intent.mains if attempt.at > end["at"]]
    tried = f"it was sent {len(after)} times after that" if after else "and it was never sent again"
    return Finding(
        kind="forgotten",
        message=f"{intent.flow} {intent.id} of {person} was under way when the app {ENDS[str(end['event'])]}, {tried}, "
        f"and it came to {intent.outcome}",
        person=person,
        expected="ok",
        found=str(intent.outcome),
        records=capped([intent.record, end, *after]),
    )
