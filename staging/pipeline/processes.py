"""The processes of the pipeline: the API, the jobs, or both in one. Called by `__main__` and by tests."""

import asyncio
import socket
import sys

import uvicorn

from staging.pipeline import database, guardrails, provision, worker
from staging.pipeline.api.app import create
from staging.pipeline.jobs import retry, runner, tasks
from staging.pipeline.settings import Settings
from staging.pipeline.vendors import chat, crm, helpdesk, mail, payments


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _server(settings: Settings, pool: database.Pool) -> tuple[uvicorn.Server, socket.socket]:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((settings.host, settings.port))
    config = uvicorn.Config(
        create(settings, pool),
        log_config=None,
        access_log=False,
        loop="uvloop",
        http="httptools",
        lifespan="on",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=5,
        backlog=2048,
    )
    return uvicorn.Server(config), listener


async def serve(settings: Settings) -> None:
    """The API, until a signal."""
    await database.migrate_when_there(settings.database_url, settings.delays)
    server, listener = _server(settings, database.pool(settings.database_url, settings.pool_size))
    host, port = listener.getsockname()[:2]
    _say(f"serving on http://{host}:{port}")
    await server.serve(sockets=[listener])


def open_job_side(settings: Settings, pool: database.Pool) -> None:
    """Everything that jobs need; once per process."""
    for vendor in (payments, crm, helpdesk, chat, mail):
        vendor.open_client(settings)
    runner.open_pool(pool)
    retry.open_delays(settings.delays)
    tasks.open_settings(settings)
    guardrails.open_settings(settings)


async def close_job_side() -> None:
    """Close what `open_job_side` opened."""
    for vendor in (payments, crm, helpdesk, chat):
        await vendor.close_client()


async def work(settings: Settings) -> None:
    """The jobs, until a signal."""
    await database.migrate_when_there(settings.database_url, settings.delays)
    pool = database.pool(settings.database_url, settings.pool_size)
    await pool.open(wait=False)
    open_job_side(settings, pool)
    stop = asyncio.Event()
    worker.stop_on_signals(stop)
    _say("working")
    try:
        await worker.run(settings, pool, stop)
    finally:
        await close_job_side()
        await pool.close()


async def all_in_one(settings: Settings) -> None:
    """API and jobs in one process, for a laptop."""
    await provision.provision(settings)
    server, listener = _server(settings, database.pool(settings.database_url, settings.pool_size))
    host, port = listener.getsockname()[:2]
    pool = database.pool(settings.database_url, settings.pool_size)
    await pool.open(wait=False)
    open_job_side(settings, pool)
    stop = asyncio.Event()
    working = asyncio.create_task(worker.run(settings, pool, stop))
    _say(f"serving on http://{host}:{port}, and working")
    try:
        await server.serve(sockets=[listener])
    finally:
        stop.set()
        await working
        await close_job_side()
        await pool.close()


COMMANDS = {"provision": provision.provision, "serve": serve, "work": work, "all-in-one": all_in_one}
