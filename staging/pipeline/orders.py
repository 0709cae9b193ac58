"""Orders: bought once, paid once, granted once."""

from typing import Any

from staging.pipeline import access, accounts, alerts, catalogue, guardrails, money
from staging.pipeline.database import AS_OF, Connection, Row, one
from staging.pipeline.jobs import board


async def place(connection: Connection, account: dict[str, Any], product_id: str, quantity: int) -> Row:
    """A new order with its payment on the board; the price is the catalogue's."""
    amount, currency = catalogue.price_of(product_id, quantity)
    order = await one(
        connection,
        "INSERT INTO orders (id, account_id, product_id, quantity, amount, currency, credits) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING *",
        access.new_id("ord"),
        account["id"],
        product_id,
        quantity,
        amount,
        currency,
        catalogue.credits_of(product_id, quantity),
    )
    assert order is not None
    await board.enqueue(
        connection, "payments.create_payment", person=account["email"], account_id=account["id"], order_id=order["id"]
    )
    return order


async def by_id(connection: Connection, order_id: str) -> Row | None:
    """An order, with what is going wrong with it."""
    return await one(
        connection,
        f"SELECT {AS_OF}, o.*, "
        "(SELECT t.status FROM troubles t WHERE t.kind = 'order' AND t.ref = o.id LIMIT 1) AS trouble "
        "FROM orders o WHERE o.id = %s",
        order_id,
    )


async def locked(connection: Connection, order_id: str) -> Row | None:
    """An order that nobody else can change until this transaction ends."""
    return await one(connection, "SELECT * FROM orders WHERE id = %s FOR UPDATE", order_id)


async def keep_payment(connection: Connection, order_id: str, intent_id: str, client_secret: str) -> None:
    """The provider's payment for an order; what the order has come to meanwhile stays."""
    await connection.execute(
        "UPDATE orders SET intent_id = coalesce(intent_id, %s), client_secret = coalesce(client_secret, %s), "
        "status = CASE WHEN status = 'pending' THEN 'awaiting_payment' ELSE status END WHERE id = %s",
        (intent_id, client_secret, order_id),
    )


def is_paid(intent: dict[str, Any]) -> bool:
    """Whether the provider says that the money is there."""
    return intent.get("status") == "succeeded"


def paid_in_full(intent: dict[str, Any], order: dict[str, Any]) -> bool:
    """Whether amount and currency received are those of the order."""
    received = intent.get("amount_received", intent.get("amount"))
    return money.as_asked(received, intent.get("currency"), order["amount"], order["currency"])


def already_granted(order: dict[str, Any]) -> bool:
    """Whether this order has been paid before."""
    return bool(order["status"] == "paid")


async def settle(connection: Connection, order: dict[str, Any], intent: dict[str, Any], event_id: str) -> None:
    """Money for a locked order: grant it once; a second payment and a wrong amount are told to the team instead."""
    account = await accounts.known(connection, order["account_id"])
    if already_granted(order):
        await guardrails.duplicate_event(connection, f"{order['id']} paid again by {event_id}")
        return
    if not paid_in_full(intent, order):
        found = f"{intent.get('amount_received', intent.get('amount'))} {intent.get('currency')}"
        await alerts.wrong_amount(connection, account, order["id"], found, f"{order['amount']} {order['currency']}")
        return
    await connection.execute(
        "UPDATE orders SET status = 'paid', intent_id = coalesce(intent_id, %s) WHERE id = %s",
        (intent["id"], order["id"]),
    )
    await grant(connection, order)
    await record_payment(connection, order)
    await accounts.advance(connection, account["id"], account["stage"], "customer")
    await enqueue_effects(connection, account, order["id"])


async def grant(connection: Connection, order: dict[str, Any]) -> None:
    """The credits of an order; a second grant for one order is impossible by its key."""
    await connection.execute(
        "INSERT INTO grants (order_id, account_id, credits) VALUES (%s, %s, %s)",
        (order["id"], order["account_id"], order["credits"]),
    )


async def record_payment(connection: Connection, order: dict[str, Any]) -> None:
    """The money that was taken for an order."""
    await connection.execute(
        "INSERT INTO payments (ref, account_id, kind, title, amount, currency) VALUES (%s, %s, 'order', %s, %s, %s)",
        (
            order["id"],
            order["account_id"],
            catalogue.PRODUCTS[order["product_id"]].name,
            order["amount"],
            order["currency"],
        ),
    )


async def enqueue_effects(connection: Connection, account: dict[str, Any], ref: str) -> None:
    """What the rest of the world is to hear of money taken: the contact, the deal, the receipt."""
    person, account_id = account["email"], account["id"]
    await accounts.want_sync(connection, account_id)
    await board.enqueue(
        connection, "crm.sync_deal", person=person, account_id=account_id, lock=accounts.crm_lock(account_id), ref=ref
    )
    await board.enqueue(connection, "mail.send_receipt", person=person, account_id=account_id, ref=ref)


async def declined(connection: Connection, order: dict[str, Any], attempt: str) -> None:
    """The bank said no to a locked order; the second no is told to the team. A paid order stays paid."""
    if already_granted(order):
        return
    await connection.execute("UPDATE orders SET status = 'failed' WHERE id = %s", (order["id"],))
    await count_failure(connection, order["account_id"], order["id"], attempt)


async def count_failure(connection: Connection, account_id: str, ref: str, attempt: str) -> None:
    """One more failed attempt to pay; the same attempt counts once, the second escalates."""
    added = await one(
        connection,
        "INSERT INTO payment_failures (ref, attempt, account_id) VALUES (%s, %s, %s) "
        "ON CONFLICT DO NOTHING RETURNING ref",
        ref,
        attempt,
        account_id,
    )
    row = await one(connection, "SELECT count(*) AS n FROM payment_failures WHERE ref = %s", ref)
    if added is not None and row is not None and failed_twice(row["n"]):
        await alerts.payment_failed_twice(connection, await accounts.known(connection, account_id), ref)


def failed_twice(failures: int) -> bool:
    """Whether the team is to hear of it."""
    return failures >= 2
