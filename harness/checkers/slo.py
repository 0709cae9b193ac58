"""Limits in time that a share of all must keep, judged from raw samples with exact bounds.

Judges load, control and calm people (those of a scenario to whom nothing was done). What never arrived is late; what
overlaps a fault of the whole world, or belongs to somebody to whom something was done, is left out and counted. Three
answers: certainly kept, certainly not, or not enough samples to say.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.checkers.arrivals import Arrival, arrivals
from harness.checkers.bounds import lower, upper
from harness.checkers.calm import overlaps, world_faults
from harness.checkers.history import History
from harness.checkers.values import fits
from harness.model import Ruling

TICKET = "helpdesk.ticket"
SHOWN_AT_MOST = 2000
TOUCHED_BY = ("fault", "weather", "act")


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement: how long it took (None: it never came), and the time it covers."""

    seconds: float | None
    begin: int
    end: int
    person: str


@dataclass(slots=True)
class Gathered:
    """What one SLO is judged from: seconds (infinite: it never came), and how many samples were left out."""

    seconds: list[float] = field(default_factory=list)
    left_out: int = 0

    def add(self, other: "Gathered") -> None:
        """Take in what another share of the run holds."""
        self.seconds += other.seconds
        self.left_out += other.left_out


def gather(history: History, slo: Mapping[str, Any]) -> Gathered:
    """Every sample of one SLO ({name, measure, limit_s, quantile}) in this history."""
    measure = MEASURES.get(str(slo.get("measure")))
    samples, left_out = _kept(history, measure(history)) if measure else ([], 0)
    return Gathered([math.inf if one.seconds is None else one.seconds for one in samples], left_out)


def judge(history: History, slo: Mapping[str, Any]) -> dict[str, Any]:
    """The verdict on one SLO from one history, as plain data."""
    return rule(slo, gather(history, slo))


def rule(slo: Mapping[str, Any], gathered: Gathered) -> dict[str, Any]:
    """The verdict on one SLO as plain data."""
    limit_s, quantile = float(slo["limit_s"]), float(slo["quantile"])
    times = sorted(gathered.seconds)
    late = sum(seconds > limit_s for seconds in times)
    number, allowed = len(times), 1 - quantile
    high = upper(late, number)
    ruling = Ruling.PASS if high <= allowed else Ruling.UNKNOWN
    if lower(late, number) > allowed:
        ruling = Ruling.FAIL
    said = {
        Ruling.PASS: f"with 95% confidence at most {high:.2%} are later than {limit_s:g} s; {allowed:.2%} may be",
        Ruling.FAIL: f"with 95% confidence more than {allowed:.2%} are later than {limit_s:g} s",
        Ruling.UNKNOWN: f"{late} late of {number} is not enough to say whether more than {allowed:.2%} are",
    }[ruling]
    if slo.get("measure") not in MEASURES:
        said = f"nobody knows how to measure {slo.get('measure')!r}; known: {', '.join(MEASURES)}"
    return {
        "name": slo["name"],
        "measure": slo.get("measure"),
        "verdict": str(ruling),
        "text": f"{slo.get('text') or slo['name']}: {said}",
        "n": number,
        "late": late,
        "never": times.count(math.inf),
        "limit_s": limit_s,
        "quantile": quantile,
        "p50_s": percentile(times, 0.5),
        "p95_s": percentile(times, 0.95),
        "p99_s": percentile(times, 0.99),
        "worst_s": _finite(times[-1]) if times else None,
        "late_upper_bound": high,
        "left_out": gathered.left_out,
        "samples_s": [one for one in times[:: max(1, number // SHOWN_AT_MOST)] if math.isfinite(one)],
    }


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile of raw, ordered samples; None of nothing, and when it never came."""
    if not ordered:
        return None
    return _finite(ordered[max(0, math.ceil(share * len(ordered)) - 1)])


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _kept(history: History, samples: Sequence[Sample]) -> tuple[list[Sample], int]:
    disturbed = world_faults(history)
    touched = {person for person in history.persons if _touched(history, person)}
    kept = [one for one in samples if one.person not in touched and not overlaps(one.begin, one.end, disturbed)]
    return kept, len(samples) - len(kept)


def _touched(history: History, person: str) -> bool:
    if any(history.of(kind, person) for kind in TOUCHED_BY):
        return True
    # Copies and forgeries are done to a person as well; a vendor's own retry is not.
    events: set[str] = set()
    for delivery in history.deliveries_of.get(person, ()):
        event = str(delivery.record.get("event"))
        again = event in events and (delivery.record.get("attempt") or 1) == 1
        if again or delivery.record.get("lie") or delivery.record.get("forgery"):
            return True
        events.add(event)
    return False


def _acknowledgements(history: History) -> list[Sample]:
    samples = []
    for person in history.persons:
        for attempt in history.attempts_of.get(person, ()):
            if attempt.main:
                end = int(attempt.outcome["at"]) if attempt.outcome else history.ended
                status = attempt.outcome.get("status") if attempt.outcome else None
                # A server error is no confirmation, however quickly it comes.
                good = attempt.ms is not None and status is not None and status < 500
                seconds = attempt.ms / 1e3 if good and attempt.ms is not None else None
                samples.append(Sample(seconds, attempt.at, end, person))
    return samples


def _by_intent(history: History, wanted: Callable[[Arrival], bool]) -> list[Sample]:
    samples = []
    for person in history.persons:
        by_intent: dict[str, list[Arrival]] = {}
        for arrival in arrivals(history, person):
            if wanted(arrival):
                by_intent.setdefault(arrival.intent.id, []).append(arrival)
        for them in by_intent.values():
            begin = them[0].intent.at
            times = [one.seconds for one in them]
            seconds = None if None in times else max(one for one in times if one is not None)
            end = history.ended if seconds is None else begin + int(seconds * 1e9)
            samples.append(Sample(seconds, begin, end, person))
    return samples


def _syncs(history: History) -> list[Sample]:
    return _by_intent(history, lambda arrival: not _is_help(arrival))


def _tickets(history: History) -> list[Sample]:
    samples = []
    for person in history.persons:
        for arrival in arrivals(history, person):
            if _is_help(arrival) and arrival.expectation["sink"] == TICKET:
                seconds = arrival.seconds if _right_queue(arrival) else None
                end = arrival.intent.at + int(seconds * 1e9) if seconds is not None else history.ended
                samples.append(Sample(seconds, arrival.intent.at, end, person))
    return samples


def _is_help(arrival: Arrival) -> bool:
    return arrival.intent.flow.startswith("help")


def _right_queue(arrival: Arrival) -> bool:
    wanted = {**(arrival.expectation.get("match") or {}), **(arrival.expectation.get("values") or {})}.get("group")
    return arrival.thing is not None and (wanted is None or fits(wanted, arrival.thing.values.get("group")))


MEASURES: dict[str, Callable[[History], list[Sample]]] = {
    "acknowledgement": _acknowledgements,
    "sync": _syncs,
    "support": _tickets,
}
