"""Flaws in what is believed to be newest, and in what counts as paid."""

from typing import Any

from staging.flaws.plant import flaw, ran
from staging.pipeline import catalogue, events, ordering, subscriptions
from staging.pipeline.database import Connection, one


@flaw
def order_by_arrival() -> None:
    """The last event to arrive wins, not the newest."""

    def judge_subscription(event: dict[str, Any], row: dict[str, Any]) -> ordering.Judgement:
        ran("order_by_arrival")
        return ordering.Judgement.APPLY

    ordering.judge_subscription = judge_subscription


@flaw
def unpaid_checkout_granted() -> None:
    """A subscription that was never paid for counts as active."""
    subscriptions.STATUSES["incomplete"] = "active"
    of_provider = subscriptions.of_provider

    async def noticing(connection: Any, thing: dict[str, Any]) -> Any:
        ran("unpaid_checkout_granted")
        return await of_provider(connection, thing)

    subscriptions.of_provider = noticing


@flaw
def plan_unknown_price_default() -> None:
    """The plan is looked up by something the price does not have, and the default is taken."""

    def plan_of_price(price: dict[str, Any]) -> str | None:
        ran("plan_unknown_price_default")
        return {"price_pro_monthly": "pro"}.get(str(price.get("nickname")), "starter")

    catalogue.plan_of_price = plan_of_price


@flaw
def plan_change_not_applied() -> None:
    """Status and dates are copied from an updated subscription, the price is not."""

    def plan_of_price(price: dict[str, Any]) -> str | None:
        ran("plan_change_not_applied")
        return None

    catalogue.plan_of_price = plan_of_price


@flaw
def late_delete_kills_new_sub() -> None:
    """Whose subscription ended is looked up by the customer, and the one that they have now is ended."""
    of_provider, apply = subscriptions.of_provider, subscriptions.apply

    async def by_customer(connection: Connection, thing: dict[str, Any]) -> Any:
        account = await one(connection, "SELECT id FROM accounts WHERE customer_id = %s", str(thing.get("customer")))
        if thing.get("status") not in ordering.FINAL or account is None:
            return await of_provider(connection, thing)
        return await subscriptions.present(connection, account["id"], lock=True)

    async def to_that(connection: Connection, row: Any, thing: dict[str, Any], *when: Any, **how: Any) -> None:
        if row["provider_id"] not in (None, thing["id"]):
            ran("late_delete_kills_new_sub")
            thing = {**thing, "id": row["provider_id"]}
        await apply(connection, row, thing, *when, **how)

    subscriptions.of_provider, subscriptions.apply = by_customer, to_that


@flaw
def order_tie_drop() -> None:
    """Of each customer the time of the last event is kept, and one that is not later counts as old."""
    take_in, last = events.take_in, dict[str, int]()

    async def only_later(connection: Connection, event: dict[str, Any]) -> str:
        customer = str(event["data"]["object"].get("customer"))
        if events.is_handled(event) and event["created"] <= last.get(customer, 0):
            ran("order_tie_drop")
            return "ignored"
        outcome = await take_in(connection, event)
        if events.is_handled(event):
            last[customer] = event["created"]
        return outcome

    events.take_in = only_later


@flaw
def dunning_never_ends() -> None:
    """A subscription that ended is one whose payment is due: what was granted stays."""
    subscriptions.STATUSES["canceled"] = "past_due"
    apply = subscriptions.apply

    async def noticing(connection: Any, row: Any, thing: dict[str, Any], *when: Any, **how: Any) -> None:
        if thing.get("status") == "canceled":
            ran("dunning_never_ends")
        await apply(connection, row, thing, *when, **how)

    subscriptions.apply = noticing


@flaw
def cancel_now_instead_of_period_end() -> None:
    """That a subscription is to end with its period is taken for its end."""
    apply = subscriptions.apply

    async def at_once(connection: Any, row: Any, thing: dict[str, Any], *when: Any, **how: Any) -> None:
        if thing.get("cancel_at_period_end"):
            ran("cancel_now_instead_of_period_end")
            thing = {**thing, "status": "canceled"}
        await apply(connection, row, thing, *when, **how)

    subscriptions.apply = at_once
