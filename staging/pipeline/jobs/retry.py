"""Whether and when a job is tried again. Pure, apart from the jitter."""

import random
from datetime import UTC, datetime, timedelta

import procrastinate
from procrastinate.jobs import Job

from staging.pipeline.database import GONE
from staging.pipeline.scale import Delays
from staging.pipeline.vendors import failures

ATTEMPTS = 8
ATTEMPTS_INVALID = 3
ATTEMPTS_ALERT = 12

_delays: Delays


def open_delays(delays: Delays) -> None:
    """Set the scale of all waiting; once per process."""
    global _delays
    _delays = delays


class Again(Exception):
    """Carries the decision to try again from the runner to the queue."""

    def __init__(self, delay_s: float) -> None:
        super().__init__(f"again in {delay_s:.2f} s")
        self.delay_s = delay_s


def is_permanent(error: Exception) -> bool:
    """Whether sending the same again is pointless."""
    return isinstance(error, failures.Invalid)


def attempts_allowed(error: Exception, alerting: bool) -> int:
    """How often a job may be tried in all, judging by its latest failure."""
    if is_permanent(error):
        return ATTEMPTS_INVALID
    return ATTEMPTS_ALERT if alerting else ATTEMPTS


def gives_up(error: Exception, attempts_made: int, alerting: bool = False) -> bool:
    """Whether this failure was the last; a missing database is never the job's fault."""
    return not isinstance(error, GONE) and attempts_made >= attempts_allowed(error, alerting)


def delay(attempts_made: int, retry_after_s: float | None = None) -> float:
    """Seconds to wait: doubling up to a bound, half of it by chance, never less than the vendor asked for.

    Nor just that: it asked everybody, and they would all be back at one moment.
    """
    longest = min(_delays.retry_first_s * 2.0 ** (attempts_made - 1), _delays.retry_longest_s)
    wait = longest / 2 + random.random() * longest / 2
    return max(wait, (retry_after_s or 0.0) * (1 + random.random() / 2))


class ByDecision(procrastinate.BaseRetryStrategy):
    """Follows what the runner decided; a job that was cut off in between is simply run again."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision | None:
        wait = exception.delay_s if isinstance(exception, Again) else delay(min(job.attempts + 1, ATTEMPTS))
        return procrastinate.RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=wait))
