"""Buying, subscribing, changing, cancelling: received at once, done in the background."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from staging.pipeline import access, orders, state, subscriptions, words
from staging.pipeline.api import answers, intents, models
from staging.pipeline.api.auth import AccountId, ClientKey, ForPeople, bearer_scheme
from staging.pipeline.database import Connection

router = APIRouter(prefix="/v1", tags=["purchases"], route_class=ForPeople, dependencies=[Depends(bearer_scheme)])


@router.post(
    "/orders", status_code=202, response_model=models.Placed, responses=answers.documented(401, 409), operation_id="buy"
)
async def buy(request: Request, body: models.Buy, key: ClientKey, account_id: AccountId) -> Response:
    """Order something once; the payment for it is being prepared."""

    async def effect(connection: Connection, account: dict[str, Any]) -> dict[str, Any]:
        order = await orders.place(connection, account, body.product_id.value, body.quantity)
        return {"order_id": order["id"], "state": words.PAYMENT_PENDING}

    return await intents.once(request, account_id, key, body, effect)


@router.get(
    "/orders/{order_id}", response_model=models.Order, responses=answers.documented(401, 404), operation_id="order"
)
async def read_order(request: Request, order_id: models.Id, account_id: AccountId) -> Response:
    """One's own order, with what the phone needs to pay it."""
    app = request.app.state
    async with app.pool.connection() as connection:
        order = await orders.by_id(connection, order_id)
    if order is None or not access.owns(account_id, order):
        raise answers.Refused(404)
    return answers.json(state.of_order(order, app.settings.stripe_publishable_key))


@router.post(
    "/subscription",
    status_code=202,
    response_model=models.Accepted,
    responses=answers.documented(401, 409),
    operation_id="subscribe",
)
async def subscribe(request: Request, body: models.Subscribe, key: ClientKey, account_id: AccountId) -> Response:
    """Begin a subscription; one at a time."""

    async def effect(connection: Connection, account: dict[str, Any]) -> dict[str, Any]:
        if await subscriptions.start(connection, account, body.plan_id.value) is None:
            raise answers.Refused(409)
        return {"state": words.PAYMENT_PENDING}

    return await intents.once(request, account_id, key, body, effect)


@router.get(
    "/subscription", response_model=models.Subscription, responses=answers.documented(401), operation_id="subscription"
)
async def read_subscription(request: Request, account_id: AccountId) -> Response:
    """One's own subscription, with what the phone needs to pay it."""
    app = request.app.state
    async with app.pool.connection() as connection:
        row = await subscriptions.present(connection, account_id)
    return answers.json(state.of_subscription(row, app.settings.stripe_publishable_key))


@router.post(
    "/subscription/plan",
    status_code=202,
    response_model=models.Accepted,
    responses=answers.documented(401, 409),
    operation_id="change_plan",
)
async def change_plan(request: Request, body: models.Subscribe, key: ClientKey, account_id: AccountId) -> Response:
    """Move to another plan."""

    async def effect(connection: Connection, account: dict[str, Any]) -> dict[str, Any]:
        if not await subscriptions.want_plan(connection, account, body.plan_id.value):
            raise answers.Refused(409)
        return {"state": words.SYNCING}

    return await intents.once(request, account_id, key, body, effect)


@router.post(
    "/subscription/cancel",
    status_code=202,
    response_model=models.Accepted,
    responses=answers.documented(401, 409),
    operation_id="cancel",
)
async def cancel(request: Request, body: models.Cancel, key: ClientKey, account_id: AccountId) -> Response:
    """End the subscription with the period that is paid."""

    async def effect(connection: Connection, account: dict[str, Any]) -> dict[str, Any]:
        if not await subscriptions.want_cancel(connection, account):
            raise answers.Refused(409)
        return {"state": words.SYNCING}

    return await intents.once(request, account_id, key, body, effect)
