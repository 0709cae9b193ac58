"""The records of one kind in one account: made, changed, removed and found, under the declared keys.

A record is what its vendor would answer, without wrapping. Nothing here journals: the clerk does, who calls this.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fakes.contents import Part
from fakes.generic.problems import Problem
from fakes.generic.state.places import dig
from fakes.world import World
from harness.target.declared import Collection

Fields = dict[str, Any]


@dataclass(slots=True)
class Record:
    """One record: its id, its fields, the records it stands under, and when it was last written."""

    id: str
    fields: Fields
    above: dict[str, str]
    written_ns: int = 0


class Shelf(Part):
    """All records of one kind."""

    KEPT = ("records",)

    def __init__(self, kind: str, collection: Collection, world: World) -> None:
        self.kind = kind
        self.collection = collection
        self._world = world
        self.records: dict[str, Record] = {}
        self._held: dict[tuple[str, str], str] = {}
        """(unique field, its value as compared) -> id."""

    def get(self, record_id: str) -> Record:
        """The record of this id; `Problem` when there is none."""
        found = self.records.get(record_id)
        if found is None:
            raise Problem("missing", f"there is no {self.kind} {record_id}")
        return found

    def make(self, fields: Fields, above: dict[str, str]) -> tuple[str, Record]:
        """A new record, or what the declaration makes of one that is there: `create`, `update` or `same`, and it."""
        self._check(fields)
        twin = self._twin(fields)
        if twin is not None and self.collection.duplicate != "update":
            if self.collection.duplicate == "same":
                return "same", twin
            field = next(name for name in self.collection.unique if self._key(name, fields) in self._held)
            raise Problem("duplicate", f"{field} is that of {self.kind} {twin.id} already", field)
        if twin is not None:
            return "update", self.change(twin, {**twin.fields, **fields})
        record = Record(self._next_id(), {}, above)
        self.records[record.id] = record
        if self.collection.created_at:
            fields = {**fields, self.collection.created_at: self._moment()}
        return "create", self._write(record, fields)

    def change(self, record: Record, fields: Fields) -> Record:
        """Make a record hold these fields; `Problem` when it may not."""
        self._check(fields)
        for name in self.collection.unique:
            key = self._key(name, fields)
            if key is not None and self._held.get(key, record.id) != record.id:
                raise Problem("duplicate", f"{name} is that of {self.kind} {self._held[key]} already", name)
        return self._write(record, fields)

    def remove(self, record: Record) -> None:
        """Forget a record; its unique values are free again."""
        self._let_go(record)
        del self.records[record.id]

    def known(self, above: Mapping[str, str], lag_s: float) -> Iterator[Record]:
        """What lists know: all records under these, except those written within the lag; the oldest first."""
        newest_ns = self._world.clock.at_ns() - int(lag_s * 1e9)
        for record in self.records.values():
            if (not lag_s or record.written_ns <= newest_ns) and above.items() <= record.above.items():
                yield record

    def shown(self, record: Record) -> dict[str, Any]:
        """The record as its vendor answers it, without wrapping."""
        named: Any = int(record.id) if self.collection.ids == "number" else record.id
        whole = {self.collection.id: named}
        return whole | ({self.collection.fields: record.fields} if self.collection.fields else record.fields)

    def values(self, record: Record) -> dict[str, Any]:
        """What an effect says of it: its fields, and those further values that the declaration names."""
        more = {name: dig(self.shown(record), place) for name, place in self.collection.values.items()}
        return {**record.fields, **{name: value for name, value in more.items() if value is not None}}

    # -- within ---------------------------------------------------------------------------------------------------

    def _check(self, fields: Fields) -> None:
        for name in self.collection.required:
            if dig(fields, name) in (None, "", [], {}):
                raise Problem("invalid", f"{name} is required", name)

    def _key(self, name: str, fields: Fields) -> tuple[str, str] | None:
        value = dig(fields, name)
        # As vendors compare addresses: capital letters and blanks around make no other person.
        return None if value in (None, "") else (name, str(value).strip().lower())

    def _twin(self, fields: Fields) -> Record | None:
        for name in self.collection.unique:
            key = self._key(name, fields)
            if key in self._held:
                return self.records[self._held[key]]
        return None

    def _write(self, record: Record, fields: Fields) -> Record:
        self._let_go(record)
        record.fields = {name: value for name, value in fields.items() if name != self.collection.id}
        if self.collection.updated_at:
            record.fields[self.collection.updated_at] = self._moment()
        record.written_ns = self._world.clock.at_ns()
        self._hold(record)
        return record

    def _hold(self, record: Record) -> None:
        for name in self.collection.unique:
            if (key := self._key(name, record.fields)) is not None:
                self._held[key] = record.id

    def _let_go(self, record: Record) -> None:
        for name in self.collection.unique:
            key = self._key(name, record.fields)
            if key is not None and self._held.get(key) == record.id:
                del self._held[key]

    def _next_id(self) -> str:
        if self.collection.ids == "number":
            return str(self._world.number(self.kind, 1001))
        made = self._world.ident(self.collection.prefix.rstrip("_") or self.kind)
        if self.collection.ids == "text":
            return made
        digits = made[-20:] + self._world.ident(self.kind)[-12:]
        return "-".join((digits[:8], digits[8:12], f"4{digits[13:16]}", f"8{digits[17:20]}", digits[20:]))

    def _moment(self) -> str:
        return self._world.clock.wall().strftime("%Y-%m-%dT%H:%M:%SZ")

    # -- kept -----------------------------------------------------------------------------------------------------

    def contents(self) -> dict[str, Any]:
        """All records, and how long ago each was written: lists know them as late as they would have."""
        now = self._world.clock.at_ns()
        return {"records": [(one.id, one.fields, one.above, now - one.written_ns) for one in self.records.values()]}

    def become(self, contents: Mapping[str, Any]) -> None:
        """Hold these records and no others; what is unique is what is declared now."""
        now = self._world.clock.at_ns()
        self.records, self._held = {}, {}
        for record_id, fields, above, ago_ns in contents["records"]:
            self._hold(self.records.setdefault(record_id, Record(record_id, fields, above, now - ago_ns)))
