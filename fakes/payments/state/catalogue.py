"""Products, and the prices at which they are sold, with the lookup keys by which prices are found."""

from typing import Any

from fakes.payments.state import billing, price_shapes
from fakes.payments.state.given import fits, merge_metadata, rewrite, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.store import Thing
from fakes.payments.state.wholly import whole

CHANGEABLE = (
    "active",
    "default_price",
    "description",
    "name",
    "package_dimensions",
    "shippable",
    "statement_descriptor",
    "tax_code",
    "unit_label",
    "url",
)


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
        with whole(moment, product):
            price = create_price(moment, {**params["default_price_data"], "product": product["id"]})
        product["default_price"] = price["id"]
    return product


def update_product(moment: Moment, params: Thing, name: str) -> Thing:
    """Change what is given."""
    product = moment.account.get("product", name)
    if params.get("default_price"):
        price = moment.account.get("price", params["default_price"], "default_price")
        if price["product"] != name:
            raise invalid(f"The price {price['id']} belongs to another product.", "default_price")
    with moment.changing(product, "product.updated"):
        rewrite(product, params, *CHANGEABLE)
        for field in ("images", "marketing_features"):
            if field in params:
                product[field] = params[field] or []
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
    return fits(product, params, "active", "shippable", "url")


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


def create_price(moment: Moment, params: Thing) -> Thing:
    """A price for a product that exists or is given along."""
    price = price_shapes.price(moment.account, params)
    if "product" in params:
        product = moment.account.get("product", params["product"], "product")
        if not product["active"] and params.get("active", True) and params.get("recurring"):
            raise invalid(f"The product {product['id']} is marked as inactive.", "product")
    elif params.get("product_data"):
        product = create_product(moment, params["product_data"])
    else:
        raise invalid("You must specify either `product` or `product_data` when creating a price.", "product")
    price["product"] = product["id"]
    merge_metadata(price, params.get("metadata", {}))
    _key_taken(moment, params, price)
    moment.account.put(price)
    moment.tell("price.created", price)
    return price


def update_price(moment: Moment, params: Thing, name: str) -> Thing:
    """Change what a price may change: never its amount, but its amounts in other currencies."""
    price = moment.account.get("price", name)
    with moment.changing(price, "price.updated"):
        if "lookup_key" in params:
            _key_taken(moment, params, price)
        rewrite(price, params, "active", "nickname", "tax_behavior")
    if isinstance(params.get("currency_options"), dict):
        options = price_shapes.currency_options(params["currency_options"])
        billing.of(moment.account).currency_options.setdefault(name, {}).update(options)
    return price


def price_wanted(_moment: Moment, price: Thing, params: Thing) -> bool:
    """The filters of the list of prices."""
    if "lookup_keys" in params and price["lookup_key"] not in params["lookup_keys"]:
        return False
    recurring: Any = params.get("recurring") or {}
    if any((price["recurring"] or {}).get(name) != value for name, value in recurring.items()):
        return False
    return fits(price, params, "active", "currency", "product", "type")
