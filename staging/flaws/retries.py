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
