"""One's own state, asking for help, and an old push that was opened."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from staging.pipeline import access, orders, state, subscriptions, tickets, words
from staging.pipeline.api import answers, intents, models
from staging.pipeline.api.auth import AccountId, ClientKey, ForPeople, bearer_scheme
from staging.pipeline.database import Connection

router = APIRouter(prefix="/v1", tags=["support"], route_class=ForPeople, dependencies=[Depends(bearer_scheme)])


@router.get("/me", response_model=models.Me, responses=answers.documented(401), operation_id="read_state")
async def read_state(request: Request, account_id: AccountId) -> Response:
    """Everything one may know about oneself."""
    async with request.app.state.pool.connection() as connection:
        me = await state.of_person(connection, account_id)
    if me is None:
        raise answers.Refused(401)
    return answers.json(me)


@router.post(
    "/tickets",
    status_code=202,
    response_model=models.Received,
    responses=answers.documented(401, 409),
    operation_id="help",
)
async def ask_for_help(request: Request, body: models.Help, key: ClientKey, account_id: AccountId) -> Response:
    """Ask the team; with a file, if need be."""

    async def effect(connection: Connection, account: dict[str, Any]) -> dict[str, Any]:
        ticket = await tickets.open_ticket(connection, account, body.model_dump(mode="json"))
        return {"ticket_id": ticket["id"], "state": words.TICKET_RECEIVED}

    return await intents.once(request, account_id, key, body, effect)


@router.get(
    "/tickets/{ticket_id}", response_model=models.Ticket, responses=answers.documented(401, 404), operation_id="ticket"
)
async def read_ticket(request: Request, ticket_id: models.Id, account_id: AccountId) -> Response:
    """One's own ticket."""
    async with request.app.state.pool.connection() as connection:
        row = await tickets.by_id(connection, ticket_id)
    if row is None or not access.owns(account_id, row):
        raise answers.Refused(404)
    word = words.of_ticket(row["status"], row["trouble"])
    return answers.json({"ticket_id": row["id"], "status": row["status"], "state": word, "as_of": row["as_of"]})


@router.post(
    "/notices/opened", response_model=models.Seen, responses=answers.documented(401, 404), operation_id="open_notice"
)
async def open_notice(request: Request, body: models.Notice, account_id: AccountId) -> Response:
    """What is true now about what an old push claimed."""
    app = request.app.state
    key = app.settings.stripe_publishable_key
    async with app.pool.connection() as connection:
        if body.kind == "subscription":
            seen = state.of_subscription(await subscriptions.present(connection, account_id), key)
        else:
            order = await orders.by_id(connection, body.id)
            if order is None or not access.owns(account_id, order):
                raise answers.Refused(404)
            seen = state.of_order(order, key)
    told = {name: seen[name] for name in ("state", "status", "as_of")}
    return answers.json({"kind": body.kind, "id": body.id, **told})
