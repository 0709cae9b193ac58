"""What a session or a payment link sells: line items, discounts, taxes, shipping, and what they come to.

Tiers, amounts that the buyer chooses, and conversions of currency are not offered. Half a cent is rounded up.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from fakes.payments.state import catalogue
from fakes.payments.state.checkout.kept import Kept
from fakes.payments.state.customers import merge_metadata
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.store import Account, Thing

MOST = 100


def rounded(amount: Decimal) -> int:
    """Whole cents."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def price_of(moment: Moment, given: Thing, at: str, mode: str) -> Thing:
    """The price that a line names, or describes in place."""
    if given.get("price_data"):
        if given.get("price"):
            raise invalid(f"You may only specify one of these parameters: {at}[price], {at}[price_data].", at)
        price = catalogue.create_price(moment, given["price_data"])
    else:
        price = moment.account.get("price", given.get("price"), f"{at}[price]")
        if not price["active"]:
            raise invalid(
                f"The price specified is inactive. This field only accepts active prices: '{price['id']}'",
                f"{at}[price]",
            )
    if mode == "payment" and price["type"] == "recurring":
        raise invalid(
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use "
            "only one-time prices.",
            "mode",
        )
    if price["unit_amount"] is None:
        raise invalid("Prices without a fixed unit amount are not offered in sessions.", f"{at}[price]")
    return price


def items_of(moment: Moment, given: Sequence[Thing], mode: str) -> list[Thing]:
    """The line items of what the merchant asked for, before discounts and taxes."""
    if len(given) > MOST:
        raise invalid(f"You may only specify up to {MOST} line items.", "line_items")
    items = []
    for place, one in enumerate(given):
        at = f"line_items[{place}]"
        price = price_of(moment, one, at, mode)
        quantity = one.get("quantity", 1)
        if quantity < 1:
            raise invalid("This value must be greater than or equal to 1.", f"{at}[quantity]")
        items.append(_item(moment, price, quantity, one))
    if len({item["currency"] for item in items}) > 1:
        raise invalid("All line items must have the same currency.", "line_items")
    # A payment link learns its mode from its prices.
    recurring = {_rhythm(item["price"]) for item in items if item["price"]["recurring"]}
    if mode == "subscription" and not recurring:
        raise invalid("You must provide at least one recurring price in `subscription` mode.", "mode")
    if len(recurring) > 1:
        raise invalid("Checkout does not support multiple prices with different billing intervals.", "line_items")
    return items


def _rhythm(price: Thing) -> tuple[str, int]:
    return price["recurring"]["interval"], price["recurring"]["interval_count"]


def _item(moment: Moment, price: Thing, quantity: int, given: Thing) -> Thing:
    amount = price["unit_amount"] * quantity
    product = moment.account.find("product", price["product"]) or {}
    adjustable = given.get("adjustable_quantity")
    item: Thing = {
        "id": moment.account.fresh("item"),
        "object": "item",
        "adjustable_quantity": adjustable
        and {
            "enabled": adjustable["enabled"],
            "maximum": adjustable.get("maximum"),
            "minimum": adjustable.get("minimum"),
        },
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": product.get("name"),
        "metadata": {},
        "price": price,
        "quantity": quantity,
    }
    merge_metadata(item, given.get("metadata", {}))
    return item


def free_while_trying(items: Sequence[Thing]) -> None:
    """A trial: what recurs costs nothing today."""
    for item in items:
        if item["price"]["recurring"]:
            item.update(amount_subtotal=0, amount_total=0)


def coupon_of(moment: Moment, given: Thing, at: str = "discounts[0]") -> tuple[Thing, Thing | None]:
    """The coupon that a discount names, itself or through a promotion code, which comes along."""
    account = moment.account
    if given.get("promotion_code"):
        code = account.get("promotion_code", given["promotion_code"], f"{at}[promotion_code]")
        if not code["active"]:
            raise invalid("This promotion code is not active.", f"{at}[promotion_code]")
        return account.get("coupon", coupon_behind(code), f"{at}[promotion_code]"), code
    if not given.get("coupon"):
        raise invalid("You must specify either `coupon` or `promotion_code`.", at, "parameter_missing")
    coupon = account.get("coupon", given["coupon"], f"{at}[coupon]")
    if not coupon["valid"]:
        raise Problem(
            "Coupon expired: this coupon cannot be redeemed any more.", code="coupon_expired", param=f"{at}[coupon]"
        )
    return coupon, None


def coupon_behind(code: Thing) -> str:
    """The id of a promotion code's coupon."""
    coupon = code["promotion"]["coupon"]
    return str(coupon["id"] if isinstance(coupon, dict) else coupon)


def discount(items: Sequence[Thing], coupon: Thing) -> None:
    """Take a coupon off the items that it applies to."""
    products = (coupon.get("applies_to") or {}).get("products")
    meant = [item for item in items if products is None or item["price"]["product"] in products]
    if coupon.get("percent_off"):
        share = Decimal(str(coupon["percent_off"])) / 100
        offs = [rounded(item["amount_subtotal"] * share) for item in meant]
    else:
        if meant and coupon["currency"] != meant[0]["currency"]:
            raise invalid("The coupon's currency does not match that of the session.", "discounts[0][coupon]")
        offs = spread(coupon["amount_off"], [item["amount_subtotal"] for item in meant])
    for item, off in zip(meant, offs, strict=True):
        item.update(amount_discount=off, amount_total=item["amount_subtotal"] - off)


def spread(amount: int, over: Sequence[int]) -> list[int]:
    """An amount over others, in proportion and never more than they are; the last takes what rounding leaves."""
    whole = sum(over)
    amount = min(amount, whole)
    shares = [amount * one // whole if whole else 0 for one in over]
    for place in range(len(shares)):
        left = amount - sum(shares)
        shares[-1 - place] += min(left, over[-1 - place] - shares[-1 - place])
    return shares


def tax(moment: Moment, items: Sequence[Thing], given: Sequence[Thing]) -> None:
    """Add the tax rates that each line names to what is left of it."""
    for place, (item, one) in enumerate(zip(items, given, strict=True)):
        for name in one.get("tax_rates") or ():
            rate = moment.account.get("tax_rate", name, f"line_items[{place}][tax_rates][0]")
            _add_tax(item, rate)


def _add_tax(item: Thing, rate: Thing) -> None:
    base, share = item["amount_subtotal"] - item["amount_discount"], Decimal(str(rate["percentage"])) / 100
    if rate["inclusive"]:
        item["amount_tax"] += base - rounded(base / (1 + share))
        return
    added = rounded(base * share)
    item["amount_tax"] += added
    item["amount_total"] += added


def sums(items: Sequence[Thing], shipping: int) -> Thing:
    """What the items come to, as a session shows it."""

    def of(field: str) -> int:
        return sum(item[field] for item in items)

    return {
        "amount_subtotal": of("amount_subtotal"),
        "amount_total": of("amount_total") + shipping,
        "total_details": {
            "amount_discount": of("amount_discount"),
            "amount_shipping": shipping,
            "amount_tax": of("amount_tax"),
        },
    }


def line_items(account: Account, owner: Thing) -> list[Thing]:
    """The line items of a session or a payment link."""
    return account.side(Kept).items.get(owner["id"], [])
