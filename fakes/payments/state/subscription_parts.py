"""What a subscription is made of: an item is checked, written and kept here, whoever begins or changes it."""

from fakes.payments.state import catalogue, discounts, tax_rates
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Thing


def add(moment: Moment, subscription: Thing, item: Thing) -> None:
    """Keep an item, in its subscription and under its own id."""
    moment.account.put(item)
    subscription["items"]["data"].append(item)
    subscription["items"]["total_count"] = len(subscription["items"]["data"])


def write(moment: Moment, subscription: Thing, item: Thing, given: Thing) -> None:
    """What an item has besides its price: taxes and discounts of its own."""
    if "tax_rates" in given:
        item["tax_rates"] = tax_rates.all_of(moment.account, given["tax_rates"], "items[tax_rates]")
    if "discounts" in given:
        owner = {"customer": subscription["customer"], "subscription_item": item["id"]}
        owner["subscription"] = subscription["id"]
        item["discounts"] = discounts.given(moment, given["discounts"] or [], "items[discounts]", owner)


def price_of(moment: Moment, given: Thing, param: str) -> Thing:
    """The recurring price that an item names, or describes in place."""
    if given.get("price_data"):
        return catalogue.create_price(moment, given["price_data"])
    name = given.get("price") or given.get("plan")
    if not name:
        raise invalid(f"Missing required param: {param}[price].", f"{param}[price]", "parameter_missing")
    price = moment.account.get("price", name, f"{param}[price]")
    if price["type"] != "recurring":
        raise invalid(
            "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.",
            f"{param}[price]",
        )
    if not price["active"]:
        raise invalid("The price specified is inactive. This field only accepts active prices.", f"{param}[price]")
    return price


def quantity_of(price: Thing, given: Thing, default: int | None, param: str) -> int | None:
    """How many; a metered price has no quantity."""
    if price["recurring"]["usage_type"] == "metered":
        if "quantity" in given:
            raise invalid("You cannot set the quantity for metered plans. Report usage instead.", f"{param}[quantity]")
        return None
    quantity = given.get("quantity", 1 if default is None else default)
    if quantity < 0:
        raise invalid("Invalid non-negative integer", f"{param}[quantity]", "parameter_invalid_integer")
    return int(quantity)
