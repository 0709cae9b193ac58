"""What parameters do to an object: what they set, change in part or unset, and whether they fit it."""

from typing import Any

from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Thing

METADATA_MAX = 50


def unset(value: Any) -> Any:
    """What a parameter sets: an empty text unsets."""
    return None if value == "" else value


def rewrite(thing: Thing, params: Thing, *names: str) -> None:
    """Set those of an object's fields that are given, and its metadata."""
    for name in names:
        if name in params:
            thing[name] = unset(params[name])
    if "metadata" in params:
        merge_metadata(thing, params["metadata"])


def merge_metadata(thing: Thing, given: Any) -> None:
    """Add keys, drop those set to nothing; an empty text drops all. How long each may be, `wire.parameters` says."""
    if given == "" or given is None:
        thing["metadata"] = {}
        return
    merged = {**(thing.get("metadata") or {}), **given}
    kept = {name: value for name, value in merged.items() if value not in ("", None)}
    if len(kept) > METADATA_MAX:
        raise invalid(f"You cannot have more than {METADATA_MAX} metadata keys", "metadata")
    thing["metadata"] = kept


def merged(before: Thing, given: Thing) -> Thing:
    """The settings with those that are given: groups inside are changed in part, an empty text unsets."""
    inner = {
        name: merged(before[name], value)
        for name, value in given.items()
        if isinstance(value, dict) and isinstance(before.get(name), dict)
    }
    return {**before, **{name: unset(value) for name, value in given.items()}, **inner}


def fits(thing: Thing, params: Thing, *names: str) -> bool:
    """Whether an object is what a list is filtered by, in these of its fields."""
    return all(thing.get(name) == params[name] for name in names if name in params)


def during(at: int | None, wanted: Any) -> bool:
    """Whether a moment is the one, or within the bounds, that a filter says; no filter lets everything through."""
    if wanted is None:
        return True
    if at is None:
        return False
    if not isinstance(wanted, dict):
        return bool(at == wanted)
    bounds = {"gt": at > wanted.get("gt", at - 1), "gte": at >= wanted.get("gte", at)}
    bounds |= {"lt": at < wanted.get("lt", at + 1), "lte": at <= wanted.get("lte", at)}
    return all(bounds.values())
