"""Tickets that were thrown away: found by nobody, restored, or deleted for good.

A ticket that is deleted for good stays in exports as `deleted`, scrubbed. Called by the routes for tickets.
"""

from collections.abc import Callable
from typing import Any

from fakes.helpdesk.state.account import Account
from fakes.helpdesk.state.part import Part
from fakes.helpdesk.state.people import User
from fakes.helpdesk.state.ticket import Change, Ticket
from fakes.helpdesk.state.tickets import Tickets

SCRUBBED = "SCRUBBED"


class Bin(Part):
    """The deleted tickets of one account."""

    KEPT = ("gone",)

    def __init__(self, account: Account, tickets: Tickets) -> None:
        self._account = account
        self._tickets = tickets
        self.gone: dict[int, Ticket] = {}
        self.told: Callable[[Ticket, int], None] = lambda ticket, actor_id: None
        """Who wants to hear of tickets that go and come back."""

    def clear(self) -> None:
        """Forget what was deleted for good."""
        self.gone.clear()

    def get(self, ticket_id: Any) -> Ticket:
        """The thrown away ticket with this id."""
        return self._tickets.deleted.wanted(ticket_id)

    def delete(self, ticket: Ticket, actor: User) -> Change:
        """Throw a ticket away."""
        self._tickets.deleted.put(ticket.id, self._tickets.all.take(ticket.id))
        ticket.deleted_at, ticket.deleted_by = self._account.now(), actor.id
        self._tickets.touch(ticket)
        self.told(ticket, actor.id)
        return Change(ticket, "delete")

    def restore(self, ticket: Ticket) -> Change:
        """Take a ticket back."""
        self._tickets.all.put(ticket.id, self._tickets.deleted.take(ticket.id))
        ticket.deleted_at = ticket.deleted_by = None
        self._tickets.touch(ticket)
        self.told(ticket, ticket.submitter_id)
        return Change(ticket, "update")

    def destroy(self, ticket: Ticket) -> Ticket:
        """Delete a ticket for good."""
        self._tickets.deleted.take(ticket.id)
        ticket.subject = SCRUBBED
        for each in ticket.comments:
            each.body, each.attachments = SCRUBBED, []
        self.gone[ticket.id] = ticket
        self._tickets.touch(ticket)
        return ticket
