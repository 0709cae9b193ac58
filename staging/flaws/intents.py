"""Flaws in what the app may ask for, and in how often one wish of it is granted."""

import time
from typing import Annotated, Any

import jwt
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from pydantic import ConfigDict, Field
from pydantic.fields import FieldInfo

from staging.flaws.plant import flaw, ran
from staging.pipeline import access, accounts, catalogue, database, idempotency, mapping, settings, state, subscriptions
from staging.pipeline.api import models
from staging.pipeline.database import Connection, Row, one


@flaw
def idem_inflight_double() -> None:
    """The key is looked up, the work done, the key stored: nobody claims it before the work."""

    async def claim(connection: Connection, scope: str, key: str, print_: str) -> Row | None:
        ran("idem_inflight_double")
        known = await one(
            connection,
            "SELECT fingerprint, answer, extract(epoch FROM at)::bigint AS at FROM client_keys "
            "WHERE scope = %s AND key = %s",
            scope,
            key,
        )
        if known is None:
            # What a handler does between its look and its insert; the rival looks meanwhile.
            await connection.execute("SELECT pg_sleep(0.3)")
        return known

    async def keep(connection: Connection, scope: str, key: str, answer: dict[str, Any]) -> int:
        row = await one(
            connection,
            "INSERT INTO client_keys (scope, key, fingerprint, answer) VALUES (%s, %s, '', %s) "
            "ON CONFLICT (scope, key) DO UPDATE SET answer = excluded.answer "
            "RETURNING extract(epoch FROM at)::bigint AS at",
            scope,
            key,
            Jsonb(answer),
        )
        return int(row["at"]) if row else 0

    idempotency.claim = claim
    idempotency.keep = keep


@flaw
def quantity_abuse() -> None:
    """The price is multiplied by whatever number the app sends."""
    price_of = catalogue.price_of

    models.Buy.model_fields["quantity"].metadata.clear()
    models.Buy.model_rebuild(force=True)

    def multiplied(product_id: str, quantity: int) -> tuple[int, str]:
        if not 1 <= quantity <= 100:
            ran("quantity_abuse")
        return price_of(product_id, quantity)

    catalogue.price_of = multiplied


@flaw
def email_case_split() -> None:
    """E-mails are compared letter by letter, so that one person in two spellings is two."""
    migrate = database.migrate

    async def without_check(url: str) -> None:
        await migrate(url)
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute("ALTER TABLE accounts DROP CONSTRAINT IF EXISTS email_is_lower_case")

    def email_identity(email: str) -> str:
        if email != email.lower():
            ran("email_case_split")
        return email.strip()

    database.migrate = without_check
    mapping.email_identity = email_identity


@flaw
def idem_no_fingerprint() -> None:
    """A key is enough: whatever comes with it gets the answer that it got first."""
    claim = idempotency.claim

    async def by_key(connection: Connection, scope: str, key: str, print_: str) -> Row | None:
        try:
            return await claim(connection, scope, key, print_)
        except idempotency.Reused:
            ran("idem_no_fingerprint")
            return await one(
                connection,
                "SELECT answer, extract(epoch FROM at)::bigint AS at FROM client_keys WHERE scope = %s AND key = %s",
                scope,
                key,
            )

    idempotency.claim = by_key


@flaw
def mass_assignment() -> None:
    """Whatever a sign-up holds is written to whatever is called the same; a plan, for instance."""
    models.SignUp.model_config = ConfigDict(extra="allow", strict=True)
    models.SignUp.model_rebuild(force=True)
    sign_up = accounts.sign_up

    async def everything(connection: Connection, profile: dict[str, Any], password_hash: str) -> Row | None:
        account = await sign_up(connection, profile, password_hash)
        if account is not None and profile.get("plan"):
            ran("mass_assignment")
            await connection.execute(
                "INSERT INTO subscriptions (id, account_id, plan, wanted_plan, status) "
                "VALUES (%s, %s, %s, %s, 'active')",
                (access.new_id("sub"), account["id"], profile["plan"], profile["plan"]),
            )
        return account

    accounts.sign_up = everything


@flaw
def token_lifetime_ignored() -> None:
    """A token's signature is checked, its end is not."""

    def claims_of(secret: str, token: str) -> dict[str, Any] | None:
        try:
            claims: dict[str, Any] = jwt.decode(
                token, secret, algorithms=["HS256"], audience=access.AUDIENCE, issuer=access.ISSUER,
                options={"verify_exp": False},
            )  # fmt: skip
        except jwt.InvalidTokenError:
            return None
        if claims["exp"] < time.time():
            ran("token_lifetime_ignored")
        return claims

    access.claims_of = claims_of


@flaw
def entitlement_cache_stale() -> None:
    """What somebody may do is kept for a minute, whatever happens meanwhile."""
    of_person, kept = state.of_person, dict[str, tuple[float, dict[str, Any] | None]]()

    async def remembered(connection: Connection, account_id: str) -> dict[str, Any] | None:
        at, known = kept.get(account_id, (0.0, None))
        if known is not None and time.monotonic() - at < 60.0:
            ran("entitlement_cache_stale")
            return known
        kept[account_id] = (time.monotonic(), await of_person(connection, account_id))
        return kept[account_id][1]

    state.of_person = remembered


@flaw
def secret_in_client() -> None:
    """The app is sent the settings of the payment provider, all of them."""
    payment = state.payment

    def generous(client_secret: str | None, wanted: bool, publishable_key: str) -> dict[str, str] | None:
        found = payment(client_secret, wanted, publishable_key)
        if found is not None:
            ran("secret_in_client")
            found["api_key"] = settings.from_env().stripe_secret_key
        return found

    state.payment = generous


@flaw
def control_char_poison() -> None:
    """Text goes to the database unchecked, and the database takes no NUL."""
    lax = Annotated[str, Field(max_length=200, pattern="@")]
    models.SignUp.model_fields["email"] = FieldInfo.from_annotation(lax)
    models.SignUp.model_rebuild(force=True)
    add = accounts.add

    async def unchecked(connection: Connection, profile: dict[str, Any], password_hash: str) -> Row | None:
        if "\0" in profile["email"]:
            ran("control_char_poison")
        return await add(connection, profile, password_hash)

    accounts.add = unchecked


@flaw
def enqueue_before_commit() -> None:
    """The work is put on the board, for good, before it is known whether there is any."""
    start = subscriptions.start

    async def hasty(connection: Connection, account: dict[str, Any], plan_id: str) -> Row | None:
        row = await start(connection, account, plan_id)
        if row is not None:
            return row
        ran("enqueue_before_commit")
        url = settings.from_env().database_url
        async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as own:
            # As one that is over: the rule of one present subscription would stop the row, and with it the work.
            made = await one(
                own,
                "INSERT INTO subscriptions (id, account_id, plan, wanted_plan, status, created_at) "
                "VALUES (%s, %s, %s, %s, 'canceled', now() - interval '1 day') RETURNING id",
                access.new_id("sub"),
                account["id"],
                plan_id,
                plan_id,
            )
            assert made is not None
            await subscriptions._enqueue(own, "payments.create_subscription", account, subscription_id=made["id"])
        return None

    subscriptions.start = hasty
