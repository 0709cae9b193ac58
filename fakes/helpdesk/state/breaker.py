"""The circuit breaker of a webhook: after too many errors it sends nothing for a while, then one request to try.

Called by `webhooks` before each request and with each answer.
"""

from collections import deque
from dataclasses import dataclass, field

from fakes.helpdesk.state.account import Account


@dataclass(slots=True)
class Breaker:
    """What a webhook's requests of the last minutes came to; only data, so that it is copied with the webhook."""

    recent: deque[tuple[int, bool]] = field(default_factory=deque)
    """(when, whether it failed), oldest first."""
    errors: int = 0
    broken_until_ns: int | None = None
    trying: bool = False

    def admits(self, account: Account) -> bool:
        """Whether a request may be sent now, by the account's clock."""
        if self.broken_until_ns is None:
            return True
        if account.clock.at_ns() < self.broken_until_ns or self.trying:
            return False
        self.trying = True
        return True

    def heard(self, account: Account, failed: bool) -> None:
        """Count what a request came to; trips, or closes when the one that tried was answered well."""
        settings, now = account.settings, account.clock.at_ns()
        if self.broken_until_ns is not None:
            self.trying = False
            if failed:
                self.broken_until_ns = now + int(settings.breaker_pause_s * 1e9)
                return
            self.broken_until_ns = None
            self.recent.clear()
            self.errors = 0
        self.recent.append((now, failed))
        self.errors += failed
        border = now - int(settings.breaker_window_s * 1e9)
        while self.recent[0][0] <= border:
            self.errors -= self.recent.popleft()[1]
        many = len(self.recent) >= settings.breaker_least and self.errors >= settings.breaker_ratio * len(self.recent)
        if failed and (many or self.errors > settings.breaker_errors):
            self.broken_until_ns = now + int(settings.breaker_pause_s * 1e9)
