"""Routes of background jobs. No rules here."""

from fakes.calls import Call, Reply
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry
from fakes.helpdesk.wire.asking import ids

LISTED = 100


class JobArea(Area):
    """Background jobs."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        return (
            Entry("GET", "/job_statuses", self.index, ticket=False),
            Entry("GET", "/job_statuses/show_many", self.show_many, ticket=False),
            Entry("GET", "/job_statuses/{id}", self.show, ticket=False),
        )

    def index(self, call: Call) -> Reply:
        """The newest jobs."""
        jobs = self.desk.jobs
        newest = list(jobs.all.values())[-LISTED:]
        return answer(200, {"job_statuses": [jobs.shown(each) for each in reversed(newest)], "count": len(newest)})

    def show(self, call: Call) -> Reply:
        """One job as it is now."""
        jobs = self.desk.jobs
        return answer(200, {"job_status": jobs.shown(jobs.get(call.at["id"]))})

    def show_many(self, call: Call) -> Reply:
        """The jobs with these ids; those that are not known are left out."""
        jobs = self.desk.jobs
        found = [jobs.shown(jobs.all[each]) for each in ids(call) if each in jobs.all]
        return answer(200, {"job_statuses": found, "count": len(found)})
