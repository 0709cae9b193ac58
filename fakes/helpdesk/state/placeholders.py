"""The placeholders in what triggers send: `{{ticket.id}}` and its like.

Only those of tickets, requesters, assignees and the latest comment; unknown ones become nothing, as at the vendor.
Called by `webhooks`.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from fakes.helpdesk.state.account import Account
from fakes.helpdesk.state.groups import Groups
from fakes.helpdesk.state.people import People, User
from fakes.helpdesk.state.ticket import Audit, Ticket

PLACE = re.compile(r"\{\{\s*([A-Za-z_][\w.]*)\s*\}\}")


class Placeholders:
    """Fills in what a ticket says."""

    def __init__(self, account: Account, people: People, groups: Groups) -> None:
        self._account = account
        self._people = people
        self._groups = groups

    def filled(self, text: str, ticket: Ticket, audit: Audit, *, as_json: bool) -> str:
        """A text with its placeholders filled in; inside JSON they are escaped."""
        known: dict[str, Callable[[], Any]] = {
            "ticket.id": lambda: ticket.id,
            "ticket.title": lambda: ticket.subject or "",
            "ticket.description": lambda: ticket.comments[0].body,
            "ticket.status": lambda: ticket.values["status"],
            "ticket.priority": lambda: ticket.values.get("priority"),
            "ticket.ticket_type": lambda: ticket.values.get("type"),
            "ticket.external_id": lambda: ticket.values.get("external_id"),
            "ticket.tags": lambda: " ".join(ticket.tags),
            "ticket.via": lambda: ticket.via["channel"],
            "ticket.created_at": lambda: ticket.created_at,
            "ticket.updated_at": lambda: self._account.now(),
            "ticket.link": lambda: f"{self._account.url}/agent/tickets/{ticket.id}",
            "ticket.url": lambda: f"{self._account.url}/agent/tickets/{ticket.id}",
            "ticket.group.name": lambda: (self._groups.live.get(ticket.values.get("group_id")) or {}).get("name"),
            "ticket.latest_comment": lambda: ticket.comments[-1].body,
            "ticket.latest_public_comment": lambda: next((e.body for e in reversed(ticket.comments) if e.public), ""),
        }
        people = {
            "ticket.requester": ticket.requester,
            "ticket.assignee": self._people.known(ticket.values.get("assignee_id")),
            "current_user": self._people.known(audit.author_id),
        }

        def fill(place: re.Match[str]) -> str:
            name = place[1]
            if name in known:
                value = known[name]()
            elif name.startswith("ticket.ticket_field_"):
                value = ticket.custom.get(int("0" + name.removeprefix("ticket.ticket_field_")))
            else:
                owner, _, what = name.rpartition(".")
                value = _of(people.get(owner), what)
            said = "" if value is None else str(value)
            return json.dumps(said)[1:-1] if as_json else said

        return PLACE.sub(fill, text)


def _of(user: User | None, what: str) -> Any:
    if user is None or what not in ("id", "name", "email", "external_id", "first_name", "role"):
        return None
    return user.name.split(" ")[0] if what == "first_name" else getattr(user, what)
