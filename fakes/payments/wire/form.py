"""Form bodies and query strings with brackets, as nested values: `a[b]=1`, `a[]=1`, `a[0][b]=1`.

Only the nesting is read here; what may be there, and of which type, is `wire.parameters`' business.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

import orjson

from fakes.payments.state.problem import invalid

Pairs = list[tuple[str, str]]
NESTING_MAX = 12
FIELDS_MAX = 2000
NAMES_KEPT, SHORT = 2000, 100
"""How many names of parameters are remembered as they were read, if short: clients send the same again and again."""


def pairs_of(text: bytes | str) -> Pairs:
    """The pairs of a form in their order; text that is not UTF-8 is refused."""
    if not text:
        return []
    try:
        parts = (text if isinstance(text, str) else text.decode("ascii")).split("&")
        if len(parts) > FIELDS_MAX:
            raise ValueError(f"more than {FIELDS_MAX} fields")
        halves = [part.partition("=") for part in parts if part]
        return [(_name(name) if len(name) < SHORT else _plain(name), _plain(value)) for name, _, value in halves]
    except (UnicodeDecodeError, ValueError) as problem:
        raise invalid(f"Invalid request: the parameters could not be read ({type(problem).__name__}).") from None


def _plain(text: str) -> str:
    # Most values need no decoding, and many a thousand of them are read each second.
    if "+" in text:
        text = text.replace("+", " ")
    if "%" not in text:
        return text
    return unquote_to_bytes(text).decode() if text.isascii() else unquote(text, errors="strict")


_name = lru_cache(NAMES_KEPT)(_plain)


def pairs_of_json(text: bytes) -> Pairs:
    """The same pairs from a JSON object, as the second API takes it; null is an empty text."""
    if not text:
        return []
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise invalid("Invalid request: the body is not JSON.") from None
    if not isinstance(content, dict):
        raise invalid("Invalid request: the body must be a JSON object.")
    return [pair for name, value in content.items() for pair in _flat(str(name), value, 0)]


def _flat(name: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    if depth > NESTING_MAX:
        raise invalid(f"Invalid parameter name: {name[:200]}", name[:200])
    if isinstance(value, dict | list) and value:
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, one in inner:
            yield from _flat(f"{name}[{key}]", one, depth + 1)
    elif isinstance(value, bool):
        yield name, "true" if value else "false"
    else:
        yield name, "" if value is None or value in ({}, []) else str(value)


def nested(pairs: Pairs) -> dict[str, Any]:
    """The pairs as a tree; lists are dictionaries with their places as names until their type is known."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        if "[" in name or not name:
            _put(tree, _known_path(name) if len(name) < SHORT else _path(name), value, name)
        else:
            tree[name] = value
    return tree


def _path(name: str) -> tuple[str, ...]:
    head, *rest = name.split("[")
    if any(not part.endswith("]") for part in rest) or not head or len(rest) > NESTING_MAX:
        raise invalid(f"Invalid parameter name: {name[:200]}", name[:200])
    return (head, *(part[:-1] for part in rest))


_known_path = lru_cache(NAMES_KEPT)(_path)


def _put(tree: dict[str, Any], path: tuple[str, ...], value: str, name: str) -> None:
    place = tree
    for depth, part in enumerate(path[:-1]):
        part = part if part or depth == 0 else _next_place(place, path[depth + 1 :])
        inner = place.setdefault(part, {})
        if not isinstance(inner, dict):
            raise invalid(f"Invalid parameter: {name[:200]} is given both as a value and as an object.", name[:200])
        place = inner
    last = path[-1] or str(len(place))
    place[last] = value


def _next_place(place: dict[str, Any], rest: tuple[str, ...]) -> str:
    """`a[][b]` goes on with the newest element until that has `b` already."""
    if place:
        newest = place.get(str(len(place) - 1))
        if isinstance(newest, dict) and rest[0] not in newest:
            return str(len(place) - 1)
    return str(len(place))
