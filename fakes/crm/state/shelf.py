"""All records of one type, kept so that nothing has to be looked through: by id, in order, by unique value.

Knows no rules: whoever puts a record here has asked before. Used by `records.Portal` alone.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable

from fakes.crm.state.record import Record


def folded(value: str) -> str:
    """A unique value as it is compared."""
    return value.strip().casefold()


class Shelf:
    """The records of one type."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        """By id, archived ones too; not those that were merged into another or deleted for good."""
        self.moved: dict[str, str] = {}
        """The id of a record that was merged away -> the record that it became."""
        self.barred: set[str] = set()
        """Addresses that were deleted for good, folded."""
        self._order: dict[bool, list[int]] = {False: [], True: []}
        self._holders: dict[tuple[str, str], str] = {}

    def clear(self) -> None:
        """Forget everything."""
        self.records.clear()
        self.moved.clear()
        self.barred.clear()
        self._order = {False: [], True: []}
        self._holders.clear()

    def put(self, record: Record) -> None:
        """Add a live record."""
        self.records[record.id] = record
        insort(self._order[False], int(record.id))

    def archived(self, record: Record) -> None:
        """A live record has become an archived one."""
        self._leave(record.id, archived=False)
        insort(self._order[True], int(record.id))

    def drop(self, record: Record) -> None:
        """Forget a record, live or archived."""
        self._leave(record.id, archived=record.archived_at is not None)
        del self.records[record.id]

    def _leave(self, name: str, *, archived: bool) -> None:
        order = self._order[archived]
        del order[bisect_left(order, int(name))]

    def live(self, name: str) -> Record | None:
        """The live record with this id, or the one that it was merged into."""
        found = self.records.get(self.moved.get(name, name))
        return found if found is not None and found.archived_at is None else None

    def page(self, limit: int, after: int, *, archived: bool) -> tuple[list[Record], str | None]:
        """At most `limit` records in the order of their ids, from `after` on, and the id that follows."""
        order = self._order[archived]
        start = bisect_left(order, after)
        found = [self.records[str(each)] for each in order[start : start + limit]]
        rest = order[start + limit : start + limit + 1]
        return found, (str(rest[0]) if rest else None)

    def count(self) -> int:
        """How many live records there are."""
        return len(self._order[False])

    def holder(self, name: str, value: str) -> str | None:
        """The id of the live record that has this value of a unique property."""
        found = self._holders.get((name, folded(value)))
        # A property that was taken away and made again may have left a holder that is gone.
        return found if found is not None and self.live(found) is not None else None

    def hold(self, record: Record, taken: Iterable[tuple[str, str]]) -> None:
        """Give unique values to a record."""
        self._holders.update({(name, folded(value)): record.id for name, value in taken})

    def free(self, taken: Iterable[tuple[str, str]]) -> None:
        """Take unique values away from whoever has them."""
        for name, value in taken:
            self._holders.pop((name, folded(value)), None)
