"""Puts the API together: routers, refusals, gate, and the loops of its process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from staging.pipeline import guardrails, measures, worker
from staging.pipeline.api import answers, gate, operators, people, purchases, support, webhooks
from staging.pipeline.database import Pool
from staging.pipeline.jobs import tasks
from staging.pipeline.settings import Settings

__all__ = ["create", "tasks"]  # the jobs must be known wherever one is put on the board


def create(settings: Settings, pool: Pool) -> FastAPI:
    """The API over a pool that its life opens and closes."""

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        guardrails.open_settings(settings)
        await pool.open(wait=False)
        delays = settings.delays
        loops = [
            asyncio.create_task(worker.every(delays.measures_flush_s, lambda: measures.flush(pool))),
            asyncio.create_task(worker.every(delays.guardrail_check_s, lambda: guardrails.check_webhooks(pool))),
        ]
        yield
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await pool.close()

    app = FastAPI(
        title="Pipeline",
        version="1.0.0",
        summary="Takes intents of the app, answers at once, does the rest in the background.",
        lifespan=life,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.settings = settings
    app.state.pool = pool
    answers.install(app)
    for router in (people, purchases, support, webhooks):
        app.include_router(router.router)
    app.include_router(operators.open_router)
    app.include_router(operators.router)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key"],
        )
    app.add_middleware(gate.Gate)
    return app
