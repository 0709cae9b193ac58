"""The search of the CRM: an index that learns late, filters, sorts and pages over it.

A record becomes findable `search_lag_s` after it was written, and until then it is found as it was before; archived
records are never found. This is what makes search-then-create a race. Called by `wire`.
"""

import fnmatch
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from fakes.crm.problems import Problem, malformed, too_fast
from fakes.crm.state.record import Record
from fakes.crm.state.records import Portal

GROUPS_MAX, FILTERS_MAX, ALL_FILTERS_MAX = 5, 6, 18
LIMIT_DEFAULT, LIMIT_MAX, HITS_MAX = 10, 200, 10_000
Value = str | None


def _comparable(value: str) -> Any:
    """Numbers as numbers, moments as milliseconds, text without case."""
    try:
        return Decimal(value)
    except InvalidOperation:
        pass
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value.casefold()
    return Decimal(int(moment.timestamp() * 1000)) if moment.tzinfo else value.casefold()


def _pair(have: Value, want: Any) -> tuple[Any, Any] | None:
    if have is None or want is None:
        return None
    left, right = _comparable(have), _comparable(str(want))
    return (
        (left, right)
        if isinstance(left, Decimal) == isinstance(right, Decimal)
        else (have.casefold(), str(want).casefold())
    )


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Value, Mapping[str, Any]], bool]:
    def decide(have: Value, wanted: Mapping[str, Any]) -> bool:
        pair = _pair(have, wanted.get("value"))
        return pair is not None and test(*pair)

    return decide


def _between(have: Value, wanted: Mapping[str, Any]) -> bool:
    low, high = _pair(have, wanted.get("value")), _pair(have, wanted.get("highValue"))
    return low is not None and high is not None and bool(low[0] >= low[1] and high[0] <= high[1])


def _among(have: Value, wanted: Mapping[str, Any]) -> bool:
    return have is not None and have.casefold() in {str(each).casefold() for each in wanted["values"]}


def _has_token(have: Value, wanted: Mapping[str, Any]) -> bool:
    pattern = str(wanted.get("value", "")).casefold()
    whole = (have or "").casefold()
    return any(fnmatch.fnmatchcase(token, pattern) for token in (whole, *whole.replace("@", " ").split()))


OPERATORS: dict[str, Callable[[Value, Mapping[str, Any]], bool]] = {
    "EQ": _ordered(lambda have, want: bool(have == want)),
    "NEQ": lambda have, wanted: not OPERATORS["EQ"](have, wanted),
    "LT": _ordered(lambda have, want: bool(have < want)),
    "LTE": _ordered(lambda have, want: bool(have <= want)),
    "GT": _ordered(lambda have, want: bool(have > want)),
    "GTE": _ordered(lambda have, want: bool(have >= want)),
    "BETWEEN": _between,
    "IN": _among,
    "NOT_IN": lambda have, wanted: have is not None and not _among(have, wanted),
    "HAS_PROPERTY": lambda have, _: have is not None,
    "NOT_HAS_PROPERTY": lambda have, _: have is None,
    "CONTAINS_TOKEN": _has_token,
    "NOT_CONTAINS_TOKEN": lambda have, wanted: not _has_token(have, wanted),
}


