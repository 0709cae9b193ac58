"""What an object was before it changed, told as events tell it: only what differs, with the old values."""

from typing import Any

Thing = dict[str, Any]


def previous(before: Thing, after: Thing) -> Thing:
    """The old values of what differs; objects inside are told by their differing fields, lists as a whole."""
    told: Thing = {}
    for name in before if before.keys() == after.keys() else {**before, **after}:
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict) and name != "data":
            told[name] = previous(old, new)
        else:
            told[name] = old
    return told
