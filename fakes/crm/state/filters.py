"""The filters of a search: what they may say, and whether a document fits.

A filter is checked once, when the search is read, and then asked about each candidate. Called by `search`.
"""

import fnmatch
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fakes.crm.problems import Problem, malformed
from fakes.crm.state.index import Document, comparable
from fakes.crm.state.schema import Schema

GROUPS_MAX, FILTERS_MAX, ALL_FILTERS_MAX, VALUES_MAX = 5, 6, 18, 100
ASSOCIATION = "associations."
"""Begins the name of a filter that asks for records that belong to another one."""
WORD = re.compile(r"[^\s@.,;:/()]+")


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition, already checked."""

    name: str
    operator: str
    type: str
    """The type of the property, which says how its values compare."""
    value: str = ""
    high: str = ""
    values: tuple[str, ...] = ()

    @property
    def association(self) -> str | None:
        """The type of record that it asks to belong to."""
        return self.name.removeprefix(ASSOCIATION) if self.name.startswith(ASSOCIATION) else None

    def exactly(self) -> tuple[str, ...] | None:
        """The values of which a record must have one, for an index; None when it asks for something else."""
        if self.association is not None:
            return None
        if self.operator == "EQ":
            return (self.value,)
        return self.values if self.operator == "IN" else None

    def fits(self, document: Document) -> bool:
        """Whether a record with these values is meant."""
        return OPERATORS[self.operator](self, document.get(self.name))

    def compared(self, have: str | None, want: str) -> tuple[Any, Any] | None:
        """Both values as they compare; None when one of them is missing or no such value."""
        if have is None:
            return None
        left, right = comparable(self.type, have), comparable(self.type, want)
        return None if left is None or right is None else (left, right)


Test = Callable[[Filter, str | None], bool]


def _ordered(test: Callable[[Any, Any], bool]) -> Test:
    def decide(one: Filter, have: str | None) -> bool:
        pair = one.compared(have, one.value)
        return pair is not None and test(*pair)

    return decide


def _between(one: Filter, have: str | None) -> bool:
    low, high = one.compared(have, one.value), one.compared(have, one.high)
    return low is not None and high is not None and bool(low[0] >= low[1] and high[0] <= high[1])


def _among(one: Filter, have: str | None) -> bool:
    """Texts are kept in lower case, and the values given are not brought to it: a capital letter never fits."""
    if have is None:
        return False
    if one.type in ("string", "phone_number"):
        return have.casefold() in one.values
    if one.type in ("enumeration", "bool"):
        return have in one.values
    return any(pair[0] == pair[1] for value in one.values if (pair := one.compared(have, value)))


def _has_token(one: Filter, have: str | None) -> bool:
    """One word of it, or all of it; `*` stands for any letters."""
    if have is None:
        return False
    whole, pattern = have.casefold(), one.value.casefold()
    words = (whole, *WORD.findall(whole), *whole.split(), *whole.replace("@", " ").split())
    return any(fnmatch.fnmatchcase(word, pattern) for word in words)


OPERATORS: dict[str, Test] = {
    "EQ": _ordered(lambda have, want: bool(have == want)),
    "NEQ": lambda one, have: not OPERATORS["EQ"](one, have),
    "LT": _ordered(lambda have, want: bool(have < want)),
    "LTE": _ordered(lambda have, want: bool(have <= want)),
    "GT": _ordered(lambda have, want: bool(have > want)),
    "GTE": _ordered(lambda have, want: bool(have >= want)),
    "BETWEEN": _between,
    "IN": _among,
    "NOT_IN": lambda one, have: have is not None and not _among(one, have),
    "HAS_PROPERTY": lambda one, have: have is not None,
    "NOT_HAS_PROPERTY": lambda one, have: have is None,
    "CONTAINS_TOKEN": _has_token,
    "NOT_CONTAINS_TOKEN": lambda one, have: not _has_token(one, have),
}
VALUELESS = frozenset({"HAS_PROPERTY", "NOT_HAS_PROPERTY"})
LISTED = frozenset({"IN", "NOT_IN"})


def groups_of(asked: Mapping[str, Any], schema: Schema) -> list[list[Filter]]:
    """The groups of filters that a search asks for: one of them has to fit, each filter of it."""
    given = asked.get("filterGroups") or ([{"filters": asked["filters"]}] if asked.get("filters") else [])
    if not isinstance(given, list) or not all(isinstance(group, Mapping) for group in given):
        raise malformed("Invalid input JSON on line 1, column 1: filterGroups must be a list of objects")
    groups = [group.get("filters") or [] for group in given]
    if not all(isinstance(group, list) for group in groups):
        raise malformed("Invalid input JSON on line 1, column 1: filters must be a list of objects")
    if len(groups) > GROUPS_MAX:
        raise malformed(f"Number of filterGroups must not exceed {GROUPS_MAX}, got {len(groups)}")
    most = max(map(len, groups), default=0)
    if most > FILTERS_MAX:
        raise malformed(f"Number of filters per filterGroup must not exceed {FILTERS_MAX}, got {most}")
    every = sum(map(len, groups))
    if every > ALL_FILTERS_MAX:
        raise malformed(f"Number of filters must not exceed {ALL_FILTERS_MAX}, got {every}")
    return [[_checked(each, schema) for each in group] for group in groups]


def _checked(wanted: Any, schema: Schema) -> Filter:
    if not isinstance(wanted, Mapping) or wanted.get("operator") not in tuple(OPERATORS):
        operator = wanted.get("operator") if isinstance(wanted, Mapping) else wanted
        raise malformed(
            f"Invalid input JSON on line 1, column 1: Cannot deserialize value of type `FilterOperator` from "
            f'String "{operator}": not one of the values accepted for Enum class: {sorted(OPERATORS)}'
        )
    name, operator = wanted.get("propertyName"), str(wanted["operator"])
    if not isinstance(name, str):
        raise malformed("Invalid input JSON on line 1, column 1: propertyName must be a text")
    known = schema.properties.get(name)
    if not name.startswith(ASSOCIATION) and (known is None or known.archived):
        raise Problem("VALIDATION_ERROR", f"There was a problem with the request. Property {name} does not exist")
    if name.startswith(ASSOCIATION) and operator not in {"EQ", "NEQ", *LISTED, *VALUELESS}:
        raise malformed(f"operator {operator} is not supported for {name}")
    type_ = known.type if known else "string"
    if operator in VALUELESS:
        return Filter(name, operator, type_)
    if operator in LISTED:
        return Filter(name, operator, type_, values=_values(name, operator, wanted.get("values")))
    value = _value(name, operator, wanted, "value")
    high = _value(name, operator, wanted, "highValue") if operator == "BETWEEN" else ""
    for each in (value, *([high] if operator == "BETWEEN" else [])):
        if comparable(type_, each) is None:
            raise malformed(f"operator {operator} on property {name}: {each} is no {type_}")
    return Filter(name, operator, type_, value, high)


def _value(name: str, operator: str, wanted: Mapping[str, Any], which: str) -> str:
    value = wanted.get(which)
    if value is None or isinstance(value, (list, dict)):
        raise malformed(f"operator {operator} on property {name} requires a {which}")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _values(name: str, operator: str, values: Any) -> tuple[str, ...]:
    if not isinstance(values, Sequence) or isinstance(values, str) or not values:
        raise malformed(f"operator {operator} on property {name} requires values")
    if len(values) > VALUES_MAX:
        raise malformed(f"operator {operator} on property {name} takes at most {VALUES_MAX} values")
    return tuple(map(str, values))
