"""Flaws in what is believed to be newest, and in what counts as paid."""

from typing import Any

from staging.flaws.plant import flaw, ran
from staging.pipeline import catalogue, ordering, subscriptions


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
