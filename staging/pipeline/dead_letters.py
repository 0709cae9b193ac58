"""Jobs that were given up: kept, alerted once, and retried by hand. The only road from failure to silence is closed."""

from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from staging.pipeline import alerts, measures
from staging.pipeline.database import Connection, Pool, Row, many, one
from staging.pipeline.jobs import board


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A job and what its last attempt came to."""

    job_id: int
    job: str
    lock: str | None
    args: dict[str, Any]
    error: Exception


async def is_one(pool: Pool, job_id: int) -> bool:
    """Whether this job was given up already, by a worker that died before it could say so to the queue."""
    async with pool.connection() as connection:
        return await one(connection, "SELECT 1 AS yes FROM dead_letters WHERE job_id = %s", job_id) is not None


def reason_of(error: Exception) -> str:
    """Why, in words that hold no payload."""
    vendor = getattr(error, "vendor", "")
    reason = getattr(error, "reason", None) or f"unexpected {type(error).__name__}"
    return f"{vendor} {reason}".strip()


async def bury(connection: Connection, letter: Letter, alerting: bool) -> bool:
    """Keep the letter and raise its alert in the same transaction; false if that had been done before."""
    row = await one(
        connection,
        "INSERT INTO dead_letters (job_id, job, lock, args, person, reason) VALUES (%s, %s, %s, %s, %s, %s) "
        "ON CONFLICT (job_id) DO NOTHING RETURNING id",
        letter.job_id,
        letter.job,
        letter.lock,
        Jsonb(letter.args),
        letter.args.get("person", ""),
        reason_of(letter.error),
    )
    if row is None:
        return False
    measures.count("dead_letters_total", letter.job)
    await alert(connection, letter, alerting)
    return True


async def alert(connection: Connection, letter: Letter, alerting: bool) -> None:
    """Say so once in the chat and once by mail; an alert that could not be sent is told the other way, no further."""
    person = letter.args.get("person", "")
    channels = alerts.BOTH if not alerting else alerts.other_than(letter.job)
    if alerting and await alerts.is_about_an_alert(connection, letter.args.get("alert_id")):
        return
    await alerts.raise_alert(
        connection,
        key=f"dead_letter:{letter.job_id}",
        kind="undelivered_alert" if alerting else "dead_letter",
        subject=f"Dead letter: {letter.job} for {person or 'nobody in particular'}",
        text=f"Given up after repeated attempts: {reason_of(letter.error)}. Retry it when it is mended.",
        person=person,
        account_id=letter.args.get("account_id"),
        channels=channels,
    )


async def listed(connection: Connection) -> list[Row]:
    """Those that nobody has retried yet, oldest first."""
    return await many(
        connection,
        "SELECT id, job, person, reason, at FROM dead_letters WHERE retried_at IS NULL ORDER BY id LIMIT 1000",
    )


async def retry_by_hand(connection: Connection, letter_id: int) -> bool:
    """Put the job on the board again and count the intervention; false if there is no such letter left."""
    letter = await one(
        connection,
        "UPDATE dead_letters SET retried_at = now() WHERE id = %s AND retried_at IS NULL RETURNING job, lock, args",
        letter_id,
    )
    if letter is None:
        return False
    await connection.execute(
        "INSERT INTO happenings (kind, detail) VALUES ('manual_intervention', %s)", (f"dead letter {letter_id}",)
    )
    await board.enqueue_again(connection, letter["job"], letter["lock"], letter["args"])
    return True
