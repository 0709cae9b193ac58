"""Runs one job: times it, and turns its failure into a retry or a dead letter. Every task passes through here."""

import inspect
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import procrastinate

from staging.pipeline import dead_letters, logs, measures, troubles
from staging.pipeline.database import Connection, Pool, transaction
from staging.pipeline.jobs import board, retry

log = logging.getLogger("pipeline.jobs")

Body = Callable[..., Awaitable[None]]
GiveUp = Callable[..., Awaitable[None]]

pool: Pool
running: set[int] = set()
"""Ids of the jobs that this process is working on."""


def open_pool(source: Pool) -> None:
    """Give the jobs their database; once per process."""
    global pool
    pool = source


async def nothing_to_undo(connection: Connection, **ids: Any) -> None:
    """Most jobs leave nothing behind to be marked when they are given up."""


def job(
    queue: str, *, subject: str, alerting: bool = False, give_up: GiveUp = nothing_to_undo
) -> Callable[[Body], Body]:
    """Put a function on the board as a job called `queue.function`; `subject` names what the app shows as retrying."""

    def register(body: Body) -> Body:
        name = f"{queue}.{body.__name__}"

        async def run(context: procrastinate.JobContext, /, **args: Any) -> None:
            await _run(context, name, body, subject, alerting, give_up, args)

        board.app.task(name=name, queue=queue, pass_context=True, retry=retry.ByDecision())(run)
        return body

    return register


def ids_of(body: Body, args: dict[str, Any]) -> dict[str, Any]:
    """Those arguments of a job that its own function asks for."""
    return {name: args[name] for name in inspect.signature(body).parameters if name in args}


async def _run(
    context: procrastinate.JobContext,
    name: str,
    body: Body,
    subject: str,
    alerting: bool,
    give_up: GiveUp,
    args: dict[str, Any],
) -> None:
    job_id = context.job.id or 0
    logs.request_id.set(f"job-{job_id}")
    running.add(job_id)
    ids = ids_of(body, args)
    trouble = troubles.Trouble(kind=subject, ref=_ref(subject, args), job=name, account_id=args.get("account_id"))
    try:
        if context.job.attempts and await dead_letters.is_one(pool, job_id):
            return
        await body(**ids)
        if context.job.attempts or args.get("again"):
            await troubles.clear(pool, trouble)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the job is either tried again or a dead letter
        made = context.job.attempts + 1
        _log(name, job_id, made, error)
        measures.failed(name)
        if not retry.gives_up(error, made, alerting):
            wait = retry.delay(made, getattr(error, "retry_after_s", None))
            await troubles.note(pool, trouble, "retrying")
            raise retry.Again(wait) from None
        async with transaction(pool) as connection:
            letter = dead_letters.Letter(job_id=job_id, job=name, lock=context.job.lock, args=args, error=error)
            if await dead_letters.bury(connection, letter, alerting):
                await give_up(connection, **ids)
                await troubles.record(connection, trouble, "gave_up")
    else:
        measures.synced(name, time.time() - args["since"])
    finally:
        running.discard(job_id)


def _ref(subject: str, args: dict[str, Any]) -> str:
    return str(args.get(f"{subject}_id") or args.get("ref") or "")


def _log(name: str, job_id: int, attempt: int, error: Exception) -> None:
    reason = getattr(error, "reason", type(error).__name__)
    known = hasattr(error, "reason")
    log.log(
        logging.INFO if known else logging.ERROR,
        "job failed: %s",
        reason,
        extra={"job": name, "job_id": job_id, "attempt": attempt, "reason": reason},
        exc_info=None if known else error,
    )
