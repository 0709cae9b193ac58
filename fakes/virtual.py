"""Time that is moved by hand: a time that runs ahead of the real one, and work that is due later.

Vendor-neutral, and data alone: an agenda names its work, it does not hold it, so that it can be copied and kept. Who
moves time on takes what is due, the earliest first, and does it as of the moment at which it was due. Not for
signatures, headers or deliveries, which are real. Not safe for threads.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush

from harness.clock import Clock

NS = 1_000_000_000
LEFTOVERS = 64
"""How many replaced or dropped entries an agenda carries along before it is built anew."""


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """Something to be done: when, what, and to which object."""

    at_s: int
    number: int
    kind: str
    name: str


class Agenda:
    """What is due, in order of time; for each kind of work and object once."""

    def __init__(self) -> None:
        self._heap: list[Due] = []
        self._planned: dict[tuple[str, str], Due] = {}
        self._numbered = 0

    def __len__(self) -> int:
        return len(self._planned)

    def plan(self, at_s: int, kind: str, name: str) -> None:
        """Do `kind` to `name` then, and not when it was planned before."""
        self._numbered += 1
        due = Due(at_s, self._numbered, kind, name)
        self._planned[(kind, name)] = due
        heappush(self._heap, due)
        if len(self._heap) > 2 * len(self._planned) + LEFTOVERS:
            self._heap = sorted(self._planned.values())

    def drop(self, kind: str, name: str) -> None:
        """Do not do it after all."""
        self._planned.pop((kind, name), None)

    def when(self, kind: str, name: str) -> int | None:
        """When this is to be done; None when it is not planned."""
        due = self._planned.get((kind, name))
        return None if due is None else due.at_s

    def next_s(self) -> int | None:
        """When the earliest work is due."""
        while self._heap:
            first = self._heap[0]
            if self._planned.get((first.kind, first.name)) is first:
                return first.at_s
            heappop(self._heap)
        return None

    def take(self, until_s: int) -> Due | None:
        """The earliest work that is due by then, which is no longer planned; None when there is no more."""
        at_s = self.next_s()
        if at_s is None or at_s > until_s:
            return None
        due = heappop(self._heap)
        del self._planned[(due.kind, due.name)]
        return due


class Shifted:
    """A clock that runs with a real one, ahead of it by what it was moved on: for fakes without accounts' times."""

    def __init__(self, real: Clock) -> None:
        self._real = real
        self._ahead_ns = self._at_ahead_ns = 0

    def at_ns(self) -> int:
        """Nanoseconds since some moment, and what it was moved on."""
        return self._real.at_ns() + self._at_ahead_ns

    def wall(self) -> datetime:
        """The time of day, in UTC, and what it was moved on."""
        wall = self._real.wall()
        return wall + timedelta(microseconds=self._ahead_ns // 1000) if self._ahead_ns else wall

    def unix_ns(self) -> int:
        """The same as nanoseconds since 1970."""
        return self._real.unix_ns() + self._ahead_ns

    def advance(self, seconds: float) -> int:
        """Move it on; answers the new time in whole seconds since 1970."""
        self._ahead_ns += int(seconds * 1e9)
        self._at_ahead_ns += int(seconds * 1e9)
        return self.unix_ns() // NS

    def contents(self) -> dict[str, int]:
        """How far it was moved on and what it says now, for a copy."""
        return {"ahead_ns": self._ahead_ns, "at_ns": self.at_ns(), "unix_ns": self.unix_ns()}

    def become(self, contents: Mapping[str, int]) -> None:
        """Run on from a copy, also of another process: moments that were noted by either of its times mean the same."""
        self._ahead_ns = contents["ahead_ns"]
        passed_ns = max(0, self.unix_ns() - contents["unix_ns"])
        self._at_ahead_ns = contents["at_ns"] + passed_ns - self._real.at_ns()


class Time:
    """Whole seconds that run with a real clock, ahead of it by what they were moved on, or are held for a while."""

    def __init__(self, real: Callable[[], int]) -> None:
        self._real = real
        self._held: int | None = None
        self.ahead_s = 0

    def __call__(self) -> int:
        return self._real() + self.ahead_s if self._held is None else self._held

    def move_to(self, at_s: int) -> None:
        """Run on from `at_s`; never backwards."""
        self.ahead_s = max(self.ahead_s, at_s - self._real())

    def held(self, at_s: int | None) -> "Held":
        """Stand still at `at_s` while inside; None changes nothing."""
        return Held(self, at_s)

    def hold(self, at_s: int | None) -> int | None:
        """Stand still at `at_s`, or run on with None; answers where it stood still before."""
        before, self._held = self._held, at_s
        return before


class Held:
    """A time that stands still while inside."""

    __slots__ = ("_at_s", "_before", "_time")

    def __init__(self, time: Time, at_s: int | None) -> None:
        self._time, self._at_s = time, at_s
        self._before: int | None = None

    def __enter__(self) -> None:
        """Begin."""
        if self._at_s is not None:
            self._before = self._time.hold(self._at_s)

    def __exit__(self, *_: object) -> None:
        if self._at_s is not None:
            self._time.hold(self._before)
