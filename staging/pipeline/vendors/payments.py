"""The payment provider through its official SDK. Every write carries a key of `keys`; the SDK itself never retries."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

import stripe

from staging.pipeline import keys
from staging.pipeline.settings import Settings
from staging.pipeline.vendors import failures

VENDOR = "payments"
T = TypeVar("T")
_client: stripe.StripeClient
_http: stripe.HTTPXClient
_timeout_s: float
_prices: dict[str, str] = {}


def open_client(settings: Settings) -> None:
    """Make the client; once per process."""
    global _client, _http, _timeout_s
    stripe.enable_telemetry = False
    _timeout_s = settings.delays.vendor_timeout_s
    _http = stripe.HTTPXClient(timeout=_timeout_s)
    _client = stripe.StripeClient(
        settings.stripe_secret_key,
        base_addresses={"api": settings.stripe_api_base},
        max_network_retries=0,
        http_client=_http,
    )
    _prices.clear()


async def close_client() -> None:
    """Close the client."""
    await _http.close_async()  # type: ignore[no-untyped-call]


async def _call(request: Awaitable[T]) -> T:
    """The answer, or one of our failures."""
    try:
        async with asyncio.timeout(_timeout_s):
            return await request
    except TimeoutError:
        raise failures.Transient(VENDOR, f"no answer within {_timeout_s:g} s") from None
    except stripe.APIConnectionError:
        raise failures.Transient(VENDOR, "connection failed") from None
    except stripe.StripeError as error:
        raise _failure(error) from None


def _failure(error: stripe.StripeError) -> failures.VendorFailure:
    status = error.http_status or 0
    if status in (0, 200):
        return failures.Transient(VENDOR, "answered something other than JSON")
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    return failures.of_status(VENDOR, status, headers.get("retry-after"), error.code or "")


def _plain(thing: Any) -> dict[str, Any]:
    """An SDK object as a plain dictionary."""
    return dict(thing.to_dict())


async def create_customer(account: dict[str, Any]) -> str:
    """The id of the account's customer."""
    made = await _call(
        _client.v1.customers.create_async(
            {"email": account["email"], "name": account["name"], "metadata": {"account_id": account["id"]}},
            {"idempotency_key": keys.for_customer(account)},
        )
    )
    return str(made.id)


async def create_payment(order: dict[str, Any], customer_id: str) -> dict[str, Any]:
    """The payment for an order, waiting for the phone to pay it."""
    made = await _call(
        _client.v1.payment_intents.create_async(
            {
                "amount": order["amount"],
                "currency": order["currency"],
                "customer": customer_id,
                "automatic_payment_methods": {"enabled": True},
                "metadata": {"order_id": order["id"], "account_id": order["account_id"]},
            },
            {"idempotency_key": keys.for_order(order)},
        )
    )
    return _plain(made)


async def price_id(plan: str) -> str:
    """The provider's id of a plan's price; looked up once."""
    if plan not in _prices:
        found = await _call(_client.v1.prices.list_async({"lookup_keys": [plan], "active": True, "limit": 1}))
        if not found.data:
            raise failures.Invalid(VENDOR, f"has no price with lookup key {plan!r}; run provision")
        _prices[plan] = str(found.data[0].id)
    return _prices[plan]


async def create_subscription(subscription: dict[str, Any], customer_id: str) -> dict[str, Any]:
    """A subscription that waits for its first payment."""
    made = await _call(
        _client.v1.subscriptions.create_async(
            {
                "customer": customer_id,
                "items": [{"price": await price_id(subscription["wanted_plan"])}],
                "payment_behavior": "default_incomplete",
                "payment_settings": {"save_default_payment_method": "on_subscription"},
                "expand": ["latest_invoice.confirmation_secret"],
                "metadata": {"account_id": subscription["account_id"], "subscription_ref": subscription["id"]},
            },
            {"idempotency_key": keys.for_subscription(subscription)},
        )
    )
    return _plain(made)


async def read_subscription(provider_id: str) -> dict[str, Any]:
    """The subscription as it is at the provider right now."""
    return _plain(await _call(_client.v1.subscriptions.retrieve_async(provider_id)))


async def change_plan(provider_id: str, item_id: str, change: dict[str, Any]) -> None:
    """The subscription's one item has the price of the wanted plan."""
    items: Any = [{"id": item_id, "price": await price_id(change["plan"])}]
    await _call(
        _client.v1.subscriptions.update_async(
            provider_id, {"items": items}, {"idempotency_key": keys.for_change(change)}
        )
    )


async def cancel_at_period_end(provider_id: str, change: dict[str, Any]) -> None:
    """The subscription ends with the period that is paid."""
    await _call(
        _client.v1.subscriptions.update_async(
            provider_id, {"cancel_at_period_end": True}, {"idempotency_key": keys.for_change(change)}
        )
    )


async def ensure_price(plan_id: str, name: str, amount: int, currency: str) -> bool:
    """A monthly price with the plan's lookup key exists; says whether it had to be made, refuses another amount."""
    found = await _call(_client.v1.prices.list_async({"lookup_keys": [plan_id], "active": True, "limit": 1}))
    if found.data:
        price = found.data[0]
        if (price.unit_amount, price.currency) != (amount, currency):
            raise failures.Invalid(
                VENDOR, f"price {plan_id!r} is {price.unit_amount} {price.currency}, expected {amount} {currency}"
            )
        return False
    await _call(
        _client.v1.prices.create_async(
            {
                "lookup_key": plan_id,
                "unit_amount": amount,
                "currency": currency,
                "recurring": {"interval": "month"},
                "product_data": {"name": name},
            },
            {"idempotency_key": keys.for_price(plan_id)},
        )
    )
    return True
