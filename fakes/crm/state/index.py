"""What the search knows: it learns of a record `search_lag_s` after it was written, or when it is let.

Until then a record is found as it was before; archived ones are forgotten at once. Equality is answered from keys, not
by looking through all records; a property gets its keys when it is first asked for. `hold` keeps the index from
learning anything about one person until `release`, so that a race can be made to happen. Used by `search`.
"""

import heapq
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from fakes.crm.state.record import Record
from fakes.crm.state.schema import Schema
from fakes.crm.state.values import moment_of
from harness.clock import Clock

Document = dict[str, str]


def comparable(type_: str, value: str) -> Any:
    """A value as it is compared: numbers and moments by size, text without case; None when it is no such thing."""
    if type_ == "number":
        try:
            return Decimal(value)
        except InvalidOperation:
            return None
    if type_ in ("date", "datetime"):
        moment = moment_of(value)
        return None if moment is None else Decimal(int(moment.timestamp() * 1000))
    return value.casefold()


@dataclass(slots=True)
class Shelf:
    """What the search knows of one type of record."""

    schema: Schema
    found: dict[str, tuple[Record, Document]] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    keys: dict[str, dict[Any, dict[str, None]]] = field(default_factory=dict)

    def put(self, record: Record, document: Document) -> None:
        """Know this record so."""
        if record.id in self.found:
            self._unkey(record.id)
        else:
            insort(self.order, int(record.id))
        self.found[record.id] = (record, document)
        for name, known in self.keys.items():
            if name in document:
                known.setdefault(self._key(name, document[name]), {})[record.id] = None

    def drop(self, name: str) -> None:
        """Know this record no more."""
        if name in self.found:
            self._unkey(name)
            del self.found[name]
            del self.order[bisect_left(self.order, int(name))]

    def _unkey(self, record: str) -> None:
        document = self.found[record][1]
        for name, known in self.keys.items():
            if name in document:
                key = self._key(name, document[name])
                known[key].pop(record, None)
                if not known[key]:
                    del known[key]

    def _key(self, name: str, value: str) -> Any:
        return comparable(self.schema.type_of(name), value)

    def having(self, name: str, values: Iterable[str]) -> dict[str, None]:
        """The ids of the records in which a property has one of these values."""
        if name not in self.keys:
            known = self.keys[name] = {}
            for record, (_, document) in self.found.items():
                if name in document:
                    known.setdefault(self._key(name, document[name]), {})[record] = None
        found: dict[str, None] = {}
        for value in values:
            found |= self.keys[name].get(self._key(name, value), {})
        return found


class Index:
    """The search index of one portal."""

    def __init__(self, clock: Clock, lag_s: Callable[[], float]) -> None:
        self._clock = clock
        self._lag_s = lag_s
        self.owner_of: Callable[[str], str | None] = lambda record: None
        """Whose a record is, as far as known; set by whoever knows."""
        self._shelves: dict[str, Shelf] = {}
        self._coming: list[tuple[int, int, Record, Document]] = []
        self._numbered = 0
        self._held: dict[str, list[tuple[Record, Document]]] = {}

    def clear(self) -> None:
        """Forget all records and holds."""
        for shelf in self._shelves.values():
            shelf.found.clear()
            shelf.order.clear()
            shelf.keys.clear()
        self._coming.clear()
        self._held.clear()

    def contents(self) -> dict[str, Any]:
        """What is known, what is held back, and what is coming with the nanoseconds that it still takes."""
        now = self._clock.at_ns()
        coming = [(due - now, number, record, document) for due, number, record, document in self._coming]
        return {"_shelves": self._shelves, "_coming": coming, "_numbered": self._numbered, "_held": self._held}

    def become(self, contents: Mapping[str, Any]) -> None:
        """Know this instead; what was coming comes after as long as it still took."""
        now = self._clock.at_ns()
        self._shelves, self._held = contents["_shelves"], contents["_held"]
        self._numbered = max(self._numbered, contents["_numbered"])
        # All of them are moved by the same time, so the heap stays one.
        self._coming = [
            (now + left, number, record, document) for left, number, record, document in contents["_coming"]
        ]

    def add_kind(self, kind: str, schema: Schema) -> None:
        """Know a type of record."""
        self._shelves[kind] = Shelf(schema)

    def learn(self, record: Record) -> None:
        """A record was written: know it so when the lag is over."""
        due = self._clock.at_ns() + int(self._lag_s() * 1e9)
        self._numbered += 1
        heapq.heappush(self._coming, (due, self._numbered, record, record.shown()))

    def forget(self, record: Record) -> None:
        """A record was archived or deleted: it is never found again."""
        self._shelves[record.kind.name].drop(record.id)

    def hold(self, person: str) -> None:
        """From now on learn nothing more about this person's records."""
        self._held.setdefault(person, [])

    def release(self, person: str) -> int:
        """Learn at once what was held back of this person, and what the lag still keeps; how many writes that were."""
        due = [each for each in self._coming if self.owner_of(each[2].id) == person]
        if due:
            self._coming = [each for each in self._coming if self.owner_of(each[2].id) != person]
            heapq.heapify(self._coming)
        held = self._held.pop(person, [])
        held += [(record, document) for _, _, record, document in sorted(due, key=lambda each: each[:2])]
        for record, document in held:
            self._know(record, document)
        return len(held)

    def _know(self, record: Record, document: Document) -> None:
        if record.archived_at is None:
            self._shelves[record.kind.name].put(record, document)

    def of(self, kind: str) -> Shelf:
        """What the search knows of this type at this moment."""
        now = self._clock.at_ns()
        while self._coming and self._coming[0][0] <= now:
            _, _, record, document = heapq.heappop(self._coming)
            held = self._held.get(self.owner_of(record.id) or "") if self._held else None
            if held is not None:
                held.append((record, document))
            else:
                self._know(record, document)
        return self._shelves[kind]
