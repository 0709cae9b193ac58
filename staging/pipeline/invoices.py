"""Invoices of subscriptions: money taken and money refused, once each."""

from typing import Any

from staging.pipeline import accounts, catalogue, guardrails, orders, subscriptions
from staging.pipeline.database import Connection, Row, one


def subscription_of(invoice: dict[str, Any]) -> dict[str, Any] | None:
    """Id and metadata of the subscription an invoice is for, in the provider's newer and older shape."""
    details = (invoice.get("parent") or {}).get("subscription_details") or {}
    found = details.get("subscription") or invoice.get("subscription")
    if not found:
        return None
    metadata = details.get("metadata") or (invoice.get("subscription_details") or {}).get("metadata") or {}
    return {"id": found if isinstance(found, str) else found["id"], "metadata": metadata}


def is_paid(invoice: dict[str, Any]) -> bool:
    """Whether the provider says that the money is there."""
    return invoice.get("status") == "paid"


async def settle(connection: Connection, row: Row, invoice: dict[str, Any], event_id: str) -> None:
    """Money for a subscription: recorded once, then told to the rest of the world."""
    account = await accounts.known(connection, row["account_id"])
    amount = int(invoice.get("amount_paid") or 0)
    if amount <= 0:
        return
    if not await record_payment(connection, row, invoice, amount):
        await guardrails.duplicate_event(connection, f"{invoice['id']} paid again by {event_id}")
        return
    await accounts.advance(connection, account["id"], account["stage"], "customer")
    await orders.enqueue_effects(connection, account, invoice["id"])
    if row["status"] not in ("active", "canceled"):
        thing = subscription_of(invoice)
        await subscriptions.read_again(connection, row, thing["id"] if thing else row["provider_id"])


async def record_payment(connection: Connection, row: Row, invoice: dict[str, Any], amount: int) -> bool:
    """The money that was taken by an invoice; false if it is recorded already."""
    title = f"Subscription {catalogue.PLANS[row['plan']].name}"
    added = await one(
        connection,
        "INSERT INTO payments (ref, account_id, kind, title, amount, currency) VALUES (%s, %s, 'invoice', %s, %s, %s) "
        "ON CONFLICT (ref) DO NOTHING RETURNING ref",
        invoice["id"],
        row["account_id"],
        title,
        amount,
        invoice["currency"],
    )
    return added is not None


async def declined(connection: Connection, row: Row, invoice: dict[str, Any], attempt: str) -> None:
    """The bank said no to an invoice; the second no is told to the team."""
    await orders.count_failure(connection, row["account_id"], invoice["id"], attempt)
