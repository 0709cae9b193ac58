"""What a ticket is made of: the ticket, its comments, its audits, its counters, and what one call changed.

Only data; the rules are in `tickets` and its neighbours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fakes.helpdesk.state.people import User
from fakes.helpdesk.state.uploads import Attachment

API: Mapping[str, Any] = {"channel": "api", "source": {"from": {}, "to": {}, "rel": None}}


@dataclass(slots=True, kw_only=True)
class Comment:
    """Something said on a ticket."""

    id: int
    audit_id: int
    author_id: int
    body: str
    html: bool
    public: bool
    created_at: str
    via: Mapping[str, Any]
    attachments: list[Attachment]


@dataclass(slots=True, kw_only=True)
class Audit:
    """What was done to a ticket at one moment by one hand."""

    id: int
    ticket_id: int
    author_id: int
    created_at: str
    second: int
    via: Mapping[str, Any]
    comment: Comment | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Stats:
    """What the helpdesk counts of a ticket."""

    group_stations: int = 0
    assignee_stations: int = 0
    reopens: int = 0
    replies: int = 0
    assignee_updated_at: str | None = None
    requester_updated_at: str | None = None
    status_updated_at: str | None = None
    initially_assigned_at: str | None = None
    assigned_at: str | None = None
    solved_at: str | None = None
    first_solved_at: str | None = None
    latest_comment_added_at: str | None = None
    first_reply_at: str | None = None


@dataclass(slots=True, kw_only=True)
class Ticket:
    """One ticket."""

    id: int
    subject: str | None
    requester: User
    submitter_id: int
    created_at: str
    updated_at: str
    changed_s: int
    values: dict[str, Any]
    """priority, status, type, external_id, due_at, and the ids of assignee, organization, group, problem and form."""
    tags: list[str]
    custom: dict[int, Any]
    via: Mapping[str, Any]
    recipient: str | None = None
    comments: list[Comment] = field(default_factory=list)
    audits: list[Audit] = field(default_factory=list)
    ccs: list[int] = field(default_factory=list)
    followers: list[int] = field(default_factory=list)
    followups: list[int] = field(default_factory=list)
    rating: dict[str, Any] | None = None
    stats: Stats = field(default_factory=Stats)
    deleted_at: str | None = None
    deleted_by: int | None = None
    indexed: frozenset[tuple[str, Any]] = frozenset()
    """Under which values it is listed."""

    @property
    def status(self) -> str:
        """Its status; `deleted` once it was thrown away."""
        return "deleted" if self.deleted_at else str(self.values["status"])


@dataclass(frozen=True, slots=True)
class Change:
    """A ticket as a call left it: `op` is create, update, delete, or None when nothing changed."""

    ticket: Ticket
    op: str | None
    comment: Comment | None = None
    audit: Audit | None = None
    also: tuple["Change", ...] = ()
    """Changes of other tickets that followed from it."""
