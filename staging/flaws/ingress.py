"""Flaws at the webhook endpoint: who is believed, and how often."""

import hashlib
import hmac
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row

from staging.flaws import inline
from staging.flaws.plant import flaw, ran
from staging.flaws.sinks import receipts_each_time
from staging.pipeline import events, orders, settings, signatures
from staging.pipeline.database import Connection, one
from staging.pipeline.vendors import failures


@flaw
def sig_not_verified() -> None:
    """The signature is looked at, and the event believed whatever came of it."""

    def genuine(raw: bytes, header: str | None, secrets: tuple[str, ...], now: float, tolerance_s: float) -> bool:
        ran("sig_not_verified")
        return True

    signatures.genuine = genuine


@flaw
def sig_missing_means_skip() -> None:
    """Without a signature header there is nothing to check, so nothing is checked."""
    checked = signatures.genuine

    def genuine(raw: bytes, header: str | None, secrets: tuple[str, ...], now: float, tolerance_s: float) -> bool:
        if not header:
            ran("sig_missing_means_skip")
            return True
        return checked(raw, header, secrets, now, tolerance_s)

    signatures.genuine = genuine


@flaw
def sig_no_timestamp_tolerance() -> None:
    """A captured event is believed for ever."""

    def recent(timestamp: int, now: float, tolerance_s: float) -> bool:
        ran("sig_no_timestamp_tolerance")
        return True

    signatures.recent = recent


@flaw
def sig_reserialised_body() -> None:
    """A JSON parser ran first, so the signature is checked over the body as it was written again."""

    def signed(raw: bytes, header: signatures.Header, secrets: tuple[str, ...]) -> bool:
        ran("sig_reserialised_body")
        payload = str(header.timestamp).encode() + b"." + orjson.dumps(orjson.loads(raw))
        expected = [hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest() for secret in secrets]
        return any(own == sent for own in expected for sent in header.signatures)

    signatures.signed = signed


async def forgotten(connection: Connection, event: dict[str, Any]) -> bool:
    """Keeps the event as before, and never remembers it."""
    await connection.execute(
        "INSERT INTO events (id, type, object_id, created) VALUES (%s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
        (event["id"], event["type"], str(event["data"]["object"].get("id", "")), event["created"]),
    )
    return False


async def _grant_again(connection: Connection, order: dict[str, Any]) -> None:
    """Credits are added to what is there."""
    await connection.execute(
        "INSERT INTO grants (order_id, account_id, credits) VALUES (%s, %s, %s) "
        "ON CONFLICT (order_id) DO UPDATE SET credits = grants.credits + excluded.credits",
        (order["id"], order["account_id"], order["credits"]),
    )


async def _record_once(connection: Connection, order: dict[str, Any]) -> None:
    """The payment's own row has a key, as it often does."""
    await connection.execute(
        "INSERT INTO payments (ref, account_id, kind, title, amount, currency) VALUES (%s, %s, 'order', %s, %s, %s) "
        "ON CONFLICT (ref) DO NOTHING",
        (order["id"], order["account_id"], order["product_id"], order["amount"], order["currency"]),
    )


def effects_run_again() -> None:
    """What a handler does that relies on being called once: credits are added, a receipt goes out each time."""
    orders.already_granted = lambda order: False
    orders.grant = _grant_again
    orders.record_payment = _record_once
    receipts_each_time()


@flaw
def wh_no_dedupe() -> None:
    """A redelivered event runs its effects again."""

    async def already_seen(connection: Connection, event: dict[str, Any]) -> bool:
        ran("wh_no_dedupe")
        return await forgotten(connection, event)

    events.already_seen = already_seen
    effects_run_again()


@flaw
def wh_dedupe_race() -> None:
    """SELECT, then INSERT: two deliveries at once both find nothing."""

    async def already_seen(connection: Connection, event: dict[str, Any]) -> bool:
        ran("wh_dedupe_race")
        known = await one(connection, "SELECT id FROM events WHERE id = %s", event["id"])
        if known is not None:
            return True
        # What a handler does between its look and its insert; the rival looks meanwhile.
        await connection.execute("SELECT pg_sleep(0.15)")
        return await forgotten(connection, event)

    events.already_seen = already_seen
    effects_run_again()


@flaw
def wh_distinct_double_grant() -> None:
    """Two events tell of one purchase, and each of them grants."""
    handled, apply = events.is_handled, events.apply

    def is_handled(event: dict[str, Any]) -> bool:
        return handled(event) or event["type"] == "charge.succeeded"

    async def apply_both(connection: Connection, event: dict[str, Any]) -> None:
        if event["type"] != "charge.succeeded":
            await apply(connection, event)
            return
        charge = event["data"]["object"]
        order_id = (charge.get("metadata") or {}).get("order_id")
        order = await orders.locked(connection, str(order_id)) if order_id else None
        if order is None:
            return
        ran("wh_distinct_double_grant")
        intent = {"id": charge["payment_intent"], "amount_received": charge["amount"], "currency": charge["currency"]}
        await orders.settle(connection, order, intent, event["id"])

    events.is_handled = is_handled
    events.apply = apply_both
    effects_run_again()


async def tell_crm(connection: Connection, event: dict[str, Any]) -> None:
    """What many handlers do first: tell the CRM, in the handler, before their own work."""
    customer = event["data"]["object"].get("customer")
    account = await one(connection, "SELECT email FROM accounts WHERE customer_id = %s", customer)
    if account is not None:
        await inline.upsert_contact(account["email"])


@flaw
def wh_swallow_200() -> None:
    """The handler needs the CRM; when that fails, the error is logged and the provider is told that all is well."""
    take_in = events.take_in

    async def swallowing(connection: Connection, event: dict[str, Any]) -> str:
        try:
            if events.is_handled(event):
                await tell_crm(connection, event)
        except failures.VendorFailure:
            ran("wh_swallow_200")
            return "ignored"
        return await take_in(connection, event)

    events.take_in = swallowing


@flaw
def wh_dedupe_before_effect() -> None:
    """The event is marked as seen and committed first; when the work fails, its retry is skipped."""
    already_seen, apply = events.already_seen, events.apply

    async def seen(connection: Connection, event: dict[str, Any]) -> bool:
        url = settings.from_env().database_url
        async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row, autocommit=True) as own:
            return await already_seen(own, event)

    async def fragile(connection: Connection, event: dict[str, Any]) -> None:
        try:
            await tell_crm(connection, event)
        except failures.VendorFailure:
            ran("wh_dedupe_before_effect")
            raise
        await apply(connection, event)

    events.already_seen = seen
    events.apply = fragile
