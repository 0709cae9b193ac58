"""Lists, a page at a time: newest first, from a cursor, filtered by time and by whoever asks.

`page_of` looks at no more of a table than the page needs, as far as an index knows what is asked for; `page` is for
short lists that an object carries along.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice, takewhile
from typing import Any, Protocol

from fakes.payments.state.problem import invalid, missing
from fakes.payments.state.store import Thing
from fakes.payments.state.tables import Entry
from fakes.payments.wire.expand import listed

LIMIT = 10
LIMIT_MAX = 100


class Row(Protocol):
    """Places one behind the other."""

    def newest(self, below: Entry | None = None, until: int | None = None) -> Iterator[Entry]:
        """From the newest to the oldest: those before `below`, and created no later than `until`."""
        ...

    def oldest(self, above: Entry | None = None, since: int | None = None) -> Iterator[Entry]:
        """From the oldest to the newest: those after `above`, and created no earlier than `since`."""
        ...


class Shelf(Protocol):
    """What pages are read from."""

    def __getitem__(self, name: str, /) -> Thing:
        """What stands at a place."""
        ...

    def entry(self, name: object) -> Entry | None:
        """The place of an id."""
        ...

    def narrowed(self, where: Mapping[str, str]) -> Row:
        """The places of all that refers to this, and perhaps of more."""
        ...


def page_of(
    table: Shelf, params: Thing, url: str, kind: str, keep: Callable[[Thing], bool], where: Mapping[str, str]
) -> Thing:
    """One page of a table's objects that pass `keep`, all of which refer to what `where` says."""
    limit = limit_of(params)
    since, until = span(params.get("created"))
    order = table.narrowed(where)
    if "ending_before" in params:
        above = _cursor(table, kind, params, "ending_before")
        upwards = (table[name] for _, _, name in order.oldest(above, since))
        within = upwards if until is None else takewhile(lambda one: _at(one, until) <= until, upwards)
    else:
        below = _cursor(table, kind, params, "starting_after") if "starting_after" in params else None
        downwards = (table[name] for _, _, name in order.newest(below, until))
        within = downwards if since is None else takewhile(lambda one: _at(one, since) >= since, downwards)
    data = list(islice(filter(keep, within), limit + 1))
    shown = data[:limit][::-1] if "ending_before" in params else data[:limit]
    return listed(shown, url, more=len(data) > limit)


def page(
    newest: Iterable[Thing], params: Thing, url: str, kind: str, keep: Callable[[Thing], bool] | None = None
) -> Thing:
    """One page of these objects, or of those that pass `keep`."""
    limit = limit_of(params)
    since, until = span(params.get("created"))
    found: Iterator[Thing] = (thing for thing in newest if within(thing, since, until) and (not keep or keep(thing)))
    if "ending_before" in params:
        newer = _until(found, params["ending_before"], kind)
        return listed(newer[-limit:], url, more=len(newer) > limit)
    if "starting_after" in params:
        found = _after(found, params["starting_after"], kind)
    data = list(islice(found, limit + 1))
    return listed(data[:limit], url, more=len(data) > limit)


def limit_of(params: Thing) -> int:
    """How many to show; `Problem` when it is too many, or when two cursors are given."""
    limit: int = params.get("limit", LIMIT)
    if not 1 <= limit <= LIMIT_MAX:
        bound = "greater than or equal to 1" if limit < 1 else f"less than or equal to {LIMIT_MAX}"
        raise invalid(f"This value must be {bound} (limit)", "limit", "parameter_invalid_integer")
    if "starting_after" in params and "ending_before" in params:
        raise invalid("You may only specify one of these parameters: starting_after, ending_before.")
    return limit


def _cursor(table: Shelf, kind: str, params: Thing, name: str) -> Entry:
    entry = table.entry(params[name])
    if entry is None:
        raise missing(kind, params[name], name)
    return entry


def span(created: Any) -> tuple[int | None, int | None]:
    """The first and the last second that a filter leaves."""
    if not isinstance(created, dict):
        return created, created
    first = [created[name] + more for name, more in (("gt", 1), ("gte", 0)) if name in created]
    last = [created[name] - less for name, less in (("lt", 1), ("lte", 0)) if name in created]
    return max(first, default=None), min(last, default=None)


def _at(thing: Thing, otherwise: int) -> int:
    at: int = thing.get("created", otherwise)
    return at


def within(thing: Thing, since: int | None, until: int | None) -> bool:
    """Whether it was created in this time."""
    return (since is None or thing["created"] >= since) and (until is None or thing["created"] <= until)


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
