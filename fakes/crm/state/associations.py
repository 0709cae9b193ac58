"""Which records belong together, in both directions at once, and by which types.

An archived record belongs to nobody any more. A record's links are kept in order, so that a page of them is found
without looking through all. Called by `wire` and by `search`.
"""

from bisect import bisect_left, insort
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fakes.contents import Part
from fakes.crm.problems import Problem, malformed
from fakes.crm.state.bonds import Type, Types
from fakes.crm.state.record import Record
from fakes.crm.state.records import Portal

LINKS_MAX = 50_000
"""How many records of one type a record may belong to."""
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """Two records came together by a type, or parted."""

    record: Record
    other: Record
    type: Type
    added: bool


@dataclass(slots=True)
class Ends:
    """The records of one type that one record belongs to."""

    order: list[int] = field(default_factory=list)
    types: dict[str, set[int]] = field(default_factory=dict)
    count: dict[int, int] = field(default_factory=dict)
    """By type: to how many records it leads."""

    def add(self, other: str, number: int) -> bool:
        """Belong to a record by a type; says whether that was new."""
        known = self.types.get(other)
        if known is None:
            insort(self.order, int(other))
            known = self.types[other] = set()
        if number in known:
            return False
        known.add(number)
        self.count[number] = self.count.get(number, 0) + 1
        return True

    def take(self, other: str, number: int) -> None:
        """Belong to a record by this type no more, and not at all when it was the last one."""
        known = self.types.get(other, set())
        if number in known:
            known.discard(number)
            self.count[number] -= 1
            if not known:
                del self.types[other]
                del self.order[bisect_left(self.order, int(other))]


class Associations(Part):
    """The links of one portal."""

    KEPT = ("_links",)

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self.types = Types()
        self._links: dict[Place, dict[str, Ends]] = {}
        portal.gone.append(self.part_from_all)

    def clear(self) -> None:
        """Forget all links; types and labels stay."""
        self._links.clear()

    def _ends(self, record: Record, kind: str) -> Ends:
        return self._links.setdefault((record.kind.name, record.id), {}).setdefault(kind, Ends())

    def link(self, record: Record, other: Record, type_id: int | None = None) -> list[Change]:
        """Bring two records together by a type, and by the default one; what that changed."""
        pair = (record.kind.name, other.kind.name)
        wanted, default = self.types.get(pair, type_id), self.types.default(pair)
        ends = self._ends(record, pair[1])
        self._room(record, other, wanted, ends)
        changes = []
        if self.types.exclusive(pair, wanted):
            changes += [
                change
                for each in list(ends.order)
                if wanted.id in ends.types[str(each)] and str(each) != other.id
                for change in self._take(record, self._portal.records[pair[1]][str(each)], wanted)
            ]
        for each in (default, wanted):
            if ends.add(other.id, each.id):
                changes.append(Change(record, other, each, added=True))
            self._ends(other, pair[0]).add(record.id, each.inverse)
        return changes

    def _room(self, record: Record, other: Record, wanted: Type, ends: Ends) -> None:
        if wanted.id in ends.types.get(other.id, ()):
            return
        most = LINKS_MAX if wanted.most is None else wanted.most
        if (other.id not in ends.types and len(ends.order) >= LINKS_MAX) or ends.count.get(wanted.id, 0) >= most:
            raise _full(f"{record.kind.title} {record.id}", most, wanted.id)

    def _take(self, record: Record, other: Record, gone: Type) -> list[Change]:
        ends = self._ends(record, other.kind.name)
        if gone.id not in ends.types.get(other.id, ()):
            return []
        ends.take(other.id, gone.id)
        self._ends(other, record.kind.name).take(record.id, gone.inverse)
        return [Change(record, other, gone, added=False)]

    def unlink(self, record: Record, other: Record, type_id: int | None = None) -> list[Change]:
        """Part two records, or (by a label's type) take one label away; without its default type nothing is left."""
        pair = (record.kind.name, other.kind.name)
        known = sorted(self._ends(record, pair[1]).types.get(other.id, ()))
        if type_id is not None and self.types.get(pair, type_id) is not self.types.default(pair):
            known = [each for each in known if each == type_id]
        return [change for each in known for change in self._take(record, other, self.types.known(pair, each))]

    def part_from_all(self, record: Record) -> None:
        """A record is gone: nobody belongs to it any more."""
        for kind, ends in self._links.pop((record.kind.name, record.id), {}).items():
            for other in ends.types:
                theirs = self._links.get((kind, other), {}).get(record.kind.name)
                if theirs is not None:
                    for number in list(theirs.types.get(record.id, ())):
                        theirs.take(record.id, number)

    def move(self, old: Record, new: Record) -> None:
        """All that belonged to one record belongs to another one."""
        for kind, ends in list(self._links.get((old.kind.name, old.id), {}).items()):
            for other_id, numbers in list(ends.types.items()):
                other = self._portal.records[kind].get(other_id)
                if other is None or other.id == new.id:
                    continue
                for number in sorted(numbers):
                    wanted = self.types.known((new.kind.name, kind), number)
                    self._ends(new, kind).add(other_id, number)
                    self._ends(other, new.kind.name).add(new.id, wanted.inverse)

    # -- reading ------------------------------------------------------------------------------------------------

    def page(
        self, record: Record, kind: str, limit: int, after: str | None
    ) -> tuple[list[tuple[str, list[Type]]], str | None]:
        """Some of the records of a type that belong to `record`, by id, with their types; and where to go on."""
        ends = self._links.get((record.kind.name, record.id), {}).get(kind)
        if after and not after.isdecimal():
            raise malformed(f"Invalid paging cursor {after}")
        if ends is None:
            return [], None
        start = bisect_left(ends.order, int(after or 0))
        known = self.types.between((record.kind.name, kind))
        found = [
            (str(each), [known[one] for one in sorted(ends.types[str(each)]) if one in known])
            for each in ends.order[start : start + limit]
        ]
        rest = ends.order[start + limit : start + limit + 1]
        return found, (str(rest[0]) if rest else None)

    def of(self, record: Record, kind: str) -> list[tuple[str, list[Type]]]:
        """All records of a type that belong to `record`, with their types."""
        return self.page(record, kind, LINKS_MAX, None)[0]

    def ids_of(self, record: Record, kind: str) -> list[str]:
        """The ids of the records of this type that belong to `record`."""
        ends = self._links.get((record.kind.name, record.id), {}).get(kind)
        return [str(each) for each in ends.order] if ends else []

    def wanted(self, kind: str, given: Any) -> list[tuple[Record, int]]:
        """The records named by the `associations` of a create; refuses unknown or too many ones before it is made."""
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
            for one in types:
                type_ = self.types.get(pair, one.get("associationTypeId"))
                found.append((record, type_.id))
                if type_.most is not None:
                    others = {other.id for other, number in found if (other.kind, number) == (record.kind, type_.id)}
                    if len(others) > type_.most:
                        raise _full(f"The new {self._portal.schemas[kind].title}", type_.most, type_.id)
        return found


def _full(record: str, most: int, number: int) -> Problem:
    message = f"{record} has reached its limit of {most} associations of type {number}"
    return Problem("VALIDATION_ERROR", message, "ASSOCIATION_LIMIT_EXCEEDED")
