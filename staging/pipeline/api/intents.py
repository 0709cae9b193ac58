"""One intent, once: the frame around every write of the app. Key, account, effect and answer in one transaction."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from staging.pipeline import accounts, database, idempotency
from staging.pipeline.api import answers
from staging.pipeline.database import Connection

Effect = Callable[[Connection, dict[str, Any]], Awaitable[dict[str, Any]]]


async def once(request: Request, account_id: str, key: str, body: BaseModel, effect: Effect) -> Response:
    """202 with what `effect` answers, the first time and every time the key comes again."""
    app = request.app.state
    wanted = idempotency.fingerprint(app.settings.jwt_secret, request.scope["route"].path, body.model_dump(mode="json"))
    async with database.transaction(app.pool) as connection:
        account = await accounts.by_id(connection, account_id)
        if account is None:
            raise answers.Refused(401)
        earlier = await idempotency.claim(connection, account_id, key, wanted)
        if earlier is not None:
            return answers.json(earlier["answer"], 202)
        answer = await effect(connection, account)
        await idempotency.keep(connection, account_id, key, answer)
    return answers.json(answer, 202)
