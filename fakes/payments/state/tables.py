"""Objects of one kind: by id, in the order in which they came to be, and by what they refer to.

Nothing here walks over a whole table but the first question for a field, which makes the index of that field; from then
on it follows each object that is kept or told of (`Table.note`). An index may name an object too many, never one too
few, so whoever asks looks at the object itself.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from typing import Any

Thing = dict[str, Any]


Entry = tuple[Any, int, str]
"""Where an object stands: by the time of its creation, then by the order of arrival; and its id."""


class Order:
    """Places in the order of creation, which can be entered at any of them."""

    __slots__ = ("_entries",)

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: Entry) -> None:
        """Take one in: mostly the newest."""
        entries = self._entries
        if entries and entry < entries[-1]:
            insort(entries, entry)
        else:
            entries.append(entry)

    def drop(self, entry: Entry) -> None:
        """Take one out, if it is here."""
        place = bisect_left(self._entries, entry)
        if place < len(self._entries) and self._entries[place] == entry:
            del self._entries[place]

    def newest(self, below: Entry | None = None, until: int | None = None) -> Iterator[Entry]:
        """From the newest to the oldest: those before `below`, and created no later than `until`."""
        entries = self._entries
        place = len(entries) if below is None else bisect_left(entries, below)
        if until is not None:
            place = min(place, bisect_right(entries, until, key=_created))
        while place > 0:
            place -= 1
            if place < len(entries):
                yield entries[place]

    def oldest(self, above: Entry | None = None, since: int | None = None) -> Iterator[Entry]:
        """From the oldest to the newest: those after `above`, and created no earlier than `since`."""
        entries = self._entries
        place = 0 if above is None else bisect_right(entries, above)
        if since is not None:
            place = max(place, bisect_left(entries, since, key=_created))
        while place < len(entries):
            yield entries[place]
            place += 1


def _created(entry: Entry) -> Any:
    return entry[0]


class Merged:
    """Several orders as one."""

    def __init__(self, orders: Sequence[Order]) -> None:
        self._orders = orders

    def newest(self, below: Entry | None = None, until: int | None = None) -> Iterator[Entry]:
        """From the newest to the oldest."""
        return merge(*(order.newest(below, until) for order in self._orders), reverse=True)

    def oldest(self, above: Entry | None = None, since: int | None = None) -> Iterator[Entry]:
        """From the oldest to the newest."""
        return merge(*(order.oldest(above, since) for order in self._orders))


NOTHING = Order()
NONE: Mapping[str, Any] = {}


class _Index:
    """Which objects hold which value in one field."""

    __slots__ = ("_held", "_of", "field")

    def __init__(self, field: str) -> None:
        self.field = field
        self._of: dict[Any, Order] = {}
        self._held: dict[str, Any] = {}

    def note(self, entry: Entry, thing: Thing) -> None:
        value = held(thing, self.field)
        before = self._held.get(entry[2])
        if before == value:
            return
        self.forget(entry)
        if value is not None:
            self._held[entry[2]] = value
            self._of.setdefault(value, Order()).add(entry)

    def forget(self, entry: Entry) -> None:
        before = self._held.pop(entry[2], None)
        if before is None:
            return
        order = self._of[before]
        order.drop(entry)
        if not order:
            del self._of[before]

    def order(self, value: Any) -> Order:
        return self._of.get(value, NOTHING)


def held(thing: Thing, field: str) -> Any:
    """What a field refers to: its id or text, also where the object keeps it further inside."""
    value = thing.get(field)
    if value is None and field == "subscription":
        value = ((thing.get("parent") or {}).get("subscription_details") or {}).get("subscription")
    if isinstance(value, dict):
        value = value.get("id")
    return value if isinstance(value, str) else None


class Table(dict[str, Thing]):
    """All objects of a kind by id."""

    def __init__(self, rows: Mapping[str, Thing] = NONE, state: Mapping[str, Any] = NONE) -> None:
        super().__init__(rows)
        self.order = Order()
        self._entries: dict[str, Entry] = {}
        self._indexes: dict[str, _Index] = {}
        self._numbered = 0
        vars(self).update(state)

    def __reduce__(self) -> tuple[Any, ...]:
        return Table, (dict(self), vars(self))

    def __setitem__(self, name: str, thing: Thing) -> None:
        super().__setitem__(name, thing)
        if name not in self._entries:
            self._numbered += 1
            entry = self._entries[name] = (thing.get("created") or 0, self._numbered, name)
            self.order.add(entry)
        if self._indexes:
            self.note(thing)

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name)
        entry = self._entries.pop(name)
        self.order.drop(entry)
        for index in self._indexes.values():
            index.forget(entry)

    def note(self, thing: Thing) -> None:
        """Look again at what an object of this table refers to."""
        if not self._indexes:
            return
        entry = self._entries.get(thing["id"])
        if entry is not None:
            for index in self._indexes.values():
                index.note(entry, thing)

    def entry(self, name: object) -> Entry | None:
        """Where an object stands."""
        return self._entries.get(name) if isinstance(name, str) else None

    def narrowed(self, where: Mapping[str, str]) -> Order:
        """The shortest order that has every object with these values in these fields."""
        if not where:
            return self.order
        return min((self._index(field).order(value) for field, value in where.items()), key=len)

    def _index(self, field: str) -> _Index:
        index = self._indexes.get(field)
        if index is None:
            index = self._indexes[field] = _Index(field)
            for name, entry in self._entries.items():
                index.note(entry, self[name])
        return index
