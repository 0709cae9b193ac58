"""What webhooks hear that subscribe to events instead of standing in a trigger: tickets, users, organizations.

The body is the vendor's: what it is about in `detail`, what changed in `event`. Called by the modules that keep
records; does nothing while no webhook listens.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from fakes.helpdesk.state.account import Account
from fakes.helpdesk.state.people import User
from fakes.helpdesk.state.ticket import Audit, Ticket
from fakes.helpdesk.state.webhooks import EVENT, Webhooks

VERSION = "2022-11-06"
CHANGED = {
    "status": "ticket.status_changed", "priority": "ticket.priority_changed", "tags": "ticket.tags_changed",
    "group_id": "ticket.group_assignment_changed", "assignee_id": "ticket.agent_assignment_changed",
}  # fmt: skip
SHOUTED = ("status", "priority")
Record = Mapping[str, Any]


class Events:
    """Tells events to the webhooks that want them."""

    def __init__(self, account: Account, webhooks: Webhooks) -> None:
        self._account = account
        self._webhooks = webhooks

    def ticket_changed(self, ticket: Ticket, audit: Audit, created: bool) -> None:
        """A ticket was made, or changed in ways that its audit tells."""
        if not self._webhooks.listening:
            return
        if created:
            self._ticket("ticket.created", ticket, audit.author_id, {})
            return
        comment = audit.comment
        if comment is not None:
            said = {"id": str(comment.id), "body": comment.body, "is_public": comment.public,
                    "author": {"id": str(comment.author_id)}}  # fmt: skip
            self._ticket("ticket.comment_added", ticket, audit.author_id, {"comment": said})
        for event in audit.events:
            kind = CHANGED.get(str(event.get("field_name")))
            if kind is None or event["type"] != "Change":
                continue
            now, before = event["value"], event["previous_value"]
            if event["field_name"] in SHOUTED:
                now, before = (None if each is None else str(each).upper() for each in (now, before))
            self._ticket(kind, ticket, audit.author_id, {"current": now, "previous": before})

    def ticket_gone(self, ticket: Ticket, actor_id: int) -> None:
        """A ticket was thrown away, or taken back."""
        kind = "ticket.soft_deleted" if ticket.deleted_at else "ticket.undeleted"
        self._ticket(kind, ticket, actor_id, {})

    def user(self, kind: str, user: User) -> None:
        """A user was made or deactivated."""
        detail = {
            "created_at": user.created_at,
            "default_group_id": "0",
            "email": user.email or "",
            "external_id": user.external_id or "",
            "id": str(user.id),
            "organization_id": str(user.organization_id or 0),
            "role": user.role,
            "updated_at": user.updated_at,
        }
        self._tell(f"user.{kind}", f"zen:user:{user.id}", detail, {}, user.id)

    def organization(self, kind: str, record: Record) -> None:
        """An organization was made or thrown away."""
        names = ("created_at", "external_id", "name", "shared_comments", "shared_tickets", "updated_at")
        detail = {"id": str(record["id"]), **{name: record[name] for name in names}}
        self._tell(f"organization.{kind}", f"zen:organization:{record['id']}", detail, {}, record["id"])

    def _ticket(self, kind: str, ticket: Ticket, actor_id: int, event: Record) -> None:
        if not self._webhooks.listening:
            return
        values = ticket.values
        links = {name: values.get(name) for name in ("assignee_id", "group_id", "organization_id")}
        texts = {name: values.get(name) for name in ("status", "priority", "type")}
        detail = {
            "actor_id": str(actor_id), "brand_id": str(self._account.brand), "created_at": ticket.created_at,
            "description": ticket.comments[0].body, "external_id": values.get("external_id"), "id": str(ticket.id),
            "is_public": any(each.public for each in ticket.comments), "requester_id": str(ticket.requester.id),
            "subject": ticket.subject, "submitter_id": str(ticket.submitter_id), "tags": list(ticket.tags),
            "updated_at": self._account.now(), "via": {"channel": ticket.via["channel"]},
            **{name: None if value is None else str(value) for name, value in links.items()},
            **{name: None if value is None else str(value).upper() for name, value in texts.items()},
        }  # fmt: skip
        self._tell(kind, f"zen:ticket:{ticket.id}", detail, event, ticket.id)

    def _tell(self, kind: str, subject: str, detail: Record, event: Record, about: int) -> None:
        for webhook in self._webhooks.wanting(EVENT + kind):
            body = {
                "account_id": self._account.id, "detail": detail, "event": event,
                "id": self._account.new_uuid(), "subject": subject,
                "time": self._account.now(), "type": EVENT + kind, "zendesk_event_version": VERSION,
            }  # fmt: skip
            self._webhooks.invoke(webhook, orjson.dumps(body), about, EVENT + kind)
