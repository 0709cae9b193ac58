"""Products and prices, and the lookup keys by which prices are found."""

from decimal import Decimal
from typing import Any

from fakes.payments.state.customers import merge_metadata, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import currency_of
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.store import Thing


def create_product(moment: Moment, params: Thing) -> Thing:
    """A product, under its own id if one is given, with a price if `default_price_data` is."""
    if params.get("id") and moment.account.find("product", params["id"]):
        raise unexpected("Product already exists.", "resource_already_exists", param="id")
    product: Thing = {
        "id": params.get("id") or moment.account.fresh("product"),
        "object": "product",
        "active": params.get("active", True),
        "created": moment.now,
        "default_price": None,
        "description": unset(params.get("description")),
        "images": params.get("images") or [],
        "livemode": False,
        "marketing_features": params.get("marketing_features") or [],
        "metadata": {},
        "name": params["name"],
        "package_dimensions": params.get("package_dimensions"),
        "shippable": params.get("shippable"),
        "statement_descriptor": params.get("statement_descriptor"),
        "tax_code": params.get("tax_code"),
        "type": params.get("type", "service"),
        "unit_label": params.get("unit_label"),
        "updated": moment.now,
        "url": params.get("url"),
    }
    merge_metadata(product, params.get("metadata", {}))
    moment.account.put(product)
    moment.tell("product.created", product)
    if params.get("default_price_data"):
        price = create_price(moment, {**params["default_price_data"], "product": product["id"]})
        product["default_price"] = price["id"]
    return product


def update_product(moment: Moment, params: Thing, name: str) -> Thing:
    """Change what is given."""
    product = moment.account.get("product", name)
    if params.get("default_price"):
        moment.account.get("price", params["default_price"], "default_price")
    with moment.changing(product, "product.updated"):
        for field in ("active", "default_price", "description", "images", "name", "shippable", "unit_label", "url"):
            if field in params:
                product[field] = unset(params[field])
        if "metadata" in params:
            merge_metadata(product, params["metadata"])
        product["updated"] = moment.now
    return product


def delete_product(moment: Moment, _params: Thing, name: str) -> Thing:
    """Delete a product that has no prices."""
    product = moment.account.get("product", name)
    if moment.account.where("price", product=name):
        raise unexpected(
            "This product cannot be deleted because it has one or more user-created prices.", "product_has_prices"
        )
    del moment.account.tables["product"][name]
    moment.tell("product.deleted", product)
    return {"id": name, "object": "product", "deleted": True}


def product_wanted(_moment: Moment, product: Thing, params: Thing) -> bool:
    """The filters of the list of products."""
    if "ids" in params and product["id"] not in params["ids"]:
        return False
    return all(name not in params or product.get(name) == params[name] for name in ("active", "shippable", "url"))


def _amount(params: Thing) -> tuple[int | None, str]:
    if "unit_amount" in params and "unit_amount_decimal" in params:
        raise invalid("You may only specify one of these parameters: unit_amount, unit_amount_decimal.")
    if params.get("unit_amount_decimal") is not None:
        exact = Decimal(params["unit_amount_decimal"])
        return (int(exact) if exact == int(exact) else None), str(exact)
    amount = params.get("unit_amount")
    if amount is None:
        raise invalid(
            "You must specify either `unit_amount`, `unit_amount_decimal`, or `custom_unit_amount` when "
            "`billing_scheme=per_unit`."
        )
    if amount < 0:
        raise invalid("Invalid non-negative integer", "unit_amount", "parameter_invalid_integer")
    return amount, str(amount)


def _key_taken(moment: Moment, params: Thing, price: Thing) -> None:
    key = params.get("lookup_key")
    keys = moment.account.links.price_of_key
    if price.get("lookup_key"):
        keys.pop(price["lookup_key"], None)
    price["lookup_key"] = unset(key)
    if not key:
        return
    holder = moment.account.find("price", keys.get(key))
    if holder is not None and holder["id"] != price["id"]:
        if not params.get("transfer_lookup_key"):
            raise invalid(
                f"A price (`{holder['id']}`) already uses that lookup key.", "lookup_key", "resource_already_exists"
            )
        holder["lookup_key"] = None
    keys[key] = price["id"]


def recurring_of(given: Thing | None) -> Thing | None:
    """How often a price recurs, in full."""
    if not given:
        return None
    return {
        "interval": given["interval"],
        "interval_count": given.get("interval_count", 1),
        "meter": given.get("meter"),
        "trial_period_days": None,
        "usage_type": given.get("usage_type", "licensed"),
    }


def create_price(moment: Moment, params: Thing) -> Thing:
    """A price for a product that exists or is given along."""
    currency = currency_of(params["currency"])
    amount, exact = _amount(params)
    if "product" in params:
        product = moment.account.get("product", params["product"], "product")
    elif params.get("product_data"):
        product = create_product(moment, params["product_data"])
    else:
        raise invalid("You must specify either `product` or `product_data` when creating a price.", "product")
    recurring = recurring_of(params.get("recurring"))
    price: Thing = {
        "id": moment.account.fresh("price"),
        "object": "price",
        "active": params.get("active", True),
        "billing_scheme": params.get("billing_scheme", "per_unit"),
        "created": moment.now,
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": unset(params.get("nickname")),
        "product": product["id"],
        "recurring": recurring,
        "tax_behavior": params.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if recurring else "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": exact,
    }
    merge_metadata(price, params.get("metadata", {}))
    _key_taken(moment, params, price)
    moment.account.put(price)
    moment.tell("price.created", price)
    return price


def update_price(moment: Moment, params: Thing, name: str) -> Thing:
    """Change what a price may change: never its amount."""
    price = moment.account.get("price", name)
    with moment.changing(price, "price.updated"):
        if "lookup_key" in params:
            _key_taken(moment, params, price)
        for field in ("active", "nickname", "tax_behavior"):
            if field in params:
                price[field] = unset(params[field])
        if "metadata" in params:
            merge_metadata(price, params["metadata"])
    return price


def price_wanted(_moment: Moment, price: Thing, params: Thing) -> bool:
    """The filters of the list of prices."""
    if "lookup_keys" in params and price["lookup_key"] not in params["lookup_keys"]:
        return False
    recurring: Any = params.get("recurring") or {}
    if any((price["recurring"] or {}).get(name) != value for name, value in recurring.items()):
        return False
    return all(
        name not in params or price.get(name) == params[name] for name in ("active", "currency", "product", "type")
    )
