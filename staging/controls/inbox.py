"""Other right ways to take events in: who is believed, what is remembered, when the work is done."""

import hashlib
import os
from contextvars import ContextVar
from typing import Any

import stripe

from staging.controls.plant import control, ran
from staging.pipeline import events, guardrails, measures, ordering, orders, settings, signatures, subscriptions
from staging.pipeline.database import Connection, Row, one
from staging.pipeline.vendors import failures, payments

_open = False


async def _read(kind: str, name: str) -> dict[str, Any] | None:
    """The object as the provider has it now; nothing when it has none of that name."""
    global _open
    if not _open:
        payments.open_client(settings.from_env(os.environ))
        _open = True
    services = {
        "payment_intent": payments._client.v1.payment_intents,
        "subscription": payments._client.v1.subscriptions,
        "invoice": payments._client.v1.invoices,
    }
    try:
        return payments._plain(await services[kind].retrieve_async(name))  # type: ignore[attr-defined]
    except stripe.InvalidRequestError:
        return None


@control
def truth_is_read() -> None:
    """Nobody's word counts: whatever an event says, signed or not, the object is read at the provider, and 200."""
    genuine, take_in = signatures.genuine, events.take_in
    doubtful: ContextVar[bool] = ContextVar("doubtful", default=False)
    lifted = {"payment_intent.succeeded": "succeeded", "invoice.paid": "paid"}

    def anybody(raw: bytes, header: str | None, secrets: tuple[str, ...], now: float, tolerance_s: float) -> bool:
        believed = genuine(raw, header, secrets, now, tolerance_s)
        doubtful.set(not believed)
        if not believed:
            guardrails.delivery(ok=False)
            measures.webhook("refused")
        return True

    async def as_it_is(connection: Connection, event: dict[str, Any]) -> str:
        if not events.is_handled(event):
            return "ignored"
        thing = event["data"]["object"]
        ran("truth_is_read")
        found = await _read(str(thing.get("object")), str(thing.get("id")))
        if found is None:
            return "ignored"
        wanted = lifted.get(event["type"])
        if wanted is not None and found.get("status") != wanted:
            return "ignored"
        if doubtful.get() and wanted is None:
            return "ignored"
        return await take_in(connection, {**event, "data": {"object": {**thing, **found}}})

    signatures.genuine = anybody
    events.take_in = as_it_is


@control
def rival_is_told_500() -> None:
    """A delivery that comes while another of the same event is at work is answered with 500, and told again."""
    already_seen = events.already_seen

    async def unless_busy(connection: Connection, event: dict[str, Any]) -> bool:
        number = int(hashlib.sha256(event["id"].encode()).hexdigest()[:12], 16)
        free = await one(connection, "SELECT pg_try_advisory_xact_lock(%s) AS free", number)
        if free is None or not free["free"]:
            ran("rival_is_told_500")
            raise RuntimeError("another delivery of this event is at work")
        # Long enough that a rival can come at all.
        await connection.execute("SELECT pg_sleep(0.05)")
        return await already_seen(connection, event)

    events.already_seen = unless_busy


@control
def acknowledged_first() -> None:
    """An event is kept and answered; all of its work is done by a job."""

    async def kept(connection: Connection, event: dict[str, Any]) -> str:
        if not events.is_handled(event):
            return "ignored"
        if await events.already_seen(connection, event):
            return "repeated"
        ran("acknowledged_first")
        await events.park(connection, event)
        return "parked"

    events.take_in = kept


@control
def natural_keys_in_events() -> None:
    """Ids of events are noted and nothing more: orders, invoices and refs say by themselves what was done before."""
    duplicate_event = guardrails.duplicate_event

    async def never(connection: Connection, event: dict[str, Any]) -> bool:
        repeated.set(await seen(connection, event))
        if repeated.get():
            ran("natural_keys_in_events")
        return False

    async def unless_repeated(connection: Connection, detail: str) -> None:
        if not repeated.get():
            await duplicate_event(connection, detail)

    seen = events.already_seen
    repeated: ContextVar[bool] = ContextVar("repeated", default=False)
    events.already_seen = never
    guardrails.duplicate_event = unless_repeated


@control
def always_read_again() -> None:
    """Events about subscriptions are hints: their state is always read at the provider."""

    def judge(created: int, known_created: int | None, known_by_reading: bool) -> ordering.Judgement:
        ran("always_read_again")
        return ordering.Judgement.READ_AGAIN

    ordering.judge = judge


@control
def by_event_time() -> None:
    """What was read counts as of when it was read; events are compared by their time, and read again in a tie."""
    apply = subscriptions.apply

    async def dated(connection: Connection, row: Row, thing: dict[str, Any], created: int | None, read: bool) -> None:
        if read:
            ran("by_event_time")
            now = await one(connection, "SELECT extract(epoch FROM now())::bigint AS now")
            created = int(now["now"]) if now else created
        await apply(connection, row, thing, created, read=False)

    subscriptions.apply = dated


@control
def unknown_is_told_409() -> None:
    """Subscriptions are known by their id alone; an event about an unknown one is refused, to be told again."""

    async def by_id(connection: Connection, thing: dict[str, Any]) -> Row | None:
        return await one(connection, "SELECT * FROM subscriptions WHERE provider_id = %s FOR UPDATE", thing["id"])

    async def refuse(connection: Connection, event: dict[str, Any]) -> None:
        ran("unknown_is_told_409")
        raise failures.NotYet

    subscriptions.of_provider = by_id
    events.park = refuse


@control
def payment_is_read() -> None:
    """That a payment succeeded is a hint too: a job reads it at the provider before anything is granted."""
    settle = orders.settle

    async def check(connection: Connection, order: dict[str, Any], intent: dict[str, Any], event_id: str) -> None:
        ran("payment_is_read")
        found = await _read("payment_intent", intent["id"])
        if found is not None and orders.is_paid(found):
            await settle(connection, order, found, event_id)

    orders.settle = check
