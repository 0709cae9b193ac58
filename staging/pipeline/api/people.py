"""Signing up and in, and what is for sale: the routes that need no access token."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from staging.pipeline import access, accounts, catalogue, database, idempotency, words
from staging.pipeline.api import answers, models
from staging.pipeline.api.auth import ClientKey

router = APIRouter(prefix="/v1", tags=["people"])
SIGN_UP_SCOPE = "sign_up"
NOBODY = "scrypt$1024$00$00"
"""What a password is compared with when nobody has that e-mail, so that the answer takes as long."""


def _signed_up(request: Request, answer: dict[str, Any], at: int) -> Response:
    settings = request.app.state.settings
    token = access.issue(settings.jwt_secret, answer["account_id"], at, settings.token_lifetime_s)
    return answers.json({**answer, "access_token": token}, 202)


@router.post(
    "/accounts",
    status_code=202,
    response_model=models.SignedUp,
    responses=answers.documented(409),
    operation_id="sign_up",
)
async def sign_up(request: Request, body: models.SignUp, key: ClientKey) -> Response:
    """Open an account; the rest of the world hears of it in the background."""
    app = request.app.state
    profile = body.model_dump(mode="json")
    wanted = idempotency.fingerprint(app.settings.jwt_secret, "sign_up", profile)
    password_hash = await access.hash_password(body.password, app.settings.scrypt_n)
    async with database.transaction(app.pool) as connection:
        earlier = await idempotency.claim(connection, SIGN_UP_SCOPE, key, wanted)
        if earlier is not None:
            return _signed_up(request, earlier["answer"], earlier["at"])
        account = await accounts.sign_up(connection, profile, password_hash)
        if account is None:
            raise answers.Refused(409)
        answer = {"account_id": account["id"], "state": words.SYNCING}
        at = await idempotency.keep(connection, SIGN_UP_SCOPE, key, answer)
    return _signed_up(request, answer, at)


@router.post("/sessions", response_model=models.SignedIn, responses=answers.documented(401), operation_id="sign_in")
async def sign_in(request: Request, body: models.SignIn) -> Response:
    """An access token for e-mail and password."""
    app = request.app.state
    async with app.pool.connection() as connection:
        account = await accounts.by_email(connection, body.email)
    fits = await access.password_fits(body.password, account["password_hash"] if account else NOBODY)
    if account is None or not fits:
        raise answers.Refused(401)
    lifetime = app.settings.token_lifetime_s
    token = access.issue(app.settings.jwt_secret, account["id"], access.now(), lifetime)
    return answers.json({"access_token": token, "expires_in": lifetime})


@router.get("/catalogue", response_model=models.Catalogue, responses=answers.documented(), operation_id="catalogue")
async def read_catalogue() -> Response:
    """What can be bought and subscribed to."""
    return answers.json(catalogue.shown())
