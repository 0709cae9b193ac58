"""How the calm people fared at a given moment: a slow moment of the machine is no fault of the pipeline's.

Only for findings about time; duplicated, leaked and wrong values stand whatever the moment.
"""

from collections.abc import Sequence

from harness.checkers.history import WORLD_PHASES, History

Interval = tuple[int, int]


def slow_moments(history: History, limit_s: float) -> list[Interval]:
    """When calm control people waited longer than half of the limit for an answer."""
    return [(wait.begin, wait.end) for wait in history.waits if wait.seconds > limit_s / 2]


def world_faults(history: History) -> list[Interval]:
    """When something was done to everybody: phases marked `world`, or of a name that says so."""
    return [
        (begin, end)
        for name, begin, end, record in history.phases
        if record.get("world") or name.partition(" ")[0] in WORLD_PHASES
    ]


def overlaps(begin: int, end: int, moments: Sequence[Interval]) -> bool:
    """Whether an interval touches any of these."""
    return any(begin <= until and since <= end for since, until in moments)


def excused(begin: int, end: int, limit_s: float, moments: Sequence[Interval]) -> bool:
    """Whether calm people waited at the same moment, and the wait is not far longer than theirs explains."""
    theirs = [until - since for since, until in moments if begin <= until and since <= end]
    return bool(theirs) and end - begin <= limit_s * 1e9 + max(theirs)


def blind_s(history: History, begin: int, end: int) -> float:
    """For how long of an interval the harness itself stood still, so that nobody there could see an answer arrive."""
    return sum(max(0, min(end, until) - max(begin, since)) for since, until in history.stalls) / 1e9
