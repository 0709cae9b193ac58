"""What the app is told of: subscriptions, and the events that changes of records and associations make.

An event is a plain dict in the vendor's shape. Subscriptions are made through the API or stand in the setting
`subscriptions`. Sends nothing; called by `wire`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fakes.crm.problems import Problem, malformed, not_found
from fakes.crm.state.associations import Change
from fakes.crm.state.kinds import Kind
from fakes.crm.state.record import Record, Written
from fakes.crm.state.records import Portal
from fakes.crm.state.topics import EVERY, TYPES, about_property, wished

SUBSCRIPTIONS_MAX = 1000
Event = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Subscription:
    """One kind of event that the app wants to be told of."""

    id: int
    type: str
    property: str | None
    object_type: str | None
    active: bool
    created: str
    updated: str

    def as_json(self) -> dict[str, Any]:
        """The subscription as the API shows it."""
        told = {
            "id": str(self.id), "eventType": self.type, "active": self.active, "createdAt": self.created,
            "updatedAt": self.updated,
        }  # fmt: skip
        if self.property is not None:
            told["propertyName"] = self.property
        if self.object_type is not None:
            told["objectTypeId"] = self.object_type
        return told

    def means(self, kind: Kind, what: str, name: str | None) -> bool:
        """Whether an event is one that it wants."""
        if not self.active or self.property not in (name, EVERY):
            return False
        if self.type == f"object.{what}":
            return self.object_type == kind.type_id
        return self.type == f"{kind.singular}.{what}"


@dataclass(slots=True)
class Telling:
    """The subscriptions of the portal's one app, and the events for them."""

    portal: Portal
    app: int
    _all: dict[int, Subscription] = field(default_factory=dict)
    _set: tuple[str, list[Subscription]] = ("", [])
    _numbered: int = 0
    _events: int = 0

    def clear(self) -> None:
        """Forget the subscriptions that were made through the API."""
        self._all.clear()

    def contents(self) -> dict[str, Any]:
        """All subscriptions, and how many there were of them and of events."""
        return {"_all": self._all, "_set": self._set, "_numbered": self._numbered, "_events": self._events}

    def become(self, contents: Mapping[str, Any]) -> None:
        """Have these subscriptions instead; no number is given twice."""
        self._all, self._set = contents["_all"], contents["_set"]
        self._numbered = max(self._numbered, contents["_numbered"])
        self._events = max(self._events, contents["_events"])

    # -- subscriptions ------------------------------------------------------------------------------------------

    def all(self) -> list[Subscription]:
        """The subscriptions made through the API."""
        return list(self._all.values())

    def get(self, name: str) -> Subscription:
        """The subscription with this id."""
        found = self._all.get(int(name)) if name.isascii() and name.isdecimal() else None
        if found is None:
            raise not_found(f"Subscription {name} does not exist")
        return found

    def create(self, given: Mapping[str, Any]) -> Subscription:
        """Add a subscription; one that is there already is refused."""
        type_, name, object_type = given.get("eventType"), given.get("propertyName"), given.get("objectTypeId")
        if not isinstance(type_, str) or type_ not in TYPES:
            raise malformed(f"Invalid input JSON on line 1, column 1: {type_} is no eventType")
        changes = about_property(type_)
        if changes != isinstance(name, str):
            raise malformed(f"propertyName is {'required' if changes else 'not allowed'} for {type_}")
        if type_.startswith("object.") and (
            not isinstance(object_type, str) or not self.portal.kinds.find(object_type)
        ):
            raise malformed(f"objectTypeId is required for {type_}")
        if any((each.type, each.property, each.object_type) == (type_, name, object_type) for each in self.all()):
            raise Problem("CONFLICT", f"A subscription to {type_} exists already")
        if len(self._all) >= SUBSCRIPTIONS_MAX:
            raise malformed(f"At most {SUBSCRIPTIONS_MAX} subscriptions are possible")
        made = self._made(type_, name, object_type, active=given.get("active") is True)
        self._all[made.id] = made
        return made

    def _made(self, type_: str, name: str | None, object_type: str | None, *, active: bool) -> Subscription:
        self._numbered += 1
        moment = self.portal.moment()
        return Subscription(
            id=self.app * 1000 + self._numbered, type=type_, property=name, object_type=object_type, active=active,
            created=moment, updated=moment,
        )  # fmt: skip

    def switch(self, name: str, active: Any) -> Subscription:
        """Let a subscription be active, or not."""
        found = self.get(name)
        if not isinstance(active, bool):
            raise malformed("Invalid input JSON on line 1, column 1: active must be true or false")
        found.active, found.updated = active, self.portal.moment()
        return found

    def remove(self, name: str) -> None:
        """Take a subscription away; one that is not there is no error."""
        if name.isascii() and name.isdecimal():
            self._all.pop(int(name), None)

    def _standing(self) -> list[Subscription]:
        """Those of the API and those of the setting: `contact.creation`, `deal.propertyChange:dealstage`."""
        wanted = self.portal.settings.subscriptions
        if wanted != self._set[0]:
            made = [self._made(type_, name, None, active=True) for type_, name in wished(wanted)]
            self._set = (wanted, made)
        return [*self._all.values(), *self._set[1]]

    # -- events -------------------------------------------------------------------------------------------------

    def _event(self, kind: Kind, what: str, moment: datetime, name: str | None = None, **more: Any) -> Iterator[Event]:
        """One event for each subscription that wants it."""
        for each in self._standing():
            if each.means(kind, what, name):
                more = {"objectTypeId": kind.type_id, **more} if each.type.startswith("object.") else more
                yield {**self._common(each.id, each.type, moment), **more}

    def _common(self, subscription: int, type_: str, moment: datetime) -> Event:
        """What every event says."""
        self._events += 1
        return {
            "eventId": 10**9 + self._events,
            "subscriptionId": subscription,
            "portalId": self.portal.number,
            "appId": self.app,
            "occurredAt": int(moment.timestamp() * 1000),
            "subscriptionType": type_,
            "attemptNumber": 0,
            "changeSource": "INTEGRATION",
            "sourceId": str(self.app),
        }

    def invented(self, record: Record, what: str, **more: Any) -> Event:
        """An event that nobody subscribed to and that did not happen."""
        told = self._common(self.app * 1000, f"{record.kind.singular}.{what}", self.portal.clock.wall())
        return {**told, "objectId": int(record.id), **more}

    def written(self, done: Written) -> Iterator[Event]:
        """What is told of a record that was made, changed or archived."""
        if not self._standing():
            return
        record, number = done.record, int(done.record.id)
        if done.op == "delete":
            moment = record.archived_at or record.updated
            yield from self._event(record.kind, "deletion", moment, objectId=number, changeFlag="DELETED")
            return
        if done.op == "create":
            yield from self._event(record.kind, "creation", record.created, objectId=number, changeFlag="CREATED")
        yield from self._changes(record, done.changed)

    def _changes(self, record: Record, changed: Mapping[str, str]) -> Iterator[Event]:
        for name, value in changed.items():
            more: Event = {"objectId": int(record.id), "propertyName": name, "propertyValue": value}
            yield from self._event(record.kind, "propertyChange", record.updated, name, **more)

    def merged(self, done: Written) -> Iterator[Event]:
        """What is told of records that became one."""
        record = done.record
        more: Event = {
            "primaryObjectId": int(done.ids[0]),
            "mergedObjectIds": [int(each) for each in done.ids],
            "newObjectId": int(record.id),
            "numberOfPropertiesMoved": len(done.changed),
        }
        yield from self._event(record.kind, "merge", record.updated, objectId=int(record.id), **more)

    def erased(self, done: Written) -> Iterator[Event]:
        """What is told of a contact that was deleted for good."""
        moment = self.portal.clock.wall()
        yield from self._event(done.record.kind, "privacyDeletion", moment, objectId=int(done.record.id))

    def linked(self, changes: Sequence[Change]) -> Iterator[Event]:
        """What is told of associations: once from each end."""
        if not self._standing():
            return
        moment = self.portal.clock.wall()
        for each in changes:
            for one, two in ((each.record, each.other), (each.other, each.record)):
                more: Event = {
                    "associationType": f"{one.kind.singular}_to_{two.kind.singular}".upper(),
                    "associationTypeId": each.type.id if one is each.record else each.type.inverse,
                    "fromObjectId": int(one.id),
                    "toObjectId": int(two.id),
                    "associationRemoved": not each.added,
                    "isPrimaryAssociation": each.type.label == "Primary",
                }
                yield from self._event(one.kind, "associationChange", moment, **more)


def in_arrays(events: Iterable[Event], most: int) -> Iterator[list[Event]]:
    """The events in arrays of at most `most`."""
    found = list(events)
    for start in range(0, len(found), most):
        yield found[start : start + most]
