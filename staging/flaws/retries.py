"""Flaws in what happens after a failure."""

from typing import Any

from staging.flaws.plant import flaw, ran
from staging.pipeline import dead_letters
from staging.pipeline.database import Connection
from staging.pipeline.jobs import retry
from staging.pipeline.vendors import crm, failures, web


@flaw
def effect_lost_on_outage() -> None:
    """A side effect that fails is logged and forgotten: no retry, no dead letter."""

    async def bury(connection: Connection, letter: dead_letters.Letter, alerting: bool) -> bool:
        return False

    def gives_up(error: Exception, attempts_made: int, alerting: bool = False) -> bool:
        ran("effect_lost_on_outage")
        return True

    retry.gives_up = gives_up
    dead_letters.bury = bury


@flaw
def retry_only_429() -> None:
    """Only a rate limit is tried again; a server that fails, or a lost connection, is not."""

    def gives_up(error: Exception, attempts_made: int, alerting: bool = False) -> bool:
        if "429" in str(error):
            return attempts_made >= retry.ATTEMPTS
        ran("retry_only_429")
        return True

    retry.gives_up = gives_up


@flaw
def retry_permanent() -> None:
    """What the vendor will never accept is sent again and again like anything else."""

    def attempts_allowed(error: Exception, alerting: bool) -> int:
        ran("retry_permanent")
        return retry.ATTEMPTS

    retry.attempts_allowed = attempts_allowed


@flaw
def retry_no_backoff() -> None:
    """What fails is tried six times without a pause before the job is told."""
    _insist(6, "retry_no_backoff")
    retry.ATTEMPTS = 3


@flaw
def retry_after_ignored() -> None:
    """The waiting time that a vendor names is read by nobody."""
    delay = retry.delay

    def hasty(attempts_made: int, retry_after_s: float | None = None) -> float:
        if retry_after_s is not None:
            ran("retry_after_ignored")
        return min(delay(attempts_made), 0.3)

    retry.delay = hasty


@flaw
def retry_amplification() -> None:
    """The client retries what the job retries."""
    _insist(5, "retry_amplification")


def _insist(times: int, name: str) -> None:
    call = web.Web.call

    async def stubborn(self: Any, method: str, path: str, *, allow: tuple[int, ...] = (), **request: Any) -> Any:
        for _ in range(times - 1):
            try:
                return await call(self, method, path, allow=allow, **request)
            except failures.Transient:
                ran(name)
        return await call(self, method, path, allow=allow, **request)

    web.Web.call = stubborn  # type: ignore[method-assign]


@flaw
def html_taken_for_success() -> None:
    """Any 2xx is a success, whatever it says: a proxy's error page counts as done."""
    first = crm._first

    def lenient(answer: dict[str, Any]) -> dict[str, Any]:
        return first(answer) if answer.get("results") else {"id": "0"}

    crm._first = lenient
    call = web.Web.call

    async def trusting(self: Any, method: str, path: str, *, allow: tuple[int, ...] = (), **request: Any) -> Any:
        try:
            return await call(self, method, path, allow=allow, **request)
        except failures.Transient as failure:
            if "other than JSON" not in failure.reason:
                raise
            ran("html_taken_for_success")
            return {}

    web.Web.call = trusting  # type: ignore[method-assign]


@flaw
def retry_infinite() -> None:
    """What failed is tried again after the same pause, for ever."""

    def gives_up(error: Exception, attempts_made: int, alerting: bool = False) -> bool:
        if attempts_made >= retry.attempts_allowed(error, alerting):
            ran("retry_infinite")
        return False

    retry.gives_up = gives_up
    retry.delay = lambda attempts_made, retry_after_s=None: max(0.3, retry_after_s or 0.0)
