"""Contacts, companies and deals of one portal: make, read, change, archive, and who already has a unique value.

Knows no HTTP and writes no journal: every change is answered as `Written`, whose `op` is None when nothing changed.
Called by `wire` and by `batch`.
"""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fakes.crm.problems import Detail, Problem, malformed, not_found
from fakes.crm.state.schema import Schema, invalid_values, iso
from fakes.crm.state.standard import KINDS, LIFECYCLE, MODIFIED, OWNERS, standard_schema
from harness.clock import Clock
from harness.rng import Rng

STAGES = [value for value, _ in LIFECYCLE]
ID_PREFIX = {"contacts": 51, "companies": 52, "deals": 53, "owners": 54}
OBJECT_TYPES = {"0-1": "contacts", "0-2": "companies", "0-3": "deals"}
OBJECT_TYPES |= {"contact": "contacts", "company": "companies", "deal": "deals"} | {kind: kind for kind in KINDS}


@dataclass(slots=True, kw_only=True)
class Settings:
    """What may be turned on this CRM; the defaults are those of a new portal."""

    search_lag_s: float = 0.3
    search_per_s: int = 5
    """Searches per second and account; 0 switches the limit off."""
    ten_secondly: int = 0
    """Calls per ten seconds and account, 100 or 190 in the real one; 0 switches the limit off."""
    lifecycle_backward: str = "ignore"
    """What happens to a lifecycle stage that would go back: `ignore` keeps the old one silently, `allow` takes it."""


