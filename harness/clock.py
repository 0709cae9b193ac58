"""The only place where this project asks what time it is, or waits.

Two clocks with two names: `at_ns` is monotonic, for durations and order; `wall` is for people. Not for the pipeline
that ships, which is under test and has its own. Everybody in `harness`, `fakes`, `load` and `reports` calls this.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

T = TypeVar("T")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """What a clock must answer."""

    def at_ns(self) -> int:
        """Nanoseconds on the host's monotonic clock: comparable between processes of one host only."""
        ...

    def wall(self) -> datetime:
        """The time of day, in UTC, for people and for signatures."""
        ...

    def unix_ns(self) -> int:
        """The same as nanoseconds since 1970: cheaper, for who counts in seconds."""
        ...


class SystemClock:
    """The real clocks of this machine."""

    def at_ns(self) -> int:
        """Nanoseconds on the host's monotonic clock."""
        return time.monotonic_ns()

    def wall(self) -> datetime:
        """The time of day, in UTC."""
        return datetime.now(UTC)

    def unix_ns(self) -> int:
        """Nanoseconds since 1970."""
        return time.time_ns()


class ManualClock:
    """A clock that moves only when told; for tests."""

    def __init__(self, at_ns: int = 0, wall: datetime | None = None) -> None:
        self._at_ns = at_ns
        self._wall = wall or datetime(2026, 1, 1, tzinfo=UTC)

    def at_ns(self) -> int:
        """The moment this clock was moved to."""
        return self._at_ns

    def wall(self) -> datetime:
        """The time of day this clock was moved to."""
        return self._wall

    def unix_ns(self) -> int:
        """The same as nanoseconds since 1970."""
        return (self._wall - EPOCH) // timedelta(microseconds=1) * 1000

    def advance(self, seconds: float) -> None:
        """Move both clocks forward by `seconds`."""
        self._at_ns += int(seconds * 1e9)
        self._wall += timedelta(seconds=seconds)


SYSTEM = SystemClock()


def unix_s() -> int:
    """Whole seconds since 1970, for vendors' `created` fields and signature times."""
    return int(time.time())


async def pause(seconds: float) -> None:
    """Wait; the name says that somebody decided to, and `tests/test_tidy.py` bans every other sleep."""
    await asyncio.sleep(max(0.0, seconds))


def block(seconds: float) -> None:
    """Wait in a thread or a child process that has no loop."""
    time.sleep(max(0.0, seconds))


async def until(
    ready: Callable[[], Awaitable[T | None]] | Callable[[], T | None], *, within_s: float, every_s: float = 0.05
) -> T | None:
    """Ask `ready` until it answers something true, at most `within_s` seconds; None when it never did."""
    deadline = SYSTEM.at_ns() + int(within_s * 1e9)
    while True:
        answer = ready()
        value = await answer if isinstance(answer, Awaitable) else answer
        if value:
            return value
        if SYSTEM.at_ns() >= deadline:
            return None
        await pause(every_s)
