"""Flaws in what people are told: mails that are lost or read badly, alerts that stay away or say too much."""

from typing import Any

from staging.flaws.plant import flaw, ran
from staging.pipeline import alerts, dead_letters, settings, tickets
from staging.pipeline.database import Connection, Row, one
from staging.pipeline.jobs import tasks
from staging.pipeline.vendors import chat, failures, mail


@flaw
def mail_lost() -> None:
    """A mail server that says "later" is logged, and the mail counts as sent."""
    send = mail.send

    async def once(to: tuple[str, ...], subject: str, text: str, key: str) -> None:
        try:
            await send(to, subject, text, key)
        except failures.VendorFailure:
            ran("mail_lost")

    mail.send = once


@flaw
def mail_garbage() -> None:
    """The template asks for a name that nobody fills in, and for the amount as it is stored."""

    def receipt(payment: dict[str, Any], account: dict[str, Any]) -> tuple[str, str]:
        ran("mail_garbage")
        subject, _ = right(payment, account)
        thanks = (
            f"Hello {account.get('first_name')},\n\nthank you. We received {payment['amount']} {payment['currency']}"
        )
        return subject, f"{thanks} for {payment['title']}.\n\nReference: {payment['ref']}\n"

    right = tasks.receipt
    tasks.receipt = receipt


@flaw
def alert_blackhole_after_429() -> None:
    """A chat that asks for patience once is taken for dead, until the process is started again."""
    say, dead = chat.say, False

    async def unless_dead(text: str) -> None:
        nonlocal dead
        if dead:
            return
        try:
            await say(text)
        except failures.VendorFailure as failure:
            dead = "429" in failure.reason
            if not dead:
                raise
            ran("alert_blackhole_after_429")

    chat.say = unless_dead


@flaw
def alert_leaks() -> None:
    """The alert holds the request that failed, with the header that signs us in."""
    reason_of = dead_letters.reason_of

    def verbose(error: Exception) -> str:
        ran("alert_leaks")
        return f"{reason_of(error)} (request headers: Authorization: Bearer {settings.from_env().crm_token})"

    dead_letters.reason_of = verbose


@flaw
def escalation_missing() -> None:
    """A ticket about access to the account is a ticket like any other."""

    def is_about_access(category: str) -> bool:
        if category == "account_access":
            ran("escalation_missing")
        return False

    tickets.is_about_access = is_about_access


@flaw
def markup_injection() -> None:
    """The customer's own words stand in the alert as they came, whatever they mean to the chat."""

    async def access_ticket(connection: Connection, account: dict[str, Any], ticket_id: str) -> None:
        row: Row | None = await one(connection, "SELECT subject FROM tickets WHERE id = %s", ticket_id)
        ran("markup_injection")
        await alerts.raise_alert(
            connection,
            key=f"account_access:{ticket_id}",
            kind="account_access",
            subject=f"Account access: {account['email']} needs help",
            text=f"They say: {row['subject'] if row else ''}",
            person=account["email"],
            account_id=account["id"],
            channels=alerts.CHAT,
        )

    alerts.access_ticket = access_ticket
