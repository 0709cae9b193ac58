"""What operators read: what is pending, exactly and cheaply."""

from typing import Any

from staging.pipeline.database import Connection, many

PENDING = """
SELECT coalesce(args->>'person', '') AS person, count(*) AS n,
       min(CASE WHEN status = 'todo' THEN greatest(extract(epoch FROM scheduled_at - clock_timestamp())::float8, 0)
                ELSE 0 END) AS due
FROM procrastinate_jobs
WHERE (status = 'todo'::procrastinate_job_status OR status = 'doing'::procrastinate_job_status)
  AND queue_name <> 'housekeeping'
GROUP BY 1
"""


async def pending(connection: Connection) -> dict[str, Any]:
    """Every job waiting, scheduled or running; events that wait for their object are jobs as well."""
    rows = await many(connection, PENDING)
    due = [row["due"] if row["due"] is not None else 0.0 for row in rows]
    return {
        "total": sum(row["n"] for row in rows),
        "by_person": {row["person"]: row["n"] for row in rows if row["person"]},
        "next_due_s": round(min(due), 3) if due else None,
    }
