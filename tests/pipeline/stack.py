"""Starts what the tests run against: PostgreSQL as a child; the stand-ins, the API and the jobs in-process."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import uvicorn
from aiosmtpd.controller import Controller
from fastapi import FastAPI

from harness import clock
from staging.pipeline import database, worker
from staging.pipeline.api.app import create
from staging.pipeline.processes import close_job_side, open_job_side
from staging.pipeline.settings import Settings, from_env
from tests.pipeline.world import World

ROOT = Path(__file__).parents[2]
SECRETS = ("whsec_new", "whsec_old")
OPS = "ops-token-of-the-tests"


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Postgres:
    """The embedded database as a child that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [
            sys.executable,
            "-m",
            "staging.pipeline",
            "database",
            "--port",
            str(self.port),
            "--data",
            str(self.folder),
        ]
        log = (self.folder.parent / "postgres.log").open("ab")
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        log.close()
        for _ in range(300):
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url, connect_timeout=2):
                return
            clock.block(0.1)
        raise AssertionError((self.folder.parent / "postgres.log").read_text()[-2000:])

    def stop(self, number: int = signal.SIGINT) -> None:
        """Send a signal and wait for the end."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(20)


class _Server(uvicorn.Server):
    """Leaves the signals to pytest."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@contextlib.asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """An ASGI app on a loopback port."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = _Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await serving
    listener.close()


class _Post:
    """Keeps every mail; refuses those for an address that says so."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Accept a message."""
        import email
        from email.policy import default

        self.world.mails.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 kept"


@contextlib.contextmanager
def post_office(world: World) -> Iterator[int]:
    """A mail server on a loopback port."""
    controller = Controller(_Post(world), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port
    controller.stop()


def environment(url: str, vendors: str, smtp_port: int, **more: str) -> dict[str, str]:
    """The environment of a pipeline in these tests."""
    return {
        "DATABASE_URL": url,
        "PIPELINE_JWT_SECRET": "a secret of the tests, long enough to be one",
        "PIPELINE_OPS_TOKEN": OPS,
        "PIPELINE_TIME_SCALE": "0.05",
        "PIPELINE_SCRYPT_N": "256",
        "PIPELINE_POOL_SIZE": "16",
        "STRIPE_API_BASE": vendors,
        "STRIPE_SECRET_KEY": "sk_test_1",
        "STRIPE_PUBLISHABLE_KEY": "pk_test_1",
        "STRIPE_WEBHOOK_SECRETS": ",".join(SECRETS),
        "CRM_BASE_URL": vendors,
        "CRM_TOKEN": "crm",
        "HELPDESK_BASE_URL": vendors,
        "HELPDESK_EMAIL": "agent@shop.example.com",
        "HELPDESK_TOKEN": "helpdesk",
        "SLACK_WEBHOOK_URL": f"{vendors}/chat/hook",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(smtp_port),
        "MAIL_FROM": "shop@shop.example.com",
        "ALERT_MAIL_TO": "team@shop.example.com",
        **more,
    }


class Stack:
    """What a test may touch."""

    def __init__(self, postgres: Postgres, world: World, env: dict[str, str]) -> None:
        self.postgres, self.world, self.env = postgres, world, env
        self.settings: Settings = from_env(env)
        self.pool = database.pool(self.settings.database_url, 16)
        self.app: FastAPI = create(self.settings, self.pool)
        self._stop = asyncio.Event()
        self._working: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Migrate, open, and start working."""
        await database.migrate(self.settings.database_url)
        await self.pool.open()
        open_job_side(self.settings, self.pool)
        await self.work()

    async def work(self) -> None:
        """Start the worker in-process."""
        self._stop = asyncio.Event()
        self._working = asyncio.create_task(worker.run(self.settings, self.pool, self._stop))

    async def rest(self) -> None:
        """Stop the worker in-process."""
        self._stop.set()
        if self._working:
            await self._working

    async def close(self) -> None:
        """Stop everything."""
        await self.rest()
        await close_job_side()
        await self.pool.close()

    async def rows(self, query: str, *args: Any) -> list[dict[str, Any]]:
        """Look into the database."""
        async with self.pool.connection() as connection:
            return await database.many(connection, query, *args)

    def child(self, command: str, **more: str) -> subprocess.Popen[bytes]:
        """The same pipeline in a process of its own."""
        log = (self.postgres.folder.parent / f"{command}.log").open("ab")
        environ = {**os.environ, **self.env, **more}
        process = subprocess.Popen(
            [sys.executable, "-m", "staging.pipeline", command], cwd=ROOT, env=environ, stdout=log, stderr=log
        )
        log.close()
        return process
