"""Numbers about ourselves: counted in memory, flushed to the database in batches, shown as Prometheus text.

Losing the last unflushed second in a crash is accepted: nothing that matters to a person is decided by these numbers.
"""

from collections import Counter

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from staging.pipeline.database import Connection, Pool, Row, many, one, transaction

BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0)
SYNCING = ("crm", "helpdesk", "payments", "mail")
MOST_SAMPLES = 100_000

_counts: Counter[tuple[str, str]] = Counter()
_samples: list[tuple[str, float]] = []


def count(name: str, label: str = "", by: float = 1) -> None:
    """One more of these."""
    _counts[name, label] += by  # type: ignore[assignment]


def failed(job: str) -> None:
    """An attempt of a job did not succeed."""
    count("job_attempts_failed_total", job)


def synced(job: str, seconds: float) -> None:
    """A job has done what it was for, this long after it was asked for."""
    count("jobs_done_total", job)
    if job.partition(".")[0] in SYNCING and len(_samples) < MOST_SAMPLES:
        _samples.append((job, seconds))


def webhook(outcome: str) -> None:
    """A delivery came to `applied`, `repeated`, `ignored`, `parked`, `refused` or `failed`."""
    count("webhooks_total", outcome)


def _bucket_of(seconds: float) -> str:
    return next((str(bound) for bound in BUCKETS if seconds <= bound), "+Inf")


async def flush(pool: Pool) -> None:
    """Write what has been counted; on failure it is kept for the next time."""
    global _counts, _samples
    if not _counts and not _samples:
        return
    counts, samples = _counts, _samples
    _counts, _samples = Counter(), []
    rows = Counter(counts)
    for _, seconds in samples:
        rows["sync_seconds_bucket", _bucket_of(seconds)] += 1
        rows["sync_seconds_sum", ""] += seconds  # type: ignore[assignment]
    try:
        async with transaction(pool) as connection:
            await _write(connection, rows, samples)
    except BaseException:
        _counts.update(counts)
        _samples = samples + _samples
        raise


async def _write(connection: Connection, rows: Counter[tuple[str, str]], samples: list[tuple[str, float]]) -> None:
    items = sorted(rows.items())
    await connection.execute(
        "INSERT INTO counters (name, label, value) SELECT * FROM unnest(%s::text[], %s::text[], %s::float8[]) "
        "ON CONFLICT (name, label) DO UPDATE SET value = counters.value + excluded.value",
        ([name for (name, _), _ in items], [label for (_, label), _ in items], [float(value) for _, value in items]),
    )
    if samples:
        await connection.execute(
            "INSERT INTO sync_samples (job, seconds) SELECT * FROM unnest(%s::text[], %s::float8[])",
            ([job for job, _ in samples], [seconds for _, seconds in samples]),
        )


class _Shown(Collector):
    """The database's numbers in Prometheus' shape."""

    def __init__(self, counters: list[Row], happenings: list[Row], open_jobs: int, letters: int) -> None:
        self.values = {(row["name"], row["label"]): row["value"] for row in counters}
        self.happenings = {row["kind"]: row["n"] for row in happenings}
        self.open_jobs = open_jobs
        self.letters = letters

    def _of(self, name: str) -> dict[str, float]:
        return {label: value for (kind, label), value in self.values.items() if kind == name}

    def collect(self):  # type: ignore[no-untyped-def]  # the library's own generator type is not exported
        """The families, one by one."""
        webhooks = self._of("webhooks_total")
        yield _labelled("webhooks", "Webhook deliveries by outcome", "outcome", webhooks)
        yield _labelled("jobs_done", "Jobs that succeeded", "job", self._of("jobs_done_total"))
        yield _labelled(
            "job_attempts_failed", "Attempts of jobs that failed", "job", self._of("job_attempts_failed_total")
        )
        yield _labelled("dead_letters", "Jobs given up", "job", self._of("dead_letters_total"))
        done, dead = sum(self._of("jobs_done_total").values()), sum(self._of("dead_letters_total").values())
        bad = webhooks.get("refused", 0) + webhooks.get("failed", 0)
        yield GaugeMetricFamily(
            "event_success_rate", "Jobs done of all that ended", done / (done + dead) if done + dead else 1
        )
        total = sum(webhooks.values())
        yield GaugeMetricFamily("webhook_failure_rate", "Deliveries refused or failed", bad / total if total else 0)
        yield CounterMetricFamily(
            "duplicate_events", "Duplicate business events", self.happenings.get("duplicate_event", 0)
        )
        yield CounterMetricFamily(
            "manual_interventions", "Dead letters retried by hand", self.happenings.get("manual_intervention", 0)
        )
        yield GaugeMetricFamily("jobs_open", "Jobs waiting or running", self.open_jobs)
        yield GaugeMetricFamily("dead_letters_open", "Jobs given up and not retried", self.letters)
        yield self._latency()

    def _latency(self) -> HistogramMetricFamily:
        found, running, buckets = self._of("sync_seconds_bucket"), 0.0, []
        for bound in (*(str(b) for b in BUCKETS), "+Inf"):
            running += found.get(bound, 0)
            buckets.append((bound, running))
        family = HistogramMetricFamily("sync_seconds", "From the intent to the vendor's yes")
        family.add_metric([], buckets, self._of("sync_seconds_sum").get("", 0.0))
        return family


def _labelled(name: str, text: str, label: str, values: dict[str, float]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family


async def shown(connection: Connection) -> bytes:
    """Everything as Prometheus text."""
    counters = await many(connection, "SELECT name, label, value FROM counters")
    happenings = await many(connection, "SELECT kind, count(*) AS n FROM happenings GROUP BY kind")
    jobs = await one(connection, "SELECT count(*) AS n FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
    letters = await one(connection, "SELECT count(*) AS n FROM dead_letters WHERE retried_at IS NULL")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Shown(counters, happenings, jobs["n"] if jobs else 0, letters["n"] if letters else 0))
    return generate_latest(registry)
