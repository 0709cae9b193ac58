"""Alerts: one per key, for ever; each channel is a job of its own, so that a dead chat does not hold up the mail."""

from typing import Any

from staging.pipeline.database import Connection, one
from staging.pipeline.jobs import board

CHAT = ("chat",)
BOTH = ("chat", "mail")
JOBS = {"chat": "chat.send_alert", "mail": "mail.send_alert"}


def other_than(job: str) -> tuple[str, ...]:
    """The channels that are left when this job could not deliver."""
    return tuple(channel for channel in BOTH if JOBS[channel] != job)


async def raise_alert(
    connection: Connection,
    *,
    key: str,
    kind: str,
    subject: str,
    text: str,
    person: str = "",
    account_id: str | None = None,
    channels: tuple[str, ...] = BOTH,
) -> bool:
    """Alert the team through these channels, unless this key has been alerted before; says whether it was new."""
    row = await one(
        connection,
        "INSERT INTO alerts (key, kind, subject, text) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT (key) DO NOTHING RETURNING id",
        key,
        kind,
        subject,
        text,
    )
    if row is None:
        return False
    for channel in channels:
        await board.enqueue(connection, JOBS[channel], person=person, account_id=account_id, alert_id=row["id"])
    return True


async def is_about_an_alert(connection: Connection, alert_id: Any) -> bool:
    """Whether an alert itself reports an alert that could not be sent: there the chain ends."""
    row = await one(connection, "SELECT kind FROM alerts WHERE id = %s", alert_id)
    return row is not None and row["kind"] == "undelivered_alert"


async def payment_failed_twice(connection: Connection, account: dict[str, Any], ref: str) -> None:
    """Escalate to the chat, once per order or invoice."""
    await raise_alert(
        connection,
        key=f"payment_failed:{ref}",
        kind="payment_failed",
        subject=f"Payment failed twice for {account['email']}",
        text=f"{ref} was declined for the second time.",
        person=account["email"],
        account_id=account["id"],
        channels=CHAT,
    )


async def access_ticket(connection: Connection, account: dict[str, Any], ticket_id: str) -> None:
    """Escalate to the chat, once per ticket."""
    await raise_alert(
        connection,
        key=f"account_access:{ticket_id}",
        kind="account_access",
        subject=f"Account access: {account['email']} needs help",
        text=f"Ticket {ticket_id} is about access to the account; priority urgent.",
        person=account["email"],
        account_id=account["id"],
        channels=CHAT,
    )


async def wrong_amount(connection: Connection, account: dict[str, Any], order_id: str, found: str, asked: str) -> None:
    """Money that does not fit its order: nothing is granted, a person must look."""
    await raise_alert(
        connection,
        key=f"wrong_amount:{order_id}:{found}",
        kind="wrong_amount",
        subject=f"Amount mismatch on {order_id} for {account['email']}",
        text=f"Paid {found}, asked {asked}. Nothing was granted.",
        person=account["email"],
        account_id=account["id"],
    )
