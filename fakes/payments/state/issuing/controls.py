"""Where a card may be used, and by how much: spending controls, merchants, and whether the one lets the other pass."""

from typing import Any

from fakes.payments.state.store import Thing

LISTS = (
    "allowed_card_presences",
    "allowed_categories",
    "allowed_merchant_countries",
    "blocked_card_presences",
    "blocked_categories",
    "blocked_merchant_countries",
)
CODES = {
    "taxicabs_limousines": "4121",
    "eating_places_restaurants": "5812",
    "book_stores": "5942",
    "airlines_air_carriers": "4511",
}
UNKNOWN_CODE = "5734"
MERCHANT: Thing = {
    "category": "computer_software_stores",
    "city": None,
    "country": "US",
    "name": "Test merchant",
    "network_id": "1234567890",
    "postal_code": None,
    "state": None,
    "tax_id": None,
    "terminal_id": None,
    "url": None,
}


def shown(given: Thing | None, before: Thing | None = None) -> Thing:
    """Spending controls in full."""
    wanted = given or {}
    was = before or {}
    controls: Thing = {name: wanted.get(name, was.get(name)) or None for name in LISTS}
    limits = wanted.get("spending_limits")
    kept = (
        was.get("spending_limits", [])
        if limits is None
        else [{**one, "categories": one.get("categories") or []} for one in limits]
    )
    return {**controls, "spending_limits": kept, "spending_limits_currency": None}


def merchant(given: Thing | None) -> Thing:
    """Who takes the card's money."""
    told = {**MERCHANT, **(given or {})}
    return {**told, "category_code": CODES.get(str(told["category"]), UNKNOWN_CODE)}


def passes(controls: Thing, amount: int, shop: Thing, presence: str) -> bool:
    """Whether controls let a payment pass; of limits, only those for one authorization are looked at."""
    pairs: tuple[tuple[str, Any], ...] = (
        ("categories", shop["category"]),
        ("merchant_countries", shop["country"]),
        ("card_presences", presence),
    )
    for name, value in pairs:
        allowed, blocked = controls[f"allowed_{name}"], controls[f"blocked_{name}"]
        if (allowed and value not in allowed) or (blocked and value in blocked):
            return False
    return all(
        amount <= one["amount"]
        for one in controls["spending_limits"]
        if one["interval"] == "per_authorization" and (not one["categories"] or shop["category"] in one["categories"])
    )
