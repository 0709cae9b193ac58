"""Which records belong together, in both directions at once.

Only the default types between contacts, companies and deals, and the labels given with them; no custom labels.
Called by `wire`.
"""

from collections.abc import Mapping
from typing import Any

from fakes.crm.problems import malformed
from fakes.crm.state.record import Record
from fakes.crm.state.records import Portal

ONE_WAY = {
    ("contacts", "companies"): (279, 280), ("deals", "contacts"): (3, 4), ("deals", "companies"): (341, 342),
    ("contacts", "contacts"): (449, 449), ("companies", "companies"): (450, 450), ("deals", "deals"): (451, 451),
    ("contacts", "tickets"): (15, 16), ("companies", "tickets"): (340, 339), ("deals", "tickets"): (27, 28),
    ("tickets", "tickets"): (452, 452), ("deals", "line_items"): (19, 20),
    ("contacts", "calls"): (193, 194), ("contacts", "emails"): (197, 198), ("contacts", "meetings"): (199, 200),
    ("contacts", "notes"): (201, 202), ("contacts", "tasks"): (203, 204), ("companies", "calls"): (181, 182),
    ("companies", "emails"): (185, 186), ("companies", "meetings"): (187, 188), ("companies", "notes"): (189, 190),
    ("companies", "tasks"): (191, 192), ("deals", "calls"): (205, 206), ("deals", "emails"): (209, 210),
    ("deals", "meetings"): (211, 212), ("deals", "notes"): (213, 214), ("deals", "tasks"): (215, 216),
    ("tickets", "calls"): (219, 220), ("tickets", "emails"): (223, 224), ("tickets", "meetings"): (225, 226),
    ("tickets", "notes"): (227, 228), ("tickets", "tasks"): (229, 230),
}  # fmt: skip
DEFAULT_TYPES: dict[tuple[str, str], int] = {
    **{pair: there for pair, (there, _) in ONE_WAY.items()},
    **{(right, left): back for (left, right), (_, back) in ONE_WAY.items()},
}
ALSO = {
    ("contacts", "companies"): 1, ("companies", "contacts"): 2, ("deals", "companies"): 5, ("companies", "deals"): 6,
    ("tickets", "companies"): 26, ("companies", "tickets"): 25,
}  # fmt: skip
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
        pair = (record.kind.name, other.kind.name)
        chosen = self.type_of(pair, type_id)
        back = ALSO[pair[::-1]] if chosen == ALSO.get(pair) else DEFAULT_TYPES[pair[::-1]]
        known = self._between(record, other)
        fresh = chosen not in known
        known.update({chosen, DEFAULT_TYPES[pair]})
        self._between(other, record).update({back, DEFAULT_TYPES[pair[::-1]]})
        return fresh

    @staticmethod
    def type_of(pair: tuple[str, str], type_id: Any) -> int:
        """The association type meant, refused when these two types of record do not have it."""
        if pair not in DEFAULT_TYPES:
            raise malformed(f"{pair[0]} and {pair[1]} cannot be associated")
        chosen = DEFAULT_TYPES[pair] if type_id is None else type_id
        if chosen not in (DEFAULT_TYPES[pair], ALSO.get(pair)):
            raise malformed(f"Association type {chosen} between {pair[0]} and {pair[1]} does not exist")
        return int(chosen)

    def unlink(self, record: Record, other: Record) -> bool:
        """Part two records; says whether they were together."""
        self._links.get(place(other), {}).pop(place(record), None)
        return self._links.get(place(record), {}).pop(place(other), None) is not None

    def of(self, record: Record, kind: str) -> list[tuple[str, list[int]]]:
        """The live records of this type that belong to `record`, with their association types."""
        found = [
            (other, sorted(types))
            for (other_kind, other), types in self._links.get(place(record), {}).items()
            if other_kind == kind and self._portal.find(kind, other)
        ]
        return sorted(found, key=lambda each: int(each[0]))

    def ids_of(self, record: Record, kind: str) -> list[str]:
        """The ids of the live records of this type that belong to `record`."""
        return [other for other, _ in self.of(record, kind)]

    def _between(self, record: Record, other: Record) -> set[int]:
        mine = self._links.setdefault(place(record), {})
        return mine.setdefault(place(other), set())

    def wanted(self, kind: str, given: Any) -> list[tuple[Record, int]]:
        """The records named by the `associations` of a create; refuses unknown ones before anything is made."""
        if not isinstance(given or [], list):
            raise malformed("Invalid input JSON on line 1, column 1: associations must be a list")
        found: list[tuple[Record, int]] = []
        for each in given or []:
            end = each.get("to") if isinstance(each, Mapping) else None
            target = str(end.get("id", "")) if isinstance(end, Mapping) else ""
            record = self._portal.anywhere(target)
            if record is None:
                raise malformed(f"Associations to ids: [{target}] are not valid: no such record")
            types = each.get("types") or [{}]
            if not isinstance(types, list) or not all(isinstance(one, Mapping) for one in types):
                raise malformed("Invalid input JSON on line 1, column 1: types must be a list of objects")
            pair = (kind, record.kind.name)
            found += [(record, self.type_of(pair, one.get("associationTypeId"))) for one in types]
        return found


def place(record: Record) -> Place:
    """Where a record's links are kept."""
    return (record.kind.name, record.id)
