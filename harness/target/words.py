"""Placeholders and paths: `{person.email}` in a text, `payment.client_secret` in an answer.

Pure functions over plain data. A text that is one placeholder alone keeps the type of its value; `{name?}` makes the
field disappear when there is nothing to fill in. Used by the target and by the phone.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.:-]*)(\?)?\}")
MISSING = object()


class Unfilled(KeyError):
    """A placeholder for which there is no value; its one argument is the name."""

    def __str__(self) -> str:
        return str(self.args[0])


def dig(data: Any, path: str) -> Any:
    """The value at `a.b.0.c`, None where the path leads nowhere."""
    for step in path.split(".") if path else ():
        if isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(data, Sequence) and not isinstance(data, str) and step.lstrip("-").isdigit():
            data = data[int(step)] if -len(data) <= int(step) < len(data) else None
        else:
            return None
    return data


def names_in(value: Any) -> Iterator[str]:
    """Every placeholder's name in a text, or anywhere in lists and tables of texts."""
    return (match[1] for match in _placeholders(value))


def needed_in(value: Any) -> Iterator[str]:
    """The names of those placeholders that cannot be left out."""
    return (match[1] for match in _placeholders(value) if not match[2])


def _placeholders(value: Any) -> Iterator[re.Match[str]]:
    if isinstance(value, str):
        yield from PLACEHOLDER.finditer(value)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _placeholders(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _placeholders(inner)


def fill(value: Any, known: Callable[[str], Any]) -> Any:
    """`value` with every placeholder filled from `known`, which raises `KeyError` for names it has not.

    Raises `Unfilled`, unless the placeholder is optional: then an empty value removes its field or list item.
    """
    filled = _fill(value, known)
    return None if filled is MISSING else filled


def _fill(value: Any, known: Callable[[str], Any]) -> Any:
    if isinstance(value, str):
        return _fill_text(value, known)
    if isinstance(value, Mapping):
        filled = {name: _fill(inner, known) for name, inner in value.items()}
        return {name: inner for name, inner in filled.items() if inner is not MISSING}
    if isinstance(value, list | tuple):
        return [inner for inner in (_fill(inner, known) for inner in value) if inner is not MISSING]
    return value


def _fill_text(text: str, known: Callable[[str], Any]) -> Any:
    whole = PLACEHOLDER.fullmatch(text)
    if whole:
        value = _value(whole, known)
        return MISSING if whole[2] and value in (None, "", {}, []) else value
    return PLACEHOLDER.sub(lambda match: _as_text(_value(match, known)), text)


def _value(match: re.Match[str], known: Callable[[str], Any]) -> Any:
    try:
        return known(match[1])
    except KeyError:
        if match[2]:
            return None
        raise Unfilled(match[1]) from None


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)


def known_in(scope: Mapping[str, Any]) -> Callable[[str], Any]:
    """Look placeholders up in nested data by their dotted names; empty values are values, absent ones `KeyError`."""

    def known(name: str) -> Any:
        first, _, rest = name.partition(".")
        if first not in scope:
            raise KeyError(name)
        value = dig(scope[first], rest) if rest else scope[first]
        if value is None:
            raise KeyError(name)
        return value

    return known
