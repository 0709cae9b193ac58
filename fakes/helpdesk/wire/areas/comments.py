"""Routes of what was said on tickets and what was done to them: comments, audits, metrics, tags. No rules here."""

from typing import Any

from fakes.calls import Call, Reply
from fakes.helpdesk.problems import bad_parameter, not_found, one_invalid
from fakes.helpdesk.state.account import tags_of, text
from fakes.helpdesk.state.shelf import number_of
from fakes.helpdesk.state.ticket import Audit, Comment, Ticket
from fakes.helpdesk.wire import shapes
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry
from fakes.helpdesk.wire.asking import body, every, query
from fakes.helpdesk.wire.paging import DOWN, Backwards, by_number, page

MASK = "▇"


class CommentArea(Area):
    """Comments, audits, metrics and tags of tickets."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        return (
            Entry("GET", "/tickets/{id}/comments", self.comments),
            Entry("GET", "/tickets/{id}/comments/count", self.count),
            Entry("PUT", "/tickets/{id}/comments/{comment_id}/make_private", self.make_private),
            Entry("PUT", "/tickets/{id}/comments/{comment_id}/redact", self.redact),
            Entry("PUT", "/tickets/{id}/comments/{comment_id}/attachments/{file_id}/redact", self.redact_file),
            Entry("GET", "/tickets/{id}/audits", self.audits),
            Entry("GET", "/tickets/{id}/audits/count", self.count_audits),
            Entry("GET", "/tickets/{id}/audits/{audit_id}", self.audit),
            Entry("PUT", "/tickets/{id}/audits/{audit_id}/make_private", self.make_audit_private),
            Entry("GET", "/ticket_audits", self.all_audits),
            Entry("GET", "/tickets/{id}/metrics", self.metrics),
            Entry("GET", "/ticket_metrics", self.all_metrics),
            Entry("GET", "/ticket_metrics/{id}", self.metric),
            Entry("GET", "/tickets/{id}/tags", self.tags),
            Entry("POST", "/tickets/{id}/tags", self.set_tags),
            Entry("PUT", "/tickets/{id}/tags", self.add_tags),
            Entry("DELETE", "/tickets/{id}/tags", self.remove_tags),
        )

    def _ticket(self, call: Call) -> Ticket:
        return self.desk.tickets.get(call.at["id"])

    def _comment(self, call: Call) -> tuple[Ticket, Comment]:
        ticket, wanted = self._ticket(call), number_of(call.at["comment_id"])
        found = next((each for each in ticket.comments if each.id == wanted), None)
        if found is None:
            raise not_found()
        return ticket, found

    # -- comments -----------------------------------------------------------------------------------------------

    def comments(self, call: Call) -> Reply:
        """What was said on a ticket, oldest first unless asked otherwise."""
        ticket = self._ticket(call)
        by_id = {each.id: each for each in ticket.comments}
        shown = page(
            call, self.desk.account.url, "comments", list(by_id), lambda each: shapes.comment(self.desk, by_id[each])
        )
        if "users" in every(call, "include"):
            authors = dict.fromkeys(each["author_id"] for each in shown["comments"])
            shown["users"] = [self.user(each) for each in authors if each in self.desk.people.users]
        return answer(200, shown)

    def count(self, call: Call) -> Reply:
        """How much was said on a ticket."""
        return self.counted(len(self._ticket(call).comments))

    def make_private(self, call: Call) -> Reply:
        """Hide a comment from customers; it cannot be shown again."""
        self._hide(call, *self._comment(call))
        return answer(200, {})

    def _hide(self, call: Call, ticket: Ticket, comment: Comment) -> None:
        if comment.public:
            self.journal(call, self.desk.tickets.hide(ticket, comment, self.actor(call)))

    def redact(self, call: Call) -> Reply:
        """Black words of a comment out, for good."""
        ticket, comment = self._comment(call)
        words = text(body(call), "text")
        if not words:
            raise bad_parameter("text", "is required")
        if words not in comment.body:
            raise one_invalid("base", "Text: was not found in the comment")
        comment.body = comment.body.replace(words, MASK * len(words))
        self.desk.tickets.touch(ticket)
        return answer(200, {"comment": shapes.comment(self.desk, comment)})

    def redact_file(self, call: Call) -> Reply:
        """Put an empty file in the place of an attachment, for good."""
        ticket, comment = self._comment(call)
        wanted = number_of(call.at["file_id"])
        file = next((each for each in comment.attachments if each.id == wanted), None)
        if file is None:
            raise not_found()
        shown = shapes.attachment(self.desk, file)
        self.desk.uploads.redact(file)
        self.desk.tickets.touch(ticket)
        return answer(200, {"attachment": shown})

    # -- audits and metrics -------------------------------------------------------------------------------------

    def audits(self, call: Call) -> Reply:
        """What was done to a ticket."""
        by_id = {each.id: each for each in self._ticket(call).audits}
        return self.page(call, "audits", list(by_id), lambda each: shapes.audit(self.desk, by_id[each]))

    def count_audits(self, call: Call) -> Reply:
        """How often something was done to a ticket."""
        return self.counted(len(self._ticket(call).audits))

    def _audit(self, call: Call) -> tuple[Ticket, Audit]:
        ticket, wanted = self._ticket(call), number_of(call.at["audit_id"])
        found = next((each for each in ticket.audits if each.id == wanted), None)
        if found is None:
            raise not_found()
        return ticket, found

    def audit(self, call: Call) -> Reply:
        """One thing that was done to a ticket."""
        return answer(200, {"audit": shapes.audit(self.desk, self._audit(call)[1])})

    def make_audit_private(self, call: Call) -> Reply:
        """Hide the comment of an audit from customers."""
        ticket, audit = self._audit(call)
        if audit.comment is not None:
            self._hide(call, ticket, audit.comment)
        return answer(200, {})

    def all_audits(self, call: Call) -> Reply:
        """What was done to all tickets."""
        shelf = self.desk.tickets.audits
        return self.page(call, "audits", shelf.ids, lambda each: shapes.audit(self.desk, shelf.at(each)))

    def metrics(self, call: Call) -> Reply:
        """What was counted of a ticket."""
        return answer(200, {"ticket_metric": shapes.metrics(self.desk, self._ticket(call))})

    def all_metrics(self, call: Call) -> Reply:
        """What was counted of all tickets, newest first."""
        shelf = self.desk.tickets.all

        def shape(ticket_id: int) -> dict[str, Any]:
            return shapes.metrics(self.desk, shelf.at(ticket_id))

        if query(call, "page[size]") is not None:
            return self.page(call, "ticket_metrics", shelf.ids, shape)
        ids = shelf.ids if (query(call, "sort_order") or "desc").lower() not in DOWN else Backwards(shelf.ids)
        return answer(200, by_number(call, self.desk.account.url, "ticket_metrics", ids, shape))

    def metric(self, call: Call) -> Reply:
        """What was counted of the ticket that these metrics are of."""
        ticket = self.desk.tickets.get((number_of(call.at["id"]) or 0) - shapes.METRIC_SHIFT)
        return answer(200, {"ticket_metric": [shapes.metrics(self.desk, ticket)]})

    # -- tags ---------------------------------------------------------------------------------------------------

    def tags(self, call: Call) -> Reply:
        """The tags of a ticket."""
        return answer(200, {"tags": self._ticket(call).tags})

    def set_tags(self, call: Call) -> Reply:
        """Replace the tags of a ticket."""
        return self._tag(call, "tags", 201)

    def add_tags(self, call: Call) -> Reply:
        """Add tags to a ticket."""
        return self._tag(call, "additional_tags", 200)

    def remove_tags(self, call: Call) -> Reply:
        """Take tags from a ticket."""
        return self._tag(call, "remove_tags", 200)

    def _tag(self, call: Call, how: str, status: int) -> Reply:
        given, ticket = body(call), self._ticket(call)
        wanted: dict[str, Any] = {how: tags_of(given.get("tags"))}
        wanted |= {name: given[name] for name in ("updated_stamp", "safe_update") if name in given}
        change = self.desk.tickets.update(ticket, wanted, self.actor(call))
        self.journal(call, change)
        return answer(status, {"tags": change.ticket.tags})
