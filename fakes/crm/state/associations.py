"""Which records belong together, in both directions at once.

Only the default types between contacts, companies and deals, and the labels given with them; no custom labels.
Called by `wire`.
"""

from collections.abc import Mapping
from typing import Any

from fakes.crm.problems import malformed
from fakes.crm.state.records import OBJECT_TYPES, Portal, Record

DEFAULT_TYPES = {
    ("contacts", "companies"): 279,
    ("companies", "contacts"): 280,
    ("deals", "contacts"): 3,
    ("contacts", "deals"): 4,
    ("deals", "companies"): 341,
    ("companies", "deals"): 342,
    ("contacts", "contacts"): 449,
    ("companies", "companies"): 450,
    ("deals", "deals"): 451,
}
ALSO = {
    ("contacts", "companies"): 1,
    ("companies", "contacts"): 2,
    ("deals", "companies"): 5,
    ("companies", "deals"): 6,
}
"""The types that mark the primary one."""
Place = tuple[str, str]


class Associations:
    """The links of one portal."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._links: dict[Place, dict[Place, set[int]]] = {}

    def clear(self) -> None:
        """Forget all links."""
        self._links.clear()

    def link(self, record: Record, other: Record, type_id: int | None = None) -> bool:
        """Bring two records together; says whether that was new."""
        pair = (record.kind, other.kind)
        chosen = DEFAULT_TYPES[pair] if type_id is None else type_id
        if chosen not in {DEFAULT_TYPES[pair], ALSO.get(pair)}:
            raise malformed(f"Association type {chosen} between {record.kind} and {other.kind} does not exist")
        back = ALSO[pair[::-1]] if chosen == ALSO.get(pair) else DEFAULT_TYPES[pair[::-1]]
        known = self._between(record, other)
        fresh = chosen not in known
        known.update({chosen, DEFAULT_TYPES[pair]})
        self._between(other, record).update({back, DEFAULT_TYPES[pair[::-1]]})
        return fresh

    def unlink(self, record: Record, other: Record) -> bool:
        """Part two records; says whether they were together."""
        self._links.get((other.kind, other.id), {}).pop((record.kind, record.id), None)
        return self._links.get((record.kind, record.id), {}).pop((other.kind, other.id), None) is not None

    def of(self, record: Record, kind: str) -> list[tuple[str, list[int]]]:
        """The live records of this type that belong to `record`, with their association types."""
        found = [
            (place[1], sorted(types))
            for place, types in self._links.get((record.kind, record.id), {}).items()
            if place[0] == kind and self._portal.find(kind, place[1])
        ]
        return sorted(found, key=lambda each: int(each[0]))

    def _between(self, record: Record, other: Record) -> set[int]:
        mine = self._links.setdefault((record.kind, record.id), {})
        return mine.setdefault((other.kind, other.id), set())

    def wanted(self, given: Any) -> list[tuple[Record, int | None]]:
        """The records named by the `associations` of a create; refuses unknown ones before anything is made."""
        if not isinstance(given or [], list):
            raise malformed("Invalid input JSON on line 1, column 1: associations must be a list")
        found: list[tuple[Record, int | None]] = []
        for each in given or []:
            target = str(each.get("to", {}).get("id", "")) if isinstance(each, Mapping) else ""
            for kind in self._portal.records:
                record = self._portal.find(kind, target)
                if record is not None:
                    types = each.get("types") or [{}]
                    found += [(record, one.get("associationTypeId")) for one in types]
                    break
            else:
                raise malformed(f"Associations to ids: [{target}] are not valid: no such record")
        return found


def kind_of(name: str) -> str | None:
    """The type of record that a path segment names, or None."""
    return OBJECT_TYPES.get(name.lower())
