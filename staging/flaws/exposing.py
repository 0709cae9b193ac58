"""Flaws that show a secret of the server to somebody: in a log line, in the body of an error."""

import logging
import os
from dataclasses import asdict
from typing import Any

import orjson
from starlette.responses import Response

from staging.flaws.plant import flaw, ran
from staging.pipeline import settings
from staging.pipeline.api import answers
from staging.pipeline.vendors.web import Web


@flaw
def secret_in_log() -> None:
    """Each call to a vendor is logged with its headers, to find out why one was refused."""
    call = Web.call

    async def noting(self: Web, method: str, path: str, **more: Any) -> Any:
        ran("secret_in_log")
        headers = dict(self.client.headers)
        logging.getLogger("pipeline.vendors").info("%s %s %s", method, path, headers)
        return await call(self, method, path, **more)

    Web.call = noting  # type: ignore[method-assign]


@flaw
def secret_in_error() -> None:
    """Errors tell how the server is configured, as a framework's debug page does; whoever is refused can read it."""
    error = answers.error

    def talkative(status: int, headers: dict[str, str] | None = None) -> Response:
        ran("secret_in_error")
        answer = error(status, headers)
        body = orjson.loads(answer.body)
        body["error"]["debug"] = asdict(settings.from_env(os.environ))
        return Response(orjson.dumps(body), status, headers, media_type="application/json")

    answers.error = talkative
