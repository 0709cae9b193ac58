"""Objects in the vendor's shape: blank ones, and parameters written into them as far as the shape has a place for them.

`shapes.json` is derived from the vendor's own OpenAPI document. In it `name?` may be null, and `name*` may be left out;
`s`, `i`, `n`, `b` are text, whole numbers, numbers and truth, `=word` is a choice and its first word, `m` is a map of
anything, `l` a list of other objects, `[x]` a list of these, and an object is an object.
"""

from functools import cache
from pathlib import Path
from typing import Any

import orjson

from fakes.payments.state.store import Thing

Tree = Any
TYPES: dict[str, tuple[type, ...]] = {"s": (str,), "i": (int,), "n": (int, float), "b": (bool,), "m": (dict,)}
FIXED = ("id", "object", "livemode", "metadata")
"""Fields that no parameter is written into as it is."""


@cache
def shapes() -> dict[str, Tree]:
    """The shape of each kind."""
    found: dict[str, Tree] = orjson.loads((Path(__file__).parent / "shapes.json").read_bytes())
    return found


def blank(tree: Tree) -> Any:
    """The least that a shape allows."""
    if isinstance(tree, dict):
        return {
            name.rstrip("?*"): None if name.endswith("?") else blank(inner)
            for name, inner in tree.items()
            if not name.endswith("*")
        }
    if isinstance(tree, list):
        return []
    if tree.startswith("="):
        return tree[1:]
    if tree == "l":
        return {"object": "list", "data": [], "has_more": False, "url": ""}
    return {"s": "", "i": 0, "n": 0, "b": False, "m": {}}[tree]


def write(tree: Tree, thing: Thing, params: Thing) -> None:
    """Set those fields of an object that the parameters of their names set; what is no field is not written."""
    for mark, inner in tree.items():
        name = mark.rstrip("?*")
        if name not in params or name in FIXED:
            continue
        value = params[name]
        if value == "" and mark != name:
            thing.pop(name, None)
            if mark.endswith("?"):
                thing[name] = None
        elif (fitted := _fitted(inner, value, thing.get(name))) is not None:
            thing[name] = fitted


def _fitted(tree: Tree, value: Any, before: Any) -> Any:
    """The value in this shape; None if it is of another type."""
    if isinstance(tree, dict):
        if not isinstance(value, dict):
            return None
        # A copy, so that what is refused in the end can be put back.
        made: Thing = dict(before) if isinstance(before, dict) else blank(tree)
        write(tree, made, value)
        return made
    if isinstance(tree, list):
        return [_fitted(tree[0], one, None) for one in value] if isinstance(value, list) else None
    types = TYPES.get(tree, (str,))
    return value if isinstance(value, types) and (bool in types or not isinstance(value, bool)) else None
