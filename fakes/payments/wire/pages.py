"""Lists, a page at a time: newest first, from a cursor, filtered."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from fakes.payments.state.problem import invalid, missing
from fakes.payments.state.store import Thing
from fakes.payments.wire.expand import listed

LIMIT = 10
LIMIT_MAX = 100


def page(newest: Iterable[Thing], params: Thing, url: str, kind: str, keep: Callable[[Thing], bool]) -> Thing:
    """One page of the objects that pass `keep`."""
    limit = params.get("limit", LIMIT)
    if not 1 <= limit <= LIMIT_MAX:
        bound = "greater than or equal to 1" if limit < 1 else f"less than or equal to {LIMIT_MAX}"
        raise invalid(f"This value must be {bound} (limit)", "limit", "parameter_invalid_integer")
    if "starting_after" in params and "ending_before" in params:
        raise invalid("You may only specify one of these parameters: starting_after, ending_before.")
    found: Iterator[Thing] = (thing for thing in newest if _created(thing, params) and keep(thing))
    if "ending_before" in params:
        newer = _until(found, params["ending_before"], kind)
        return listed(newer[-limit:], url, more=len(newer) > limit)
    if "starting_after" in params:
        found = _after(found, params["starting_after"], kind)
    data = list(islice(found, limit + 1))
    return listed(data[:limit], url, more=len(data) > limit)


def _created(thing: Thing, params: Thing) -> bool:
    wanted: Any = params.get("created")
    if wanted is None:
        return True
    if isinstance(wanted, int):
        return bool(thing["created"] == wanted)
    at = thing["created"]
    return bool(
        at > wanted.get("gt", -1)
        and at >= wanted.get("gte", -1)
        and at < wanted.get("lt", at + 1)
        and at <= wanted.get("lte", at)
    )


def _until(found: Iterator[Thing], cursor: str, kind: str) -> list[Thing]:
    newer: list[Thing] = []
    for thing in found:
        if thing["id"] == cursor:
            return newer
        newer.append(thing)
    raise missing(kind, cursor, "ending_before")


def _after(found: Iterator[Thing], cursor: str, kind: str) -> Iterator[Thing]:
    for thing in found:
        if thing["id"] == cursor:
            return found
    raise missing(kind, cursor, "starting_after")
