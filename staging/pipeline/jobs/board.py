"""The board: jobs are put on it in the caller's transaction, or not at all. One bounded queue per vendor."""

import time
from typing import Any

import procrastinate

from staging.pipeline.database import Connection

app = procrastinate.App(connector=procrastinate.PsycopgConnector())

CONCURRENCY = {"payments": 24, "crm": 24, "helpdesk": 16, "mail": 16, "chat": 8, "events": 4, "housekeeping": 1}
"""How many jobs of each queue one worker process runs at once: a vendor that hangs fills its own queue, no other."""


async def enqueue(
    connection: Connection,
    name: str,
    *,
    person: str,
    account_id: str | None = None,
    lock: str | None = None,
    **ids: str | int,
) -> None:
    """The job exists if and only if the transaction commits; it carries ids, never a snapshot."""
    job = app.configure_task(name, allow_unknown=False, connection=connection, lock=lock)
    await job.defer_async(person=person, account_id=account_id, since=time.time(), **ids)


async def enqueue_again(connection: Connection, name: str, lock: str | None, args: dict[str, Any]) -> None:
    """The same job once more, as somebody asked for by hand."""
    job = app.configure_task(name, allow_unknown=False, connection=connection, lock=lock)
    await job.defer_async(**(args | {"since": time.time(), "again": True}))
