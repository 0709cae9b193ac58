"""Flaws of the queues: who waits for whom, and what a killed worker leaves behind."""

from staging.flaws.plant import flaw, ran
from staging.pipeline import accounts, worker
from staging.pipeline.jobs import retry


@flaw
def queue_head_of_line() -> None:
    """Whatever goes to the CRM goes in one line: who fails at its head is tried again while all others wait."""

    def crm_lock(account_id: str) -> str:
        ran("queue_head_of_line")
        return "crm"

    accounts.crm_lock = crm_lock


@flaw
def queue_in_memory() -> None:
    """What a worker was doing when it was killed is known to nobody but that worker."""

    async def lost_jobs(delays_s: float) -> set[int]:
        ran("queue_in_memory")
        return set()

    worker.lost_jobs = lost_jobs


@flaw
def retry_no_jitter() -> None:
    """The pause doubles and holds no chance: who failed together comes back together."""

    def delay(attempts_made: int, retry_after_s: float | None = None) -> float:
        ran("retry_no_jitter")
        wait = min(retry._delays.retry_first_s * 2.0 ** (attempts_made - 1), retry._delays.retry_longest_s)
        return max(wait, retry_after_s or 0.0)

    retry.delay = delay
