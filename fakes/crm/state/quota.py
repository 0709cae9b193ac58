"""How many calls an app may make: in any ten seconds, and in a day; and searches in any second.

Rolling windows over the portal's clock. A refused call counts for nothing. Called by `slice` and by `search`.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from harness.clock import Clock


@dataclass(slots=True)
class Window:
    """The calls of the last so many seconds."""

    seconds: float
    clock: Clock
    _at: deque[int] = field(default_factory=deque)

    def used(self) -> int:
        """How many calls there were."""
        since = self.clock.at_ns() - int(self.seconds * 1e9)
        while self._at and self._at[0] <= since:
            self._at.popleft()
        return len(self._at)

    def admit(self, most: int) -> bool:
        """Count a call, unless there were as many as may be; 0 is no limit, and nothing is counted."""
        if not most:
            self._at.clear()
            return True
        if self.used() >= most:
            return False
        self._at.append(self.clock.at_ns())
        return True

    def clear(self) -> None:
        """Forget all calls."""
        self._at.clear()


class Day:
    """The calls of the account's day, which ends at midnight UTC."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._date: date | None = None
        self._count = 0

    def used(self) -> int:
        """How many calls there were today."""
        today = self._clock.wall().astimezone(UTC).date()
        if today != self._date:
            self._date, self._count = today, 0
        return self._count

    def admit(self, most: int) -> bool:
        """Count a call, unless there were as many as may be; 0 is no limit."""
        if most and self.used() >= most:
            return False
        self._count = self.used() + 1
        return True

    def left_s(self) -> int:
        """Whole seconds until midnight."""
        now = self._clock.wall().astimezone(UTC)
        midnight = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
        return int((midnight - now).total_seconds())

    def clear(self) -> None:
        """Forget all calls."""
        self._date, self._count = None, 0


INTERVAL_MS = 10_000
MOST_TOLD, DAY_TOLD, SECOND_TOLD = 190, 650_000, 19
"""What the headers say while a limit is switched off: those of a professional subscription."""


class Quota:
    """The limits of one account and of each app in it."""

    def __init__(self, clock: Clock, ten_secondly: Callable[[], int], daily: Callable[[], int]) -> None:
        self._clock = clock
        self._ten_secondly = ten_secondly
        self._daily = daily
        self._windows: dict[str, Window] = {}
        self._day = Day(clock)

    def clear(self) -> None:
        """Forget all calls."""
        self._windows.clear()
        self._day.clear()

    def _window(self, app: str) -> Window:
        return self._windows.setdefault(app, Window(INTERVAL_MS / 1000, self._clock))

    def refusal(self, app: str) -> str | None:
        """Count a call of an app; the name of the limit that it met, or None."""
        if self._daily() and self._day.used() >= self._daily():
            return "daily"
        if not self._window(app).admit(self._ten_secondly()):
            return "ten_secondly_rolling"
        self._day.admit(0)
        return None

    def headers(self, app: str, *, private: bool) -> dict[str, str]:
        """What is left; of the day only a private app is told."""
        most, daily = self._ten_secondly() or MOST_TOLD, self._daily() or DAY_TOLD
        told = {
            "X-HubSpot-RateLimit-Max": str(most),
            "X-HubSpot-RateLimit-Remaining": str(max(0, most - self._window(app).used())),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(INTERVAL_MS),
            "X-HubSpot-RateLimit-Secondly": str(SECOND_TOLD),
            "X-HubSpot-RateLimit-Secondly-Remaining": str(SECOND_TOLD - 1),
        }
        if private:
            told["X-HubSpot-RateLimit-Daily"] = str(daily)
            told["X-HubSpot-RateLimit-Daily-Remaining"] = str(max(0, daily - self._day.used()))
        return told
