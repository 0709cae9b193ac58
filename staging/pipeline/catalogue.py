"""What is for sale and for how much: the only place a price comes from. Never the app's word."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Something bought once; `amount` in minor units."""

    id: str
    name: str
    amount: int
    currency: str
    credits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Something paid for every month; the id is the price's lookup key at the provider."""

    id: str
    name: str
    amount: int
    currency: str


class ProductId(StrEnum):
    """Products that can be ordered."""

    CREDITS_10 = "credits_10"
    CREDITS_50 = "credits_50"
    CREDITS_JP = "credits_jp"
    CREDITS_KW = "credits_kw"


class PlanId(StrEnum):
    """Plans that can be subscribed to."""

    STARTER = "starter"
    PRO = "pro"


PRODUCTS = {
    product.id: product
    for product in (
        Product(id=ProductId.CREDITS_10.value, name="10 credits", amount=900, currency="usd", credits=10),
        Product(id=ProductId.CREDITS_50.value, name="50 credits", amount=3900, currency="eur", credits=50),
        Product(id=ProductId.CREDITS_JP.value, name="10 credits (Japan)", amount=1200, currency="jpy", credits=10),
        Product(id=ProductId.CREDITS_KW.value, name="50 credits (Kuwait)", amount=12_500, currency="kwd", credits=50),
    )
}
PLANS = {
    plan.id: plan
    for plan in (
        Plan(id=PlanId.STARTER.value, name="Starter", amount=900, currency="usd"),
        Plan(id=PlanId.PRO.value, name="Pro", amount=2900, currency="usd"),
    )
}


def price_of(product_id: str, quantity: int) -> tuple[int, str]:
    """What an order costs: amount in minor units, and currency."""
    product = PRODUCTS[product_id]
    return product.amount * quantity, product.currency


def credits_of(product_id: str, quantity: int) -> int:
    """What an order grants."""
    return PRODUCTS[product_id].credits * quantity


def plan_of_price(price: dict[str, Any]) -> str | None:
    """The plan a provider's price stands for; nothing when it is none of ours."""
    key = price.get("lookup_key")
    return key if key in PLANS else None


def shown() -> dict[str, Any]:
    """The catalogue as the app sees it."""
    return {"products": [asdict(p) for p in PRODUCTS.values()], "plans": [asdict(p) for p in PLANS.values()]}
