"""Messages that became no ticket: an agent looks at them, lets them through or throws them away.

What suspended users write ends here. Called by `arriving` and the routes for suspended tickets.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fakes.helpdesk.state.account import Account
from fakes.helpdesk.state.part import Part
from fakes.helpdesk.state.people import People, User
from fakes.helpdesk.state.shelf import Shelf
from fakes.helpdesk.state.ticket import Change, Ticket
from fakes.helpdesk.state.tickets import Tickets
from fakes.helpdesk.state.uploads import Attachment

CAUSES = {"Submitted by suspended user": 35, "Automated response mail, out of office": 4}
SUSPENDED = "Submitted by suspended user"
LOOP = "Automated response mail, out of office"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended:
    """One message."""

    id: int
    subject: str | None
    content: str
    author: User
    cause: str
    created_at: str
    via: Mapping[str, Any]
    recipient: str | None
    message_id: str | None
    files: tuple[Attachment, ...]
    ticket: Ticket | None = None
    """The ticket that it would have been a comment of."""


class SuspendedTickets(Part):
    """All suspended messages of one account."""

    KEPT = ("all",)

    def __init__(self, account: Account, people: People, tickets: Tickets) -> None:
        self._account = account
        self._people = people
        self._tickets = tickets
        self.all: Shelf[Suspended] = Shelf()

    def clear(self) -> None:
        """Forget all messages."""
        self.all.clear()

    def get(self, suspended_id: Any) -> Suspended:
        """The message with this id."""
        return self.all.wanted(suspended_id)

    def keep(
        self, author: User, subject: str | None, content: str, cause: str, via: Mapping[str, Any], *,
        recipient: str | None = None, message_id: str | None = None, files: tuple[Attachment, ...] = (),
        ticket: Ticket | None = None,
    ) -> Suspended:  # fmt: skip
        """Keep a message."""
        made = Suspended(
            id=self._account.new_id("suspended"),
            subject=subject,
            content=content,
            author=author,
            cause=cause,
            created_at=self._account.now(),
            via=via,
            recipient=recipient,
            message_id=message_id,
            files=files,
            ticket=ticket,
        )
        self.all.put(made.id, made)
        return made

    def recover(self, message: Suspended) -> Change:
        """Let a message become what it was meant to be; its author is no longer suspended."""
        author = message.author
        if author.suspended and author.id in self._people.users:
            self._people.change(author, {"suspended": False})
        live = message.ticket is not None and message.ticket.id in self._tickets.all
        said = {"comment": {"body": message.content}}
        if message.ticket is not None and live and message.ticket.values["status"] != "closed":
            change = self._tickets.update(message.ticket, said, author, message.via)
        else:
            known = author if author.id in self._people.users else self._people.agent
            given = {**said, "subject": message.subject, "requester_id": known.id}
            change = self._tickets.create(given, known, message.via)
        self._tickets.attach(change, message.files)
        self.all.take(message.id)
        return change
