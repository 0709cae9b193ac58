"""What is going wrong right now, per thing the app shows: written by the job runner, read by the app's state."""

from dataclasses import dataclass

from staging.pipeline.database import Connection, Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One job's trouble with one thing of one account."""

    kind: str
    ref: str
    job: str
    account_id: str | None


async def record(connection: Connection, trouble: Trouble, status: str) -> None:
    """The trouble is known, as `retrying` or `gave_up`."""
    await connection.execute(
        "INSERT INTO troubles (kind, ref, job, account_id, status) VALUES (%s, %s, %s, %s, %s) "
        "ON CONFLICT (kind, ref, job) DO UPDATE SET status = excluded.status",
        (trouble.kind, trouble.ref, trouble.job, trouble.account_id, status),
    )


async def note(pool: Pool, trouble: Trouble, status: str) -> None:
    """The same, outside a transaction."""
    async with pool.connection() as connection:
        await record(connection, trouble, status)


async def clear(pool: Pool, trouble: Trouble) -> None:
    """It is over."""
    async with pool.connection() as connection:
        await connection.execute(
            "DELETE FROM troubles WHERE kind = %s AND ref = %s AND job = %s", (trouble.kind, trouble.ref, trouble.job)
        )