class Search:
    """The search of one portal, with its own limit per second."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._recent: list[int] = []

    def clear(self) -> None:
        """Forget how often it was asked."""
        self._recent.clear()

    def run(self, kind: str, asked: Mapping[str, Any]) -> tuple[list[Record], int, str | None]:
        """One page of records as they are now, the number of hits, and the cursor of the next page."""
        self._admit()
        groups = self._groups(kind, asked)
        limit = _whole(asked.get("limit", LIMIT_DEFAULT), "limit")
        start = _whole(asked.get("after") or 0, "after")
        if not 0 <= limit <= LIMIT_MAX:
            raise malformed(f"The search page limit is {LIMIT_MAX}, got {limit}")
        if start + limit > HITS_MAX:
            raise malformed(f"Paging through more than {HITS_MAX} search results is not possible")
        hits = [
            (record, document)
            for record, document in self._documents(kind)
            if self._matches(kind, document, groups, str(asked.get("query") or ""))
        ]
        self._sort(kind, hits, asked.get("sorts") or [])
        page = [record for record, _ in hits[start : start + limit]]
        return page, len(hits), (str(start + limit) if start + limit < len(hits) else None)

    def _admit(self) -> None:
        allowed, now = self._portal.settings.search_per_s, self._portal.clock.at_ns()
        self._recent = [each for each in self._recent if now - each < 1e9]
        if allowed and len(self._recent) >= allowed:
            raise too_fast()
        self._recent.append(now)

    def _documents(self, kind: str) -> list[tuple[Record, dict[str, str]]]:
        return list(self._portal.index.of(kind).found.values())

    def _groups(self, kind: str, asked: Mapping[str, Any]) -> list[list[Mapping[str, Any]]]:
        given = asked.get("filterGroups") or ([{"filters": asked["filters"]}] if asked.get("filters") else [])
        if not isinstance(given, list) or not all(isinstance(group, Mapping) for group in given):
            raise malformed("Invalid input JSON on line 1, column 1: filterGroups must be a list of objects")
        groups = [list(group.get("filters") or []) for group in given]
        if len(groups) > GROUPS_MAX or any(len(group) > FILTERS_MAX for group in groups):
            raise malformed(f"A search takes at most {GROUPS_MAX} filterGroups of {FILTERS_MAX} filters")
        if sum(len(group) for group in groups) > ALL_FILTERS_MAX:
            raise malformed(f"A search takes at most {ALL_FILTERS_MAX} filters in all")
        for group in groups:
            for each in group:
                self._check(kind, each)
        return groups

    def _check(self, kind: str, wanted: Any) -> None:
        if not isinstance(wanted, Mapping) or wanted.get("operator") not in OPERATORS:
            operator = wanted.get("operator") if isinstance(wanted, Mapping) else wanted
            raise malformed(
                f"Invalid input JSON on line 1, column 1: Cannot deserialize value of type `FilterOperator` from "
                f'String "{operator}": not one of the values accepted for Enum class: {sorted(OPERATORS)}'
            )
        name = str(wanted.get("propertyName", ""))
        known = self._portal.schemas[kind].properties.get(name)
        if known is None or known.archived:
            raise Problem("VALIDATION_ERROR", f"There was a problem with the request. Property {name} does not exist")
        if wanted["operator"] in ("IN", "NOT_IN") and not isinstance(wanted.get("values"), list):
            raise malformed(f"operator {wanted['operator']} on property {name} requires values")

    def _matches(
        self, kind: str, document: Mapping[str, str], groups: Sequence[Sequence[Mapping[str, Any]]], query: str
    ) -> bool:
        if query:
            words = " ".join(document.get(name, "") for name in self._portal.kinds.get(kind).searched).casefold()
            if not all(word in words for word in query.casefold().split()):
                return False
        return not groups or any(
            all(OPERATORS[each["operator"]](document.get(each["propertyName"]), each) for each in group)
            for group in groups
        )

    def _sort(self, kind: str, hits: list[tuple[Record, dict[str, str]]], sorts: Any) -> None:
        hits.sort(key=lambda hit: int(hit[0].id))
        if not isinstance(sorts, list) or len(sorts) > 1:
            raise malformed("A search takes at most one sort")
        for each in sorts:
            name = each.get("propertyName", "") if isinstance(each, Mapping) else str(each).lstrip("-")
            falling = each.get("direction") == "DESCENDING" if isinstance(each, Mapping) else str(each).startswith("-")
            if name not in self._portal.schemas[kind].properties:
                raise Problem("VALIDATION_ERROR", f"Cannot sort by property {name}: it does not exist")
            hits.sort(key=lambda hit, name=name: _rank(hit[1].get(name)), reverse=falling)


def _rank(value: Value) -> tuple[int, Any, str]:
    """Numbers before text, absent values first."""
    if value is None:
        return (0, 0, "")
    known = _comparable(value)
    return (1, known, "") if isinstance(known, Decimal) else (2, 0, known)


def _whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or not str(value).isdigit():
        raise malformed(f"{name} must be a whole number, got {value!r}")
    return int(value)
