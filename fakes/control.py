"""The control channel's server: faults, deliveries, acts and the wallet, as JSON over HTTP.

It may steer, never judge. Everything needs the admin token but `/health` and `/wallet/pay`, which a phone can reach.
Malformed JSON is 400; an unknown field, fake, kind or name is 422 and says what would be right. The client is
`harness.control`. What can be wished stands in the tables `fakes.steering`, `fakes.telling`, `fakes.retelling`,
`fakes.acting`, `fakes.timing` and `fakes.tuning`.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fakes import acting, retelling, snapshots, steering, telling, timing, tuning
from fakes.asking import House, Problem, Wish, asked
from fakes.calls import Slice
from fakes.core import Core
from fakes.document import document

Handler = Callable[[Request], Awaitable[Response]]
WISHES: tuple[Wish, ...] = (
    *steering.WISHES,
    *telling.WISHES,
    *retelling.WISHES,
    *acting.WISHES,
    *timing.WISHES,
    *snapshots.WISHES,
    *tuning.WISHES,
)


def answer(content: Any, status: int = 200) -> Response:
    """A JSON response."""
    return Response(orjson.dumps(content, default=_plain), status, media_type="application/json")


def _plain(value: Any) -> Any:
    return value.model_dump() if isinstance(value, BaseModel) else str(value)


def _nowhere(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    text = f"{request.method} {request.url.path}: {problem.detail}; /openapi.json says what there is"
    return Response(orjson.dumps({"error": text}), problem.status_code, problem.headers, "application/json")


class Control:
    """The control channel over a core and its slices."""

    def __init__(self, core: Core, slices: Mapping[str, Slice], token: str) -> None:
        self._house = House(core, slices)
        self._token = token.encode()

    def app(self) -> Starlette:
        """The ASGI application."""
        served = [Route(wish.path, self._served(wish), methods=[wish.method]) for wish in WISHES]
        return Starlette(
            routes=[*served, Route("/openapi.json", self._document, methods=["GET"])],
            exception_handlers={HTTPException: _nowhere},
        )

    async def _document(self, request: Request) -> Response:
        return answer(document(WISHES, sorted(self._house.slices)))

    def _served(self, wish: Wish) -> Handler:
        model = wish.ask

        async def handle(request: Request) -> Response:
            given = request.headers.get("authorization", "").encode()
            if not wish.open and not hmac.compare_digest(given, b"Bearer " + self._token):
                return answer({"error": "the control channel needs `Authorization: Bearer <admin token>`"}, 401)
            try:
                done = wish.grant(self._house, await asked(request, model))
                return answer(await done if isinstance(done, Awaitable) else done)
            except Problem as problem:
                return answer({"error": str(problem)}, problem.status)

        return handle
