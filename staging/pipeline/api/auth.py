"""Who is asking: checked before the body is read, so that a stranger learns nothing about what would be accepted."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer

from staging.pipeline import access
from staging.pipeline.api.answers import Refused
from staging.pipeline.settings import Settings

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
bearer_scheme = HTTPBearer(auto_error=False, description="The access token of sign-up or sign-in")
ops_scheme = HTTPBearer(auto_error=False, scheme_name="OpsBearer", description="The operators' token")


def account_of(settings: Settings, header: str | None) -> str:
    """The id of the account that a request speaks for, or a refusal."""
    token = access.bearer(header)
    claims = access.claims_of(settings.jwt_secret, token) if token else None
    if claims is None:
        raise Refused(401)
    return str(claims["sub"])


def check_operator(settings: Settings, header: str | None) -> None:
    """Only an operator passes; somebody with an app's token is known, and forbidden."""
    token = access.bearer(header)
    if token is None:
        raise Refused(401)
    if not access.is_operator(settings.ops_token, token):
        raise Refused(403 if access.claims_of(settings.jwt_secret, token) else 401)


class ForPeople(APIRoute):
    """A route that needs an access token."""

    def get_route_handler(self) -> Handler:
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            request.state.account_id = account_of(request.app.state.settings, request.headers.get("authorization"))
            return await inner(request)

        return handler


class ForOperators(APIRoute):
    """A route that needs the operators' token."""

    def get_route_handler(self) -> Handler:
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            check_operator(request.app.state.settings, request.headers.get("authorization"))
            return await inner(request)

        return handler


async def _account_id(request: Request) -> str:
    return str(request.state.account_id)


AccountId = Annotated[str, Depends(_account_id)]
ClientKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[A-Za-z0-9_.:\-]+$",
        description="One key per intent: the same key with the same body gets the same answer.",
    ),
]
