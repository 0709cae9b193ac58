"""The shapes of the helpdesk's answers and errors.

Called by the routes in this folder and by `slice`.
"""

import html
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson

from fakes.calls import Call, Reply
from fakes.helpdesk.problems import Problem, bad_parameter
from fakes.helpdesk.state.account import Account
from fakes.helpdesk.state.people import User
from fakes.helpdesk.state.tickets import Change, Comment, Ticket
from fakes.helpdesk.state.uploads import Attachment

STATUS = {
    "RecordInvalid": 422,
    "RecordNotFound": 404,
    "IdempotentRequestError": 400,
    "Invalid attribute": 400,
    "UpdateConflict": 409,
    "invalid": 422,
}
UNTITLED = ("assignee_id", "organization_id", "due_at", "group_id", "external_id", "priority", "type")


def answer(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Reply:
    """A JSON answer."""
    return Reply(status, orjson.dumps(body), dict(headers or {}), "application/json; charset=utf-8")


def refusal(problem: Problem) -> Reply:
    """A problem as the helpdesk's own error."""
    if problem.error == "Invalid attribute":
        body: dict[str, Any] = {"error": {"title": problem.error, "message": problem.description}}
    else:
        body = {"error": problem.error, "description": problem.description}
    if problem.details:
        body["details"] = {
            name: [{"description": sentence, "error": word} for sentence, word in entries]
            for name, entries in problem.details.items()
        }
    return answer(STATUS[problem.error], body)


def too_many(retry_after_s: float | None) -> Reply:
    """The helpdesk's 429; it always says when to come back."""
    wait = str(max(1, round(retry_after_s or 1)))
    body = {"error": "APIRateLimitExceeded", "description": "Number of allowed API requests per minute exceeded"}
    return answer(429, body, {"Retry-After": wait})


def failed(kind: str, status: int | None, retry_after_s: float | None) -> Reply:
    """The helpdesk's own body for a planned failure."""
    if kind == "rate_limited":
        return too_many(retry_after_s)
    if kind == "invalid":
        planned = Problem("RecordInvalid", "Record validation errors")
        planned.details = {"base": [("Planned refusal of this record", "InvalidValue")]}
        reply = refusal(planned)
        reply.status = status or reply.status
        return reply
    headers = {"Retry-After": str(max(1, round(retry_after_s)))} if retry_after_s is not None else {}
    if kind == "unavailable":
        return answer(status or 503, {"error": "ServiceUnavailable", "description": "Please try again later"}, headers)
    return answer(status or 500, {"error": "InternalError", "description": "Internal server error"}, headers)


class Shapes:
    """How tickets, users and files look from outside, with addresses of this account."""

    def __init__(self, account: Account, url: str) -> None:
        self._account = account
        self._url = url

    def ticket(self, ticket: Ticket) -> dict[str, Any]:
        """A ticket."""
        custom = [{"id": name, "value": ticket.custom.get(name)} for name in self._account.fields]
        return {
            "url": f"{self._url}/api/v2/tickets/{ticket.id}.json",
            "id": ticket.id,
            **{name: ticket.values.get(name) for name in UNTITLED},
            "status": ticket.values["status"],
            "via": {"channel": "api", "source": {"from": {}, "to": {}, "rel": None}},
            "created_at": ticket.created_at,
            "updated_at": ticket.updated_at,
            "subject": ticket.subject if ticket.subject is not None else ticket.comments[0].body[:80],
            "raw_subject": ticket.subject,
            "description": ticket.comments[0].body,
            "recipient": None,
            "requester_id": ticket.requester.id,
            "submitter_id": ticket.submitter_id,
            "collaborator_ids": [],
            "follower_ids": [],
            "email_cc_ids": [],
            "problem_id": None,
            "has_incidents": False,
            "is_public": any(each.public for each in ticket.comments),
            "tags": list(ticket.tags),
            "custom_fields": custom,
            "fields": custom,
            "satisfaction_rating": None,
            "brand_id": self._account.brand,
            "allow_channelback": False,
            "allow_attachments": True,
        }

    def comment(self, comment: Comment) -> dict[str, Any]:
        """A comment, as lists of comments and audits show it."""
        shown = comment.body if comment.html else f"<p>{html.escape(comment.body)}</p>"
        return {
            "id": comment.id,
            "type": "Comment",
            "author_id": comment.author_id,
            "body": comment.body,
            "html_body": f'<div class="zd-comment" dir="auto">{shown}</div>',
            "plain_body": comment.body,
            "public": comment.public,
            "attachments": [self.attachment(each) for each in comment.attachments],
            "audit_id": comment.audit_id,
            "via": {"channel": "api", "source": {"from": {}, "to": {}, "rel": None}},
            "created_at": comment.created_at,
            "metadata": {"system": {}, "custom": {}},
        }

    def audit(self, change: Change) -> dict[str, Any]:
        """What one call did to a ticket."""
        comment = change.comment
        kind = "Create" if change.op == "create" else "Change"
        events: list[dict[str, Any]] = [self.comment(comment)] if comment else []
        for name, (before, after) in change.fields.items():
            entry = {"id": self._account.new_id("event"), "type": kind, "field_name": name, "value": after}
            events.append(entry | ({"previous_value": before} if kind == "Change" else {}))
        return {
            "id": comment.audit_id if comment else self._account.new_id("audit"),
            "ticket_id": change.ticket.id,
            "created_at": change.ticket.updated_at,
            "author_id": comment.author_id if comment else change.ticket.submitter_id,
            "metadata": {"system": {}, "custom": {}},
            "events": events,
            "via": {"channel": "api", "source": {"from": {}, "to": {}, "rel": None}},
        }

    def attachment(self, file: Attachment) -> dict[str, Any]:
        """A file, with the address that opens it for anybody."""
        content = f"{self._url}/attachments/token/{file.token}/?name={quote(file.name)}"
        return {
            "url": f"{self._url}/api/v2/attachments/{file.id}.json",
            "id": file.id,
            "file_name": file.name,
            "content_url": content,
            "mapped_content_url": content,
            "content_type": file.content_type,
            "size": len(file.content),
            "width": None,
            "height": None,
            "inline": False,
            "deleted": False,
            "thumbnails": [],
        }

    def user(self, user: User) -> dict[str, Any]:
        """A user."""
        return {
            "id": user.id,
            "url": f"{self._url}/api/v2/users/{user.id}.json",
            "name": user.name,
            "email": user.email,
            "role": user.role,
            "created_at": user.created_at,
            "updated_at": user.updated_at,
            "active": True,
            "suspended": False,
            "verified": bool(user.more.get("verified", False)),
            "tags": [],
            "user_fields": {},
            **{
                name: user.more.get(name) for name in ("external_id", "phone", "time_zone", "locale", "organization_id")
            },
        }

    def group(self, group: Mapping[str, Any]) -> dict[str, Any]:
        """A group."""
        return {"url": f"{self._url}/api/v2/groups/{group['id']}.json", **group}

    def page(self, call: Call, name: str, entries: list[Any]) -> dict[str, Any]:
        """One page of a list: by cursor if `page[size]` is given, else by number."""
        if "page[size]" in call.params.get("query", {}):
            return self._cursor_page(call, name, entries)
        number, size = _number(call, "page", 1), min(100, _number(call, "per_page", 100))
        start = (number - 1) * size
        more = start + size < len(entries)
        around = {"next_page": number + 1 if more else None, "previous_page": number - 1 if number > 1 else None}
        links = {key: f"{self._url}{call.path}?page={at}&per_page={size}" if at else None for key, at in around.items()}
        return {name: entries[start : start + size], "count": len(entries), **links}

    def _cursor_page(self, call: Call, name: str, entries: list[Any]) -> dict[str, Any]:
        size = min(100, _number(call, "page[size]", 100))
        after = query(call, "page[after]") or "0"
        if not after.isdigit():
            raise bad_parameter("page[after]", "is not a valid cursor")
        start = int(after)
        end = start + size
        more = end < len(entries)
        next_url = f"{self._url}{call.path}?page%5Bsize%5D={size}&page%5Bafter%5D={end}" if more else None
        return {
            name: entries[start:end],
            "meta": {
                "has_more": more,
                "after_cursor": str(end) if more else None,
                "before_cursor": str(start) if start else None,
            },
            "links": {"next": next_url, "prev": None},
        }


def query(call: Call, name: str) -> str | None:
    """The last value of a query parameter."""
    values = call.params.get("query", {}).get(name)
    return str(values[-1]) if values else None


def _number(call: Call, name: str, default: int) -> int:
    value = query(call, name)
    if value is None:
        return default
    if not value.isdigit() or int(value) < 1:
        raise bad_parameter(name, "must be a positive integer")
    return int(value)


def part(call: Call, name: str) -> dict[str, Any]:
    """The object under this name in the JSON body."""
    body = call.params.get("body")
    found = body.get(name) if isinstance(body, dict) else None
    if not isinstance(found, dict):
        raise bad_parameter(name, f"Invalid parameter: {name} must be an object")
    return found
