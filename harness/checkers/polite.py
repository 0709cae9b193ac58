"""Manners towards a vendor in trouble: attempts at one piece of work are bounded, spaced, and wait when told to.

One piece of work is one person's calls of one operation with the same content, until one is answered for good: with
success, or with a refusal that no retry changes (`gives_up` judges those). One retry at once is common practice; a
growing gap is not asked for where there are too few to tell.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

import orjson

from harness.checkers.calm import overlaps, slow_moments
from harness.checkers.cells import CellView
from harness.checkers.history import Call, History
from harness.checkers.verdicts import capped, nobody, ruled, unknown
from harness.model import Finding, Verdict

NAME = "polite"
MOST_ATTEMPTS = 20
GAPS_TO_TELL = 4
SPACED_S = 1.0
GROWTH = 1.5
CALM_ANSWER_S = 1.0
"""Where calm people waited half of it, gaps of less than a second say more of the machine than of the pipeline."""
FOR_NOW = frozenset({408, 409, 423, 425, 429})
"""Refusals that a later attempt may well change, besides every 5xx."""
EARLY = 0.9
"""The share of a `Retry-After` that must be kept: clocks differ, and seconds are rounded."""


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """At most `attempts` at one piece of work, gaps that grow, and no attempt before the time that a vendor named."""
    most = int(args.get("attempts", MOST_ATTEMPTS))
    pieces = list(_pieces(history, cell))
    tried = [piece for piece in pieces if len(piece[1]) > 1]
    if verdict := nobody(NAME, cell.persons, pieces, "no call of these people was ever refused or lost"):
        return verdict
    findings = [finding for person, calls in tried for finding in _of_one(person, calls, most)]
    longest = max(len(calls) for _, calls in pieces)
    if findings and all(finding.kind == "no_backoff" for finding in findings) and _busy(history, findings):
        why = "attempts came quickly after one another, but calm people waited too at those moments: so did the calls"
        return unknown(NAME, why, pieces=len(pieces), attempts=longest)
    return ruled(NAME, findings, f"at most {longest} attempts at one thing", pieces=len(pieces), attempts=longest)


def _busy(history: History, findings: Sequence[Finding]) -> bool:
    """Whether the machine was so busy while each of these attempts were made that their gaps tell nothing."""
    slow = slow_moments(history, CALM_ANSWER_S)
    moments = [[int(record["at"]) for record in finding.records] for finding in findings]
    return all(overlaps(min(them), max(them), slow) for them in moments)


def _pieces(history: History, cell: CellView) -> Iterator[tuple[str, list[Call]]]:
    """Whose work, and its attempts up to the first that was answered for good, where at least one was not."""
    for person in cell.persons:
        same: dict[tuple[Any, ...], list[Call]] = defaultdict(list)
        for call in history.calls_of.get(person, ()):
            received = call.received
            content = orjson.dumps(received.get("params"), default=str, option=orjson.OPT_SORT_KEYS)
            same[received.get("fake"), received.get("operation"), received.get("path"), content].append(call)
        for calls in same.values():
            yield from ((person, run) for run in _runs(calls))


def _runs(calls: Sequence[Call]) -> Iterator[list[Call]]:
    """Attempts until one is answered for good; what comes after is another piece of work with the same content."""
    run: list[Call] = []
    for call in calls:
        run.append(call)
        if _for_good(call):
            if len(run) > 1:
                yield run
            run = []
    if run:
        yield run


def _for_good(call: Call) -> bool:
    answered = call.answered
    if answered is None or answered.get("lost"):
        return False
    status = int(answered.get("status") or 500)
    return status < 500 and status not in FOR_NOW


def _told_to_wait(call: Call) -> float | None:
    """The seconds that the vendor asked to wait in its answer; None where it asked for none, or the answer was lost."""
    answered = call.answered or {}
    wait = str(answered.get("wait") or "")
    return float(wait) if wait.isdigit() and not answered.get("lost") else None


def _of_one(person: str, calls: Sequence[Call], most: int) -> Iterator[Finding]:
    what = f"{calls[0].received.get('operation')} for {person}"
    if len(calls) > most:
        yield _finding(
            "hammered",
            f"{what} was tried {len(calls)} times; at most {most} are promised",
            person,
            calls,
            most,
            len(calls),
        )
    gaps = [(int(b.received["at"]) - int(a.received["at"])) / 1e9 for a, b in pairwise(calls)]
    if burst := _burst(gaps):
        yield _finding(
            "no_backoff",
            f"{what} was tried {len(burst) + 1} times in a row with gaps that neither grow nor reach {SPACED_S:g} s",
            person,
            calls,
            "growing gaps",
            ", ".join(f"{gap:.2f} s" for gap in burst[:6]),
        )
    for call, gap in zip(calls, gaps, strict=False):
        wait_s = _told_to_wait(call)
        if wait_s is not None and gap < wait_s * EARLY:
            yield _finding(
                "impatient",
                f"{what} was tried again after {gap:.2f} s although the vendor asked for {wait_s:g} s",
                person,
                calls,
                f"{wait_s:g} s",
                f"{gap:.2f} s",
            )


def _burst(gaps: Sequence[float]) -> Sequence[float]:
    """The first run of short gaps that is long enough to tell and does not grow; empty when there is none."""
    for short, run in groupby(gaps, key=lambda gap: gap < SPACED_S):
        found = list(run)
        if short and len(found) >= GAPS_TO_TELL and found[-1] < found[0] * GROWTH:
            return found
    return ()


def _finding(kind: str, message: str, person: str, calls: Sequence[Call], expected: Any, found: Any) -> Finding:
    records = capped(call.received for call in calls)
    return Finding(kind=kind, message=message, person=person, expected=expected, found=found, records=records)
