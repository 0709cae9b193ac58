"""Other right ways to answer the app: which status, how soon, after what."""

import asyncio
import hashlib
import os
import time
from typing import Any

from fastapi import Response

from staging.controls.plant import control, ran
from staging.pipeline import access, accounts, idempotency, logs, mapping, settings, state
from staging.pipeline.api import answers, auth, gate
from staging.pipeline.database import Connection, Row, one
from staging.pipeline.jobs import retry
from staging.pipeline.vendors import crm, failures

AT_ONCE_S = 0.5
"""How long a sign-up waits for the CRM: well within what the app was promised."""
CACHED_S = 0.5


@control
def stranger_is_told_404() -> None:
    """Whoever may not do something is told that there is nothing: an operator's routes do not exist for the app."""
    check = auth.check_operator

    def hidden(settings: settings.Settings, header: str | None) -> None:
        try:
            check(settings, header)
        except answers.Refused as refused:
            ran("stranger_is_told_404")
            raise answers.Refused(404 if refused.status == 403 else refused.status) from None

    auth.check_operator = hidden


@control
def others_things_are_403() -> None:
    """Another person's order is known, and forbidden: the API does not hide that it exists."""

    def owns(account_id: str, thing: dict[str, Any] | None) -> bool:
        if thing is not None and thing["account_id"] != account_id:
            ran("others_things_are_403")
            raise answers.Refused(403)
        return thing is not None

    access.owns = owns


@control
def rival_is_told_409() -> None:
    """A request whose key is at work already is told so, and comes again; it does not wait."""
    claim, error = idempotency.claim, answers.error

    class Busy(answers.Refused):
        """The key is at work."""

    async def unless_busy(connection: Connection, scope: str, key: str, print_: str) -> Row | None:
        number = int(hashlib.sha256(f"{scope}/{key}".encode()).hexdigest()[:12], 16)
        free = await one(connection, "SELECT pg_try_advisory_xact_lock(%s) AS free", number)
        if free is None or not free["free"]:
            ran("rival_is_told_409")
            raise Busy(425)
        await connection.execute("SELECT pg_sleep(0.05)")
        return await claim(connection, scope, key, print_)

    def pending(status: int, headers: dict[str, str] | None = None) -> Response:
        if status != 425:
            return error(status, headers)
        said = {"code": "in_progress", "message": "The same is at work.", "request_id": logs.request_id.get()}
        answer: Response = answers.json({"error": said}, 409)
        return answer

    idempotency.claim = unless_busy
    answers.error = pending
    answers.MESSAGES[425] = ("in_progress", "The same is at work.")


@control
def crm_at_once() -> None:
    """A sign-up tells the CRM before it answers, if the CRM is quick; if not, the job does it as always."""
    sign_up, opened = accounts.sign_up, False

    async def telling(connection: Connection, profile: dict[str, Any], password_hash: str) -> Row | None:
        nonlocal opened
        if not opened:
            crm.open_client(settings.from_env(os.environ))
            opened = True
        account = await sign_up(connection, profile, password_hash)
        if account is not None:
            ran("crm_at_once")
            whole = await accounts.known(connection, account["id"])
            known = mapping.without_blanks(mapping.contact_properties(whole))
            try:
                async with asyncio.timeout(AT_ONCE_S):
                    await crm.upsert_contact(whole["email"], {**known, "lifecyclestage": "lead"})
            except (TimeoutError, failures.VendorFailure):
                pass
        return account

    accounts.sign_up = telling


@control
def short_cache() -> None:
    """What somebody may know about themselves is kept for half a second: well within every promise."""
    of_person, kept = state.of_person, dict[str, tuple[float, dict[str, Any] | None]]()

    async def remembered(connection: Connection, account_id: str) -> dict[str, Any] | None:
        at, known = kept.get(account_id, (0.0, None))
        if known is None or time.monotonic() - at > CACHED_S:
            known = await of_person(connection, account_id)
            kept[account_id] = (time.monotonic(), known)
        ran("short_cache")
        return known

    state.of_person = remembered


@control
def answers_slowly() -> None:
    """Every answer takes most of a second; promised are two."""
    limited = gate.Gate._limited

    async def slowly(self: gate.Gate, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] == "POST" and scope["path"].startswith("/v1/"):
            ran("answers_slowly")
            await asyncio.sleep(0.6)
        await limited(self, scope, receive, send)

    gate.Gate._limited = slowly  # type: ignore[method-assign]


@control
def slow_backoff() -> None:
    """What fails waits three times as long before it is tried again."""
    delay = retry.delay

    def patient(attempts_made: int, retry_after_s: float | None = None) -> float:
        ran("slow_backoff")
        return max(3.0 * delay(attempts_made), retry_after_s or 0.0)

    retry.delay = patient


@control
def address_as_typed() -> None:
    """The address is shown and used as it was typed; that it is one person in any spelling is a matter of the index."""
    add, contact_properties = accounts.add, mapping.contact_properties

    async def with_spelling(connection: Connection, profile: dict[str, Any], password_hash: str) -> Row | None:
        lead = {**(profile.get("lead") or {}), "typed": profile["email"].strip()}
        return await add(connection, {**profile, "lead": lead}, password_hash)

    def as_typed(account: dict[str, Any]) -> dict[str, str | None]:
        ran("address_as_typed")
        return {**contact_properties(account), "email": account["lead"].get("typed") or account["email"]}

    accounts.add = with_spelling
    mapping.contact_properties = as_typed
