"""What every request passes before any route sees it: an id, a size, a line in the log. Plain ASGI, for its cost."""

import logging
import re
import secrets
import time
from typing import Any

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from staging.pipeline import logs
from staging.pipeline.api import answers

KIBI = 1024
LIMITS = {"/v1/tickets": 7_000 * KIBI, "/webhooks/payments": 1_024 * KIBI}
LIMIT = 64 * KIBI
DRAINED = 32 * KIBI * KIBI
"""How much of a refused body is read all the same, so that the sender gets to read the answer."""

REQUEST_ID = re.compile(r"[A-Za-z0-9_\-]{8,64}")
log = logging.getLogger("pipeline.api")


def limit_of(path: str) -> int:
    """How large a body may be here."""
    return LIMITS.get(path, LIMIT)


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and REQUEST_ID.fullmatch(value.decode("latin-1")):
            return str(value.decode())
    return secrets.token_hex(8)


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


class Gate:
    """Wraps the app."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        token = logs.request_id.set(request_id)
        began, seen = time.perf_counter(), {"status": 0}

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._limited(scope, receive, sending)
        finally:
            self._log(scope, seen["status"], (time.perf_counter() - began) * 1000)
            logs.request_id.reset(token)

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit, got = limit_of(scope["path"]), 0

        async def receiving() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > limit:
                await _drain(receive, message, DRAINED)
                raise HTTPException(413)
            return message

        if _declared(scope) > limit:
            await _drain(receive, {"type": "http.request", "more_body": True}, DRAINED)
            await answers.error(413)(scope, receive, send)
        else:
            await self.app(scope, receiving, send)

    @staticmethod
    def _log(scope: Scope, status: int, took_ms: float) -> None:
        route: Any = scope.get("route")
        fields = {
            "method": scope["method"],
            "route": getattr(route, "path", "-"),
            "status": status,
            "ms": round(took_ms, 1),
        }
        log.info("request", extra=fields)


async def _drain(receive: Receive, message: Message, most: int) -> None:
    while most > 0 and message["type"] == "http.request" and message.get("more_body"):
        message = await receive()
        most -= len(message.get("body", b""))
