"""Which scope a call needs: one of the alternatives that its path and its kind of access name.

As coarse as the vendor's own pages: by type of record, reading or writing. Called by `access`.
"""

from fakes.crm.state.kinds import ACTIVITIES, Kinds

OF_KIND = {
    "contacts": "crm.objects.contacts", "companies": "crm.objects.companies", "deals": "crm.objects.deals",
    "line_items": "crm.objects.line_items", "products": "crm.objects.products", "leads": "crm.objects.leads",
    "quotes": "crm.objects.quotes", "orders": "crm.objects.orders", "carts": "crm.objects.carts",
    "invoices": "crm.objects.invoices", "goal_targets": "crm.objects.goals", "taxes": "crm.objects.line_items",
}  # fmt: skip
NEAR_ACTIVITIES = ("contacts", "companies", "deals")
"""The types whose scopes open activities, too."""
CUSTOM = "crm.objects.custom"


def _of(kind: str, access: str) -> tuple[str, ...]:
    """The scopes that open a type of record."""
    if kind in OF_KIND:
        return (
            (f"{OF_KIND[kind]}.{access}", "e-commerce")
            if "item" in kind or kind == "products"
            else (f"{OF_KIND[kind]}.{access}",)
        )
    if kind == "tickets":
        return ("tickets",)
    if kind in ACTIVITIES:
        return tuple(f"{OF_KIND[each]}.{access}" for each in NEAR_ACTIVITIES)
    return (f"{CUSTOM}.{access}",)


def needed(path: str, kinds: Kinds, *, writes: bool) -> tuple[str, ...]:
    """The scopes of which a call needs one; none for a call that every app may make."""
    access = "write" if writes else "read"
    parts = path.strip("/").split("/")
    named = [found.name for part in parts if (found := kinds.find(part)) is not None]
    if "schemas" in parts[:3]:
        return (f"crm.schemas.custom.{access}",)
    if "owners" in parts[:3]:
        return ("crm.objects.owners.read",)
    if "properties" in parts[:3]:
        kind = named[0] if named else ""
        schema = f"crm.schemas.{kind if kind in OF_KIND else 'custom'}.{access}"
        # Reading what there is needs no more than reading records; a ticket's scope is for both.
        return (schema, *(_of(kind, access) if kind == "tickets" or (kind and not writes) else ()))
    if "pipelines" in parts[:3]:
        return (*_of(named[0], access), f"crm.pipelines.orders.{access}") if named else ()
    if parts[0] == "webhooks":
        return ()
    return tuple(dict.fromkeys(scope for kind in named[:2] for scope in _of(kind, access)))


EVERY = (
    "oauth", "tickets", "e-commerce", "crm.objects.owners.read", "crm.pipelines.orders.read",
    "crm.pipelines.orders.write",
    *(f"{scope}.{access}" for scope in (*OF_KIND.values(), CUSTOM) for access in ("read", "write")),
    *(f"crm.schemas.{kind}.{access}" for kind in (*OF_KIND, "custom") for access in ("read", "write")),
)  # fmt: skip
"""What a private app is granted unless its settings say otherwise."""
