"""The records of one portal: make, read, change, archive, and who already has a unique value.

Knows no HTTP and writes no journal: every change is answered as `Written`, whose `op` is None when nothing changed.
Called by `wire` and by `batch`.
"""

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from fakes.crm.problems import Detail, Problem, malformed, not_found
from fakes.crm.state.index import Index
from fakes.crm.state.kinds import OWNERS_PREFIX, PIPELINES_PREFIX, Kind, Kinds
from fakes.crm.state.pipelines import WAYS, Pipelines
from fakes.crm.state.record import Record, Written
from fakes.crm.state.schema import Schema
from fakes.crm.state.settings import Settings
from fakes.crm.state.shelf import Shelf, folded
from fakes.crm.state.standard import LIFECYCLE, LIVE_OWNERS, OWNERS, standard_schema
from fakes.crm.state.values import addresses, invalid_values, iso
from harness.clock import Clock
from harness.rng import Rng

STAGES = [value for value, _ in LIFECYCLE]

LEAP = 10**9
"""How far ids go on from an earlier start's; they stay below those of the next type."""
STRIDE = 10**8
"""How far at most ids go on from those of another portal, whose copy this becomes: room for 80 forks of forks."""


class Portal:
    """One account of the CRM."""

    def __init__(self, rng: Rng, clock: Clock, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.clock = clock
        self._rng = rng
        self._correlations = 0
        self._chance = rng.stream("fakes/crm/ids")
        self._next: dict[str, int] = {}
        self.number = 40_000_000 + self._chance.randrange(10**6)
        """The account's own number."""
        self.kinds = Kinds()
        for kind in self.kinds:
            self._begin(kind.name, kind.prefix)
        self._begin("owners", OWNERS_PREFIX)
        self._begin("pipelines", PIPELINES_PREFIX)
        moment = self.moment()
        self.owners = [
            self._owner(first, last, moment, archived=number >= LIVE_OWNERS)
            for number, (first, last) in enumerate(OWNERS)
        ]
        """Who sells; the last one has left."""
        self.index = Index(clock, lambda: self.settings.search_lag_s)
        self.schemas: dict[str, Schema] = {}
        self.shelves: dict[str, Shelf] = {}
        self.records: dict[str, dict[str, Record]] = {}
        """By type, then by id; archived ones too."""
        self.pipelines: dict[str, Pipelines] = {}
        self.gone: list[Callable[[Record], None]] = []
        """Who is to be told when a record is no more live."""
        for kind in self.kinds:
            self.open(kind)

    def _begin(self, name: str, prefix: int) -> None:
        self._next[name] = prefix * 10**10 + self._chance.randrange(10**9)

    def go_on(self, rng: Rng) -> None:
        """Give other ids from here on than an earlier start with the same beginning gave."""
        self._rng, self._chance = rng, rng.stream("fakes/crm/ids")
        self._next = {name: last + self._chance.randrange(LEAP) for name, last in self._next.items()}

    def open(self, kind: Kind) -> None:
        """Make room for records of this type."""
        if kind.name not in self._next:
            self._begin(kind.name, kind.prefix)
        live = [each for each in self.owners if not each["archived"]]
        owners = [(each["id"], f"{each['firstName']} {each['lastName']}") for each in live]
        self.schemas[kind.name] = standard_schema(kind, owners, self.moment())
        self.shelves[kind.name] = Shelf()
        self.records[kind.name] = self.shelves[kind.name].records
        self.index.add_kind(kind.name, self.schemas[kind.name])
        if kind.name in WAYS:
            self.pipelines[kind.name] = Pipelines(kind.name, self.schemas[kind.name], self.moment())

    def close(self, kind: Kind) -> None:
        """Take a custom type away, with its place for records; its ids are never given again."""
        self.kinds.drop(kind)
        for known in (self.schemas, self.shelves, self.records):
            known.pop(kind.name, None)

    def clear(self) -> None:
        """Forget all records; owners, types and properties stay, and no id is ever given twice."""
        for shelf in self.shelves.values():
            shelf.clear()
        for pipelines in self.pipelines.values():
            pipelines.clear()
        self.index.clear()

    def contents(self) -> dict[str, Any]:
        """Records, owners, properties and pipelines, and how far ids have come."""
        return {
            "_next": self._next, "_correlations": self._correlations, "owners": self.owners, "schemas": self.schemas,
            "shelves": self.shelves, "pipelines": self.pipelines,
        }  # fmt: skip

    def become(self, contents: Mapping[str, Any]) -> None:
        """Hold these instead; ids go on from where they have come, here or there."""
        self._next |= {name: max(last, self._next.get(name, 0)) for name, last in contents["_next"].items()}
        self._correlations = max(self._correlations, contents["_correlations"])
        self.owners, self.schemas, self.shelves = (contents[name] for name in ("owners", "schemas", "shelves"))
        self.pipelines = contents["pipelines"]
        self.records = {name: shelf.records for name, shelf in self.shelves.items()}

    def apart(self, contents: Mapping[str, Any]) -> dict[str, Any]:
        """Contents of another portal, from which ids go on here other than there."""
        own, stride = self._next, self._chance.randrange
        numbers = {
            name: last + stride(1, STRIDE) if last >= own.get(name, 0) else own[name]
            for name, last in contents["_next"].items()
        }  # fmt: skip
        return {**contents, "_next": numbers}

    def moment(self) -> str:
        """Now, as the CRM writes it."""
        return iso(self.clock.wall())

    def new_id(self, kind: str) -> str:
        """The next id of this type; types share no prefix."""
        self._next[kind] += 1
        return str(self._next[kind])

    def correlation_id(self) -> str:
        """A fresh id for an error, the same in every run with the same seed and calls."""
        self._correlations += 1
        digest = hashlib.sha256(f"{self._rng.seed}/crm/{self._correlations}".encode()).digest()
        return str(uuid.UUID(bytes=digest[:16], version=4))

    # -- reading ------------------------------------------------------------------------------------------------

    def get(self, kind: str, name: str, id_property: str | None = None, *, archived: bool = False) -> Record:
        """The record with this id, or with this value of a unique property."""
        found = self.records[kind].get(name) if archived else self.find(kind, name, id_property)
        if found is None or (found.archived_at is not None) != archived:
            if id_property in (None, "", "hs_object_id") and not name.isdigit():
                raise not_found("Object not found.  objectId are usually numeric.")
            raise not_found()
        return found

    def find(self, kind: str, name: str, id_property: str | None = None) -> Record | None:
        """The live record, or None; an id that was merged away leads to the record that it became."""
        if id_property in (None, "", "hs_object_id"):
            return self.shelves[kind].live(name)
        self.need_unique(kind, str(id_property))
        holder = self.shelves[kind].holder(str(id_property), name)
        return self.records[kind][holder] if holder else None

    def archived(self, kind: str, name: str) -> Record | None:
        """The archived record with this id, or None."""
        found = self.records[kind].get(name)
        return found if found is not None and found.archived_at is not None else None

    def anywhere(self, name: str) -> Record | None:
        """The live record of any type with this id."""
        for shelf in self.shelves.values():
            found = shelf.live(name)
            if found is not None:
                return found
        return None

    def need_unique(self, kind: str, name: str) -> None:
        """Refuse an idProperty that does not exist or whose values may repeat."""
        schema = self.schemas[kind]
        if name not in schema.properties or schema.properties[name].archived:
            raise invalid_values(
                [Detail(message=f'Property "{name}" does not exist', code="PROPERTY_DOESNT_EXIST", name=name)]
            )
        if name not in schema.unique:
            raise malformed(f"idProperty {name} is not a unique property of object type {schema.title}")

    def page(
        self, kind: str, limit: int, after: str | None, *, archived: bool = False
    ) -> tuple[list[Record], str | None]:
        """Records by id, and the cursor of the next page."""
        if after and not after.isdecimal():
            raise malformed(f"Invalid paging cursor {after}")
        return self.shelves[kind].page(limit, int(after or 0), archived=archived)

    # -- writing ------------------------------------------------------------------------------------------------

    def create(self, kind: str, given: Mapping[str, Any]) -> Written:
        """Make a record; refused when a unique value is taken or a required one is missing."""
        values = self.proper(kind, given)
        self.check_unique(kind, values, None)
        return self.make(kind, values)

    def make(self, kind: str, values: dict[str, str]) -> Written:
        """Make a record of values that were found proper and unique."""
        record = self.blank(kind, self.clock.wall())
        self.keep(record, values)
        return Written(record=record, op="create", ids=self._named(values), changed=values)

    def blank(self, kind: str, created: datetime) -> Record:
        """A new live record without values."""
        record = Record(kind=self.kinds.get(kind), id=self.new_id(kind), values={}, created=created, updated=created)
        self.shelves[kind].put(record)
        return record

    def proper(self, kind: str, given: Mapping[str, Any]) -> dict[str, str]:
        """The values that a new record would have."""
        values = {name: value for name, value in self.schemas[kind].clean(given).items() if value}
        self._addresses(values)
        missing = [name for name in self.kinds.get(kind).required if name not in values]
        if missing:
            title = self.schemas[kind].title
            message = f"Error creating {title}. Some required properties were not set."
            details = [Detail(message=message, code="REQUIRED_FIELD", name=name) for name in missing]
            raise Problem("VALIDATION_ERROR", message, None, details, {"properties": missing})
        if kind in self.pipelines:
            self.pipelines[kind].place(values)
        return values

    def change(self, record: Record, given: Mapping[str, Any]) -> Written:
        """Change some properties; an empty text clears, the same value again is no change."""
        values = self.changed(record, given)
        if values == record.values:
            return Written(record=record, op=None)
        changed = {name: value for name, value in values.items() if record.values.get(name) != value}
        changed |= {name: "" for name in record.values if name not in values}
        record.updated = self.clock.wall()
        self.keep(record, values, changed)
        return Written(record=record, op="update", ids=self._named(values), changed=changed)

    def changed(self, record: Record, given: Mapping[str, Any]) -> dict[str, str]:
        """The values that a record would have after this change; refused when it may not be."""
        kind = record.kind.name
        cleaned = self.schemas[kind].clean(given)
        self.check_unique(kind, cleaned, record.id)
        values = dict(record.values)
        for name, value in cleaned.items():
            if name == "lifecyclestage" and self._goes_back(values.get(name, ""), value):
                continue
            if value:
                values[name] = value
            else:
                values.pop(name, None)
        self._addresses(values)
        if kind in self.pipelines:
            self.pipelines[kind].place(values)
        return values

    def archive(self, kind: str, name: str) -> Written | None:
        """Take a record away; None if there was none, which the CRM does not mind."""
        record = self.find(kind, name)
        if record is None:
            return None
        record.archived_at = self.clock.wall()
        self.shelves[kind].archived(record)
        self.leave(record)
        return Written(record=record, op="delete")

    def leave(self, record: Record) -> None:
        """A record is no more live: it frees its unique values, its stage, and is not found any more."""
        kind = record.kind.name
        self.shelves[kind].free(self.unique_in(kind, record.values))
        if kind in self.pipelines:
            self.pipelines[kind].moved(record.id, record.values, {})
        self.index.forget(record)
        for told in self.gone:
            told(record)

    def remove(self, record: Record) -> None:
        """A record is there no more, not even among the archived ones."""
        kind = record.kind.name
        if record.archived_at is None:
            self.leave(record)
        self.shelves[kind].drop(record)
        # The index may still have to learn of it: so it will not.
        record.archived_at = record.archived_at or self.clock.wall()

    def check_unique(self, kind: str, values: Mapping[str, str], own: str | None) -> None:
        """Refuse values of unique properties that another live record has, and addresses deleted for good."""
        shelf = self.shelves[kind]
        for name, value in self.unique_in(kind, values):
            if name == "email" and folded(value) in shelf.barred:
                message = f"Email address {value} was permanently deleted and cannot be used again"
                raise invalid_values([Detail(message=message, code="GDPR_BLOCKED_EMAIL", name=name)])
            holder = shelf.holder(name, value)
            if holder is None or holder == own:
                continue
            if kind == "contacts" and name == "email":
                raise Problem("CONFLICT", f"Contact already exists. Existing ID: {holder}")
            raise invalid_values(
                [
                    Detail(
                        message=f"Cannot set {name} to {value}. {holder} already has that value.",
                        code="CONFLICTING_UNIQUE_VALUE",
                        name=name,
                    )
                ]
            )

    def unique_in(self, kind: str, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """The unique values among these; a contact's further addresses are as unique as its first."""
        for name in self.schemas[kind].unique:
            if values.get(name):
                yield name, values[name]
        if kind == "contacts":
            for each in addresses(values.get("hs_additional_emails", "")):
                yield "email", each

    @staticmethod
    def _addresses(values: dict[str, str]) -> None:
        """A contact's first address is none of its further ones."""
        if values.get("hs_additional_emails"):
            left = [each for each in addresses(values["hs_additional_emails"]) if each != values.get("email")]
            if left:
                values["hs_additional_emails"] = ";".join(left)
            else:
                del values["hs_additional_emails"]

    def keep(self, record: Record, values: dict[str, str], changed: Mapping[str, str] | None = None) -> None:
        """A record has these values from now on; nobody is asked whether it may."""
        kind = record.kind.name
        shelf = self.shelves[kind]
        shelf.free(self.unique_in(kind, record.values))
        shelf.hold(record, self.unique_in(kind, values))
        if kind in self.pipelines:
            self.pipelines[kind].moved(record.id, record.values, values)
        record.values = values
        record.remember(record.updated, values if changed is None else changed)
        self.index.learn(record)

    def _goes_back(self, old: str, new: str) -> bool:
        if self.settings.lifecycle_backward == "allow" or not new or old not in STAGES or new not in STAGES:
            return False
        return STAGES.index(new) < STAGES.index(old)

    def _named(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """The ids of other records that these values hold; owners are nobody's, so they do not count."""
        return tuple(value for value in values.values() if value.isdecimal() and self.anywhere(value) is not None)

    def _owner(self, first: str, last: str, moment: str, *, archived: bool) -> dict[str, Any]:
        made = self.new_id("owners")
        return {
            "id": made,
            "email": f"{first}.{last}@sales.example.com".lower(),
            "type": "PERSON",
            "firstName": first,
            "lastName": last,
            "userId": None if archived else int(made[-8:]),
            "userIdIncludingInactive": int(made[-8:]),
            "createdAt": moment,
            "updatedAt": moment,
            "archived": archived,
            "teams": [],
        }
