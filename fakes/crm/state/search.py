"""The search of the CRM: filters, free text, sorts and pages over an index that learns late.

A record becomes findable `search_lag_s` after it was written, and until then it is found as it was before; archived
records are never found. This is what makes search-then-create a race. Called by `wire`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from fakes.contents import Part
from fakes.crm.problems import Problem, malformed, too_fast
from fakes.crm.state.filters import VALUELESS, Filter, groups_of
from fakes.crm.state.index import Document, Shelf, comparable
from fakes.crm.state.record import Record
from fakes.crm.state.records import Portal
from fakes.limits import Window

LIMIT_DEFAULT, LIMIT_MAX, HITS_MAX, QUERY_MAX = 10, 200, 10_000, 3000
Belongs = Callable[[Record, str], Iterable[str]]
"""The ids of the records of a type that belong to a record."""


class Search(Part):
    """The search of one portal, with its own limit per second."""

    KEPT = ("_second",)

    def __init__(self, portal: Portal, belongs: Belongs = lambda record, kind: ()) -> None:
        self._portal = portal
        self._belongs = belongs
        self._second = Window(portal.clock, 1.0)

    def clear(self) -> None:
        """Forget how often it was asked."""
        self._second.clear()

    def run(self, kind: str, asked: Mapping[str, Any]) -> tuple[list[Record], int, str | None]:
        """One page of records as they are now, the number of hits, and the cursor of the next page."""
        if not self._second.admit(self._portal.settings.search_per_s):
            raise too_fast()
        shelf = self._portal.index.of(kind)
        groups = groups_of(asked, shelf.schema)
        words = _words(asked.get("query"))
        limit = _whole(asked.get("limit", LIMIT_DEFAULT), "limit")
        start = _whole(asked.get("after") or 0, "after")
        if limit > LIMIT_MAX:
            raise malformed(f"The search page limit is {LIMIT_MAX}, got {limit}")
        if start + limit > HITS_MAX:
            raise malformed(f"Paging through more than {HITS_MAX} search results is not possible")
        sort = self._sort(shelf, asked.get("sorts"))
        if groups or words or sort:
            hits = self._hits(kind, shelf, groups, words)
            if sort:
                hits.sort(key=lambda name: sort[0](shelf.found[str(name)][1]), reverse=sort[1])
        else:
            hits = shelf.order
        page = [shelf.found[str(name)][0] for name in hits[start : start + limit]]
        return page, len(hits), (str(start + limit) if start + limit < len(hits) else None)

    def _hits(self, kind: str, shelf: Shelf, groups: list[list[Filter]], words: list[str]) -> list[int]:
        """The numbers of the records that fit, in order of age."""
        searched = self._portal.kinds.get(kind).searched
        found: set[int] = set()
        for group in groups or [[]]:
            for name in self._candidates(shelf, group):
                document = shelf.found[str(name)][1]
                if self._fits(shelf.found[str(name)], group) and _says(document, searched, words):
                    found.add(int(name))
        return sorted(found)

    def _candidates(self, shelf: Shelf, group: list[Filter]) -> Collection[int | str]:
        """The fewest records that need to be looked at: those with a wanted value, if the group wants one."""
        narrowed = [shelf.having(each.name, wanted) for each in group if (wanted := each.exactly()) is not None]
        if not narrowed:
            return shelf.order
        return min(narrowed, key=len)

    def _fits(self, known: tuple[Record, Document], group: list[Filter]) -> bool:
        record, document = known
        return all(each.fits(document) if each.association is None else self._belonging(record, each) for each in group)

    def _belonging(self, record: Record, wanted: Filter) -> bool:
        """Whether a record belongs to the ones that a filter names, or to any at all."""
        mine = set(self._belongs(record, self._portal.kinds.get(wanted.association or "").name))
        if wanted.operator in VALUELESS:
            return bool(mine) == (wanted.operator == "HAS_PROPERTY")
        named = set(wanted.values or (wanted.value,))
        return bool(mine & named) == (wanted.operator in ("EQ", "IN"))

    def _sort(self, shelf: Shelf, sorts: Any) -> tuple[Callable[[Document], Any], bool] | None:
        if sorts is not None and (not isinstance(sorts, list) or len(sorts) > 1):
            raise malformed("A search takes at most one sort")
        for each in sorts or []:
            name = str(each.get("propertyName", "") if isinstance(each, Mapping) else each)
            falling = each.get("direction") == "DESCENDING" if isinstance(each, Mapping) else name.startswith("-")
            name = name.lstrip("-")
            if name not in shelf.schema.properties:
                raise Problem("VALIDATION_ERROR", f"Cannot sort by property {name}: it does not exist")
            return partial(_rank, name, shelf.schema.type_of(name)), falling
        return None


def _words(query: Any) -> list[str]:
    if query is not None and not isinstance(query, str):
        raise malformed("Invalid input JSON on line 1, column 1: query must be a text")
    if len(query or "") > QUERY_MAX:
        raise malformed(f"A query has at most {QUERY_MAX} characters")
    return (query or "").casefold().split()


def _says(document: Document, searched: Iterable[str], words: list[str]) -> bool:
    if not words:
        return True
    text = " ".join(document.get(name, "") for name in searched).casefold()
    return all(word in text for word in words)


def _rank(name: str, type_: str, document: Document) -> tuple[int, Any, str]:
    """Absent values first, then numbers, then texts."""
    value = document.get(name)
    known = None if value is None else comparable(type_, value)
    if known is None:
        return (0, 0, "")
    return (1, known, "") if isinstance(known, Decimal) else (2, 0, known)


def _whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str)) or not str(value).isdecimal():
        raise malformed(f"{name} must be a whole number, got {value!r}")
    return int(value)
