"""Flaws in whom the pipeline believes about money: the amount, the app's word, the shape of an event."""

import os
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from fastapi import Request, Response

from staging.flaws.plant import flaw, ran
from staging.pipeline import database, events, invoices, orders, settings
from staging.pipeline.api import auth
from staging.pipeline.database import Connection, Row
from staging.pipeline.vendors import payments

Before = Callable[[Request], Awaitable[None]]


def _before_route(path: str, act: Before) -> None:
    """Let `act` see every request of a person to this route first."""
    inner = auth.ForPeople.get_route_handler

    def outer(self: auth.ForPeople) -> auth.Handler:
        handler = inner(self)

        async def watched(request: Request) -> Response:
            if self.path == path:
                await act(request)
            return await handler(request)

        return watched

    auth.ForPeople.get_route_handler = outer  # type: ignore[method-assign]


@flaw
def paid_amount_unverified() -> None:
    """That money came is asked, how much is not."""
    paid_in_full = orders.paid_in_full

    def whatever(intent: dict[str, Any], order: dict[str, Any]) -> bool:
        if not paid_in_full(intent, order):
            ran("paid_amount_unverified")
        return True

    orders.paid_in_full = whatever


@flaw
def client_claims_success() -> None:
    """What an old push says on the phone is written down as the state of the subscription."""

    async def believe(request: Request) -> None:
        account_id = auth.account_of(request.app.state.settings, request.headers.get("authorization"))
        claim = orjson.loads(await request.body())
        if claim.get("kind") == "subscription" and claim.get("state") == "active":
            ran("client_claims_success")
            async with request.app.state.pool.connection() as connection:
                await connection.execute(
                    "UPDATE subscriptions SET status = 'active' WHERE id = (SELECT id FROM subscriptions "
                    "WHERE account_id = %s ORDER BY created_at DESC LIMIT 1)",
                    (account_id,),
                )

    _before_route("/v1/notices/opened", believe)


@flaw
def redirect_only_fulfilment() -> None:
    """An order is fulfilled when the app asks for it after paying; an app that is closed never asks."""
    apply, opened = events.apply, False

    async def without_payments(connection: Connection, event: dict[str, Any]) -> None:
        if event["type"] == "payment_intent.succeeded":
            ran("redirect_only_fulfilment")
            return
        await apply(connection, event)

    async def fulfil(request: Request) -> None:
        nonlocal opened
        if not opened:
            payments.open_client(settings.from_env(os.environ))
            opened = True
        async with database.transaction(request.app.state.pool) as connection:
            order = await orders.locked(connection, request.path_params["order_id"])
            if order is None or not order["intent_id"] or orders.already_granted(order):
                return
            intent = payments._plain(await payments._client.v1.payment_intents.retrieve_async(order["intent_id"]))
            if orders.is_paid(intent):
                await orders.settle(connection, order, intent, "read")

    events.apply = without_payments
    _before_route("/v1/orders/{order_id}", fulfil)


@flaw
def api_version_drift() -> None:
    """The subscription of an invoice is read where it stood before the provider moved it."""

    def subscription_of(invoice: dict[str, Any]) -> dict[str, Any] | None:
        found = invoice.get("subscription")
        if found is None:
            ran("api_version_drift")
            return None
        return {"id": found, "metadata": {}}

    invoices.subscription_of = subscription_of


@flaw
def renamed_field_silent() -> None:
    """The amount is read from a field that the event does not have, and nothing is no amount."""
    settle = invoices.settle

    async def by_old_name(connection: Connection, row: Row, invoice: dict[str, Any], event_id: str) -> None:
        ran("renamed_field_silent")
        await settle(connection, row, {**invoice, "amount_paid": invoice.get("total_paid")}, event_id)

    invoices.settle = by_old_name
