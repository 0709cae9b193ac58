"""How many calls the helpdesk takes: of the account in a minute, and of some endpoints for themselves.

Called by `slice` around every route.
"""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass

from fakes.calls import Call, Reply
from fakes.helpdesk.state.account import Account
from fakes.helpdesk.state.part import Part
from fakes.helpdesk.wire.answers import too_many

MINUTE_S = 60
USUAL = 700
"""What the headers tell where no limit is set: the plan with 700 calls a minute."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls in so many seconds, counted for the whole account or for each ticket and user."""

    header: str
    most: int
    seconds: float
    each: bool = False


OWN: dict[str, tuple[Limit, ...]] = {
    "ticket_update": (
        Limit("Zendesk-RateLimit-tickets-update", 100, 60),
        Limit("Zendesk-RateLimit-per-ticket-updates", 30, 600, each=True),
    ),
    "tickets_index": (Limit("Zendesk-RateLimit-tickets-index", 100, 60),),
    "request_create": (Limit("Zendesk-RateLimit-ticket-request-create-by-user-and-ip", 5, 3600, each=True),),
    "search_export": (Limit("Zendesk-RateLimit-search-export", 100, 60),),
    "incremental": (Limit("Zendesk-RateLimit-incremental-exports", 10, 60),),
}
"""The vendor's own limits of single endpoints; counted only where the setting `own_limits` is on."""


class Window:
    """The calls of the last so many seconds."""

    __slots__ = ("calls",)

    def __init__(self) -> None:
        self.calls: deque[int] = deque()

    def forget(self, now: int, seconds: float) -> None:
        """Drop calls that are too old to count."""
        border = now - int(seconds * 1e9)
        while self.calls and self.calls[0] <= border:
            self.calls.popleft()


class Limits(Part):
    """The limits of one account."""

    KEPT = ("_windows",)

    def __init__(self, account: Account) -> None:
        self._account = account
        self._windows: dict[Hashable, Window] = {}

    def clear(self) -> None:
        """Forget all calls."""
        self._windows.clear()

    def refuse(self, call: Call, own: str | None, user_id: int) -> Reply | None:
        """The 429 of a call that is one too many; else the call is counted."""
        checks = self._checks(call, own, user_id)
        if not checks:
            return None
        now = self._account.clock.at_ns()
        windows = []
        for key, most, seconds, _ in checks:
            window = self._windows.setdefault(key, Window())
            window.forget(now, seconds)
            if len(window.calls) >= most:
                return too_many(seconds - (now - window.calls[0]) / 1e9)
            windows.append(window)
        for window in windows:
            window.calls.append(now)
        return None

    def _checks(self, call: Call, own: str | None, user_id: int) -> list[tuple[Hashable, int, float, str]]:
        settings = self._account.settings
        found: list[tuple[Hashable, int, float, str]] = []
        if settings.per_minute:
            found.append(("account", settings.per_minute, MINUTE_S, ""))
        if settings.own_limits and own is not None:
            other = settings.limits_by_header()
            for limit in OWN.get(own, ()):
                key = (limit.header, call.at.get("id"), user_id) if limit.each else limit.header
                found.append((key, other.get(limit.header, limit.most), limit.seconds, limit.header))
        return found

    def headers(self, call: Call, own: str | None, user_id: int) -> dict[str, str]:
        """What is left, as every answer tells it."""
        now = self._account.clock.at_ns()
        most = self._account.settings.per_minute or USUAL
        window = self._windows.get("account")
        left = most - len(window.calls) if window else most
        resets = round(MINUTE_S - (now - window.calls[0]) / 1e9) if window and window.calls else MINUTE_S
        told = {
            "X-Rate-Limit": str(most), "X-Rate-Limit-Remaining": str(left), "ratelimit-limit": str(most),
            "ratelimit-remaining": str(left), "ratelimit-reset": str(resets),
        }  # fmt: skip
        for key, allowed, seconds, header in self._checks(call, own, user_id):
            if header:
                mine = self._windows.get(key)
                used = len(mine.calls) if mine else 0
                ends = round(seconds - (now - mine.calls[0]) / 1e9) if mine and mine.calls else round(seconds)
                told[header] = f"total={allowed}; remaining={allowed - used}; resets={ends}"
        return told
