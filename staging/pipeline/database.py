"""The pool, the migration and the one way to open a transaction. Knows PostgreSQL, no business and no HTTP."""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
from procrastinate.exceptions import ConnectorException
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from staging.pipeline.scale import Delays

Connection = psycopg.AsyncConnection[DictRow]
Pool = AsyncConnectionPool[Connection]
Row = dict[str, Any]

GONE = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, ConnectorException)
"""What is raised while the database is away; the cure is to wait and try again."""

AS_OF = "(extract(epoch FROM statement_timestamp()) * 1000000)::bigint AS as_of"
"""When a reading was made, in microseconds of the database's clock: the app keeps the newest of several answers."""

SCHEMA = Path(__file__).with_name("schema.sql")
MIGRATION_LOCK = int.from_bytes(hashlib.sha256(b"pipeline schema").digest()[:7], "big")

log = logging.getLogger("pipeline.database")


async def _configure(connection: psycopg.AsyncConnection[Any]) -> None:
    await connection.set_autocommit(True)
    await connection.execute("SET statement_timeout = '10s'; SET lock_timeout = '5s'")


def pool(url: str, size: int) -> Pool:
    """A closed pool that checks a connection before it hands it out: a restarted database is survived."""
    return AsyncConnectionPool(
        url,
        connection_class=psycopg.AsyncConnection[DictRow],
        kwargs={"row_factory": dict_row, "connect_timeout": 3},
        min_size=2,
        max_size=size,
        timeout=2.0,
        reconnect_timeout=2.0,
        configure=_configure,
        check=AsyncConnectionPool.check_connection,
        open=False,
    )


@asynccontextmanager
async def transaction(source: Pool) -> AsyncIterator[Connection]:
    """A connection inside one transaction: all of it or nothing."""
    async with source.connection() as connection, connection.transaction():
        yield connection


async def one(connection: Connection, query: Any, *args: Any) -> Row | None:
    """The first row, or nothing."""
    return await (await connection.execute(query, args)).fetchone()


async def many(connection: Connection, query: Any, *args: Any) -> list[Row]:
    """All rows."""
    return await (await connection.execute(query, args)).fetchall()


async def migrate(url: str) -> None:
    """Bring an empty or an older database to the present schema; safe to run from several processes at once."""
    from procrastinate.schema import SchemaManager

    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("SELECT pg_advisory_lock(%s)", (MIGRATION_LOCK,))
        found = await (await connection.execute("SELECT to_regclass('procrastinate_jobs')")).fetchone()
        if found is None or found[0] is None:
            await connection.execute(SchemaManager.get_schema().encode())
        await connection.execute(SCHEMA.read_bytes())


async def migrate_when_there(url: str, delays: Delays, attempts: int = 60) -> None:
    """Migrate as soon as the database answers; gives up after `attempts`."""
    for attempt in range(attempts):
        try:
            return await migrate(url)
        except GONE:
            if attempt + 1 == attempts:
                raise
            log.warning("the database does not answer yet", extra={"attempt": attempt + 1})
            await asyncio.sleep(delays.database_retry_s)
    return None
