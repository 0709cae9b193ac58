"""Dotted places in nested data: looked up, and put there."""

from collections.abc import Mapping
from typing import Any

from harness.target.words import dig


def put(place: str, value: Any) -> Any:
    """The value, inside as many tables as the place has steps; none for an empty place."""
    for step in reversed(place.split(".") if place else ()):
        value = {step: value}
    return value


def joined(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Both, tables within tables; where both say something `more` wins."""
    whole = dict(base)
    for name, value in more.items():
        inner = whole.get(name)
        whole[name] = joined(inner, value) if isinstance(inner, Mapping) and isinstance(value, Mapping) else value
    return whole


__all__ = ["dig", "joined", "put"]
