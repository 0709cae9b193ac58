"""Rate limits, off until set: requests per second of an account and of an endpoint, at once, and per object.

A refusal comes before anything else is looked at, names its reason in `Stripe-Rate-Limited-Reason`, has no
`Retry-After`, and is kept by no idempotency key. Seconds are whole seconds of the real clock.
"""

from collections.abc import Callable

from fakes.calls import Call
from fakes.payments.settings import Settings
from fakes.payments.wire.answers import limited

NS = 1_000_000_000
HOUR_NS = 3600 * NS


class _Window:
    """Counts by name within the present second or hour; the counts of the past are forgotten at once."""

    def __init__(self, length_ns: int) -> None:
        self._length_ns = length_ns
        self._now = -1
        self._counts: dict[str, int] = {}

    def full(self, name: str, at_ns: int, most: float) -> bool:
        """Count one more, unless there have been too many already."""
        now = at_ns // self._length_ns
        if now != self._now:
            self._now = now
            self._counts.clear()
        count = self._counts.get(name, 0)
        if count >= most:
            return True
        self._counts[name] = count + 1
        return False


class Limits:
    """All limits of one provider."""

    def __init__(self, settings: Settings, at_ns: Callable[[], int]) -> None:
        self._settings, self._at_ns = settings, at_ns
        self._account, self._endpoint, self._object = _Window(NS), _Window(NS), _Window(HOUR_NS)
        self._at_once: dict[str, int] = {}

    def check(self, call: Call) -> None:
        """Count a call; `Problem` when it is one too many."""
        asked, now = self._settings, self._at_ns()
        operation = call.route.operation if call.route else ""
        if asked.requests_at_once and self._at_once.get(call.account, 0) >= asked.requests_at_once:
            raise limited("global-concurrency")
        if asked.requests_per_s and self._account.full(call.account, now, asked.requests_per_s):
            raise limited("global-rate")
        per_endpoint = asked.requests_per_s_per_endpoint
        if per_endpoint and self._endpoint.full(f"{call.account} {operation}", now, per_endpoint):
            raise limited("endpoint-rate")
        per_object, name = asked.updates_per_hour_per_object, call.at.get("id")
        if per_object and name and call.method == "POST" and self._object.full(name, now, per_object):
            raise limited("resource-specific")

    def begun(self, call: Call) -> None:
        """A call takes a while from now on."""
        self._at_once[call.account] = self._at_once.get(call.account, 0) + 1

    def ended(self, call: Call) -> None:
        """It is done."""
        self._at_once[call.account] -= 1
        if not self._at_once[call.account]:
            del self._at_once[call.account]
