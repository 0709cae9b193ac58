"""What a session or a payment link sells: line items, discounts, taxes, shipping, and what they come to.

Priced, discounted and taxed as invoices are. No amounts that the buyer chooses, no conversion of currencies.
"""

from collections.abc import Sequence

from fakes.payments.state import billing, catalogue, discounts, pricing, tax_rates, taxing, totals
from fakes.payments.state.checkout.kept import Kept
from fakes.payments.state.given import merge_metadata
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Account, Thing
from fakes.payments.state.tax.automatic import Source

MOST = 100
ADJUSTED_MOST = 99
"""How many the buyer may choose when the merchant does not say."""


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
    if price["custom_unit_amount"]:
        raise invalid("Prices of which the buyer chooses the amount are not offered here.", f"{at}[price]")
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
    amount = 0 if _metered(price) else pricing.cost(moment.account, price, quantity)
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
        "quantity": None if _metered(price) else quantity,
    }
    merge_metadata(item, given.get("metadata", {}))
    return item


def recount(account: Account, item: Thing, quantity: int) -> None:
    """Another quantity, if the merchant lets the buyer choose it."""
    wanted = item["adjustable_quantity"]
    if not wanted or not wanted["enabled"]:
        raise invalid("The quantity of this item cannot be changed.", "quantity")
    least, most = wanted["minimum"] or 0, wanted["maximum"] or ADJUSTED_MOST
    if not least <= quantity <= most:
        raise invalid(f"Choose from {least} to {most}.", "quantity")
    amount = pricing.cost(account, item["price"], quantity)
    item.update(quantity=quantity, amount_subtotal=amount, amount_total=amount)


def _metered(price: Thing) -> bool:
    return bool(price["recurring"] and price["recurring"]["usage_type"] == "metered")


def free_while_trying(items: Sequence[Thing]) -> None:
    """A trial: what recurs costs nothing today."""
    for item in items:
        if item["price"]["recurring"]:
            item.update(amount_subtotal=0, amount_total=0)


def coupon_of(moment: Moment, given: Thing, customer: str | None, amount: int) -> tuple[Thing, Thing | None]:
    """The coupon that a discount names, itself or through a promotion code, which comes along."""
    account, at = moment.account, "discounts[0]"
    if given.get("promotion_code"):
        code = discounts.usable(moment, given["promotion_code"], f"{at}[promotion_code]", customer, amount)
        return billing.of(account).coupons[code["promotion"]["coupon"]], code
    if not given.get("coupon"):
        raise invalid("You must specify either `coupon` or `promotion_code`.", at, "parameter_missing")
    coupon = account.get("coupon", given["coupon"], f"{at}[coupon]")
    discounts.redeemable(moment, coupon, f"{at}[coupon]")
    return coupon, None


def discount(account: Account, items: Sequence[Thing], coupon: Thing) -> None:
    """Take a coupon off the items that it is good for: a share of each, or an amount divided among them."""
    products = billing.of(account).coupon_products.get(coupon["id"])
    meant = [item for item in items if not products or item["price"]["product"] in products]
    parts = [item["amount_subtotal"] for item in meant]
    if coupon["percent_off"] is not None:
        offs = [pricing.percent(part, coupon["percent_off"]) for part in parts]
    else:
        offs = pricing.allocated(min(sum(parts), _amount_off(account, coupon, items[0]["currency"])), parts)
    for item, off in zip(meant, offs, strict=True):
        item.update(amount_discount=off, amount_total=item["amount_subtotal"] - off)


def _amount_off(account: Account, coupon: Thing, currency: str) -> int:
    if coupon["currency"] == currency:
        return int(coupon["amount_off"])
    option = billing.of(account).currency_options.get(coupon["id"], {}).get(currency)
    if option is None:
        raise invalid("The coupon's currency does not match that of the session.", "discounts[0][coupon]")
    return int(option["amount_off"])


def tax(moment: Moment, items: Sequence[Thing], given: Sequence[Thing], source: Source | None = None) -> None:
    """Tax what is left of each line, by the rates that it names or by a place; inclusive taxes were in it all along."""
    for place, (item, one) in enumerate(zip(items, given, strict=True)):
        left = item["amount_subtotal"] - item["amount_discount"]
        if source is not None:
            found = source.on_price(item["price"], left)
        else:
            rates = tax_rates.all_of(moment.account, one.get("tax_rates") or [], f"line_items[{place}][tax_rates]")
            found = taxing.taxes(rates, left)
        item["amount_tax"] = sum(each["amount"] for each in found)
        item["amount_total"] += taxing.on_top(found)


def afresh(items: Sequence[Thing]) -> None:
    """Forget discounts and taxes."""
    for item in items:
        item.update(amount_discount=0, amount_tax=0, amount_total=item["amount_subtotal"])


def sums(items: Sequence[Thing], shipping: Thing | None = None) -> Thing:
    """What the items and sending them come to, as a session shows it."""
    sent = shipping or totals.UNSENT

    def of(field: str) -> int:
        return sum(item[field] for item in items)

    return {
        "amount_subtotal": of("amount_subtotal"),
        "amount_total": of("amount_total") + sent["amount_total"],
        "total_details": {
            "amount_discount": of("amount_discount"),
            "amount_shipping": sent["amount_subtotal"],
            "amount_tax": of("amount_tax") + sent["amount_tax"],
        },
    }


def line_items(account: Account, owner: Thing) -> list[Thing]:
    """The line items of a session or a payment link."""
    return account.side(Kept).items.get(owner["id"], [])
