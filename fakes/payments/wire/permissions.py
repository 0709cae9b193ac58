"""What a restricted key needs for an operation: the provider's own word for a resource, and whether to write."""

from collections.abc import Collection
from functools import cache

READ, WRITE = "_read", "_write"
WORDS = {
    "prices": "plan",
    "refunds": "charge",
    "subscription_items": "subscription",
    "webhook_endpoints": "webhook",
    "balance_transactions": "balance",
}
"""Resources whose permission has another name than themselves."""
WITHOUT = frozenset({"v1", "v2", "core", "search"})


@cache
def needed(operation: str) -> str:
    """The permission for an operation: `customer_write` for `POST /v1/customers/{id}`."""
    method, path = operation.split(" ", 1)
    parts = [part for part in path.strip("/").split("/") if part not in WITHOUT and not part.startswith("{")]
    # Whatever follows the first placeholder is done to the resource before it.
    head = path.partition("/{")[0].strip("/").split("/")
    parts = [part for part in head if part not in WITHOUT] or parts
    resource = WORDS.get(parts[-1]) or "_".join([*parts[:-1], _one(parts[-1])])
    return resource + (READ if method == "GET" else WRITE)


def _one(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word.removesuffix("s") if not word.endswith("ss") else word


def named(text: str) -> frozenset[str]:
    """The permissions in a list such as `customer_write, charge_read`; `ValueError` for what is none."""
    names = [name.strip().removeprefix("rak_") for name in text.split(",") if name.strip()]
    wrong = [name for name in names if not name.endswith((READ, WRITE))]
    if wrong:
        raise ValueError(f"restricted_permissions: {wrong[0]!r} ends neither in {READ} nor in {WRITE}")
    return frozenset(names)


def granted(permission: str, held: Collection[str]) -> bool:
    """Whether this permission is among those held; who may write may read."""
    return permission in held or permission.removesuffix(READ) + WRITE in held
