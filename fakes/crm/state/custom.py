"""Custom types of record: a schema makes one, and a type without records can be taken away again.

A type taken away keeps its name until it is purged. Called by `wire`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fakes.crm.problems import Detail, Problem, malformed, not_found
from fakes.crm.state.bonds import ACTIVITIES, Types
from fakes.crm.state.kinds import CUSTOM_PREFIX, CUSTOM_SINK, Kind
from fakes.crm.state.records import Portal
from fakes.crm.state.schema import NAME

TYPES_MAX = 50
NEEDED = ("name", "labels", "properties", "requiredProperties", "associatedObjects")
DISPLAYED = ("requiredProperties", "searchableProperties", "secondaryDisplayProperties")


@dataclass(slots=True, kw_only=True)
class Definition:
    """What a portal says of one custom type."""

    kind: Kind
    name: str
    labels: dict[str, str]
    lists: dict[str, list[str]]
    """Required, searchable and secondary properties, by the CRM's name of the list."""
    primary: str | None
    description: str | None
    created: str
    updated: str
    associations: list[dict[str, Any]] = field(default_factory=list)
    archived: bool = False


class Custom:
    """The custom types of one portal."""

    def __init__(self, portal: Portal, types: Types) -> None:
        self._portal = portal
        self._types = types
        self._all: dict[str, Definition] = {}
        self._numbered = 0

    def contents(self) -> dict[str, Any]:
        """What the portal says of its custom types."""
        return {"_all": self._all, "_numbered": self._numbered}

    def become(self, contents: Mapping[str, Any]) -> None:
        """Say this instead; no number is given twice."""
        self._all, self._numbered = contents["_all"], max(self._numbered, contents["_numbered"])

    def all(self, *, archived: bool) -> list[Definition]:
        """The types that are there, or those taken away."""
        return [each for each in self._all.values() if each.archived == archived]

    def get(self, name: str) -> Definition:
        """The live type that goes by this name."""
        for each in self._all.values():
            if name.lower() in {one.lower() for one in each.kind.names} and not each.archived:
                return each
        raise not_found(f"Object type {name} does not exist")

    def create(self, given: Mapping[str, Any]) -> Definition:
        """Make a type with its properties; refused as a whole when anything about it is wrong."""
        missing = [each for each in NEEDED if given.get(each) is None]
        if missing:
            raise malformed(
                f"Invalid input JSON on line 1, column 1: Cannot build ObjectSchemaEgg, some of required attributes "
                f"are not set {missing}".replace("'", "")
            )
        name, labels = given["name"], given["labels"]
        if not isinstance(name, str) or not NAME.fullmatch(name.lower()):
            raise malformed("The name may contain letters, digits and underscores, and must begin with a letter")
        if not isinstance(labels, Mapping) or not labels.get("singular") or not labels.get("plural"):
            raise malformed("labels must have a singular and a plural")
        full = f"p{self._portal.number}_{name.lower()}"
        # By the short name: a fork's types carry the number of the portal that they come from.
        if any(each.kind.singular == f"p_{name.lower()}" for each in self._all.values()):
            raise Problem("OBJECT_ALREADY_EXISTS", f"Object type with name '{name}' already exists")
        if len(self.all(archived=False)) >= TYPES_MAX:
            raise malformed(f"At most {TYPES_MAX} custom object types are possible")
        others = [self._other(each) for each in _names(given, "associatedObjects")]
        lists, moment = _lists(given), self._portal.moment()
        kind = self._kind(full, name.lower(), lists)
        made = Definition(
            kind=kind, name=name, labels={each: str(labels[each]) for each in ("singular", "plural")}, lists=lists,
            primary=_text(given, "primaryDisplayProperty"), description=_text(given, "description"), created=moment,
            updated=moment,
        )  # fmt: skip
        self._portal.open(kind)
        try:
            self._fill(kind, given["properties"])
            self._check(made)
        except Problem:
            self._portal.close(kind)
            raise
        self._portal.kinds.add(kind)
        self._all[full] = made
        for other in dict.fromkeys((*others, *ACTIVITIES)):
            self._associate(made, other, None)
        return made

    def _other(self, name: str) -> str:
        return self._portal.kinds.get(name).name

    def _associate(self, definition: Definition, other: str, name: str | None) -> dict[str, Any]:
        left, right = definition.kind, self._portal.kinds.get(other)
        ids = [(self._types.allow(left.name, right.name).id, left, right)]
        if left.name != right.name:
            ids.append((self._types.allow(right.name, left.name).id, right, left))
        entries = [
            {
                "id": str(number), "fromObjectTypeId": one.type_id, "toObjectTypeId": two.type_id,
                "name": name or f"{one.singular}_to_{two.singular}", "createdAt": self._portal.moment(),
                "updatedAt": self._portal.moment(),
            }
            for number, one, two in ids
        ]  # fmt: skip
        known = {each["id"] for each in definition.associations}
        definition.associations += [each for each in entries if each["id"] not in known]
        return entries[0]

    def associate(self, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Let records of a custom type belong to those of another type."""
        found = self.get(name)
        ends = {_text(given, "fromObjectTypeId") or "", _text(given, "toObjectTypeId") or ""}
        mine = {each.lower() for each in found.kind.names}
        others = [each for each in ends if each.lower() not in mine]
        if len(ends - set(others)) != 1 or len(others) != 1:
            raise malformed("fromObjectTypeId and toObjectTypeId must name this object type and another one")
        return self._associate(found, self._other(others[0]), _text(given, "name"))

    def part(self, name: str, association: str) -> None:
        """Take an association away, with its inverse."""
        found = self.get(name)
        gone = [each for each in found.associations if association in (each["id"], each["name"])]
        if not gone:
            raise not_found(f"Association {association} does not exist")
        left, right = (self._other(gone[0][end]) for end in ("fromObjectTypeId", "toObjectTypeId"))
        self._types.forbid(left, right)
        ends = {gone[0]["fromObjectTypeId"], gone[0]["toObjectTypeId"]}
        found.associations = [
            each for each in found.associations if {each["fromObjectTypeId"], each["toObjectTypeId"]} != ends
        ]

    def _kind(self, full: str, name: str, lists: Mapping[str, list[str]]) -> Kind:
        self._numbered += 1
        return Kind(
            name=full, type_id=f"2-{self._portal.number + self._numbered}", title=full.upper(), singular=f"p_{name}",
            sink=CUSTOM_SINK, prefix=CUSTOM_PREFIX + self._numbered, shown=(), made="hs_createdate",
            searched=tuple(lists["searchableProperties"]), required=tuple(lists["requiredProperties"]),
        )  # fmt: skip

    def _fill(self, kind: Kind, properties: Any) -> None:
        if not isinstance(properties, list) or not all(isinstance(each, Mapping) for each in properties):
            raise malformed("Invalid input JSON on line 1, column 1: properties must be a list of objects")
        schema = self._portal.schemas[kind.name]
        group = next(iter(schema.groups))
        for each in properties:
            schema.create({"groupName": group, **each}, self._portal.moment())

    def _check(self, definition: Definition) -> None:
        """Every property that a definition names has to exist."""
        known = self._portal.schemas[definition.kind.name].properties
        named = [*(name for names in definition.lists.values() for name in names), definition.primary]
        wrong = [name for name in named if name is not None and name not in known]
        if wrong:
            details = [
                Detail(message=f'Property "{name}" does not exist', code="PROPERTY_DOESNT_EXIST", name=name)
                for name in wrong
            ]
            raise Problem("VALIDATION_ERROR", f"Properties {wrong} do not exist".replace("'", ""), None, details)

    def change(self, name: str, given: Mapping[str, Any]) -> Definition:
        """Change what may be changed: labels, description, and which properties are required, shown or searched."""
        found = self.get(name)
        lists = {**found.lists, **{each: _lists(given)[each] for each in DISPLAYED if each in given}}
        labels = given.get("labels")
        if labels is not None and not isinstance(labels, Mapping):
            raise malformed("labels must have a singular and a plural")
        changed = replace(
            found, lists=lists, labels={**found.labels, **{key: str(value) for key, value in (labels or {}).items()}},
            primary=_text(given, "primaryDisplayProperty") or found.primary, updated=self._portal.moment(),
            description=_text(given, "description") if "description" in given else found.description,
            kind=replace(
                found.kind, searched=tuple(lists["searchableProperties"]), required=tuple(lists["requiredProperties"])
            ),
        )  # fmt: skip
        self._check(changed)
        self._portal.kinds.add(changed.kind)
        self._all[found.kind.name] = changed
        return changed

    def remove(self, name: str, *, purge: bool) -> None:
        """Take a type without records away; purged, its name is free again."""
        gone = [each for each in self._all.values() if each.archived and name.lower() in each.kind.names]
        if purge and gone:
            del self._all[gone[0].kind.name]
            return
        found = self.get(name)
        if self._portal.shelves[found.kind.name].count():
            raise malformed(f"Unable to delete object type {name}: it still has records")
        found.archived = True
        self._portal.close(found.kind)
        if purge:
            del self._all[found.kind.name]


def _lists(given: Mapping[str, Any]) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    for name in DISPLAYED:
        lists[name] = _names(given, name)
    return lists


def _names(given: Mapping[str, Any], name: str) -> list[str]:
    names = given.get(name) or []
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise malformed(f"Invalid input JSON on line 1, column 1: {name} must be a list of texts")
    return list(names)


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise malformed(f"Invalid input JSON on line 1, column 1: {name} must be a text")
    return value