@dataclass(slots=True, kw_only=True)
class Record:
    """One contact, company or deal."""

    kind: str
    id: str
    values: dict[str, str]
    """Every property that has a value; cleared ones are absent."""
    created: datetime
    updated: datetime
    archived_at: datetime | None = None
    coming: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """What the search index will learn, and when."""
    indexed: dict[str, str] | None = None

    def shown(self) -> dict[str, str]:
        """All values including those that the CRM computes."""
        return {
            **self.values,
            "hs_object_id": self.id,
            "createdate": iso(self.created),
            MODIFIED[self.kind]: iso(self.updated),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a call did to a record: `op` is create, update, delete, or None when everything was already so."""

    record: Record
    op: str | None
    ids: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()
    """Properties that had a value and have none any more."""


class Portal:
    """One account of the CRM."""

    def __init__(self, rng: Rng, clock: Clock, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.clock = clock
        self._rng = rng
        self._correlations = 0
        chance = rng.stream("fakes/crm/ids")
        self._next = {kind: prefix * 10**10 + chance.randrange(10**9) for kind, prefix in ID_PREFIX.items()}
        moment = self.moment()
        self.owners = [self._owner(first, last, moment) for first, last in OWNERS]
        self._owner_options = [(owner["id"], f"{owner['firstName']} {owner['lastName']}") for owner in self.owners]
        self.schemas: dict[str, Schema] = {kind: standard_schema(kind, self._owner_options, moment) for kind in KINDS}
        self.records: dict[str, dict[str, Record]] = {}
        self._holders: dict[tuple[str, str, str], str] = {}
        self.clear()

    def clear(self) -> None:
        """Forget all records; owners and properties stay, and no id is ever given twice."""
        self.records = {kind: {} for kind in KINDS}
        self._holders = {}

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

    def get(self, kind: str, name: str, id_property: str | None = None, *, archived: bool = False) -> Record:
        """The record with this id, or with this value of a unique property."""
        found = self.find(kind, name, id_property)
        if found is None and archived:
            found = self.records[kind].get(name)
        if found is None or (found.archived_at is not None) != archived:
            if id_property in (None, "hs_object_id") and not name.isdigit():
                raise not_found("Object not found.  objectId are usually numeric.")
            raise not_found()
        return found

    def find(self, kind: str, name: str, id_property: str | None = None) -> Record | None:
        """The live record, or None."""
        if id_property in (None, "", "hs_object_id"):
            found = self.records[kind].get(name)
            return found if found and found.archived_at is None else None
        self.need_unique(kind, str(id_property))
        holder = self._holders.get((kind, str(id_property), _folded(name)))
        return self.records[kind][holder] if holder else None

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
        found = [each for each in self.records[kind].values() if (each.archived_at is not None) == archived]
        found.sort(key=lambda each: int(each.id))
        if after:
            if not after.isdigit():
                raise malformed(f"Invalid paging cursor {after}")
            found = [each for each in found if int(each.id) >= int(after)]
        return found[:limit], (found[limit].id if len(found) > limit else None)

    def create(self, kind: str, given: Mapping[str, Any]) -> Written:
        """Make a record; refused when a unique value is taken."""
        values = {name: value for name, value in self.schemas[kind].clean(given).items() if value}
        self.check_unique(kind, values, None)
        if kind == "deals" and "dealstage" in values:
            values.setdefault("pipeline", "default")
        now = self.clock.wall()
        record = Record(kind=kind, id=self.new_id(kind), values={}, created=now, updated=now)
        self.records[kind][record.id] = record
        self._store(record, values)
        return Written(record=record, op="create", ids=self._named(values))

    def change(self, record: Record, given: Mapping[str, Any]) -> Written:
        """Change some properties; an empty text clears, the same value again is no change."""
        cleaned = self.schemas[record.kind].clean(given)
        self.check_unique(record.kind, cleaned, record.id)
        values = dict(record.values)
        for name, value in cleaned.items():
            if name == "lifecyclestage" and self._goes_back(values.get(name, ""), value):
                continue
            if value:
                values[name] = value
            else:
                values.pop(name, None)
        if values == record.values:
            return Written(record=record, op=None)
        cleared = tuple(name for name in record.values if name not in values)
        record.updated = self.clock.wall()
        self._store(record, values)
        return Written(record=record, op="update", ids=self._named(values), cleared=cleared)

    def archive(self, kind: str, name: str) -> Written | None:
        """Take a record away; None if there was none, which the CRM does not mind."""
        record = self.find(kind, name)
        if record is None:
            return None
        record.archived_at = self.clock.wall()
        for unique in self.schemas[kind].unique:
            self._holders.pop((kind, unique, _folded(record.values.get(unique, ""))), None)
        return Written(record=record, op="delete")

    def check_unique(self, kind: str, values: Mapping[str, str], own: str | None) -> None:
        """Refuse values of unique properties that another live record has."""
        for name in self.schemas[kind].unique:
            if not values.get(name):
                continue
            holder = self._holders.get((kind, name, _folded(values[name])))
            if holder is None or holder == own:
                continue
            if kind == "contacts" and name == "email":
                raise Problem("CONFLICT", f"Contact already exists. Existing ID: {holder}")
            raise invalid_values(
                [
                    Detail(
                        message=f"Cannot set {name} to {values[name]}. {holder} already has that value.",
                        code="CONFLICTING_UNIQUE_VALUE",
                        name=name,
                    )
                ]
            )

    def _store(self, record: Record, values: dict[str, str]) -> None:
        for name in self.schemas[record.kind].unique:
            if record.values.get(name):
                self._holders.pop((record.kind, name, _folded(record.values[name])), None)
            if values.get(name):
                self._holders[record.kind, name, _folded(values[name])] = record.id
        record.values = values
        visible = self.clock.at_ns() + int(self.settings.search_lag_s * 1e9)
        record.coming.append((visible, record.shown()))

    def _goes_back(self, old: str, new: str) -> bool:
        if self.settings.lifecycle_backward == "allow" or not new or old not in STAGES or new not in STAGES:
            return False
        return STAGES.index(new) < STAGES.index(old)

    def _named(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """The ids of other records that these values hold; owners are nobody's, so they do not count."""
        return tuple(value for value in values.values() if any(value in known for known in self.records.values()))

    def _owner(self, first: str, last: str, moment: str) -> dict[str, Any]:
        made = self.new_id("owners")
        return {
            "id": made,
            "email": f"{first}.{last}@sales.example.com".lower(),
            "type": "PERSON",
            "firstName": first,
            "lastName": last,
            "userId": int(made[-8:]),
            "userIdIncludingInactive": int(made[-8:]),
            "createdAt": moment,
            "updatedAt": moment,
            "archived": False,
            "teams": [],
        }


def _folded(value: str) -> str:
    return value.strip().casefold()
