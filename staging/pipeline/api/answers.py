"""Answers and refusals: one shape for every error, said in words that give nothing away."""

import logging
import re
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import compile_path

from staging.pipeline import idempotency, logs
from staging.pipeline.api.models import Error
from staging.pipeline.database import GONE

MESSAGES = {
    400: ("malformed", "The request could not be read."),
    401: ("unauthorised", "Sign in first."),
    403: ("forbidden", "This is not yours to do."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "This cannot be done here."),
    409: ("conflict", "This does not fit what is already there."),
    413: ("too_large", "The request is too large."),
    422: ("invalid", "Some fields are missing, unknown or not valid."),
    429: ("too_many", "Too many requests; try again later."),
    500: ("internal", "Something went wrong on our side."),
    503: ("unavailable", "Not available right now; try again."),
}
log = logging.getLogger("pipeline.api")


class Refused(Exception):
    """Ends a request with one of the statuses above."""

    def __init__(self, status: int) -> None:
        super().__init__(MESSAGES[status][0])
        self.status = status


def json(content: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(content), status, media_type="application/json")


def error(status: int, headers: dict[str, str] | None = None) -> Response:
    """The answer for a refusal."""
    code, message = MESSAGES.get(status, MESSAGES[400])
    body = {"error": {"code": code, "message": message, "request_id": logs.request_id.get()}}
    return Response(orjson.dumps(body), status, headers, media_type="application/json")


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The part of the OpenAPI document that promises these statuses, besides those that every route can answer."""
    return {
        s: {"model": Error, "description": MESSAGES[s][1]} for s in sorted({*statuses, 400, 405, 413, 422, 500, 503})
    }


def methods(app: FastAPI) -> list[tuple[re.Pattern[str], str]]:
    """Every address of the app with all its methods, whichever routes they belong to."""
    if not hasattr(app.state, "methods"):
        paths = app.openapi()["paths"]
        app.state.methods = [
            (compile_path(path)[0], ", ".join(sorted(m.upper() for m in paths[path]))) for path in paths
        ]
    return list(app.state.methods)


def allowed(request: Request) -> str:
    """What may be done at the address of a request."""
    path = request.scope["path"]
    return next((names for pattern, names in methods(request.app) if pattern.match(path)), "GET")


async def _http(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, HTTPException)
    headers = {"Allow": allowed(request)} if refusal.status_code == 405 else None
    return error(refusal.status_code, headers)


async def _refused(_request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refused)
    return error(refusal.status, {"WWW-Authenticate": "Bearer"} if refusal.status == 401 else None)


async def _invalid(_request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, RequestValidationError)
    unreadable = any(problem["type"] == "json_invalid" for problem in refusal.errors())
    return error(400 if unreadable else 422)


async def _reused(_request: Request, _refusal: Exception) -> Response:
    return error(409)


async def _gone(_request: Request, trouble: Exception) -> Response:
    log.warning("the database is away", extra={"reason": type(trouble).__name__})
    return error(503, {"Retry-After": "1"})


async def _unexpected(_request: Request, _trouble: Exception) -> Response:
    return error(500)


def install(app: FastAPI) -> None:
    """Every refusal and every failure of this app gets its answer here."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(idempotency.Reused, _reused)
    for kind in GONE:
        app.add_exception_handler(kind, _gone)
    app.add_exception_handler(Exception, _unexpected)
