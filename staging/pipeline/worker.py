"""The worker process: one bounded worker per queue, and the loops that keep them honest.

A database that goes away ends the workers; they are started again until it is back. A job whose worker died, or whose
end could not be written down, is found by the sweep and run again: every job may be run any number of times.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from procrastinate.exceptions import ConnectorException

from staging.pipeline import guardrails, measures
from staging.pipeline.database import Pool
from staging.pipeline.jobs import board, runner, tasks
from staging.pipeline.settings import Settings

log = logging.getLogger("pipeline.worker")
_mine: set[int] = set()


@board.app.periodic(cron="*/10 * * * *")
@board.app.task(name="housekeeping.prune", queue="housekeeping", queueing_lock="prune", retry=1)
async def prune(timestamp: int) -> None:
    """Forget old rows; a periodic task also keeps the library's own watch over its side tasks going."""
    await tasks.prune()


async def _know_workers(call_next: Callable[[], Awaitable[Any]], _context: Any, worker: Any) -> Any:
    """Learn the ids of our own workers, so that the sweep can tell their lost jobs."""
    if worker.worker_id is not None:
        _mine.add(worker.worker_id)
    return await call_next()


async def _one_queue(queue: str, settings: Settings, stop: asyncio.Event) -> None:
    """Run a queue's worker, again and again while the database comes and goes."""
    delays = settings.delays
    while not stop.is_set():
        worker = asyncio.create_task(
            board.app.run_worker_async(
                queues=[queue],
                name=queue,
                concurrency=board.CONCURRENCY[queue],
                fetch_job_polling_interval=max(delays.job_poll_s, 0.05),
                abort_job_polling_interval=3600.0,
                shutdown_graceful_timeout=delays.shutdown_grace_s,
                update_heartbeat_interval=delays.heartbeat_s,
                stalled_worker_timeout=delays.stalled_after_s,
                delete_jobs="successful",
                install_signal_handlers=False,
                worker_middleware=[_know_workers],
            ),
            name=f"queue {queue}",
        )
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({worker, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if stop.is_set():
            worker.cancel()
        try:
            await worker
        except asyncio.CancelledError:
            return
        except Exception as error:  # noqa: BLE001 - whatever ended the worker, the queue needs another one
            log.warning("queue stopped; starting it again", extra={"reason": type(error).__name__, "job": queue})
            await asyncio.sleep(min(delays.database_retry_s, 2.0))


async def lost_jobs(delays_s: float) -> set[int]:
    """Jobs marked as running that nobody is running: their worker is gone, or it is ours and has forgotten them."""
    stalled = {
        job.id for job in await board.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=delays_s) if job.id
    }
    async with runner.pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = ANY(%s)", (list(_mine),)
        )
        held = {row["id"] for row in await cursor.fetchall()}
    return (stalled | held) - runner.running


async def _run_again(job_ids: set[int]) -> None:
    """Put lost jobs back where they can be fetched."""
    for job_id in sorted(job_ids):
        try:
            await board.app.job_manager.retry_job_by_id_async(job_id, retry_at=datetime.now(UTC))
        except ConnectorException:
            log.info("lost job had ended by itself", extra={"job_id": job_id})
        else:
            log.warning("lost job put back", extra={"job_id": job_id})


async def _sweep(settings: Settings) -> None:
    """Look for lost jobs; one that is lost twice in a row is run again. Once may be the blink between run and end."""
    suspects: set[int] = set()
    while True:
        await asyncio.sleep(settings.delays.stalled_sweep_s)
        try:
            lost = await lost_jobs(settings.delays.stalled_after_s)
            await _run_again(lost & suspects)
            suspects = lost - suspects
        except Exception as error:  # noqa: BLE001 - the sweep must outlive whatever goes wrong in one round
            log.warning("sweep failed", extra={"reason": type(error).__name__})
            suspects = set()


async def every(seconds: float, act: Callable[[], Awaitable[None]]) -> None:
    """Do something again and again; a missing database is waited out."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await act()
        except Exception as error:  # noqa: BLE001 - the loop must outlive whatever goes wrong in one round
            log.warning("round failed", extra={"reason": type(error).__name__})


async def run(settings: Settings, pool: Pool, stop: asyncio.Event) -> None:
    """Work until told to stop; then let running jobs end, within their grace."""
    delays = settings.delays
    loops = [
        asyncio.create_task(_sweep(settings)),
        asyncio.create_task(every(delays.measures_flush_s, lambda: measures.flush(pool))),
        asyncio.create_task(every(delays.guardrail_check_s, lambda: guardrails.check_syncs(pool))),
        asyncio.create_task(every(delays.guardrail_check_s, lambda: guardrails.check_interventions(pool))),
    ]
    async with board.app.open_async(pool), asyncio.TaskGroup() as group:
        queues = [group.create_task(_one_queue(queue, settings, stop)) for queue in board.CONCURRENCY]
        log.info("working on %s", ", ".join(board.CONCURRENCY))
        await asyncio.wait(queues)
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


def stop_on_signals(stop: asyncio.Event) -> None:
    """SIGTERM and SIGINT ask for an orderly end."""
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
