"""Every delay of the pipeline in one table, multiplied by one number; printed at start, so nothing waits in secret.

The left column is meant for production. Staging runs at 0.1: time-outs of 3 s, about ten seconds of retries. What the
outside world dictates is not here and is never scaled: signature tolerance, access tokens, a vendor's Retry-After.
"""

from dataclasses import dataclass, fields

BASE: dict[str, float] = {
    "vendor_timeout_s": 30.0,
    # A message that was sent cannot be taken back, so patience is cheaper than a repeat.
    "message_timeout_s": 100.0,
    "retry_first_s": 1.5,
    "retry_longest_s": 30.0,
    "job_poll_s": 2.5,
    "heartbeat_s": 10.0,
    "stalled_after_s": 50.0,
    "stalled_sweep_s": 10.0,
    "measures_flush_s": 10.0,
    "guardrail_check_s": 10.0,
    "guardrail_window_s": 900.0,
    "sync_p95_limit_s": 30.0,
    "intervention_window_s": 86_400.0,
    "shutdown_grace_s": 40.0,
    "database_retry_s": 2.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """All delays in seconds, already scaled."""

    vendor_timeout_s: float
    message_timeout_s: float
    retry_first_s: float
    retry_longest_s: float
    job_poll_s: float
    heartbeat_s: float
    stalled_after_s: float
    stalled_sweep_s: float
    measures_flush_s: float
    guardrail_check_s: float
    guardrail_window_s: float
    sync_p95_limit_s: float
    intervention_window_s: float
    shutdown_grace_s: float
    database_retry_s: float


def scaled(factor: float, own: dict[str, float] | None = None) -> Delays:
    """The table times `factor`; `own` values are taken as they are, in seconds."""
    values = {name: base * factor for name, base in BASE.items()}
    return Delays(**(values | (own or {})))


def table(factor: float, delays: Delays) -> str:
    """The table as it is printed at start."""
    rows = [f"delays at time scale {factor:g} (seconds):"]
    rows += [f"  {field.name:<24}{getattr(delays, field.name):g}" for field in fields(delays)]
    return "\n".join(rows)
