"""Routes of suspended tickets. No rules here."""

from typing import Any

from fakes.calls import Call, Reply
from fakes.helpdesk.state.suspended import CAUSES
from fakes.helpdesk.wire import shapes
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry
from fakes.helpdesk.wire.asking import ids


class SuspendedArea(Area):
    """Messages that wait for an agent's word."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        return (
            Entry("GET", "/suspended_tickets", self.index),
            Entry("PUT", "/suspended_tickets/recover_many", self.recover_many),
            Entry("DELETE", "/suspended_tickets/destroy_many", self.delete_many),
            Entry("GET", "/suspended_tickets/{id}", self.show),
            Entry("PUT", "/suspended_tickets/{id}/recover", self.recover),
            Entry("DELETE", "/suspended_tickets/{id}", self.delete),
        )

    def _shape(self, suspended_id: int) -> dict[str, Any]:
        one = self.desk.suspended.all.at(suspended_id)
        author = {"id": one.author.id, "name": one.author.name, "email": one.author.email}
        return {
            "url": self.desk.account.link("suspended_tickets", one.id), "id": one.id, "author": author,
            "subject": one.subject, "content": one.content, "cause": one.cause, "cause_id": CAUSES[one.cause],
            "message_id": one.message_id, "ticket_id": one.ticket.id if one.ticket else None,
            "recipient": one.recipient, "created_at": one.created_at, "updated_at": one.created_at, "via": one.via,
            "attachments": [shapes.attachment(self.desk, each) for each in one.files],
            "brand_id": self.desk.account.brand, "error_messages": None,
        }  # fmt: skip

    def index(self, call: Call) -> Reply:
        """All messages that wait."""
        return self.page(call, "suspended_tickets", self.desk.suspended.all.ids, self._shape)

    def show(self, call: Call) -> Reply:
        """One message."""
        return answer(200, {"suspended_ticket": self._shape(self.desk.suspended.get(call.at["id"]).id)})

    def _recovered(self, call: Call, suspended_id: str) -> dict[str, Any]:
        change = self.desk.suspended.recover(self.desk.suspended.get(suspended_id))
        self.journal(call, change)
        return shapes.ticket(self.desk, change.ticket)

    def recover(self, call: Call) -> Reply:
        """Let a message become a ticket."""
        return answer(200, {"ticket": self._recovered(call, call.at["id"])})

    def recover_many(self, call: Call) -> Reply:
        """Let many messages become tickets, all or none."""
        wanted = ids(call)
        for each in wanted:
            self.desk.suspended.get(each)
        return answer(200, {"tickets": [self._recovered(call, each) for each in wanted]})

    def delete(self, call: Call) -> Reply:
        """Throw a message away."""
        self.desk.suspended.all.take(self.desk.suspended.get(call.at["id"]).id)
        return Reply(204)

    def delete_many(self, call: Call) -> Reply:
        """Throw many messages away, all or none."""
        for each in [self.desk.suspended.get(one) for one in ids(call)]:
            self.desk.suspended.all.take(each.id)
        return Reply(204)
