"""After an outage the calls that waited come back spread over time, not all at one moment.

Judged by how many of the waiting people's first calls after it fall into the busiest window of a tenth of the time that
they had waited since their last try: with any chance in the waits it is a few, without any it is nearly all, however
few or many workers there are. On a slow machine people fail one after the other and so come back a little apart: then
it is a fifth of that time, provided that their waits are alike to a tenth, as they are by no chance; and waits that
are not alike may bring a few more together. Work that comes in few calls (a batch) is no herd. Waits under a second are
too short to tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from harness.checkers.cells import CellView
from harness.checkers.history import Call, History
from harness.checkers.verdicts import capped, nobody, passed, ruled, unknown
from harness.model import Finding, Verdict

NAME = "no_herd"
PEOPLE = 12
"""Fewer say nothing: that many come together by chance."""
SHARE, BY_CHANCE = 0.7, 0.85
"""More than so many are a herd, and more than so many when their waits differ."""
PART, LOOSE_PART = 0.1, 0.2
"""Of the wait: how close together calls of a herd are, and those of people whose waits are all alike."""
SHORTEST_S = 1.0
OUTAGE = "outage"


@dataclass(frozen=True, slots=True)
class Return:
    """The first call of one person after the outage, and how long after their last one in it."""

    call: Call
    at: int
    waited_s: float


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """Look at each outage of `fake` during this cell."""
    fake = str(args.get("fake"))
    outages = [
        (begin, end)
        for name, begin, end, record in history.phases
        if name.partition(" ")[0] == OUTAGE and record.get("fake") == fake and record.get("cell") in (None, cell.id)
    ]
    if verdict := nobody(NAME, cell.persons, outages, f"there was no outage of {fake}"):
        return verdict
    returns = _returns(history, cell, fake, *outages[-1])
    calls = sorted({id(one.call): one for one in returns}.values(), key=lambda one: one.at)
    counts: dict[str, Any] = {"people": len(returns), "calls": len(calls)}
    if len(returns) < PEOPLE:
        return unknown(NAME, f"only {len(returns)} people waited for {fake}, {PEOPLE} are needed", **counts)
    if len(calls) < PEOPLE:
        return passed(NAME, f"what waited came back in {len(calls)} calls", **counts)
    waited_s = median(one.waited_s for one in calls)
    if waited_s < SHORTEST_S:
        return unknown(NAME, f"they waited {waited_s:.2f} s at the end, too short to tell", **counts)
    part, share = (LOOSE_PART, SHARE) if _alike(calls, waited_s) else (PART, BY_CHANCE)
    busiest = _busiest(calls, waited_s * part)
    counts |= {"waited_s": round(waited_s, 2), "busiest": len(busiest)}
    window_s = waited_s * part
    findings = [_herd(fake, calls, busiest, waited_s, window_s, share)] if len(busiest) > share * len(calls) else []
    kept = f"{len(calls)} calls came back after about {waited_s:.1f} s, at most {len(busiest)} of them together"
    return ruled(NAME, findings, kept, **counts)


def _returns(history: History, cell: CellView, fake: str, begin: int, end: int) -> list[Return]:
    found = []
    for person in cell.persons:
        mine = [one for one in history.calls_of.get(person, ()) if one.received.get("fake") == fake]
        during = [one for one in mine if begin <= int(one.received["at"]) < end]
        after = next((one for one in mine if int(one.received["at"]) >= end), None)
        if during and after is not None:
            at, tried = int(after.received["at"]), during[-1]
            # From the answer on, if there was one: that it was slow is nothing that the pipeline decided.
            since = int((tried.answered or tried.received)["at"])
            found.append(Return(after, at, (at - min(since, at)) / 1e9))
    return found


def _alike(calls: Sequence[Return], waited_s: float) -> bool:
    """Whether most waited equally long, so that no chance can have been in it."""
    waits = sorted(one.waited_s for one in calls)
    most = max(sum(first <= one <= first + waited_s * PART for one in waits) for first in waits)
    return most > SHARE * len(calls)


def _busiest(calls: Sequence[Return], window_s: float) -> Sequence[Return]:
    best: Sequence[Return] = ()
    first = 0
    for last, one in enumerate(calls):
        while one.at - calls[first].at > window_s * 1e9:
            first += 1
        if last + 1 - first > len(best):
            best = calls[first : last + 1]
    return best


def _herd(
    fake: str, calls: Sequence[Return], busiest: Sequence[Return], waited_s: float, window_s: float, share: float
) -> Finding:
    took_s = (busiest[-1].at - busiest[0].at) / 1e9
    return Finding(
        kind="herd",
        message=f"{len(busiest)} of {len(calls)} calls came back to {fake} within {took_s:.2f} s, after a wait of "
        f"{waited_s:.1f} s: nothing spreads them",
        expected=f"at most {share:.0%} within {window_s:.2f} s",
        found=f"{len(busiest) / len(calls):.0%}",
        records=capped(one.call.received for one in busiest),
    )
