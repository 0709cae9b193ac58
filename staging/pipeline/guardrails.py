"""What the pipeline watches about itself; each guardrail alerts once per window, however bad it is.

The webhook failure rate lives in the memory of the process that takes deliveries in: a refused one leaves no trace in
the database.
"""

import hashlib
import time
from collections import deque

from staging.pipeline import alerts
from staging.pipeline.database import Connection, Pool, one, transaction
from staging.pipeline.settings import Settings

_settings: Settings
_deliveries: deque[tuple[float, bool]] = deque(maxlen=100_000)


def open_settings(settings: Settings) -> None:
    """Set thresholds and windows; once per process."""
    global _settings
    _settings = settings
    _deliveries.clear()


def delivery(ok: bool) -> None:
    """A webhook delivery was taken in, or not."""
    _deliveries.append((time.monotonic(), ok))


def too_many_failures(failed: int, total: int) -> bool:
    """Whether the webhook failure rate is worth waking somebody: a rate of few deliveries says nothing."""
    limits = _settings.guardrails
    if total < limits.webhook_min_count or failed < limits.webhook_min_failures:
        return False
    return failed / total > limits.webhook_failure_rate


def too_slow(p95_s: float, count: int) -> bool:
    """Whether syncs take too long."""
    return count >= _settings.guardrails.sync_min_count and p95_s > _settings.delays.sync_p95_limit_s


def too_many_interventions(count: int) -> bool:
    """Whether people mend by hand too often."""
    return count > _settings.guardrails.interventions_a_day


def window_of(kind: str) -> float:
    """How long one alert of a kind stands for all that follow."""
    delays = _settings.delays
    return delays.intervention_window_s if kind == "interventions" else delays.guardrail_window_s


async def _alert(connection: Connection, kind: str, subject: str, text: str) -> None:
    """Alert unless this kind has been alerted within its window; rivals wait for each other."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(%s)", (int(hashlib.sha256(kind.encode()).hexdigest()[:12], 16),)
    )
    row = await one(
        connection,
        "SELECT now() AS now, EXISTS (SELECT 1 FROM alerts WHERE kind = %s AND at > now() - make_interval(secs => %s)) "
        "AS lately",
        f"guardrail_{kind}",
        window_of(kind),
    )
    if row is not None and not row["lately"]:
        await alerts.raise_alert(
            connection,
            key=f"guardrail_{kind}:{row['now'].isoformat()}",
            kind=f"guardrail_{kind}",
            subject=f"Guardrail: {subject}",
            text=text,
        )


async def duplicate_event(connection: Connection, detail: str) -> None:
    """One business event arrived as two: nothing was done twice, and somebody should know."""
    await connection.execute("INSERT INTO happenings (kind, detail) VALUES ('duplicate_event', %s)", (detail,))
    await _alert(connection, "duplicates", "duplicate business event", f"{detail}. Nothing was granted twice.")


async def check_webhooks(pool: Pool) -> None:
    """Judge the deliveries of the last window; called again and again by the process that takes them in."""
    horizon = time.monotonic() - _settings.delays.guardrail_window_s
    while _deliveries and _deliveries[0][0] < horizon:
        _deliveries.popleft()
    failed, total = sum(not ok for _, ok in _deliveries), len(_deliveries)
    if too_many_failures(failed, total):
        async with transaction(pool) as connection:
            text = f"{failed} of {total} deliveries were refused or failed."
            await _alert(connection, "webhooks", "webhook failure rate", text)


async def check_syncs(pool: Pool) -> None:
    """Judge the syncs of the last window."""
    async with transaction(pool) as connection:
        row = await one(
            connection,
            "SELECT count(*) AS n, coalesce(percentile_disc(0.95) WITHIN GROUP (ORDER BY seconds), 0) AS p95 "
            "FROM sync_samples WHERE at > now() - make_interval(secs => %s)",
            _settings.delays.guardrail_window_s,
        )
        if row is not None and too_slow(row["p95"], row["n"]):
            limit = _settings.delays.sync_p95_limit_s
            await _alert(
                connection,
                "syncs",
                "sync latency",
                f"p95 of {row['n']} syncs is {row['p95']:.1f} s, limit {limit:g} s.",
            )


async def check_interventions(pool: Pool) -> None:
    """Judge the interventions of the last day."""
    async with transaction(pool) as connection:
        row = await one(
            connection,
            "SELECT count(*) AS n FROM happenings WHERE kind = 'manual_intervention' "
            "AND at > now() - make_interval(secs => %s)",
            _settings.delays.intervention_window_s,
        )
        if row is not None and too_many_interventions(row["n"]):
            await _alert(
                connection, "interventions", "manual interventions", f"{row['n']} dead letters were retried by hand."
            )
