"""What arrives from customers besides the agents' API: mail, the widget's form, chats.

A mail that answers one of a ticket becomes its comment; an answer to a closed ticket becomes a new one that follows it
up; what suspended people and machines write is suspended; the same mail twice is taken once. Called by the routes for
channels and by acts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fakes.helpdesk.problems import one_invalid
from fakes.helpdesk.state.account import Account
from fakes.helpdesk.state.part import Part
from fakes.helpdesk.state.people import People, User
from fakes.helpdesk.state.suspended import LOOP, SUSPENDED, Suspended, SuspendedTickets
from fakes.helpdesk.state.ticket import Change, Ticket
from fakes.helpdesk.state.tickets import Tickets
from fakes.helpdesk.state.uploads import Attachment, Uploads

OURS = re.compile(r"<(\d{1,19})(?:[_.][\w.]*)?@")
"""A message id that the helpdesk itself gave: it begins with the ticket's number."""
PLUS = re.compile(r"\+id(\d{1,19})@")
CHAT_TAG = "zopim_chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail as it arrived."""

    sender: str
    name: str | None
    to: str
    subject: str | None
    body: str
    message_id: str | None = None
    answers: tuple[str, ...] = ()
    """The message ids that it answers, the nearest first."""
    by_machine: bool = False
    files: tuple[tuple[str, str, bytes], ...] = ()
    """(name, type, content) of each."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What became of it: a changed ticket, a suspended message, or nothing because it was known."""

    change: Change | None = None
    suspended: Suspended | None = None
    known: Ticket | None = None


class Arriving(Part):
    """Where customers' messages come in."""

    KEPT = ("_by_message",)

    def __init__(
        self, account: Account, people: People, tickets: Tickets, suspended: SuspendedTickets, uploads: Uploads
    ) -> None:
        self._account = account
        self._people = people
        self._tickets = tickets
        self._suspended = suspended
        self._uploads = uploads
        self._by_message: dict[str, int] = {}

    def clear(self) -> None:
        """Forget all messages."""
        self._by_message.clear()

    # -- mail ---------------------------------------------------------------------------------------------------

    def mail(self, mail: Mail) -> Arrived:
        """Take a mail in."""
        if mail.message_id is not None and mail.message_id in self._by_message:
            return Arrived(known=self._tickets.all.get(self._by_message[mail.message_id]))
        ticket = self._answered(mail)
        author = self._people.by_address(mail.sender, mail.name)
        via = _via("email", {"address": mail.sender, "name": author.name}, {"address": mail.to, "name": "Support"})
        files = [self._uploads.keep(*each) for each in mail.files]
        cause = SUSPENDED if author.suspended else LOOP if mail.by_machine else None
        if cause is not None:
            return Arrived(
                suspended=self._suspended.keep(
                    author, mail.subject, mail.body, cause, via, recipient=mail.to, message_id=mail.message_id,
                    files=tuple(files), ticket=ticket,
                )
            )  # fmt: skip
        change = self._told(ticket, author, mail, via, files)
        if mail.message_id is not None:
            self._by_message[mail.message_id] = change.ticket.id
        return Arrived(change=change)

    def ticket_of(self, mail: Mail) -> int | None:
        """The number of the ticket that a mail says it answers, whether there is one or not."""
        found = PLUS.search(mail.to)
        if found:
            return int(found[1])
        for each in mail.answers:
            if each in self._by_message:
                return self._by_message[each]
            ours = OURS.match(each)
            if ours:
                return int(ours[1])
        return None

    def _answered(self, mail: Mail) -> Ticket | None:
        return self._tickets.all.get(self.ticket_of(mail))

    def _told(
        self, ticket: Ticket | None, author: User, mail: Mail, via: Mapping[str, Any], files: list[Attachment]
    ) -> Change:  # fmt: skip
        body = mail.body.strip() or "No content."
        if ticket is None or ticket.values["status"] == "closed":
            change = self._begun(author, mail.subject, body, via, mail.to, ticket)
        else:
            # Whoever is not part of the conversation is heard by agents only.
            part = author.staff or author is ticket.requester or author.id in (*ticket.ccs, *ticket.followers)
            change = self._tickets.update(ticket, {"comment": {"body": body, "public": part}}, author, via)
        self._tickets.attach(change, files)
        return change

    def _begun(
        self,
        author: User,
        subject: str | None,
        body: str,
        via: Mapping[str, Any],
        to: str | None,
        before: Ticket | None,
    ) -> Change:
        given: dict[str, Any] = {
            "subject": subject,
            "comment": {"body": body},
            "requester_id": author.id,
            "recipient": to,
        }
        if before is not None:
            source = {**via["source"], "from": {**via["source"]["from"], "ticket_id": before.id}, "rel": "follow_up"}
            via = {**via, "source": source}
            given |= {"tags": list(before.tags), "group_id": before.values.get("group_id")}
        change = self._tickets.create(given, author, via)
        if before is not None:
            before.followups.append(change.ticket.id)
        return change

    # -- the widget and chats -----------------------------------------------------------------------------------

    def form(self, given: Mapping[str, Any]) -> Arrived:
        """Take in what somebody wrote into the widget's form."""
        author = self._people.by_address(given.get("email"), _text(given, "name"))
        source = {"from": {}, "to": {}, "rel": "web_widget"}
        return self._customer(author, given, {"channel": "web", "source": source})

    def chat(self, given: Mapping[str, Any]) -> Arrived:
        """Take in a chat that has ended; its lines are one comment."""
        author = self._people.by_address(given.get("email"), _text(given, "name"))
        via = {"channel": "chat", "source": {"from": {}, "to": {}, "rel": None}}
        lines = given.get("lines") or [given.get("body")]
        if not isinstance(lines, list):
            raise one_invalid("lines", "Lines: must be a list of texts")
        said = "\n".join(f"({self._account.now()}) {author.name}: {line}" for line in lines)
        subject = given.get("subject") or f"Conversation with {author.name}"
        return self._customer(author, {**given, "body": said, "subject": subject, "tags": [CHAT_TAG]}, via)

    def _customer(self, author: User, given: Mapping[str, Any], via: Mapping[str, Any]) -> Arrived:
        body, subject = _text(given, "body"), _text(given, "subject")
        if not body:
            raise one_invalid("base", "Description: cannot be blank", "BlankValue")
        if author.suspended:
            return Arrived(suspended=self._suspended.keep(author, subject, body, SUSPENDED, via))
        wanted = {
            "comment": {"body": body},
            "subject": subject,
            "requester_id": author.id,
            "tags": given.get("tags", []),
        }
        return Arrived(change=self._tickets.create(wanted, author, via))


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    return None if value is None else str(value)


def _via(channel: str, sender: Mapping[str, Any], to: Mapping[str, Any]) -> dict[str, Any]:
    return {"channel": channel, "source": {"from": dict(sender), "to": dict(to), "rel": None}}
