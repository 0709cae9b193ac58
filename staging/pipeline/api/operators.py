"""What operators see and do: health, what is pending, numbers, dead letters."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from staging.pipeline import database, dead_letters, measures, ops
from staging.pipeline.api import answers, models
from staging.pipeline.api.auth import ForOperators, ops_scheme

open_router = APIRouter(prefix="/ops", tags=["operators"])
router = APIRouter(prefix="/ops", tags=["operators"], route_class=ForOperators, dependencies=[Depends(ops_scheme)])
METRICS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus text"}
}


@open_router.get("/health", response_model=models.Health, responses=answers.documented(), operation_id="health")
async def health(request: Request) -> Response:
    """Whether the API and its database answer."""
    async with request.app.state.pool.connection() as connection:
        await connection.execute("SELECT 1")
    return answers.json({"status": "ok"})


@router.get("/pending", response_model=models.Pending, responses=answers.documented(401, 403), operation_id="pending")
async def pending(request: Request) -> Response:
    """What has not been done yet."""
    async with request.app.state.pool.connection() as connection:
        return answers.json(await ops.pending(connection))


@router.get(
    "/metrics", responses=METRICS | answers.documented(401, 403), response_class=Response, operation_id="metrics"
)
async def metrics(request: Request) -> Response:
    """Numbers for Prometheus."""
    pool = request.app.state.pool
    await measures.flush(pool)
    async with pool.connection() as connection:
        return Response(await measures.shown(connection), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get(
    "/dead-letters",
    response_model=models.DeadLetters,
    responses=answers.documented(401, 403),
    operation_id="dead_letters",
)
async def list_dead_letters(request: Request) -> Response:
    """What was given up and waits for somebody."""
    async with request.app.state.pool.connection() as connection:
        letters = await dead_letters.listed(connection)
    return answers.json({"dead_letters": [{**letter, "at": letter["at"].isoformat()} for letter in letters]})


@router.post(
    "/dead-letters/{letter_id}/retry",
    response_model=models.Retried,
    responses=answers.documented(401, 403, 404),
    operation_id="retry_dead_letter",
)
async def retry_dead_letter(request: Request, letter_id: Annotated[int, Path(ge=1, le=2**62)]) -> Response:
    """Try a given-up job again, by hand."""
    async with database.transaction(request.app.state.pool) as connection:
        if not await dead_letters.retry_by_hand(connection, letter_id):
            raise answers.Refused(404)
    return answers.json({"retried": True})
