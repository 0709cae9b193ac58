"""What every area of routes has: the desk, the journal, and a table of its routes.

No rules. Each module of `wire/areas` holds one area.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from fakes.calls import Call, Handler, Reply, Route
from fakes.helpdesk.problems import Problem
from fakes.helpdesk.state.account import tags_of
from fakes.helpdesk.state.desk import Desk
from fakes.helpdesk.state.groups import Groups
from fakes.helpdesk.state.jobs import Job
from fakes.helpdesk.state.organizations import Organizations
from fakes.helpdesk.state.people import User
from fakes.helpdesk.state.ticket import Change, Ticket
from fakes.helpdesk.wire import faces
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.asking import body
from fakes.helpdesk.wire.courier import Courier
from fakes.helpdesk.wire.paging import page

T = TypeVar("T")
SINK = "helpdesk.ticket"
Guard = Callable[["Entry"], Handler]


class Entry(NamedTuple):
    """One route: method, path without `/api/v2`, what answers it, and who may ask."""

    method: str
    path: str
    work: Handler
    who: str = "staff"
    """`staff`, `user` (customers too), or `anybody` (without a password)."""
    limit: str | None = None
    """The name of a limit of its own."""
    ticket: bool = True
    """Whether faults aimed at tickets meet it."""

    @property
    def writes(self) -> bool:
        """Whether it changes something."""
        return self.method != "GET"


def deed(action: str, record_id: Any) -> dict[str, Any]:
    """What a job tells of a record that was updated, deleted or merged."""
    done = {"update": "Updated", "delete": "Deleted", "merge": "Merged"}[action]
    return {"id": record_id, "action": action, "success": True, "status": done}


def job_type(word: str) -> str:
    """The vendor's name of a job, from the error of its records; deleting tickets and users counts as updating them."""
    noun, verb = re.fullmatch(r"(\w+?)(CreateOrUpdate|Create|Update|Delete)Failed", word).groups()  # type: ignore[union-attr]
    if verb == "Delete" and noun in ("Ticket", "User"):
        verb = "Update"
    return f"Bulk {verb} {noun}"


def made(record_id: Any, word: str = "Created") -> dict[str, Any]:
    """What a job tells of a record that was made."""
    return {"id": record_id, "status": word}


def retagged(call: Call, old: list[str]) -> list[str]:
    """Tags after a call: POST replaces them, PUT adds, DELETE takes away."""
    given = tags_of(body(call).get("tags"))
    if call.method == "DELETE":
        return [each for each in old if each not in given]
    return list(dict.fromkeys([*(old if call.method == "PUT" else []), *given]))


class Area:
    """Routes that belong together."""

    def __init__(self, desk: Desk, actor_of: Callable[[Call], User], courier: Courier) -> None:
        self.desk = desk
        self.courier = courier
        self.actor = actor_of

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        raise NotImplementedError

    def routes(self, guard: Guard) -> Iterator[Route]:
        """Every route, with and without `.json`."""
        for entry in self.table():
            template = f"/api/v2{entry.path}"
            for suffix in ("", ".json"):
                yield Route(
                    method=entry.method, template=template + suffix, operation=f"{entry.method} {template}",
                    handler=guard(entry), writes=entry.writes, sink=SINK if entry.ticket else None,
                )  # fmt: skip

    def journal(self, call: Call, change: Change) -> None:
        """Tell what a call did to a ticket, and what followed from it."""
        tickets = self.desk.tickets
        for each in (change, *change.also):
            if each.op is None:
                continue
            ticket = each.ticket
            mine = [] if ticket.requester is self.desk.people.agent else [str(ticket.requester.id)]
            files = [str(file.id) for comment in ticket.comments for file in comment.attachments]
            audit = [] if each.audit is None else [str(each.audit.id)]
            said = [] if each.comment is None else [str(each.comment.id)]
            ids = (*mine, *files, *audit, *said)
            call.effect(SINK, each.op, str(ticket.id), tickets.values_of(ticket), ids)

    def job(self, call: Call, job: Job) -> Reply:
        """The answer of a bulk call; its job belongs to the person of the call."""
        call.owns(job.id)
        shown = {**self.desk.jobs.shown(job), "status": "queued", "progress": None, "message": None, "results": None}
        return answer(200, {"job_status": shown})

    def bulk(self, call: Call, given: Sequence[T], word: str, work: Callable[[T], dict[str, Any]]) -> Reply:
        """Do the same to many records; each that cannot be done is an error of its own in the job."""
        results: list[dict[str, Any]] = []
        for place, one in enumerate(given):
            try:
                done = work(one)
            except Problem as problem:
                faults = "; ".join(sentence for each in problem.details.values() for sentence, _ in each)
                results.append({"index": place, "error": word, "details": faults or problem.description})
            else:
                results.append({"index": place, **done} if done.get("status") is None else done)
        return self.job(call, self.desk.jobs.done(len(given), results, job_type(word)))

    def counted(self, value: int) -> Reply:
        """How many there are."""
        return answer(200, {"count": {"value": value, "refreshed_at": self.desk.account.now()}})

    def page(self, call: Call, name: str, ids: Any, shape: Callable[[int], dict[str, Any]]) -> Reply:
        """One page of a list of ids that ascend."""
        return answer(200, page(call, self.desk.account.url, name, ids, shape))

    def user(self, user_id: int) -> dict[str, Any]:
        """The shape of a live user."""
        return faces.user(self.desk, self.desk.people.users.at(user_id))

    def members(self, call: Call, circles: Groups | Organizations) -> Reply:
        """The users of one group or organization."""
        known = circles.memberships
        found = known.of_circle.ids(circles.get(call.at["id"])["id"])
        return self.page(call, "users", found, lambda each: self.user(known.all.at(each)["user_id"]))

    def circles_of_user(self, call: Call, name: str, circles: Groups | Organizations) -> Reply:
        """The groups or organizations of one user."""
        known = circles.memberships
        mine = known.of_user.ids(self.desk.people.live(call.at["id"]).id)
        return self.page(call, name, mine, lambda each: circles.get(known.all.at(each)[known.key]))

    def sideload(self, name: str, tickets: list[Ticket]) -> list[dict[str, Any]]:
        """The users, groups or organizations that these tickets name."""
        if name == "users":
            named = [
                one
                for each in tickets
                for one in (each.requester.id, each.submitter_id, each.values.get("assignee_id"))
            ]
            known = (self.desk.people.known(each) for each in dict.fromkeys(named))
            return [faces.user(self.desk, each) for each in known if each is not None]
        shelf = self.desk.groups.live if name == "groups" else self.desk.organizations.all
        wanted = dict.fromkeys(each.values.get(f"{name[:-1]}_id") for each in tickets)
        return [found for each in wanted if (found := shelf.get(each)) is not None]
