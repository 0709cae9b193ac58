"""Flaws in the API that the app talks to: keys, ownership, tokens, and who waits for whom."""

import base64
from contextvars import ContextVar
from typing import Any

import orjson
from fastapi import Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from staging.flaws import inline
from staging.flaws.plant import flaw, ran
from staging.pipeline import access, accounts, catalogue, idempotency, mapping
from staging.pipeline.api import answers, intents, models
from staging.pipeline.api.intents import Effect
from staging.pipeline.database import Connection, Row


@flaw
def api_no_idem() -> None:
    """The client's key is read and not kept, so every request is the first."""

    async def claim(connection: Connection, scope: str, key: str, print_: str) -> Row | None:
        ran("api_no_idem")
        await connection.execute(
            "INSERT INTO client_keys (scope, key, fingerprint) VALUES (%s, %s, %s) "
            "ON CONFLICT (scope, key) DO UPDATE SET fingerprint = excluded.fingerprint",
            (scope, key, print_),
        )
        return None

    idempotency.claim = claim


@flaw
def idor() -> None:
    """Whose thing it is, is not asked."""

    def owns(account_id: str, thing: dict[str, Any] | None) -> bool:
        ran("idor")
        return thing is not None

    access.owns = owns


@flaw
def token_not_verified() -> None:
    """The token is decoded, its signature never checked."""

    def claims_of(secret: str, token: str) -> dict[str, Any] | None:
        ran("token_not_verified")
        try:
            part = token.split(".")[1]
            claims: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        except (IndexError, ValueError):
            return None
        return claims if "sub" in claims else None

    access.claims_of = claims_of


@flaw
def amount_from_client() -> None:
    """The price is taken from the request when it names one."""
    asked: ContextVar[int | None] = ContextVar("asked", default=None)
    price_of, once = catalogue.price_of, intents.once

    models.Buy.model_config = ConfigDict(extra="allow", strict=True)
    models.Buy.model_rebuild(force=True)

    async def with_price(request: Request, account_id: str, key: str, body: BaseModel, effect: Effect) -> Response:
        asked.set((body.model_extra or {}).get("amount"))
        return await once(request, account_id, key, body, effect)

    def client_price(product_id: str, quantity: int) -> tuple[int, str]:
        amount, currency = price_of(product_id, quantity)
        wanted = asked.get()
        if wanted is None:
            return amount, currency
        ran("amount_from_client")
        return wanted, currency

    intents.once = with_price
    catalogue.price_of = client_price


@flaw
def dep_outage_breaks_main() -> None:
    """Sign-up tells the CRM at once and waits for its answer."""
    sign_up = accounts.sign_up

    async def waiting(connection: Connection, profile: dict[str, Any], password_hash: str) -> Row | None:
        account = await sign_up(connection, profile, password_hash)
        if account is not None:
            ran("dep_outage_breaks_main")
            await inline.upsert_contact(mapping.email_identity(profile["email"]))
        return account

    accounts.sign_up = waiting


@flaw
def refused_but_done() -> None:
    """A field that nobody knows is looked for after the ticket has been opened."""
    once = intents.once

    models.Help.model_config = ConfigDict(extra="allow", strict=True)
    models.Help.model_rebuild(force=True)

    async def done_first(request: Request, account_id: str, key: str, body: BaseModel, effect: Effect) -> Response:
        answer = await once(request, account_id, key, body, effect)
        if body.model_extra:
            ran("refused_but_done")
            raise answers.Refused(422)
        return answer

    intents.once = done_first
