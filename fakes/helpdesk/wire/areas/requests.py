"""Routes by which customers see and write their own tickets, and by which anybody may write one. No rules here."""

from typing import Any

from fakes.calls import Call, Reply
from fakes.helpdesk.problems import not_found, one_invalid
from fakes.helpdesk.state.people import User
from fakes.helpdesk.state.shelf import number_of
from fakes.helpdesk.state.suspended import SUSPENDED
from fakes.helpdesk.state.ticket import API, Ticket
from fakes.helpdesk.wire import faces, shapes
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry
from fakes.helpdesk.wire.asking import part, query
from fakes.helpdesk.wire.paging import by_number, page

GIVEN = ("subject", "comment", "priority", "type", "custom_fields", "fields", "due_at", "ticket_form_id", "recipient",
         "collaborators", "email_ccs", "requester", "external_id")  # fmt: skip
SHOWN = ("status", "priority", "type", "organization_id", "due_at", "assignee_id", "group_id")
OPEN = ("new", "open", "pending", "hold")
DONE = ("solved", "closed")


class RequestArea(Area):
    """Requests: tickets as customers see them."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        return (
            Entry("POST", "/requests", self.create, who="anybody", limit="request_create"),
            Entry("GET", "/requests", self.index, who="user"),
            Entry("GET", "/requests/open", self.open, who="user"),
            Entry("GET", "/requests/solved", self.solved, who="user"),
            Entry("GET", "/requests/ccd", self.ccd, who="user"),
            Entry("GET", "/requests/search", self.search, who="user"),
            Entry("GET", "/requests/{id}", self.show, who="user"),
            Entry("PUT", "/requests/{id}", self.update, who="user"),
            Entry("GET", "/requests/{id}/comments", self.comments, who="user"),
            Entry("GET", "/requests/{id}/comments/{comment_id}", self.comment, who="user"),
            Entry("GET", "/users/{id}/requests", self.of_user),
            Entry("GET", "/organizations/{id}/requests", self.of_organization),
        )

    def _shape(self, ticket: Ticket) -> dict[str, Any]:
        desk = self.desk
        whole = shapes.ticket(desk, ticket)
        same = (
            "id",
            "via",
            "created_at",
            "updated_at",
            "subject",
            "description",
            "recipient",
            "requester_id",
            "collaborator_ids",
            "email_cc_ids",
            "is_public",
            "custom_fields",
            "fields",
            "ticket_form_id",
        )
        return {
            "url": desk.account.link("requests", ticket.id), **{name: whole[name] for name in (*same, *SHOWN)},
            "can_be_solved_by_me": bool(ticket.values.get("assignee_id")) and ticket.values["status"] in OPEN,
            "solved": ticket.values["status"] in DONE, "followup_source_id": None,
        }  # fmt: skip

    def _mine(self, call: Call) -> Ticket:
        """The asked ticket, if the caller has to do with it."""
        ticket, actor = self.desk.tickets.get(call.at["id"]), self.actor(call)
        if actor.staff or actor is ticket.requester or actor.id in ticket.ccs:
            return ticket
        raise not_found()

    # -- writing ------------------------------------------------------------------------------------------------

    def create(self, call: Call) -> Reply:
        """Make a request: a customer's own, or of the person whom an anonymous caller or an agent names."""
        given = part(call, "request")
        author = self._author(call, given)
        wanted = {name: given[name] for name in GIVEN if name in given}
        if author is not None:
            wanted |= {"requester": None, "requester_id": author.id}
            if author.suspended:
                return self._suspended(call, author, given)
        if isinstance(wanted.get("comment"), dict):
            wanted["comment"] = {
                name: value for name, value in wanted["comment"].items() if name not in ("public", "author_id")
            }
        change = self.desk.tickets.create(wanted, author)
        self.journal(call, change)
        url = self.desk.account.link("requests", change.ticket.id)
        return answer(201, {"request": self._shape(change.ticket)}, {"Location": url})

    def _author(self, call: Call, given: dict[str, Any]) -> User | None:
        """Whose request it is; None when the ticket will make them."""
        actor = self.actor(call)
        signed_in = "authorization" in call.headers
        if given.get("requester") is None:
            if not signed_in:
                raise one_invalid("requester", "Requester: cannot be blank", "BlankValue")
            return actor
        if signed_in and not actor.staff:
            return actor
        named = given["requester"] if isinstance(given["requester"], dict) else {}
        return self.desk.people.of_email(str(named.get("email") or ""))

    def _suspended(self, call: Call, author: User, given: dict[str, Any]) -> Reply:
        comment = given.get("comment")
        said = comment.get("body") if isinstance(comment, dict) else comment
        if not said:
            raise one_invalid("base", "Description: cannot be blank", "BlankValue")
        subject = given.get("subject")
        kept = self.desk.suspended.keep(author, None if subject is None else str(subject), str(said), SUSPENDED, API)
        call.owns(str(kept.id))
        return answer(201, {"suspended_ticket": {"id": kept.id}})

    def update(self, call: Call) -> Reply:
        """Say more, or say that it is solved."""
        ticket, given, actor = self._mine(call), part(call, "request"), self.actor(call)
        wanted: dict[str, Any] = {
            name: given[name] for name in ("comment", "additional_collaborators") if name in given
        }
        if isinstance(wanted.get("comment"), dict):
            wanted["comment"] = {**wanted["comment"], "public": True, "author_id": actor.id}
        if given.get("solved") is True and ticket.values["status"] in OPEN:
            wanted["status"] = "solved"
        change = self.desk.tickets.update(ticket, wanted, actor)
        self.journal(call, change)
        return answer(200, {"request": self._shape(change.ticket)})

    # -- reading ------------------------------------------------------------------------------------------------

    def _listed(self, call: Call, found: list[int]) -> Reply:
        return self.page(call, "requests", found, lambda each: self._shape(self.desk.tickets.all.at(each)))

    def _own(self, call: Call, *statuses: str) -> Reply:
        tickets = self.desk.tickets
        mine = tickets.by["requester"].ids(self.actor(call).id)
        wanted = (
            statuses or tuple((query(call, "status") or "").split(",")) if query(call, "status") or statuses else ()
        )
        found = [each for each in mine if tickets.all.at(each).values["status"] in wanted] if wanted else mine
        return self._listed(call, found)

    def index(self, call: Call) -> Reply:
        """The caller's own requests."""
        return self._own(call)

    def open(self, call: Call) -> Reply:
        """Those that are not solved."""
        return self._own(call, *OPEN)

    def solved(self, call: Call) -> Reply:
        """Those that are solved."""
        return self._own(call, *DONE)

    def ccd(self, call: Call) -> Reply:
        """Those that the caller is in copy of."""
        return self._listed(call, self.desk.tickets.by["ccs"].ids(self.actor(call).id))

    def search(self, call: Call) -> Reply:
        """Those of the caller that a query finds."""
        actor, asked = self.actor(call), query(call, "query") or ""
        hits = self.desk.search.find(f"{asked} requester:{actor.id}", ("ticket",), me=actor.id).found
        live = [number for _, number in hits if number in self.desk.tickets.all]
        url = self.desk.account.url
        shown = by_number(call, url, "requests", live, lambda each: self._shape(self.desk.tickets.all.at(each)))
        return answer(200, shown)

    def of_user(self, call: Call) -> Reply:
        """The requests of a user."""
        return self._listed(call, self.desk.tickets.by["requester"].ids(self.desk.people.live(call.at["id"]).id))

    def of_organization(self, call: Call) -> Reply:
        """The requests of an organization."""
        found = self.desk.organizations.get(call.at["id"])["id"]
        return self._listed(call, self.desk.tickets.by["organization"].ids(found))

    def show(self, call: Call) -> Reply:
        """One request."""
        return answer(200, {"request": self._shape(self._mine(call))})

    def comments(self, call: Call) -> Reply:
        """What was said where the customer sees it."""
        by_id = {each.id: each for each in self._mine(call).comments if each.public}
        shown = page(
            call, self.desk.account.url, "comments", list(by_id), lambda each: shapes.comment(self.desk, by_id[each])
        )
        authors = dict.fromkeys(each["author_id"] for each in shown["comments"])
        known = [found for each in authors if (found := self.desk.people.known(each)) is not None]
        shown["users"] = [{**_face(faces.user(self.desk, each)), "agent": each.staff} for each in known]
        return answer(200, shown)

    def comment(self, call: Call) -> Reply:
        """One thing that was said."""
        wanted = number_of(call.at["comment_id"])
        found = next((each for each in self._mine(call).comments if each.public and each.id == wanted), None)
        if found is None:
            raise not_found()
        return answer(200, {"comment": shapes.comment(self.desk, found)})


def _face(user: dict[str, Any]) -> dict[str, Any]:
    return {name: user[name] for name in ("id", "name", "photo", "organization_id")}
