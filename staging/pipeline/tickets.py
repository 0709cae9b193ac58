"""Tickets: received at once, priority and queue decided at once, so that every retry sends the same."""

import base64
from typing import Any

from staging.pipeline import access, alerts, mapping
from staging.pipeline.database import AS_OF, Connection, Row, one
from staging.pipeline.jobs import board


async def open_ticket(connection: Connection, account: dict[str, Any], wanted: dict[str, Any]) -> Row:
    """A new ticket on the board; one about access to the account is told to the team at once."""
    attachment = attached(wanted)
    priority = mapping.priority_for(
        wanted["category"], account["plan"], await payment_failed(connection, account["id"])
    )
    ticket = await one(
        connection,
        "INSERT INTO tickets (id, account_id, subject, message, category, priority, attachment_name, attachment_type, "
        "attachment) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id, category",
        access.new_id("tic"),
        account["id"],
        wanted["subject"],
        wanted["message"],
        wanted["category"],
        priority,
        *attachment,
    )
    assert ticket is not None
    await board.enqueue(
        connection, "helpdesk.create_ticket", person=account["email"], account_id=account["id"], ticket_id=ticket["id"]
    )
    if is_about_access(ticket["category"]):
        await alerts.access_ticket(connection, account, ticket["id"])
    return ticket


def attached(wanted: dict[str, Any]) -> tuple[str | None, str | None, bytes | None]:
    """Name, type and bytes of the attachment, if there is one."""
    attachment = wanted.get("attachment")
    if not attachment:
        return None, None, None
    return attachment["name"], attachment["content_type"], base64.b64decode(attachment["content_base64"])


def is_about_access(category: str) -> bool:
    """Whether somebody cannot get into their account."""
    return category == "account_access"


async def payment_failed(connection: Connection, account_id: str) -> bool:
    """Whether a payment of theirs failed within the last day."""
    row = await one(
        connection,
        "SELECT 1 AS yes FROM payment_failures WHERE account_id = %s AND at > now() - interval '1 day' LIMIT 1",
        account_id,
    )
    return row is not None


async def by_id(connection: Connection, ticket_id: str) -> Row | None:
    """A ticket without its attachment, with what is going wrong with it."""
    return await one(
        connection,
        f"SELECT {AS_OF}, t.id, t.account_id, t.status, "
        "(SELECT x.status FROM troubles x WHERE x.kind = 'ticket' AND x.ref = t.id LIMIT 1) AS trouble "
        "FROM tickets t WHERE t.id = %s",
        ticket_id,
    )


async def whole(connection: Connection, ticket_id: str) -> Row | None:
    """A ticket with everything."""
    return await one(
        connection, "SELECT *, created_at < now() - interval '110 minutes' AS old FROM tickets WHERE id = %s", ticket_id
    )


def request_of(ticket: dict[str, Any], account: dict[str, Any], group_id: int, uploads: list[str]) -> dict[str, Any]:
    """What the helpdesk is told; the same at every attempt, or its idempotency key would not fit."""
    comment: dict[str, Any] = {"body": ticket["message"]}
    if uploads:
        comment["uploads"] = uploads
    return {
        "subject": ticket["subject"],
        "comment": comment,
        "requester": {"name": account["name"], "email": account["email"]},
        "priority": ticket["priority"],
        "group_id": group_id,
        "tags": [ticket["category"]],
        "external_id": ticket["id"],
    }
