"""Records by id, in the order of their ids, so that any page is found without a look at the others.

`Shelf` keeps records, `Index` says which ids share a value, `Recency` which changed since when. No rules of the
helpdesk, but that a record which is wanted and not there is refused. Called by every other module of this folder.
"""

from bisect import bisect_left, insort
from collections.abc import Hashable, Iterator
from typing import Any, Generic, TypeVar

from fakes.helpdesk.problems import not_found

T = TypeVar("T")


class Shelf(Generic[T]):
    """Records of one kind; ids only grow, so that adding one is cheap."""

    def __init__(self) -> None:
        self._of: dict[int, T] = {}
        self.ids: list[int] = []
        """The ids that are kept, ascending; not to be changed by the reader."""

    def put(self, record_id: int, record: T) -> None:
        """Keep a record under its id."""
        if record_id not in self._of:
            _insert(self.ids, record_id)
        self._of[record_id] = record

    def get(self, record_id: Any) -> T | None:
        """The record with this id, given as a number or as digits."""
        number = number_of(record_id)
        return None if number is None else self._of.get(number)

    def wanted(self, record_id: Any) -> T:
        """The record with this id; refused when there is none."""
        found = self.get(record_id)
        if found is None:
            raise not_found()
        return found

    def at(self, record_id: int) -> T:
        """The record with this id, which is known to be kept."""
        return self._of[record_id]

    def take(self, record_id: int) -> T:
        """Remove a record."""
        _remove(self.ids, record_id)
        return self._of.pop(record_id)

    def clear(self) -> None:
        """Forget all records."""
        self._of.clear()
        self.ids.clear()

    def __contains__(self, record_id: object) -> bool:
        """Whether a record with this id is kept."""
        return record_id in self._of

    def __len__(self) -> int:
        """How many are kept."""
        return len(self.ids)

    def __iter__(self) -> Iterator[T]:
        """Every record in the order of ids; for small shelves."""
        return (self._of[each] for each in self.ids)


class Index:
    """The ids that share a value, ascending."""

    def __init__(self) -> None:
        self._of: dict[Hashable, list[int]] = {}

    def ids(self, value: Hashable) -> list[int]:
        """The ids with this value; not to be changed by the reader."""
        return self._of.get(value, [])

    def add(self, value: Hashable, record_id: int) -> None:
        """Let an id have a value; None is no value."""
        if value is None:
            return
        listed = self._of.setdefault(value, [])
        _insert(listed, record_id)

    def drop(self, value: Hashable, record_id: int) -> None:
        """Take the value from an id."""
        listed = self._of.get(value)
        if listed:
            _remove(listed, record_id)
            if not listed:
                del self._of[value]

    def move(self, before: Hashable, after: Hashable, record_id: int) -> None:
        """Let an id have another value."""
        if before != after:
            self.drop(before, record_id)
            self.add(after, record_id)

    def values(self) -> Iterator[tuple[Hashable, int]]:
        """Every value that somebody has, and how many have it."""
        return ((value, len(ids)) for value, ids in self._of.items())

    def clear(self) -> None:
        """Forget all values."""
        self._of.clear()


class Recency:
    """Ids by their last change: who asks since a moment gets each id once, at its newest place."""

    def __init__(self) -> None:
        self._log: list[tuple[int, int, int]] = []
        self._newest: dict[int, int] = {}
        self._numbered = 0

    def touch(self, record_id: int, second: int) -> None:
        """Say that an id changed in this second; a clock that is put back does not put a change before others."""
        self._numbered += 1
        if self._log and self._log[-1][0] > second:
            second = self._log[-1][0]
        self._newest[record_id] = self._numbered
        self._log.append((second, self._numbered, record_id))
        if len(self._log) > 2 * len(self._newest) + 100:
            self._log = [each for each in self._log if self._newest[each[2]] == each[1]]

    def since(self, second: int, number: int = 0, until: int | None = None) -> Iterator[tuple[int, int, int]]:
        """(second, number, id) from a moment on, oldest first; `number` excludes what was seen, `until` what is new."""
        place = bisect_left(self._log, (second, number + 1, 0)) if number else bisect_left(self._log, (second, 0, 0))
        for each in _from(self._log, place):
            if until is not None and each[0] > until:
                return
            if self._newest[each[2]] == each[1]:
                yield each

    def backwards(self) -> Iterator[int]:
        """The ids, newest change first."""
        return (each[2] for each in reversed(self._log) if self._newest[each[2]] == each[1])

    def clear(self) -> None:
        """Forget all changes."""
        self._log.clear()
        self._newest.clear()


def number_of(given: Any) -> int | None:
    """An id given as a number or as digits; None when it is neither."""
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 30:
        return int(given)
    return None


def _from(log: list[tuple[int, int, int]], place: int) -> Iterator[tuple[int, int, int]]:
    while place < len(log):
        yield log[place]
        place += 1


def _insert(ids: list[int], record_id: int) -> None:
    if not ids or ids[-1] < record_id:
        ids.append(record_id)
    elif ids[bisect_left(ids, record_id)] != record_id:
        insort(ids, record_id)


def _remove(ids: list[int], record_id: int) -> None:
    place = bisect_left(ids, record_id)
    if place < len(ids) and ids[place] == record_id:
        del ids[place]
