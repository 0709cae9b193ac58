"""The tickets of one helpdesk account: make, change, close, and what an effect tells of them.

Knows no HTTP and writes no journal. Everything is checked before anything is made, so that a refusal leaves nothing
behind. Called by the routes for tickets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fakes.helpdesk.problems import Problem, bad_parameter, invalid, not_found, one_invalid
from fakes.helpdesk.state.account import Account
from fakes.helpdesk.state.people import People, User
from fakes.helpdesk.state.uploads import Attachment, Uploads

CHOICES = {
    "priority": ("low", "normal", "high", "urgent"),
    "status": ("new", "open", "pending", "hold", "solved", "closed"),
    "type": ("problem", "incident", "question", "task"),
}
BODIES = ("body", "html_body", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """Something said on a ticket."""

    id: int
    audit_id: int
    author_id: int
    body: str
    html: bool
    public: bool
    created_at: str
    attachments: tuple[Attachment, ...]


@dataclass(slots=True, kw_only=True)
class Ticket:
    """One ticket."""

    id: int
    subject: str | None
    requester: User
    submitter_id: int
    created_at: str
    updated_at: str
    values: dict[str, Any]
    """priority, status, type, external_id, assignee_id, organization_id, due_at, group_id."""
    tags: list[str]
    custom: dict[int, Any]
    comments: list[Comment] = field(default_factory=list)
    deleted: bool = False
    coming: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    """What the search will learn, and when."""
    indexed: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A ticket as a call left it: `op` is create, update, delete, or None when nothing changed."""

    ticket: Ticket
    op: str | None
    comment: Comment | None
    fields: dict[str, tuple[Any, Any]]
    """By field: before and after."""


