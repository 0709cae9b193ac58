"""What a phone asks of the outside: an exchange, taps, a wait; and what it makes of an answer's bytes.

Nouns and one pure function. Spoken between the script, which decides, and whoever carries it out.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.model import Outcome
from harness.phone.outcomes import Fate, fate_of_error, fate_of_status
from harness.phone.request import Request, parsed
from harness.phone.steps import Answer
from harness.target.words import dig


@dataclass(frozen=True, slots=True, kw_only=True)
class Urls:
    """Where a phone finds things: the pipeline, and the wallet that pays."""

    base: str
    wallet: str


@dataclass(slots=True, kw_only=True)
class Exchanged:
    """What came of one exchange: a whole answer, or an error by its word in the table of outcomes."""

    status: int | None = None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    error: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    """What the weather really did, if it did anything."""
    ended_ns: int = 0


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One request to be sent now; `announce` is called just before its first byte leaves."""

    request: Request
    timeout_s: float
    announce: Callable[[], None]
    loss: str | None = None
    """`request_lost` or `reply_lost`: what the weather does to it."""
    name: str = ""
    scheduled: int | None = None
    """When it was due, on the monotonic clock; None: now."""


@dataclass(frozen=True, slots=True)
class Taps:
    """Several exchanges, each started `gap_ms` after the one before, whether or not that one has its answer."""

    exchanges: tuple[Exchange, ...]
    gap_ms: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing, for so long."""

    seconds: float


@dataclass(frozen=True, slots=True)
class TapPlan:
    """How a finger taps: so often, this far apart, and whether the app guards its button."""

    times: int = 2
    gap_ms: int = 0
    guarded: bool = False
    how: str = ""
    """In a page: the way in which a finger taps twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What a flow came to: its outcome, its intent and its key, and the last answer's values."""

    outcome: Outcome
    intent: str
    key: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class About:
    """What a probe is one case of: the matrix, what is asked, in which wrong way; who is refused for the same reason
    must be refused in the same way."""

    matrix: str
    what: str
    how: str
    reason: str | None = None


Outside = Exchange | Taps | Wait


def once(exchange: Exchange) -> Generator[Outside, Any, Exchanged]:
    """A script of one exchange."""
    heard: Exchanged = yield exchange
    return heard


@dataclass(frozen=True, slots=True)
class Heard:
    """One attempt's answer, what to believe after it, and how long the server asked to be left alone."""

    answer: Answer
    fate: Fate
    retry_after_s: float | None = None


def fate_of(
    exchanged: Exchanged, accept: tuple[int, ...], code: str = "", in_progress: tuple[str, ...] = ()
) -> tuple[Fate, Any]:
    """What to believe after an exchange, and its JSON; an accepted status with something else in it is `unknown`."""
    if exchanged.error or exchanged.status is None:
        return fate_of_error(exchanged.error or "transport"), None
    try:
        body = parsed(exchanged.body)
    except ValueError:
        body = None
        if exchanged.status in accept:
            exchanged.error = "not_json"
            return fate_of_error("not_json"), None
    busy = bool(code) and dig(body, code) in in_progress
    return fate_of_status(exchanged.status, accept, in_progress=busy), body


def retry_after_s(exchanged: Exchanged) -> float | None:
    """How long the server asked to be left alone, at most ten seconds; None if it did not say."""
    text = exchanged.headers.get("retry-after")
    try:
        return min(10.0, max(0.0, float(text))) if text else None
    except ValueError:
        return None


def ms_between(began: int, ended: int) -> float:
    """Milliseconds between two moments of the monotonic clock."""
    return round((ended - began) / 1e6, 3)
