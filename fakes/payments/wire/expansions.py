"""Which paths `expand[]` may take through which objects, and what is at their end; nothing is shown here.

`expansions.json` is derived from the provider's own OpenAPI document. In it `>a|b` is an id of one of these kinds,
`[a` a list of them, and anything else what the field holds by itself.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson

from fakes.payments.state.problem import Problem, invalid

DEPTH_MAX = 4
OLDER = {
    "invoice": {"payment_intent": ">payment_intent", "subscription": ">subscription", "charge": ">charge"},
}
"""Fields that only API versions before 2025-03-31 have."""

TOLD = {"issuing.card": {"number": "", "cvc": ""}, "apps.secret": {"payload": ""}}
"""Fields that the document names in its descriptions alone."""


@dataclass(frozen=True, slots=True)
class Way:
    """What a field leads to."""

    schemas: tuple[str, ...]
    by_id: bool = False
    listed: bool = False


@cache
def _table() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = orjson.loads((Path(__file__).parent / "expansions.json").read_bytes())
    return found


@cache
def way(schema: str, field: str, *, old: bool = False) -> Way | None:
    """Where this field of this schema leads; None when a path may not name it."""
    spec = _table().get(schema, {}).get(field)
    if spec is None:
        spec = TOLD.get(schema, {}).get(field)
    if spec is None and old:
        spec = OLDER.get(schema, {}).get(field)
    if spec is None:
        return None
    return Way(tuple(spec.lstrip(">[").split("|")), by_id=spec[:1] == ">", listed=spec[:1] == "[")


def check(kind: str, paths: list[str], *, old: bool = False) -> None:
    """The provider's refusal of the first path that leads nowhere from an object of this kind, or is too long."""
    for path in paths:
        parts = path.split(".")
        if len([part for part in parts if part != "data"]) > DEPTH_MAX:
            raise invalid(f"You cannot expand more than {DEPTH_MAX} levels of a property. Property: {path}", "expand")
        _walk((kind,), parts, path, old)


def check_page(kind: str, paths: list[str], *, old: bool = False) -> None:
    """The same for a page of them: each path goes through `data`."""
    inner = []
    for path in paths:
        head, _, rest = path.partition(".")
        if head == "data" and rest:
            inner.append(rest)
        elif head not in ("data", "total_count"):
            raise cannot(path, f" You may want to try expanding 'data.{path}' instead.")
    check(kind, inner, old=old)


def _walk(schemas: tuple[str, ...], parts: list[str], path: str, old: bool) -> None:
    for place, part in enumerate(parts):
        ways = [found for schema in schemas if (found := way(schema, part, old=old))]
        if not ways:
            raise cannot(path)
        schemas = tuple(dict.fromkeys(schema for one in ways for schema in one.schemas))
        if ways[0].listed and place + 1 < len(parts):
            if parts[place + 1] != "data":
                raise cannot(path)
            if parts[place + 2 :]:
                _walk(schemas, parts[place + 2 :], path, old)
            return


def cannot(path: str, hint: str = "") -> Problem:
    """The provider's refusal of a path."""
    return invalid(f"This property cannot be expanded ({path}).{hint}", "expand")
