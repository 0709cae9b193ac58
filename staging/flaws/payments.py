"""Flaws towards the payment provider: keys, amounts, and how many of what."""

import time
import uuid
from typing import Any

from staging.flaws.plant import flaw, ran
from staging.pipeline import keys, money, subscriptions
from staging.pipeline.database import Connection, Row, one
from staging.pipeline.jobs import runner, tasks
from staging.pipeline.vendors import failures, payments


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


@flaw
def pay_key_param_mismatch() -> None:
    """The key is the same at each attempt, and what is asked with it holds the time of the attempt."""

    async def create_payment(order: dict[str, Any], customer_id: str) -> dict[str, Any]:
        ran("pay_key_param_mismatch")
        made = await payments._call(
            payments._client.v1.payment_intents.create_async(
                {
                    "amount": order["amount"],
                    "currency": order["currency"],
                    "customer": customer_id,
                    "description": f"Order of {time.time()}",
                    "automatic_payment_methods": {"enabled": True},
                    "metadata": {"order_id": order["id"], "account_id": order["account_id"]},
                },
                {"idempotency_key": keys.for_order(order)},
            )
        )
        return payments._plain(made)

    payments.create_payment = create_payment


@flaw
def customer_dup_race() -> None:
    """Who has no customer at the provider yet gets one, without anything that ties two of these attempts together."""

    def for_customer(account: dict[str, Any]) -> str:
        ran("customer_dup_race")
        return str(uuid.uuid4())

    keys.for_customer = for_customer


@flaw
def pay_crash_gap() -> None:
    """The keys live in the process that uses them: another attempt finds them, another process does not."""
    known: dict[str, str] = {}

    def remembered(kind: str, thing: dict[str, Any]) -> str:
        ran("pay_crash_gap")
        return known.setdefault(f"{kind}-{thing['id']}", str(uuid.uuid4()))

    keys.for_customer = lambda account: remembered("customer", account)
    keys.for_order = lambda order: remembered("order", order)
    keys.for_subscription = lambda subscription: remembered("subscription", subscription)


@flaw
def cancel_local_only() -> None:
    """Our own row is marked as ending; that the provider did not hear of it is logged."""
    cancel = payments.cancel_at_period_end

    async def quietly(provider_id: str, change: dict[str, Any]) -> None:
        try:
            await cancel(provider_id, change)
        except failures.VendorFailure:
            ran("cancel_local_only")

    async def change_done(change_id: str, subscription: Row) -> None:
        async with runner.pool.connection() as connection:
            await subscriptions.end_change(connection, change_id, "done")
            await connection.execute(
                "UPDATE subscriptions SET cancel_at_period_end = cancel_wanted WHERE id = %s", (subscription["id"],)
            )

    payments.cancel_at_period_end = quietly
    tasks._change_done = change_done
