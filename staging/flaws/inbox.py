"""Flaws between a delivery that is believed and its effect: what is remembered, for how long, and what is dropped."""

import asyncio
import contextlib
from contextvars import ContextVar
from typing import Any

from starlette.types import Receive, Scope, Send

from staging.flaws import inline
from staging.flaws.ingress import effects_run_again, forgotten, tell_crm
from staging.flaws.plant import flaw, ran
from staging.pipeline import events, signatures, subscriptions
from staging.pipeline.api import answers, gate
from staging.pipeline.database import Connection, Row, one
from staging.pipeline.vendors import failures

REMEMBERED_S = 1.0
"""An hour of a provider that tells again for three days, at the scale of staging's own delays."""


@flaw
def sig_content_type_brittle() -> None:
    """The raw body is kept by a parser hook that knows one spelling of the content type; otherwise it is empty."""
    kind: ContextVar[bytes] = ContextVar("kind", default=b"")
    checked, limited = signatures.genuine, gate.Gate._limited

    async def noting(self: gate.Gate, scope: Scope, receive: Receive, send: Send) -> None:
        kind.set(dict(scope["headers"]).get(b"content-type", b""))
        await limited(self, scope, receive, send)

    def genuine(raw: bytes, header: str | None, secrets: tuple[str, ...], now: float, tolerance_s: float) -> bool:
        if kind.get() == b"application/json":
            return checked(raw, header, secrets, now, tolerance_s)
        ran("sig_content_type_brittle")
        return checked(b"", header, secrets, now, tolerance_s)

    gate.Gate._limited = noting  # type: ignore[method-assign]
    signatures.genuine = genuine


@flaw
def wh_dedupe_in_memory() -> None:
    """The ids of events that were seen live in the process, and are gone with it."""
    seen: set[str] = set()
    take_in = events.take_in

    async def already_seen(connection: Connection, event: dict[str, Any]) -> bool:
        if event["id"] in seen:
            return True
        ran("wh_dedupe_in_memory")
        seen.add(event["id"])
        return await forgotten(connection, event)

    async def taking_back(connection: Connection, event: dict[str, Any]) -> str:
        known = event["id"] in seen
        try:
            return await take_in(connection, event)
        except Exception:
            if not known:
                seen.discard(event["id"])
            raise

    events.already_seen = already_seen
    events.take_in = taking_back
    effects_run_again()


@flaw
def wh_dedupe_ttl_short() -> None:
    """The ids of events are kept for an hour; the provider tells again for days."""

    async def already_seen(connection: Connection, event: dict[str, Any]) -> bool:
        known = await one(
            connection,
            "SELECT at > now() - make_interval(secs => %s) AS fresh FROM events WHERE id = %s",
            REMEMBERED_S,
            event["id"],
        )
        if known is not None and known["fresh"]:
            return True
        if known is not None:
            ran("wh_dedupe_ttl_short")
        return await forgotten(connection, event)

    events.already_seen = already_seen
    effects_run_again()


@flaw
def wh_unknown_type_rejected() -> None:
    """What the switch has no branch for is answered with 400."""
    take_in = events.take_in

    async def strict(connection: Connection, event: dict[str, Any]) -> str:
        if not events.is_handled(event):
            ran("wh_unknown_type_rejected")
            raise answers.Refused(400)
        return await take_in(connection, event)

    events.take_in = strict


@flaw
def wh_unmatched_drop() -> None:
    """The id is written down after the CRM was told; events about an unknown id are answered with 200 and forgotten."""
    keep_created = subscriptions.keep_created

    async def late(connection: Connection, row_id: str, thing: dict[str, Any], secret: str | None) -> None:
        await connection.execute(
            "UPDATE subscriptions SET client_secret = %s, status = 'incomplete' WHERE id = %s", (secret, row_id)
        )
        for wait_s in (1.0, 2.0, 4.0):
            try:
                await tell_crm(connection, {"data": {"object": thing}})
                break
            except failures.VendorFailure:
                await asyncio.sleep(wait_s)
        await keep_created(connection, row_id, thing, secret)

    async def by_id(connection: Connection, thing: dict[str, Any]) -> Row | None:
        return await one(connection, "SELECT * FROM subscriptions WHERE provider_id = %s FOR UPDATE", thing["id"])

    async def park(connection: Connection, event: dict[str, Any]) -> None:
        ran("wh_unmatched_drop")

    subscriptions.keep_created = late
    subscriptions.of_provider = by_id
    events.park = park


@flaw
def wh_slow_sync() -> None:
    """The handler tells the CRM before it answers, however long that takes, and goes on when it fails."""
    take_in = events.take_in
    inline.PATIENCE_S = 60.0

    async def slow(connection: Connection, event: dict[str, Any]) -> str:
        outcome = await take_in(connection, event)
        if events.is_handled(event):
            ran("wh_slow_sync")
            with contextlib.suppress(failures.VendorFailure):
                await tell_crm(connection, event)
        return outcome

    events.take_in = slow