class Tickets:
    """All tickets of one account."""

    def __init__(self, account: Account, people: People, uploads: Uploads) -> None:
        self._account = account
        self._people = people
        self._uploads = uploads
        self.all: dict[int, Ticket] = {}

    def clear(self) -> None:
        """Forget all tickets."""
        self.all.clear()

    def get(self, ticket_id: str) -> Ticket:
        """The live ticket with this id."""
        found = self.all.get(int(ticket_id)) if ticket_id.isdigit() else None
        if found is None or found.deleted:
            raise not_found()
        return found

    def create(self, given: Mapping[str, Any]) -> Change:
        """Make a ticket with its first comment, and its requester if the e-mail is new."""
        said = self._said(given.get("comment") or _described(given))
        if said is None:
            raise one_invalid("base", "Description: cannot be blank", "BlankValue")
        values = self._values(given)
        self._check_uploads(said)
        submitter = whole(given.get("submitter_id") or 0, "submitter_id")
        requester = self._requester(given) or self._people.agent
        now = self._account.now()
        values.setdefault("status", "open" if values.get("assignee_id") else "new")
        ticket = Ticket(
            id=self._account.new_id("ticket"), subject=given.get("subject") or None, requester=requester,
            submitter_id=submitter or requester.id, created_at=now, updated_at=now,
            values=values, tags=_tags(given.get("tags")), custom=self._custom(given),
        )  # fmt: skip
        self.all[ticket.id] = ticket
        comment = self._comment(ticket, said, requester.id)
        self._learn(ticket)
        fields = {name: (None, value) for name, value in values.items() if value is not None}
        return Change(ticket, "create", comment, fields)

    def update(self, ticket: Ticket, given: Mapping[str, Any]) -> Change:
        """Change a ticket and add a comment; `tags` replaces, `additional_tags` and `remove_tags` do not."""
        if ticket.values["status"] == "closed":
            raise one_invalid("status", "Status: closed prevents ticket update")
        if given.get("safe_update") and given.get("updated_stamp") != ticket.updated_at:
            raise Problem(
                "UpdateConflict",
                "Safe Update prevented the update due to outdated ticket data. Please fetch the latest ticket data "
                "and try again.",
            )
        said = self._said(given.get("comment"))
        values = self._values(given)
        self._check_uploads(said)
        author = whole((said or {}).get("author_id") or self._people.agent.id, "author_id")
        before = self.values_of(ticket)
        requester = self._requester(given)
        fields = {
            name: (ticket.values.get(name), new) for name, new in values.items() if ticket.values.get(name) != new
        }
        ticket.values.update(values)
        ticket.requester = requester or ticket.requester
        if "subject" in given:
            ticket.subject = given["subject"] or None
        ticket.tags = self._retagged(ticket.tags, given)
        ticket.custom.update(self._custom(given))
        comment = self._comment(ticket, said, author) if said else None
        changed = bool(fields) or comment is not None or self.values_of(ticket) != before
        if changed:
            ticket.updated_at = self._account.now()
            self._learn(ticket)
        return Change(ticket, "update" if changed else None, comment, fields)

    def delete(self, ticket: Ticket) -> Change:
        """Throw a ticket away."""
        ticket.deleted = True
        return Change(ticket, "delete", None, {})

    def values_of(self, ticket: Ticket) -> dict[str, Any]:
        """The ticket as effects tell it."""
        group = self._account.group(ticket.values.get("group_id"))
        return {
            "subject": ticket.subject,
            "body": ticket.comments[0].body if ticket.comments else "",
            "priority": ticket.values.get("priority"),
            "group": group["name"] if group else None,
            "tags": list(ticket.tags),
            "requester_email": ticket.requester.email,
            "status": ticket.values["status"],
            "external_id": ticket.values.get("external_id"),
            "attachments": [each.told() for comment in ticket.comments for each in comment.attachments],
        }

    def _values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        details: dict[str, list[tuple[str, str]]] = {}
        values: dict[str, Any] = {}
        for name, choices in CHOICES.items():
            if name not in given:
                continue
            if given[name] is not None and given[name] not in choices:
                sentence = f"{name.capitalize()}: {given[name]} is not included in the list"
                details[name] = [(sentence, "InvalidValue")]
            elif given[name] is not None or name != "status":
                values[name] = given[name]
        if given.get("group_id") is not None:
            group = self._account.group(given["group_id"])
            if group is None:
                details["group"] = [("Group: is invalid", "InvalidValue")]
            else:
                values["group_id"] = group["id"]
        if (
            given.get("assignee_id") is not None
            and whole(given["assignee_id"], "assignee_id") not in self._people.users
        ):
            details["assignee"] = [("Assignee: is invalid", "InvalidValue")]
        if isinstance(given.get("subject"), (dict, list)):
            raise bad_parameter("subject", "Invalid parameter: subject must be a string")
        if details:
            raise invalid(details)
        if given.get("external_id") is not None:
            values["external_id"] = str(given["external_id"])
        for name in ("assignee_id", "organization_id", "due_at"):
            if name in given:
                values[name] = given[name]
        return values

    def _requester(self, given: Mapping[str, Any]) -> User | None:
        if given.get("requester") is not None:
            return self._people.requester(given["requester"])
        if given.get("requester_id") is None:
            return None
        known = self._people.users.get(whole(given["requester_id"], "requester_id"))
        if known is None:
            raise one_invalid("requester", "Requester: is invalid")
        return known

    def _said(self, given: Any) -> dict[str, Any] | None:
        """The comment that was given, None if it says nothing."""
        if given is None:
            return None
        if isinstance(given, str):
            given = {"body": given}
        if not isinstance(given, Mapping):
            raise bad_parameter("comment", "Invalid parameter: comment must be an object")
        said = next((given[name] for name in BODIES if given.get(name)), None)
        if said is None or not str(said).strip():
            return None
        html = "html_body" in given and not given.get("body")
        return {**given, "said": str(said), "html": html}

    def _check_uploads(self, said: Mapping[str, Any] | None) -> None:
        if said is None or self._account.settings.unknown_upload != "refuse":
            return
        for token in _tokens(said):
            if not self._uploads.knows(token):
                raise one_invalid("base", "Uploads: invalid or expired token")

    def _comment(self, ticket: Ticket, said: Mapping[str, Any], author_id: int) -> Comment:
        files = tuple(file for token in _tokens(said) for file in self._uploads.take(token))
        made = Comment(
            id=self._account.new_id("event"), audit_id=self._account.new_id("audit"), author_id=author_id,
            body=said["said"], html=said["html"], public=bool(said.get("public", True)),
            created_at=self._account.now(), attachments=files,
        )  # fmt: skip
        ticket.comments.append(made)
        return made

    def _custom(self, given: Mapping[str, Any]) -> dict[int, Any]:
        """The custom fields that exist; the helpdesk drops the others without a word."""
        listed = given.get("custom_fields") or []
        if isinstance(listed, Mapping):
            listed = [{"id": name, "value": value} for name, value in listed.items()]
        known: dict[int, Any] = {}
        for each in listed:
            if (
                isinstance(each, Mapping)
                and str(each.get("id", "")).isdigit()
                and int(each["id"]) in self._account.fields
            ):
                known[int(each["id"])] = each.get("value")
        return known

    def _retagged(self, tags: list[str], given: Mapping[str, Any]) -> list[str]:
        new = _tags(given["tags"]) if "tags" in given else list(tags)
        new += [tag for tag in _tags(given.get("additional_tags")) if tag not in new]
        gone = _tags(given.get("remove_tags"))
        return [tag for tag in new if tag not in gone]

    def _learn(self, ticket: Ticket) -> None:
        visible = self._account.clock.at_ns() + int(self._account.settings.search_lag_s * 1e9)
        document = {
            **ticket.values, "tags": list(ticket.tags), "subject": ticket.subject or "",
            "description": ticket.comments[0].body, "requester": ticket.requester.email,
            "created": ticket.created_at, "updated": ticket.updated_at,
        }  # fmt: skip
        ticket.coming.append((visible, document))


def whole(value: Any, name: str) -> int:
    """An id as a number; refused when it is none."""
    if isinstance(value, bool) or not str(value).isdigit():
        raise bad_parameter(name, "must be an integer")
    return int(value)


def _described(given: Mapping[str, Any]) -> dict[str, Any] | None:
    return {"body": given["description"]} if given.get("description") else None


def _tokens(said: Mapping[str, Any]) -> list[str]:
    given = said.get("uploads") or []
    return [str(each) for each in ([given] if isinstance(given, str) else given)]


def _tags(given: Any) -> list[str]:
    listed = given.split() if isinstance(given, str) else (given or [])
    return list(dict.fromkeys(part for each in listed for part in str(each).lower().split()))
