"""Background jobs: the work of a bulk call is done at once, its status tells it a moment later.

Simpler than the real one, where the work itself waits too. Called by the routes of bulk calls.
"""

from dataclasses import dataclass
from typing import Any

from fakes.helpdesk.problems import not_found
from fakes.helpdesk.state.account import Account
from fakes.helpdesk.state.part import Part

KEPT = 5000
"""How many jobs are remembered; the real one forgets them after an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job."""

    id: str
    total: int | None
    results: Any
    kind: str
    began_ns: int
    began_at: str


class Jobs(Part):
    """The jobs of one account."""

    KEPT = ("all",)

    def __init__(self, account: Account) -> None:
        self._account = account
        self.all: dict[str, Job] = {}

    def clear(self) -> None:
        """Forget all jobs."""
        self.all.clear()

    def done(self, total: int | None, results: Any, kind: str) -> Job:
        """A job whose work was just done."""
        made = Job(
            id="V3-" + self._account.new_token("job") + self._account.new_token("job")[:12],
            total=total,
            results=results,
            kind=kind,
            began_ns=self._account.clock.at_ns(),
            began_at=self._account.now(),
        )
        self.all[made.id] = made
        if len(self.all) > KEPT:
            del self.all[next(iter(self.all))]
        return made

    def get(self, job_id: str) -> Job:
        """The job with this id."""
        if job_id not in self.all:
            raise not_found()
        return self.all[job_id]

    def shown(self, job: Job) -> dict[str, Any]:
        """A job as its status shows it now."""
        lasts = self._account.settings.job_s
        part = (self._account.clock.at_ns() - job.began_ns) / 1e9 / lasts if lasts > 0 else 1.0
        status = "completed" if part >= 1 else "working" if part >= 0.5 else "queued"
        done = status == "completed"
        message = f"Completed at {job.began_at.replace('T', ' ').replace('Z', ' +0000')}" if done else None
        if status == "working" and job.total:
            message = f"{job.kind} #{job.total // 2}"
        return {
            "id": job.id, "job_type": job.kind, "url": self._account.link("job_statuses", job.id), "total": job.total,
            "progress": job.total if done else (job.total or 0) // 2 if status == "working" else None, "status": status,
            "message": message, "results": job.results if done else None,
        }  # fmt: skip
