"""One table: what came of an attempt, said as `ok`, `failed` (certainly not done) or `unknown`.

`definite` says whether the server certainly did nothing; `retry` whether a phone sends it again by itself. Exceptions
are known by name, so that every HTTP client's are (and none is imported); a name nobody listed is `unknown`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from harness.model import Outcome


@dataclass(frozen=True, slots=True)
class Fate:
    """What the phone may believe after one attempt."""

    outcome: Outcome
    definite: bool
    retry: bool


OK = Fate(Outcome.OK, definite=True, retry=False)
REFUSED = Fate(Outcome.FAILED, definite=True, retry=False)
NOT_SENT = Fate(Outcome.FAILED, definite=True, retry=True)
NOT_NOW = Fate(Outcome.FAILED, definite=True, retry=True)
NOBODY_KNOWS = Fate(Outcome.UNKNOWN, definite=False, retry=True)

ERRORS: dict[str, Fate] = {
    "offline": NOT_SENT,
    "refused": NOT_SENT,
    "connect_timeout": NOT_SENT,
    "no_address": NOT_SENT,
    "queue_timeout": NOT_SENT,
    "request_lost": NOBODY_KNOWS,
    "reply_lost": NOBODY_KNOWS,
    "read_timeout": NOBODY_KNOWS,
    "write_timeout": NOBODY_KNOWS,
    "reset": NOBODY_KNOWS,
    "protocol": NOBODY_KNOWS,
    "not_json": NOBODY_KNOWS,
    "transport": NOBODY_KNOWS,
}
EXCEPTIONS: dict[str, str] = {
    "ConnectError": "refused",
    "ConnectionRefusedError": "refused",
    "ConnectTimeout": "connect_timeout",
    "ConnectionTimeoutError": "connect_timeout",
    "HTTPConnectionClosed": "reset",
    "gaierror": "no_address",
    "PoolTimeout": "queue_timeout",
    "ReadTimeout": "read_timeout",
    "WriteTimeout": "write_timeout",
    "ReadError": "reset",
    "WriteError": "reset",
    "CloseError": "reset",
    "ConnectionResetError": "reset",
    "BrokenPipeError": "reset",
    "ConnectionAbortedError": "reset",
    "IncompleteReadError": "reset",
    "RemoteProtocolError": "protocol",
    "LocalProtocolError": "protocol",
    "HTTPParseError": "protocol",
    "timeout": "read_timeout",
    "TimeoutError": "read_timeout",
}
STATUSES: dict[int, Fate] = {
    408: NOBODY_KNOWS,
    425: NOT_NOW,
    429: NOT_NOW,
}


def error_of(problem: BaseException) -> str:
    """The word of the table for an exception of any HTTP client; a chain is as definite as its outermost link."""
    for kind in type(problem).__mro__:
        if kind.__name__ in EXCEPTIONS:
            return EXCEPTIONS[kind.__name__]
    return "transport"


def fate_of_error(error: str) -> Fate:
    """What to believe after an attempt that had no whole answer."""
    return ERRORS.get(error, NOBODY_KNOWS)


def fate_of_status(status: int, accept: Iterable[int], *, in_progress: bool = False) -> Fate:
    """What to believe after a whole answer; `in_progress`: it says that the same request is still being served."""
    if status in accept:
        return OK
    if in_progress:
        return NOBODY_KNOWS
    if status in STATUSES:
        return STATUSES[status]
    if 400 <= status < 500:
        return REFUSED
    return NOBODY_KNOWS


def together(outcomes: Iterable[Outcome]) -> Outcome:
    """What several attempts for one intent come to: ok if any was, else unknown if any was, else failed."""
    seen = set(outcomes)
    if Outcome.OK in seen:
        return Outcome.OK
    return Outcome.UNKNOWN if Outcome.UNKNOWN in seen else Outcome.FAILED
