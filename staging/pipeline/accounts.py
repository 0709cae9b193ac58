"""Accounts: one per e-mail. Keeps the profile, and knows whether the CRM has heard the latest of it."""

from typing import Any

from psycopg.types.json import Jsonb

from staging.pipeline import access, mapping
from staging.pipeline.database import Connection, Row, one
from staging.pipeline.jobs import board

TIER = """
    coalesce((SELECT s.plan FROM subscriptions s WHERE s.account_id = a.id AND s.status IN ('active', 'past_due')
              ORDER BY s.created_at DESC LIMIT 1), 'free') AS plan
"""
PLAN_STATUS = """
    coalesce((SELECT s.status FROM subscriptions s WHERE s.account_id = a.id AND s.status NOT IN ('pending', 'failed')
              ORDER BY s.created_at DESC LIMIT 1), 'none') AS plan_status
"""


async def add(connection: Connection, profile: dict[str, Any], password_hash: str) -> Row | None:
    """The new account, or nothing when the e-mail has one already."""
    return await one(
        connection,
        "INSERT INTO accounts (id, email, name, phone, company, lead, password_hash) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (email) DO NOTHING RETURNING id, email",
        access.new_id("acc"),
        mapping.email_identity(profile["email"]),
        profile["name"].strip(),
        (profile.get("phone") or "").strip(),
        (profile.get("company") or "").strip(),
        Jsonb(mapping.without_blanks(profile.get("lead") or {})),
        password_hash,
    )


async def sign_up(connection: Connection, profile: dict[str, Any], password_hash: str) -> Row | None:
    """The new account with its sync to the CRM on the board, or nothing when the e-mail is taken."""
    account = await add(connection, profile, password_hash)
    if account is not None:
        await want_sync(connection, account["id"])
    return account


async def by_email(connection: Connection, email: str) -> Row | None:
    """The account of an e-mail."""
    return await one(
        connection, "SELECT id, password_hash FROM accounts WHERE email = %s", mapping.email_identity(email)
    )


async def by_id(connection: Connection, account_id: str) -> Row | None:
    """An account with its plan as of now."""
    query = "SELECT a.*, " + TIER + ", " + PLAN_STATUS + " FROM accounts a WHERE a.id = %s"
    return await one(connection, query, account_id)


async def known(connection: Connection, account_id: str) -> Row:
    """An account that must exist because something refers to it."""
    account = await by_id(connection, account_id)
    if account is None:
        raise LookupError("no such account")
    return account


async def want_sync(connection: Connection, account_id: str) -> None:
    """The CRM is to hear the newest of this account; jobs of one account run one after the other."""
    row = await one(
        connection,
        "UPDATE accounts SET sync_wanted = sync_wanted + 1 WHERE id = %s RETURNING email, sync_wanted",
        account_id,
    )
    if row is not None:
        await board.enqueue(
            connection,
            "crm.sync_contact",
            person=row["email"],
            account_id=account_id,
            lock=crm_lock(account_id),
            version=row["sync_wanted"],
        )


def crm_lock(account_id: str) -> str:
    """What keeps two CRM jobs of one account from overtaking each other."""
    return f"crm:{account_id}"


async def synced(connection: Connection, account_id: str, version: int, contact_id: str, stage: str) -> None:
    """The CRM has heard everything up to this version; an earlier sync that was given up is made good by it."""
    await connection.execute(
        "WITH mended AS (DELETE FROM troubles WHERE kind = 'account' AND ref = %s AND job = 'crm.sync_contact') "
        "UPDATE accounts SET contact_id = %s, contact_stage = %s, sync_done = greatest(sync_done, %s) WHERE id = %s",
        (account_id, contact_id, stage, version, account_id),
    )


async def advance(connection: Connection, account_id: str, present: str, wanted: str) -> None:
    """Move the lifecycle stage forward, never back."""
    if mapping.further(present, wanted):
        await connection.execute("UPDATE accounts SET stage = %s WHERE id = %s", (wanted, account_id))


async def has_customer(account: dict[str, Any]) -> bool:
    """Whether the payment provider knows this account already."""
    return bool(account["customer_id"])


async def keep_customer(connection: Connection, account_id: str, customer_id: str) -> None:
    """Remember the customer; the first one stays."""
    await connection.execute(
        "UPDATE accounts SET customer_id = %s WHERE id = %s AND customer_id IS NULL", (customer_id, account_id)
    )
