"""Subscriptions: at most one present per account; its state is the provider's word, newest first."""

from typing import Any

from staging.pipeline import access, accounts, catalogue
from staging.pipeline.database import AS_OF, Connection, Row, one
from staging.pipeline.jobs import board

STATUSES = {
    "incomplete": "incomplete",
    "trialing": "active",
    "active": "active",
    "past_due": "past_due",
    "unpaid": "past_due",
    "paused": "past_due",
    "canceled": "canceled",
    "incomplete_expired": "canceled",
}
"""The provider's words in ours."""

PRESENT = f"""
SELECT {AS_OF}, s.*,
  EXISTS (SELECT 1 FROM changes c WHERE c.subscription_id = s.id AND c.status = 'pending') AS changing,
  (SELECT max(t.status) FROM troubles t WHERE t.kind = 'subscription' AND t.ref = s.id) AS trouble
FROM subscriptions s WHERE s.account_id = %s ORDER BY s.created_at DESC LIMIT 1
"""


def lock_of(account_id: str) -> str:
    """What keeps an account's changes in the order in which they were asked for."""
    return f"subscription:{account_id}"


async def start(connection: Connection, account: dict[str, Any], plan_id: str) -> Row | None:
    """A new subscription on the board, or nothing while there is another one live or pending."""
    row = await one(
        connection,
        "INSERT INTO subscriptions (id, account_id, plan, wanted_plan) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT (account_id) WHERE status NOT IN ('canceled', 'failed') DO NOTHING RETURNING *",
        access.new_id("sub"),
        account["id"],
        plan_id,
        plan_id,
    )
    if row is not None:
        await _enqueue(connection, "payments.create_subscription", account, subscription_id=row["id"])
    return row


async def _enqueue(connection: Connection, name: str, account: dict[str, Any], **ids: str) -> None:
    lock = lock_of(account["id"])
    await board.enqueue(connection, name, person=account["email"], account_id=account["id"], lock=lock, **ids)


async def present(connection: Connection, account_id: str, lock: bool = False) -> Row | None:
    """The account's newest subscription, with what is going on with it."""
    return await one(connection, PRESENT + (" FOR UPDATE OF s" if lock else ""), account_id)


def can_change(row: dict[str, Any] | None) -> bool:
    """Whether there is anything to change the plan of, or to cancel."""
    return row is not None and row["status"] in ("active", "past_due") and not row["cancel_wanted"]


async def want_plan(connection: Connection, account: dict[str, Any], plan_id: str) -> bool:
    """Another plan is wanted; false when there is no live subscription or it has that plan."""
    row = await present(connection, account["id"], lock=True)
    if row is None or not can_change(row) or row["wanted_plan"] == plan_id:
        return False
    await connection.execute("UPDATE subscriptions SET wanted_plan = %s WHERE id = %s", (plan_id, row["id"]))
    await _want(connection, account, row["id"], "change_plan", plan_id)
    return True


async def want_cancel(connection: Connection, account: dict[str, Any]) -> bool:
    """An end with the paid period is wanted; false when there is no live subscription or it is ending."""
    row = await present(connection, account["id"], lock=True)
    if row is None or not can_change(row):
        return False
    await connection.execute("UPDATE subscriptions SET cancel_wanted = true WHERE id = %s", (row["id"],))
    await _want(connection, account, row["id"], "cancel_subscription", None)
    return True


async def _want(connection: Connection, account: dict[str, Any], row_id: str, kind: str, plan: str | None) -> None:
    change_id = access.new_id("chg")
    await connection.execute(
        "INSERT INTO changes (id, subscription_id, account_id, kind, plan) VALUES (%s, %s, %s, %s, %s)",
        (change_id, row_id, account["id"], kind, plan),
    )
    await _enqueue(connection, f"payments.{kind}", account, change_id=change_id, subscription_id=row_id)


async def end_change(connection: Connection, change_id: str, status: str) -> None:
    """A change is `done` or `failed`."""
    await connection.execute("UPDATE changes SET status = %s WHERE id = %s", (status, change_id))


async def by_id(connection: Connection, row_id: str) -> Row | None:
    """A subscription."""
    return await one(connection, "SELECT * FROM subscriptions WHERE id = %s", row_id)


async def of_provider(connection: Connection, thing: dict[str, Any]) -> Row | None:
    """The locked row that a provider's subscription belongs to; our reference in it serves until we know its id."""
    row = await one(connection, "SELECT * FROM subscriptions WHERE provider_id = %s FOR UPDATE", thing["id"])
    if row is not None:
        return row
    ref = (thing.get("metadata") or {}).get("subscription_ref", "")
    return await one(
        connection, "SELECT * FROM subscriptions WHERE id = %s AND provider_id IS NULL FOR UPDATE", str(ref)
    )


async def has_rival(connection: Connection, row: dict[str, Any]) -> bool:
    """Whether a subscription that we gave up comes back to life while the account has another one by now."""
    if row["status"] != "failed":
        return False
    other = await present(connection, row["account_id"])
    return other is not None and other["id"] != row["id"] and other["status"] not in ("canceled", "failed")


def item_of(thing: dict[str, Any]) -> dict[str, Any]:
    """The one item of a provider's subscription."""
    items = (thing.get("items") or {}).get("data") or [{}]
    return dict(items[0])


async def keep_created(connection: Connection, row_id: str, thing: dict[str, Any], secret: str | None) -> None:
    """What the provider's answer adds; what events have told meanwhile is newer and stays."""
    await connection.execute(
        "UPDATE subscriptions SET provider_id = coalesce(provider_id, %s), item_id = coalesce(item_id, %s), "
        "client_secret = coalesce(client_secret, %s), revision = revision + 1, "
        "status = CASE WHEN status = 'pending' THEN 'incomplete' ELSE status END WHERE id = %s",
        (thing["id"], item_of(thing).get("id"), secret, row_id),
    )


async def apply(
    connection: Connection, row: dict[str, Any], thing: dict[str, Any], created: int | None, read: bool
) -> None:
    """The row says what the provider says; if that changes anything, the CRM is to hear of it."""
    item = item_of(thing)
    plan = catalogue.plan_of_price(item.get("price") or {}) or row["plan"]
    status = STATUSES.get(str(thing.get("status")), "past_due")
    ending = bool(thing.get("cancel_at_period_end"))
    await connection.execute(
        "UPDATE subscriptions SET provider_id = %s, item_id = coalesce(%s, item_id), plan = %s, status = %s, "
        "cancel_at_period_end = %s, known_created = greatest(known_created, %s), known_by_reading = %s, "
        "revision = revision + 1 WHERE id = %s",
        (thing["id"], item.get("id"), plan, status, ending, created, read, row["id"]),
    )
    if (plan, status) != (row["plan"], row["status"]):
        await accounts.want_sync(connection, row["account_id"])


async def read_again(connection: Connection, row: dict[str, Any], provider_id: str) -> None:
    """Put a reading of the provider's present state on the board."""
    account = await accounts.known(connection, row["account_id"])
    await board.enqueue(
        connection,
        "payments.read_subscription",
        person=account["email"],
        account_id=account["id"],
        subscription_id=row["id"],
        provider_id=provider_id,
    )
