"""The app had its answer within this time, whatever the vendors did.

Judges every main attempt that the phone's own network left alone. A server error is an answer, but no confirmation.
Late while calm people were slow too is nobody's fault: `unknown`.
"""

from collections.abc import Mapping
from typing import Any

from harness.checkers.calm import Interval, blind_s, excused, overlaps, slow_moments, world_faults
from harness.checkers.cells import CellView
from harness.checkers.history import Attempt, History
from harness.checkers.verdicts import nobody, ruled, unknown
from harness.model import Finding, Verdict

NAME = "acknowledged"


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """Every main attempt of the cell's people was answered within `within_s`."""
    limit_s = float(args.get("within_s", 2.0))
    mains = [
        (person, attempt)
        for person in cell.persons
        for attempt in history.attempts_of.get(person, ())
        if attempt.main and not attempt.weather
    ]
    if verdict := nobody(NAME, cell.persons, mains, "no request of an intent had good weather"):
        return verdict
    late = [finding for person, attempt in mains if (finding := _late(person, attempt, limit_s))]
    worst_s = max((attempt.ms / 1e3 for _, attempt in mains if attempt.ms is not None), default=None)
    counts = {"attempts": len(mains), "worst_s": worst_s, "limit_s": limit_s}
    if late:
        slow, world = slow_moments(history, limit_s), world_faults(history)
        sure = [finding for attempt, finding in late if not _excused(history, attempt, limit_s, slow, world)]
        if not sure:
            reason = f"{len(late)} answers were late or missing, but calm people waited too at those moments"
            reason += ", or the harness itself stood still" if history.stalls else ""
            return unknown(NAME, reason, **counts)
        return ruled(NAME, sure, "", **counts)
    return ruled(NAME, [], f"{len(mains)} answers within {limit_s:g} s, the slowest in {worst_s or 0:.2f} s", **counts)


def _excused(history: History, attempt: Attempt, limit_s: float, slow: list[Interval], world: list[Interval]) -> bool:
    end = attempt.outcome["at"] if attempt.outcome else history.ended
    if overlaps(attempt.at, end, world) or excused(attempt.at, end, limit_s, slow):
        return True
    # A missing answer, or a refusal, is one however slow the machine is.
    return attempt.ms is not None and limit_s < attempt.ms / 1e3 <= limit_s + blind_s(history, attempt.at, end)


def _late(person: str, attempt: Attempt, limit_s: float) -> tuple[Attempt, Finding] | None:
    name = f"{attempt.record.get('operation') or attempt.record.get('path')} {attempt.record['attempt']} of {person}"
    status = attempt.outcome.get("status") if attempt.outcome else None
    if attempt.ms is None:
        error = (attempt.outcome or {}).get("error")
        kind, message, found = "late", f"{name} never had an answer{f' ({error})' if error else ''}", None
    elif attempt.ms > limit_s * 1e3:
        kind, message = "late", f"{name} was answered after {attempt.ms / 1e3:.2f} s, promised were {limit_s:g} s"
        found = attempt.ms / 1e3
    elif status is not None and status >= 500:
        kind, message, found = "not_confirmed", f"{name} was answered with {status} instead of a confirmation", status
    else:
        return None
    records = (attempt.record, attempt.outcome) if attempt.outcome else (attempt.record,)
    return attempt, Finding(kind=kind, message=message, person=person, expected=limit_s, found=found, records=records)
