"""The effects were there within this time of the first attempt; what never came is late.

Judges ok intents only. An expectation with a `within_s` of its own has that limit. Late while calm people were slow is
`unknown`.
"""

from collections.abc import Mapping
from typing import Any

from harness.checkers.arrivals import Arrival, arrivals
from harness.checkers.calm import overlaps, slow_moments, world_faults
from harness.checkers.cells import CellView
from harness.checkers.history import History
from harness.checkers.verdicts import nobody, ruled, told, unknown
from harness.model import Finding, Verdict

NAME = "synced"
CALM_ANSWER_S = 2.0


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """Every expected effect (of `sink`, if given) came within `within_s`."""
    sink, limit_s = args.get("sink"), float(args.get("within_s", 30.0))
    awaited = [
        (person, arrival)
        for person in cell.persons
        for arrival in arrivals(history, person)
        if sink in (None, arrival.expectation["sink"])
    ]
    if verdict := nobody(
        NAME, cell.persons, awaited, f"no ok intent expected an effect{f' in {sink}' if sink else ''}"
    ):
        return verdict
    late = []
    for person, arrival in awaited:
        own_limit_s = float(arrival.expectation.get("within_s") or limit_s)
        if arrival.seconds is None or arrival.seconds > own_limit_s:
            late.append((arrival, _late(person, arrival, own_limit_s)))
    worst_s = max((arrival.seconds for _, arrival in awaited if arrival.seconds is not None), default=None)
    counts = {"effects": len(awaited), "worst_s": worst_s, "limit_s": limit_s}
    if late:
        disturbed = slow_moments(history, CALM_ANSWER_S) + world_faults(history)
        sure = [
            finding
            for arrival, finding in late
            if not overlaps(arrival.intent.at, arrival.at or history.ended, disturbed)
        ]
        if not sure:
            return unknown(
                NAME, f"{len(late)} effects were late, but calm people waited too at those moments", **counts
            )
        return ruled(NAME, sure, "", **counts)
    return ruled(
        NAME, [], f"{len(awaited)} effects within {limit_s:g} s, the slowest in {worst_s or 0:.2f} s", **counts
    )


def _late(person: str, arrival: Arrival, limit_s: float) -> Finding:
    sink = arrival.expectation["sink"]
    what = f"{sink} with {told(arrival.expectation.get('match') or {})} for {person} ({arrival.intent.flow})"
    when = "never came" if arrival.seconds is None else f"came after {arrival.seconds:.1f} s"
    records = [arrival.intent.record, *(arrival.thing.versions[:3] if arrival.thing else ())]
    return Finding(
        kind="late",
        message=f"{what} {when}, promised were {limit_s:g} s",
        person=person,
        sink=sink,
        expected=limit_s,
        found=arrival.seconds,
        records=tuple(records),
    )
