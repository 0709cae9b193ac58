"""What became of each attempt to deliver a webhook: when, where to, the status, how long, the answer's first bytes.

For people and tests that look; judging reads the journals. Bounded: the oldest attempts are forgotten first.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

ANSWER_MAX = 500
KEPT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt, as it ended."""

    delivery: str
    event: str
    type: str
    fake: str
    person: str | None
    endpoint: str
    url: str
    attempt: int
    """1 for the first, 2 for the first retry."""
    copy: int
    forgery: str | None
    at: str
    """When it began, in UTC."""
    ms: float
    status: int | None
    """None when there was no answer; then `error` says why."""
    error: str | None
    answer: str
    """The first bytes of the answer's body."""


@dataclass(slots=True)
class Log:
    """The latest attempts."""

    _kept: deque[Attempt] = field(default_factory=lambda: deque(maxlen=KEPT))

    def add(self, attempt: Attempt) -> None:
        """Keep an attempt."""
        self._kept.append(attempt)

    def newest(self, **wanted: str | None) -> Iterator[Attempt]:
        """The attempts that agree with every wanted field that is not None, newest first."""
        asked = {name: value for name, value in wanted.items() if value is not None}
        for attempt in reversed(self._kept):
            if all(getattr(attempt, name) == value for name, value in asked.items()):
                yield attempt

    def clear(self) -> None:
        """Forget every attempt."""
        self._kept.clear()
