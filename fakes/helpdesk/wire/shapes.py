"""How tickets and what belongs to them look from outside.

Pure functions of a desk and a record. People and organizations are in `faces`. Called by the routes in this folder.
"""

import html
from typing import Any
from urllib.parse import quote

from fakes.helpdesk.state.account import second_of
from fakes.helpdesk.state.desk import Desk
from fakes.helpdesk.state.ticket import Audit, Change, Comment, Ticket
from fakes.helpdesk.state.uploads import Attachment

UNTITLED = ("assignee_id", "organization_id", "due_at", "group_id", "external_id", "priority", "type", "problem_id")
SYSTEM: dict[str, Any] = {"client": "", "ip_address": "127.0.0.1", "location": "", "latitude": 0.0, "longitude": 0.0}
METRIC_SHIFT = 10 * 10**10
"""From a ticket's id to that of its metrics: the prefixes of both kinds differ by it."""


def ticket(desk: Desk, one: Ticket) -> dict[str, Any]:
    """A ticket."""
    custom = [{"id": number, "value": one.custom.get(number)} for number in desk.fields.custom]
    subject = one.subject if one.subject is not None else one.comments[0].body[:80]
    return {
        "url": desk.account.link("tickets", one.id),
        "id": one.id,
        "via": one.via,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "generated_timestamp": one.changed_s,
        **{name: one.values.get(name) for name in UNTITLED},
        "subject": subject,
        "raw_subject": subject,
        "description": one.comments[0].body,
        "status": one.status,
        "custom_status_id": one.values.get("custom_status_id") or desk.statuses.of(one.values["status"]),
        "recipient": one.recipient,
        "requester_id": one.requester.id,
        "submitter_id": one.submitter_id,
        "collaborator_ids": [*one.ccs, *one.followers],
        "follower_ids": list(one.followers),
        "email_cc_ids": list(one.ccs),
        "forum_topic_id": None,
        "has_incidents": bool(desk.tickets.by["problem"].ids(one.id)),
        "is_public": any(each.public for each in one.comments),
        "tags": list(one.tags),
        "custom_fields": custom,
        "fields": custom,
        "satisfaction_rating": one.rating,
        "sharing_agreement_ids": [],
        "followup_ids": list(one.followups),
        "ticket_form_id": one.values.get("ticket_form_id") or desk.forms.default["id"],
        "brand_id": desk.account.brand,
        "allow_channelback": False,
        "allow_attachments": True,
        "from_messaging_channel": one.via["channel"] in ("chat", "native_messaging"),
    }


def comment(desk: Desk, one: Comment) -> dict[str, Any]:
    """A comment, as lists of comments and audits show it."""
    shown = one.body if one.html else f"<p>{html.escape(one.body)}</p>"
    return {
        "id": one.id,
        "type": "Comment",
        "author_id": one.author_id,
        "body": one.body,
        "html_body": f'<div class="zd-comment" dir="auto">{shown}</div>',
        "plain_body": one.body,
        "public": one.public,
        "attachments": [attachment(desk, each) for each in one.attachments],
        "audit_id": one.audit_id,
        "via": one.via,
        "created_at": one.created_at,
        "metadata": {"system": SYSTEM, "custom": {}},
    }


def audit(desk: Desk, one: Audit) -> dict[str, Any]:
    """What was done to a ticket at one moment."""
    said = [] if one.comment is None else [_said(desk, one.comment)]
    return {
        "id": one.id,
        "ticket_id": one.ticket_id,
        "created_at": one.created_at,
        "author_id": one.author_id,
        "metadata": {"system": SYSTEM, "custom": one.metadata},
        "events": [*said, *one.events],
        "via": one.via,
    }


def _said(desk: Desk, one: Comment) -> dict[str, Any]:
    shown = comment(desk, one)
    return {name: value for name, value in shown.items() if name not in ("via", "created_at", "metadata")}


def changed(desk: Desk, change: Change) -> dict[str, Any]:
    """A ticket as a call left it, with what the call did to it."""
    shown: dict[str, Any] = {"ticket": ticket(desk, change.ticket)}
    if change.audit is not None:
        shown["audit"] = audit(desk, change.audit)
    return shown


def attachment(desk: Desk, file: Attachment) -> dict[str, Any]:
    """A file, with the address that opens it for anybody."""
    content = f"{desk.account.url}/attachments/token/{file.token}/?name={quote(file.name)}"
    return {
        "url": desk.account.link("attachments", file.id),
        "id": file.id,
        "file_name": file.name,
        "content_url": content,
        "mapped_content_url": content,
        "content_type": file.content_type,
        "size": len(file.content),
        "width": None,
        "height": None,
        "inline": file.inline,
        "deleted": file.deleted,
        "malware_access_override": False,
        "malware_scan_result": "malware_not_found",
        "thumbnails": [],
    }


def deleted(desk: Desk, one: Ticket) -> dict[str, Any]:
    """A ticket that was thrown away, as the list of deleted ones shows it."""
    actor = desk.people.users.get(one.deleted_by) or desk.people.deleted.get(one.deleted_by)
    return {
        "id": one.id,
        "subject": one.subject if one.subject is not None else one.comments[0].body[:80],
        "description": one.comments[0].body,
        "actor": {"id": one.deleted_by, "name": actor.name if actor else None},
        "deleted_at": one.deleted_at,
        "previous_state": one.values["status"],
    }


def metrics(desk: Desk, one: Ticket) -> dict[str, Any]:
    """What was counted of a ticket; times are minutes."""
    stats = one.stats
    stamps = (
        "assignee_updated_at", "requester_updated_at", "status_updated_at", "initially_assigned_at", "assigned_at",
        "solved_at", "latest_comment_added_at",
    )  # fmt: skip
    return {
        "url": desk.account.link("ticket_metrics", one.id + METRIC_SHIFT),
        "id": one.id + METRIC_SHIFT,
        "ticket_id": one.id,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "group_stations": stats.group_stations,
        "assignee_stations": stats.assignee_stations,
        "reopens": stats.reopens,
        "replies": stats.replies,
        **{name: getattr(stats, name) for name in stamps},
        "custom_status_updated_at": stats.status_updated_at,
        "reply_time_in_minutes": _minutes(one.created_at, stats.first_reply_at),
        "first_resolution_time_in_minutes": _minutes(one.created_at, stats.first_solved_at),
        "full_resolution_time_in_minutes": _minutes(one.created_at, stats.solved_at),
        "agent_wait_time_in_minutes": _minutes(one.created_at, None),
        "requester_wait_time_in_minutes": _minutes(one.created_at, stats.solved_at),
        "on_hold_time_in_minutes": {"calendar": 0, "business": 0},
        "reply_time_in_seconds": {"calendar": _seconds(one.created_at, stats.first_reply_at)},
    }


def _seconds(since: str, until: str | None) -> int | None:
    return None if until is None else second_of(until) - second_of(since)


def _minutes(since: str, until: str | None) -> dict[str, int | None]:
    seconds = _seconds(since, until)
    minutes = None if seconds is None else seconds // 60
    return {"calendar": minutes, "business": minutes}
