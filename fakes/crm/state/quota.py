"""How many calls an app may make: in any ten seconds, and in a day.

By the portal's clock. A refused call counts for nothing. Called by `wire.gate`.
"""

from fakes.contents import Part
from fakes.crm.state.settings import Settings
from fakes.limits import Windows
from harness.clock import Clock

DAY_NS = 86_400 * 10**9


class Day(Part):
    """The calls of the account's day, which ends at midnight UTC."""

    KEPT = ("_number", "_count")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._number, self._count = 0, 0

    def used(self) -> int:
        """How many calls there were today."""
        today = self._clock.unix_ns() // DAY_NS
        if today != self._number:
            self._number, self._count = today, 0
        return self._count

    def count(self) -> None:
        """Count a call."""
        self._count = self.used() + 1

    def clear(self) -> None:
        """Forget all calls."""
        self._number, self._count = 0, 0


INTERVAL_MS = 10_000
MOST_TOLD, DAY_TOLD, SECOND_TOLD = 190, 650_000, 19
"""What the headers say while a limit is switched off: those of a professional subscription."""


class Quota(Part):
    """The limits of one account and of each app in it; its day is a part of its own."""

    KEPT = ("_windows",)

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self._settings = settings
        self._windows = Windows(clock, INTERVAL_MS / 1000)
        self.day = Day(clock)

    def clear(self) -> None:
        """Forget all calls."""
        self._windows.forget()
        self.day.clear()

    def refusal(self, app: str) -> str | None:
        """Count a call of an app; the name of the limit that it met, or None."""
        if self._settings.daily and self.day.used() >= self._settings.daily:
            return "daily"
        if not self._windows[app].admit(self._settings.ten_secondly):
            return "ten_secondly_rolling"
        self.day.count()
        return None

    def headers(self, app: str, *, private: bool) -> dict[str, str]:
        """What is left; of the day only a private app is told."""
        most, daily = self._settings.ten_secondly or MOST_TOLD, self._settings.daily or DAY_TOLD
        told = {
            "X-HubSpot-RateLimit-Max": str(most),
            "X-HubSpot-RateLimit-Remaining": str(max(0, most - self._windows[app].used())),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(INTERVAL_MS),
            "X-HubSpot-RateLimit-Secondly": str(SECOND_TOLD),
            "X-HubSpot-RateLimit-Secondly-Remaining": str(SECOND_TOLD - 1),
        }
        if private:
            told["X-HubSpot-RateLimit-Daily"] = str(daily)
            told["X-HubSpot-RateLimit-Daily-Remaining"] = str(max(0, daily - self.day.used()))
        return told
