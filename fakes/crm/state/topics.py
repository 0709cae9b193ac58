"""What an app can subscribe to, by name; data, and reading such names out of a setting."""

WORDS = ("contact", "company", "deal", "ticket", "product", "line_item")
"""The types that have subscriptions of their own; the others are told as `object`, with their number."""
WHATS = ("creation", "deletion", "propertyChange", "merge", "associationChange", "restore")
TYPES = frozenset(
    [
        f"{word}.{what}"
        for word in (*WORDS, "object")
        for what in WHATS
        if (word, what) != ("product", "associationChange")
    ]
    + ["contact.privacyDeletion"]
)
EVERY = "*"
"""Any property."""


def wished(text: str) -> list[tuple[str, str | None]]:
    """Types and properties in `contact.creation deal.propertyChange:dealstage`; `ValueError` for an unknown type."""
    found: list[tuple[str, str | None]] = []
    for each in text.split():
        type_, _, name = each.partition(":")
        if type_ not in TYPES:
            raise ValueError(f"subscriptions: there is no {type_!r}; there are {', '.join(sorted(TYPES))}")
        found.append((type_, (name or EVERY) if about_property(type_) else None))
    return found


def about_property(type_: str) -> bool:
    """Whether a subscription of this type names a property."""
    return type_.endswith(".propertyChange")
