"""The portal's own time: the real one, and what it was moved ahead of it by hand.

Tokens, quotas, the search's lag and all dates follow it; signatures and the server's headers do not.
"""

from datetime import datetime, timedelta

from harness.clock import Clock


class MovingClock:
    """A clock that runs with another one, ahead of it."""

    def __init__(self, real: Clock) -> None:
        self._real = real
        self._ahead = timedelta()
        self._ahead_ns = 0

    def forward(self, seconds: float) -> None:
        """Run on from so many seconds later; never backwards."""
        self._ahead += timedelta(seconds=max(0.0, seconds))
        self._ahead_ns = int(self._ahead.total_seconds() * 1e9)

    def at_ns(self) -> int:
        """Nanoseconds, for durations and order."""
        return self._real.at_ns() + self._ahead_ns

    def wall(self) -> datetime:
        """The time of day."""
        return self._real.wall() + self._ahead if self._ahead_ns else self._real.wall()
