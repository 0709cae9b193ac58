"""What the customer portal shows of a customer: subscriptions, cards, details and invoices, in plain words."""

from datetime import UTC, datetime
from typing import Any

from fakes.payments.hosted.fields import Field
from fakes.payments.state.money import shown
from fakes.payments.state.store import Account, Thing

SHOWN = 12
LABELS = {"email": "Email", "name": "Name", "phone": "Phone"}
LIVE = ("active", "trialing", "past_due", "unpaid", "incomplete", "paused")


def day(at_s: int) -> str:
    """A date for people."""
    moment = datetime.fromtimestamp(at_s, UTC)
    return f"{moment:%B} {moment.day}, {moment.year}"


def subscriptions(account: Account, customer: str, features: Thing) -> list[Thing]:
    """The customer's subscriptions that have not ended, newest first."""
    found = account.where("subscription", customer=customer)
    return [subscription(account, one, features) for one in reversed(found) if one["status"] in LIVE]


def subscription(account: Account, one: Thing, features: Thing) -> Thing:
    """One subscription in plain words, and what it may be changed to."""
    items = one["items"]["data"]
    prices = [item["price"] for item in items]
    until = day(one["cancel_at"] or max((item["current_period_end"] for item in items), default=account.now()))
    recurring = prices[0]["recurring"]
    return {
        "id": one["id"],
        "name": ", ".join(_product(account, price) for price in prices),
        "amount": sum(
            (price["unit_amount"] or 0) * (item.get("quantity") or 1) for price, item in zip(prices, items, strict=True)
        ),
        "currency": one["currency"],
        "rhythm": f"per {recurring['interval']}" if recurring["interval_count"] == 1 else "",
        "ends": bool(one["cancel_at_period_end"] or one["cancel_at"]),
        "resumable": bool(one["cancel_at_period_end"]),
        "until": until,
        "state": _state(one, until),
        "choices": _choices(account, one, features["subscription_update"]) if len(items) == 1 else [],
    }


def _state(one: Thing, until: str) -> str:
    if one["cancel_at_period_end"] or one["cancel_at"]:
        return f"Cancels on {until}."
    said = {"trialing": "Trial until", "active": "Renews on"}.get(one["status"])
    return f"{said} {until}." if said else one["status"].replace("_", " ").capitalize() + "."


def _product(account: Account, price: Thing) -> str:
    product = account.find("product", price["product"]) or {}
    return str(product.get("name") or price["nickname"] or "Subscription")


def _choices(account: Account, one: Thing, feature: Thing) -> list[tuple[str, str]]:
    if not feature["enabled"] or "price" not in feature["default_allowed_updates"] or one["status"] not in LIVE[:3]:
        return []
    now = one["items"]["data"][0]["price"]["id"]
    names = [name for product in feature.get("products") or () for name in product["prices"]]
    prices = [account.find("price", name) for name in names if name != now]
    return [
        (price["id"], f"{_product(account, price)}, {shown(price['unit_amount'] or 0, price['currency'])}")
        for price in prices
        if price is not None
    ]


def cards(account: Account, customer: Thing) -> list[Thing]:
    """The customer's payment methods, newest first."""
    default = customer["invoice_settings"]["default_payment_method"]
    return [
        {"id": one["id"], "words": words(one), "default": one["id"] == default}
        for one in reversed(account.where("payment_method", customer=customer["id"]))
    ]


def words(method: Thing) -> str:
    """A payment method for people."""
    inner: dict[str, Any] = method.get(method["type"]) or {}
    kind = str(inner.get("brand") or method["type"]).replace("_", " ").capitalize()
    return f"{kind} •••• {inner['last4']}" if inner.get("last4") else kind


def details(customer: Thing, feature: Thing) -> list[Field]:
    """What the customer may change of themselves."""
    if not feature["enabled"]:
        return []
    return [
        Field(name, label, "", needed=name == "email", value=customer[name] or "")
        for name, label in LABELS.items()
        if name in feature["allowed_updates"]
    ]


def invoices(account: Account, customer: str) -> list[Thing]:
    """The newest of the customer's invoices that are no drafts."""
    found = [one for one in account.where("invoice", customer=customer) if one["status"] != "draft"]
    return found[: -SHOWN - 1 : -1]
