"""Flaws towards the payment provider: keys, amounts, and how many of what."""

import uuid
from typing import Any

from staging.flaws.plant import flaw, ran
from staging.pipeline import keys, money, subscriptions
from staging.pipeline.database import Connection, Row, one


@flaw
def pay_no_idem_key() -> None:
    """Nothing ties two attempts at one creation together: the SDK's own random key is all there is."""

    def anything() -> str:
        ran("pay_no_idem_key")
        return str(uuid.uuid4())

    keys.for_customer = lambda account: anything()
    keys.for_order = lambda order: anything()
    keys.for_subscription = lambda subscription: anything()


@flaw
def pay_key_per_attempt() -> None:
    """There is a key, and each attempt makes its own."""
    attempts: dict[str, int] = {}

    def fresh(kind: str, thing: dict[str, Any]) -> str:
        ran("pay_key_per_attempt")
        name = f"{kind}-{thing['id']}"
        attempts[name] = attempts.get(name, 0) + 1
        return f"{name}-attempt-{attempts[name]}"

    keys.for_customer = lambda account: fresh("customer", account)
    keys.for_order = lambda order: fresh("order", order)
    keys.for_subscription = lambda subscription: fresh("subscription", subscription)


@flaw
def zero_decimal() -> None:
    """Every currency has cents."""

    def digits(currency: str) -> int:
        if currency.lower() in money.WITHOUT_MINOR:
            ran("zero_decimal")
        return 2

    money.digits = digits


@flaw
def double_subscription() -> None:
    """Whether there is a subscription already is not asked, and nothing else prevents a second one."""

    async def start(connection: Connection, account: dict[str, Any], plan_id: str) -> Row | None:
        ran("double_subscription")
        await connection.execute("DROP INDEX IF EXISTS one_present_subscription")
        row = await one(
            connection,
            "INSERT INTO subscriptions (id, account_id, plan, wanted_plan) VALUES (%s, %s, %s, %s) RETURNING *",
            f"sub_{uuid.uuid4().hex[:20]}",
            account["id"],
            plan_id,
            plan_id,
        )
        assert row is not None
        await subscriptions._enqueue(connection, "payments.create_subscription", account, subscription_id=row["id"])
        return row

    subscriptions.start = start
