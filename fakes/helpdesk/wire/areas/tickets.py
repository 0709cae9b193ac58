"""Routes of single tickets and of lists of tickets. No rules here."""

from collections.abc import Sequence
from typing import Any

from fakes.calls import Call, Reply
from fakes.helpdesk.state.account import text
from fakes.helpdesk.wire import shapes
from fakes.helpdesk.wire.answers import JSON, answer
from fakes.helpdesk.wire.area import Area, Entry
from fakes.helpdesk.wire.asking import body, every, ids, number, part, query
from fakes.helpdesk.wire.paging import DEEPEST, SIZE_MAX, Beginning, by_number, descending, page

LOOKUP = "x-idempotency-lookup"
SIDELOADS = ("users", "groups", "organizations")
RECENT = 5


class TicketArea(Area):
    """Tickets one by one, and lists of them."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        return (
            Entry("POST", "/tickets", self.create, limit="ticket_create"),
            Entry("GET", "/tickets", self.index, limit="tickets_index"),
            Entry("GET", "/tickets/count", self.count),
            Entry("GET", "/tickets/recent", self.recent),
            Entry("GET", "/tickets/show_many", self.show_many),
            Entry("GET", "/tickets/{id}", self.show),
            Entry("PUT", "/tickets/{id}", self.update, limit="ticket_update"),
            Entry("DELETE", "/tickets/{id}", self.delete),
            Entry("GET", "/tickets/{id}/incidents", self.incidents),
            Entry("GET", "/tickets/{id}/related", self.related),
            Entry("GET", "/tickets/{id}/collaborators", self.collaborators),
            Entry("GET", "/tickets/{id}/email_ccs", self.email_ccs),
            Entry("GET", "/tickets/{id}/followers", self.followers),
            Entry("GET", "/problems", self.problems),
            Entry("POST", "/problems/autocomplete", self.complete_problems),
            Entry("GET", "/users/{id}/tickets/requested", self.requested),
            Entry("GET", "/users/{id}/tickets/assigned", self.assigned),
            Entry("GET", "/users/{id}/tickets/ccd", self.ccd),
            Entry("GET", "/users/{id}/tickets/followed", self.followed),
            Entry("GET", "/organizations/{id}/tickets", self.of_organization),
        )

    def create(self, call: Call) -> Reply:
        """Make a ticket, once for each idempotency key."""
        given, params = part(call, "ticket"), call.params["body"]
        keys = self.desk.keys
        if call.key is not None:
            kept = keys.replay(call.key, params)
            if kept is not None:
                return Reply(201, kept, {LOOKUP: "hit"}, JSON)
        change = self.desk.tickets.create(given, self.actor(call))
        reply = answer(201, shapes.changed(self.desk, change), {"Location": self._url(change.ticket.id)})
        if call.key is not None:
            keys.keep(call.key, params, reply.body)
            reply.headers[LOOKUP] = "miss"
        self.journal(call, change)
        return reply

    def _url(self, ticket_id: int) -> str:
        return self.desk.account.link("tickets", ticket_id)

    def update(self, call: Call) -> Reply:
        """Change a ticket."""
        ticket = self.desk.tickets.get(call.at["id"])
        change = self.desk.tickets.update(ticket, part(call, "ticket"), self.actor(call))
        self.journal(call, change)
        return answer(200, shapes.changed(self.desk, change))

    def delete(self, call: Call) -> Reply:
        """Throw a ticket away."""
        self.journal(call, self.desk.bin.delete(self.desk.tickets.get(call.at["id"]), self.actor(call)))
        return Reply(204)

    def show(self, call: Call) -> Reply:
        """One ticket, with the records that belong to it where asked."""
        ticket = self.desk.tickets.get(call.at["id"])
        return answer(200, {"ticket": shapes.ticket(self.desk, ticket), **self._beside(call, [ticket.id])})

    def index(self, call: Call) -> Reply:
        """All tickets, or those with an external id."""
        external_id = query(call, "external_id")
        if external_id is not None:
            return self._listed(call, self.desk.tickets.by["external_id"].ids(external_id))
        if "updated_at" in ((query(call, "sort") or "").removeprefix("-"), query(call, "sort_by")):
            return self._by_change(call)
        return self._listed(call, self.desk.tickets.all.ids)

    def _by_change(self, call: Call) -> Reply:
        most = min(DEEPEST, number(call, "page", 1) * number(call, "per_page", SIZE_MAX, SIZE_MAX))
        first = self.desk.tickets.by_change(newest_first=descending(call, ("updated_at",)), most=most)
        found = Beginning(first, len(self.desk.tickets.all))
        return answer(200, by_number(call, self.desk.account.url, "tickets", found, self._shape))

    def _shape(self, ticket_id: int) -> dict[str, Any]:
        return shapes.ticket(self.desk, self.desk.tickets.all.at(ticket_id))

    def _listed(self, call: Call, found: Sequence[int]) -> Reply:
        shown: dict[str, Any] = page(call, self.desk.account.url, "tickets", found, self._shape)
        if every(call, "include"):
            shown |= self._beside(call, [each["id"] for each in shown["tickets"]])
        return answer(200, shown)

    def _beside(self, call: Call, shown: Sequence[int]) -> dict[str, Any]:
        """The records beside tickets that `include` asks for."""
        wanted = every(call, "include")
        found: dict[str, Any] = {}
        tickets = [self.desk.tickets.all.at(each) for each in shown]
        for name in SIDELOADS:
            if name in wanted:
                found[name] = self.sideload(name, tickets)
        return found

    def count(self, call: Call) -> Reply:
        """How many tickets there are."""
        return self.counted(len(self.desk.tickets.all))

    def recent(self, call: Call) -> Reply:
        """The newest tickets, standing for those that the agent looked at last."""
        return self._listed(call, self.desk.tickets.all.ids[-RECENT:])

    def show_many(self, call: Call) -> Reply:
        """The tickets with these ids or external ids; those that do not exist are left out."""
        tickets = self.desk.tickets
        if every(call, "external_ids"):
            found = [each for one in ids(call, "external_ids") for each in tickets.by["external_id"].ids(one)]
        else:
            known = (tickets.all.get(each) for each in ids(call))
            found = [each.id for each in known if each is not None]
        return self._listed(call, sorted(found))

    def incidents(self, call: Call) -> Reply:
        """The incidents of a problem."""
        return self._listed(call, self.desk.tickets.by["problem"].ids(self.desk.tickets.get(call.at["id"]).id))

    def problems(self, call: Call) -> Reply:
        """All problems."""
        return self._listed(call, self.desk.tickets.by["type"].ids("problem"))

    def complete_problems(self, call: Call) -> Reply:
        """The problems whose subject has these words, as far as the search has learnt of them."""
        words = (text(body(call), "text") or "").replace('"', "").strip()
        hits = self.desk.search.find(f'ticket_type:problem subject:"{words}*"', ("ticket",)).found if words else ()
        live = [number for _, number in hits if number in self.desk.tickets.all][:SIZE_MAX]
        return answer(200, by_number(call, self.desk.account.url, "tickets", live, self._shape))

    def related(self, call: Call) -> Reply:
        """What is known about a ticket's surroundings."""
        ticket = self.desk.tickets.get(call.at["id"])
        incidents = len(self.desk.tickets.by["problem"].ids(ticket.id))
        shown: dict[str, Any] = {
            "topic_id": None,
            "jira_issue_ids": [],
            "followup_source_ids": [],
            "from_archive": False,
            "incidents": incidents,
            "twitter": {},
            "url": self._url(ticket.id),
        }
        return answer(200, {"ticket_related": shown})

    def collaborators(self, call: Call) -> Reply:
        """Everybody in copy."""
        ticket = self.desk.tickets.get(call.at["id"])
        return self._people(call, [*ticket.ccs, *ticket.followers])

    def email_ccs(self, call: Call) -> Reply:
        """Everybody in copy by e-mail."""
        return self._people(call, self.desk.tickets.get(call.at["id"]).ccs)

    def followers(self, call: Call) -> Reply:
        """The agents who follow a ticket."""
        return self._people(call, self.desk.tickets.get(call.at["id"]).followers)

    def _people(self, call: Call, found: Sequence[int]) -> Reply:
        live = [each for each in found if self.desk.people.known(each) is not None]
        return self.page(call, "users", sorted(set(live)), self.user)

    def requested(self, call: Call) -> Reply:
        """The tickets that a user asked for."""
        return self._of_user(call, "requester")

    def assigned(self, call: Call) -> Reply:
        """The tickets that an agent works on."""
        return self._of_user(call, "assignee")

    def ccd(self, call: Call) -> Reply:
        """The tickets that a user is in copy of."""
        return self._of_user(call, "ccs")

    def followed(self, call: Call) -> Reply:
        """The tickets that an agent follows."""
        return self._of_user(call, "followers")

    def _of_user(self, call: Call, name: str) -> Reply:
        return self._listed(call, self.desk.tickets.by[name].ids(self.desk.people.get(call.at["id"]).id))

    def of_organization(self, call: Call) -> Reply:
        """The tickets of an organization."""
        found = self.desk.organizations.get(call.at["id"])
        return self._listed(call, self.desk.tickets.by["organization"].ids(found["id"]))
