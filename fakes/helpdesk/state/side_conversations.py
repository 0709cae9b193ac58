"""Side conversations of tickets: an agent asks somebody else by mail, beside what the customer sees.

No mail is sent; answers come in by the API only. Called by the routes for side conversations.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fakes.helpdesk.problems import bad_parameter, not_found, one_invalid
from fakes.helpdesk.state.account import Account, text
from fakes.helpdesk.state.identities import email_of, looks_right
from fakes.helpdesk.state.part import Part
from fakes.helpdesk.state.people import People, User
from fakes.helpdesk.state.ticket import Ticket

STATES = ("open", "closed")
PREVIEW = 120
Record = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class SideConversation:
    """One side conversation with all that was said."""

    id: str
    ticket_id: int
    subject: str
    state: str
    created_at: str
    updated_at: str
    message_added_at: str
    state_updated_at: str
    external_ids: dict[str, str]
    participants: list[Record] = field(default_factory=list)
    events: list[Record] = field(default_factory=list)


class SideConversations(Part):
    """All side conversations of one account."""

    KEPT = ("of",)

    def __init__(self, account: Account, people: People) -> None:
        self._account = account
        self._people = people
        self.of: dict[int, dict[str, SideConversation]] = {}

    def clear(self) -> None:
        """Forget all of them."""
        self.of.clear()

    def get(self, ticket: Ticket, conversation_id: str) -> SideConversation:
        """The side conversation of a ticket with this id."""
        found = self.of.get(ticket.id, {}).get(conversation_id)
        if found is None:
            raise not_found()
        return found

    def create(self, ticket: Ticket, given: Mapping[str, Any], external_ids: Any, actor: User) -> SideConversation:
        """Begin a side conversation with a first message."""
        to, body = self._recipients(given), self._body(given)
        now = self._account.now()
        made = SideConversation(
            id=self._account.new_uuid(), ticket_id=ticket.id,
            subject=text(given, "subject") or "", state="open", created_at=now, updated_at=now, message_added_at=now,
            state_updated_at=now, external_ids=dict(external_ids) if isinstance(external_ids, Mapping) else {},
        )  # fmt: skip
        self.of.setdefault(ticket.id, {})[made.id] = made
        self._say(made, "create", body, to, actor, given)
        return made

    def reply(self, conversation: SideConversation, given: Mapping[str, Any], actor: User) -> Record:
        """Say something more; a closed conversation opens again."""
        to = self._recipients(given) if given.get("to") else list(conversation.participants)
        body = self._body(given)
        if conversation.state == "closed":
            self.change(conversation, {"state": "open"}, actor)
        return self._say(conversation, "reply", body, to, actor, given)

    def change(self, conversation: SideConversation, given: Mapping[str, Any], actor: User) -> SideConversation:
        """Close or open a conversation, or give it another subject."""
        state = given.get("state", conversation.state)
        if state not in STATES:
            raise one_invalid("state", f"State: {state} is not included in the list")
        now = self._account.now()
        if "subject" in given:
            conversation.subject = text(given, "subject") or ""
        if state != conversation.state:
            conversation.state, conversation.state_updated_at = state, now
            conversation.events.append(self._event(conversation, "update", actor, None, {"state": state}))
        conversation.updated_at = now
        return conversation

    def _body(self, given: Mapping[str, Any]) -> str:
        body = text(given, "body") or text(given, "html_body")
        if not body:
            raise one_invalid("message", "Message: body cannot be blank", "BlankValue")
        return body

    def _recipients(self, given: Mapping[str, Any]) -> list[Record]:
        listed = given.get("to")
        if not isinstance(listed, list) or not listed:
            raise one_invalid("to", "To: cannot be blank", "BlankValue")
        found = []
        for each in listed:
            if not isinstance(each, Mapping):
                raise bad_parameter("to", "must be a list of objects")
            user = self._people.known(each.get("user_id"))
            email = user.email if user else email_of(each.get("email"))
            if email is None or not looks_right(email):
                raise one_invalid("to", "To: is invalid")
            user = user or self._people.of_email(email)
            name = user.name if user else text(each, "name") or email
            found.append({"user_id": user.id if user else None, "name": name, "email": email})
        return found

    def _say(
        self,
        conversation: SideConversation,
        kind: str,
        body: str,
        to: list[Record],
        actor: User,
        given: Mapping[str, Any],
    ) -> Record:
        known = {each["email"] for each in conversation.participants}
        conversation.participants += [each for each in to if each["email"] not in known]
        conversation.message_added_at = conversation.updated_at = self._account.now()
        message = {
            "subject": conversation.subject, "preview_text": body[:PREVIEW], "from": _participant(actor), "to": to,
            "body": body, "html_body": text(given, "html_body") or f"<p>{body}</p>", "external_ids": {},
            "attachments": [],
        }  # fmt: skip
        event = self._event(conversation, kind, actor, message, {})
        conversation.events.append(event)
        return event

    def _event(
        self, conversation: SideConversation, kind: str, actor: User, message: Record | None, updates: Record
    ) -> Record:  # fmt: skip
        return {
            "id": self._account.new_token("side-event"),
            "side_conversation_id": conversation.id,
            "actor": _participant(actor),
            "type": kind,
            "via": "api",
            "created_at": self._account.now(),
            "message": message,
            "updates": updates,
            "ticket_id": conversation.ticket_id,
        }


def _participant(user: User) -> Record:
    return {"user_id": user.id, "name": user.name, "email": user.email}
