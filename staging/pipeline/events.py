"""The inbox: one event, one effect, in one transaction; whatever order, however often, however many at once."""

from typing import Any

import orjson
from psycopg.types.json import Jsonb

from staging.pipeline import guardrails, invoices, ordering, orders, subscriptions
from staging.pipeline.database import Connection, one
from staging.pipeline.jobs import board
from staging.pipeline.vendors import failures

HANDLED = frozenset(
    {
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "customer.subscription.created",
        "customer.subscription.updated",
        "customer.subscription.deleted",
        "invoice.paid",
        "invoice.payment_failed",
    }
)


class Malformed(Exception):
    """Signed by the provider, and yet not an event."""


def parse(raw: bytes) -> dict[str, Any]:
    """The event in a delivery."""
    try:
        event = orjson.loads(raw)
        if isinstance(event["id"], str) and isinstance(event["type"], str) and isinstance(event["created"], int):
            return {**event, "data": {"object": dict(event["data"]["object"])}}
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        pass
    raise Malformed


def is_handled(event: dict[str, Any]) -> bool:
    """Whether an event of this type means anything to us."""
    return event["type"] in HANDLED


def is_ours(event: dict[str, Any]) -> bool:
    """Whether it is about our own account, in test mode; what says nothing of either is ours."""
    return event.get("account") is None and not event.get("livemode")


async def already_seen(connection: Connection, event: dict[str, Any]) -> bool:
    """Whether this event has been taken in before; a rival delivery waits here until the first one has ended."""
    row = await one(
        connection,
        "INSERT INTO events (id, type, object_id, created) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT (id) DO NOTHING RETURNING id",
        event["id"],
        event["type"],
        str(event["data"]["object"].get("id", "")),
        event["created"],
    )
    return row is None


async def take_in(connection: Connection, event: dict[str, Any]) -> str:
    """Apply an event unless it was before; says what came of it."""
    if not (is_ours(event) and is_handled(event)):
        return "ignored"
    if await already_seen(connection, event):
        return "repeated"
    try:
        await apply(connection, event)
    except failures.NotYet:
        await park(connection, event)
        return "parked"
    return "applied"


async def park(connection: Connection, event: dict[str, Any]) -> None:
    """Keep an event about something we do not know yet, and put its later application on the board."""
    thing = event["data"]["object"]
    await connection.execute("UPDATE events SET payload = %s WHERE id = %s", (Jsonb(event), event["id"]))
    account_id = (thing.get("metadata") or {}).get("account_id")
    owner = await one(
        connection,
        "SELECT id, email FROM accounts WHERE id = %s OR customer_id = %s",
        account_id,
        thing.get("customer"),
    )
    await board.enqueue(
        connection,
        "events.apply_parked",
        person=owner["email"] if owner else "",
        account_id=owner["id"] if owner else None,
        event_id=event["id"],
    )


async def apply(connection: Connection, event: dict[str, Any]) -> None:
    """The effect of an event; `NotYet` when it is about something we have not heard of."""
    kind, thing = event["type"], event["data"]["object"]
    if kind.startswith("payment_intent."):
        await _apply_payment(connection, event, thing)
    elif kind.startswith("customer.subscription."):
        await _apply_subscription(connection, event, thing)
    else:
        await _apply_invoice(connection, event, thing)


async def _apply_payment(connection: Connection, event: dict[str, Any], intent: dict[str, Any]) -> None:
    order_id = (intent.get("metadata") or {}).get("order_id")
    if not order_id:
        return  # the payment of an invoice: the invoice's own events tell
    order = await orders.locked(connection, str(order_id))
    if order is None:
        raise failures.NotYet
    if event["type"] == "payment_intent.payment_failed":
        await orders.declined(connection, order, attempt_of(event, intent))
    elif orders.is_paid(intent):
        await orders.settle(connection, order, intent, event["id"])


def attempt_of(event: dict[str, Any], thing: dict[str, Any]) -> str:
    """What tells one failed attempt to pay from another, whatever the id of the event that reports it."""
    error = thing.get("last_payment_error") or {}
    charge = error.get("charge") or thing.get("latest_charge")
    return str(charge or f"{thing.get('attempt_count', '')}@{event['id']}")


async def _apply_subscription(connection: Connection, event: dict[str, Any], thing: dict[str, Any]) -> None:
    row = await subscriptions.of_provider(connection, thing)
    if row is None:
        raise failures.NotYet
    if await subscriptions.has_rival(connection, row):
        await guardrails.duplicate_event(connection, f"{thing['id']} beside another subscription of its account")
        return
    judgement = ordering.judge_subscription(event, row)
    if judgement is ordering.Judgement.APPLY:
        await subscriptions.apply(connection, row, thing, event["created"], read=False)
    elif judgement is ordering.Judgement.READ_AGAIN:
        await subscriptions.read_again(connection, row, thing["id"])


async def _apply_invoice(connection: Connection, event: dict[str, Any], invoice: dict[str, Any]) -> None:
    about = invoices.subscription_of(invoice)
    if about is None:
        return  # not one of a subscription
    row = await subscriptions.of_provider(connection, about)
    if row is None:
        raise failures.NotYet
    if event["type"] == "invoice.payment_failed":
        await invoices.declined(connection, row, invoice, attempt_of(event, invoice))
    elif invoices.is_paid(invoice):
        await invoices.settle(connection, row, invoice, event["id"])
