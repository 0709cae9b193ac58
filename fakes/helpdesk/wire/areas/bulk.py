"""Routes that act on many tickets, on merged and on deleted ones; most answer with a background job. No rules here."""

from collections.abc import Callable, Mapping
from typing import Any

from fakes.calls import Call, Reply
from fakes.helpdesk.state.merging import merge, sources_of
from fakes.helpdesk.state.ticket import Change, Ticket
from fakes.helpdesk.wire import shapes
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry, deed
from fakes.helpdesk.wire.asking import body, every, ids, part, parts


class BulkArea(Area):
    """Many tickets at once; merging; deleted tickets."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        return (
            Entry("POST", "/tickets/create_many", self.create_many),
            Entry("PUT", "/tickets/update_many", self.update_many),
            Entry("DELETE", "/tickets/destroy_many", self.destroy_many),
            Entry("PUT", "/tickets/mark_many_as_spam", self.spam_many),
            Entry("PUT", "/tickets/{id}/mark_as_spam", self.spam),
            Entry("POST", "/tickets/{id}/merge", self.merge),
            Entry("GET", "/deleted_tickets", self.deleted),
            Entry("PUT", "/deleted_tickets/restore_many", self.restore_many),
            Entry("PUT", "/deleted_tickets/{id}/restore", self.restore),
            Entry("DELETE", "/deleted_tickets/destroy_many", self.destroy_for_good_many),
            Entry("DELETE", "/deleted_tickets/{id}", self.destroy_for_good),
        )

    def create_many(self, call: Call) -> Reply:
        """Make many tickets."""
        actor = self.actor(call)

        def create(given: Mapping[str, Any]) -> dict[str, Any]:
            change = self.desk.tickets.create(given, actor)
            self.journal(call, change)
            return {"id": change.ticket.id, "account_id": self.desk.account.id}

        return self.bulk(call, parts(call, "tickets"), "TicketCreateFailed", create)

    def update_many(self, call: Call) -> Reply:
        """Change many tickets: all alike (`ids` and one ticket), or each in its own way (a list of tickets)."""
        wanted: list[tuple[str, Mapping[str, Any]]]
        if "tickets" in body(call):
            wanted = [(str(each.get("id")), each) for each in parts(call, "tickets")]
        elif every(call, "external_ids"):
            alike = part(call, "ticket")
            by = self.desk.tickets.by["external_id"]
            wanted = [(str(each), alike) for one in ids(call, "external_ids") for each in by.ids(one)]
        else:
            alike = part(call, "ticket")
            wanted = [(each, alike) for each in ids(call)]
        actor = self.actor(call)

        def update(one: tuple[str, Mapping[str, Any]]) -> dict[str, Any]:
            change = self.desk.tickets.update(self.desk.tickets.get(one[0]), one[1], actor, in_bulk=True)
            self.journal(call, change)
            return deed("update", change.ticket.id)

        return self.bulk(call, wanted, "TicketUpdateFailed", update)

    def _delete_many(self, call: Call, delete: Callable[[Ticket], Change]) -> Reply:
        def deleted(ticket_id: str) -> dict[str, Any]:
            change = delete(self.desk.tickets.get(ticket_id))
            self.journal(call, change)
            return deed("delete", change.ticket.id)

        return self.bulk(call, ids(call), "TicketDeleteFailed", deleted)

    def destroy_many(self, call: Call) -> Reply:
        """Throw many tickets away."""
        actor = self.actor(call)
        return self._delete_many(call, lambda ticket: self.desk.bin.delete(ticket, actor))

    def spam(self, call: Call) -> Reply:
        """Throw a ticket away and suspend who asked for it."""
        self.journal(call, self._spam(self.desk.tickets.get(call.at["id"]), call))
        return answer(200, {})

    def spam_many(self, call: Call) -> Reply:
        """The same for many tickets."""
        return self._delete_many(call, lambda ticket: self._spam(ticket, call))

    def _spam(self, ticket: Ticket, call: Call) -> Change:
        if not ticket.requester.staff:
            self.desk.people.change(ticket.requester, {"suspended": True})
        return self.desk.bin.delete(ticket, self.actor(call))

    def merge(self, call: Call) -> Reply:
        """Merge other tickets into this one."""
        target, given = self.desk.tickets.get(call.at["id"]), body(call)
        sources = sources_of(self.desk.tickets, target, given)
        for change in merge(self.desk.tickets, target, sources, given, self.actor(call)):
            self.journal(call, change)
        return self.job(call, self.desk.jobs.done(len(sources), [deed("merge", target.id)], "Ticket Merge"))

    # -- deleted tickets ----------------------------------------------------------------------------------------

    def deleted(self, call: Call) -> Reply:
        """The tickets that were thrown away."""
        shelf = self.desk.tickets.deleted
        return self.page(call, "deleted_tickets", shelf.ids, lambda each: shapes.deleted(self.desk, shelf.at(each)))

    def restore(self, call: Call) -> Reply:
        """Take a ticket back."""
        self.journal(call, self.desk.bin.restore(self.desk.bin.get(call.at["id"])))
        return answer(200, {})

    def restore_many(self, call: Call) -> Reply:
        """Take many tickets back, all or none."""
        for ticket in [self.desk.bin.get(each) for each in ids(call)]:
            self.journal(call, self.desk.bin.restore(ticket))
        return answer(200, {})

    def destroy_for_good(self, call: Call) -> Reply:
        """Delete a thrown away ticket for good; no effect, since it is gone already for everybody."""
        self.desk.bin.destroy(self.desk.bin.get(call.at["id"]))
        return self.job(call, self.desk.jobs.done(None, {"success": True}, "Ticket Deletion"))

    def destroy_for_good_many(self, call: Call) -> Reply:
        """The same for many."""
        for ticket in [self.desk.bin.get(each) for each in ids(call)]:
            self.desk.bin.destroy(ticket)
        return self.job(call, self.desk.jobs.done(None, {"success": True}, "Ticket Deletion"))
