"""The properties of each type of record: what exists, what a value must look like, and how it is kept.

Holds no records. Values are kept as text, as the CRM does; an empty text clears. Called by `records` and by the
routes for properties.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fakes.crm.problems import Detail, Problem, malformed
from fakes.crm.state.values import as_text, fit, invalid_values

TYPES = {
    "string": {"text", "textarea", "html", "phonenumber", "file", "calculation_equation"},
    "number": {"number", "calculation_equation"},
    "date": {"date"},
    "datetime": {"date"},
    "enumeration": {"select", "radio", "checkbox", "booleancheckbox"},
    "bool": {"booleancheckbox"},
    "phone_number": {"phonenumber"},
}
NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
UNIQUE_MAX = 10


@dataclass(slots=True, kw_only=True)
class Property:
    """One property of one type of record."""

    name: str
    label: str
    type: str
    field_type: str
    group: str
    options: list[dict[str, Any]] = field(default_factory=list)
    description: str = ""
    display_order: int = -1
    unique: bool = False
    read_only: bool = False
    standard: bool = True
    hidden: bool = False
    archived: bool = False
    created: str = ""
    updated: str = ""

    def as_json(self) -> dict[str, Any]:
        """The property as the CRM shows it."""
        return {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type,
            "groupName": self.group,
            "description": self.description,
            "options": self.options,
            "displayOrder": self.display_order,
            "hasUniqueValue": self.unique,
            "hidden": self.hidden,
            "formField": not self.read_only,
            "calculated": False,
            "externalOptions": False,
            "archived": self.archived,
            "hubspotDefined": self.standard,
            "createdAt": self.created,
            "updatedAt": self.updated,
            "modificationMetadata": {
                "archivable": not self.standard,
                "readOnlyDefinition": self.standard,
                "readOnlyValue": self.read_only,
            },
        }


@dataclass(slots=True, kw_only=True)
class Group:
    """A heading under which properties stand."""

    name: str
    label: str
    order: int = -1

    def as_json(self) -> dict[str, Any]:
        """The group as the CRM shows it."""
        return {"name": self.name, "label": self.label, "displayOrder": self.order, "archived": False}


class Schema:
    """The properties and property groups of one type of record."""

    def __init__(self, title: str, groups: Mapping[str, str], properties: list[Property]) -> None:
        self.title = title
        self.groups = {name: Group(name=name, label=label) for name, label in groups.items()}
        self.properties = {each.name: each for each in properties}
        self.unique: tuple[str, ...] = ()
        """The names of the properties whose values no two live records share."""
        self._settle()

    def _settle(self) -> None:
        self.unique = tuple(each.name for each in self.properties.values() if each.unique and not each.archived)

    def find(self, name: str, *, archived: bool = False) -> Property:
        """The live property of this name, or the one that was taken away."""
        found = self.properties.get(name.lower())
        if found is None or found.archived != archived:
            raise Problem("OBJECT_NOT_FOUND", f"Property {name} does not exist", "Properties.PROPERTY_NOT_FOUND")
        return found

    def live(self, name: str) -> bool:
        """Whether there is such a property."""
        found = self.properties.get(name)
        return found is not None and not found.archived

    def type_of(self, name: str) -> str:
        """The type of a property, `string` for one that is unknown."""
        found = self.properties.get(name)
        return found.type if found else "string"

    def create(self, given: Mapping[str, Any], moment: str) -> Property:
        """Add a custom property."""
        for wanted in ("name", "label", "type", "fieldType", "groupName"):
            if not isinstance(given.get(wanted), str) or not given[wanted]:
                raise malformed(
                    f"Invalid input JSON on line 1, column 1: Cannot build PropertyCreate, some of required "
                    f"attributes are not set [{wanted}]"
                )
        name = given["name"]
        if not NAME.fullmatch(name):
            raise malformed(
                f"Property name '{name}' is invalid: it must be lower case, begin with a letter and contain only "
                "letters, digits and underscores"
            )
        if name in self.properties and not self.properties[name].archived:
            raise Problem(
                "OBJECT_ALREADY_EXISTS", f"A property named '{name}' already exists.", "Properties.PROPERTY_EXISTS"
            )
        self._check_kind(given)
        made = Property(
            name=name, label=given["label"], type=given["type"], field_type=given["fieldType"],
            group=given["groupName"], options=_options(given.get("options")),
            description=str(given.get("description") or ""), display_order=whole(given, "displayOrder", -1),
            unique=bool(given.get("hasUniqueValue")), hidden=bool(given.get("hidden")), standard=False,
            created=moment, updated=moment,
        )  # fmt: skip
        self.properties[name] = made
        self._settle()
        return made

    def update(self, name: str, given: Mapping[str, Any], moment: str) -> Property:
        """Change what may be changed: not the name, not uniqueness; of a standard property only its options."""
        found = self.find(name)
        if "groupName" in given and given["groupName"] not in self.groups:
            raise malformed(f"Property group {given['groupName']} does not exist")
        type_, field_type = given.get("type", found.type), given.get("fieldType", found.field_type)
        if found.standard and (type_, field_type) != (found.type, found.field_type):
            raise malformed(f"Property {name} is HubSpot defined and its type cannot be changed")
        _check_types(type_, field_type)
        made = _options(given["options"]) if given.get("options") is not None else found.options
        order = whole(given, "displayOrder", found.display_order)
        label, description = _words(given, "label", found.label), _words(given, "description", found.description)
        found.label, found.description, found.display_order, found.options = label, description, order, made
        found.group, found.hidden = given.get("groupName", found.group), bool(given.get("hidden", found.hidden))
        found.type, found.field_type, found.updated = type_, field_type, moment
        return found

    # -- groups -------------------------------------------------------------------------------------------------

    def group(self, name: str) -> Group:
        """The group of this name."""
        if name not in self.groups:
            raise Problem("OBJECT_NOT_FOUND", f"Property group {name} does not exist", "Properties.GROUP_NOT_FOUND")
        return self.groups[name]

    def create_group(self, given: Mapping[str, Any]) -> Group:
        """Add a group."""
        name, label = _words(given, "name", ""), _words(given, "label", "")
        if not name or not label:
            raise malformed("A property group needs a name and a label")
        if name in self.groups:
            raise Problem("OBJECT_ALREADY_EXISTS", f"Property group {name} already exists")
        self.groups[name] = Group(name=name, label=label, order=whole(given, "displayOrder", -1))
        return self.groups[name]

    def update_group(self, name: str, given: Mapping[str, Any]) -> Group:
        """Change a group's label or place."""
        found = self.group(name)
        label, order = _words(given, "label", found.label), whole(given, "displayOrder", found.order)
        found.label, found.order = label, order
        return found

    def remove_group(self, name: str) -> None:
        """Take a group away, unless properties stand under it."""
        if name in self.groups:
            if any(each.group == name and not each.archived for each in self.properties.values()):
                raise malformed(f"Property group {name} still has properties")
            del self.groups[name]

    def archive(self, name: str) -> None:
        """Take a custom property away; values stay stored, as in the real CRM, until it is made again."""
        found = self.properties.get(name)
        if found is None or found.archived:
            return
        if found.standard:
            raise malformed(f"Property {name} is HubSpot defined and cannot be archived")
        found.archived = True
        self._settle()

    def _check_kind(self, given: Mapping[str, Any]) -> None:
        _check_types(given["type"], given["fieldType"])
        if given["groupName"] not in self.groups:
            raise malformed(f"Property group {given['groupName']} does not exist")
        if given["type"] == "enumeration" and given["fieldType"] != "booleancheckbox" and not given.get("options"):
            raise malformed("Enumeration properties require options")
        if given.get("hasUniqueValue"):
            if given["type"] not in ("string", "number"):
                raise malformed(f"A property of type {given['type']} cannot have unique values")
            if sum(1 for each in self.properties.values() if each.unique and not each.standard) >= UNIQUE_MAX:
                raise malformed(f"Limit of {UNIQUE_MAX} unique properties reached")

    def clean(self, given: Mapping[str, Any]) -> dict[str, str]:
        """The values as they would be kept; raises one problem that lists every invalid value."""
        kept: dict[str, str] = {}
        details: list[Detail] = []
        for name, value in given.items():
            outcome = self._clean_one(name, value)
            if isinstance(outcome, Detail):
                details.append(outcome)
            else:
                kept[name.lower()] = outcome
        if details:
            raise invalid_values(details)
        return kept

    def _clean_one(self, name: str, value: Any) -> str | Detail:
        known = self.properties.get(name.lower())
        if known is None or known.archived:
            return Detail(message=f'Property "{name}" does not exist', code="PROPERTY_DOESNT_EXIST", name=name)
        if isinstance(value, (dict, list)):
            raise malformed(
                "Invalid input JSON on line 1, column 1: Cannot deserialize value of type `java.lang.String` from "
                f"{'Object' if isinstance(value, dict) else 'Array'} value"
            )
        text = as_text(value)
        if known.read_only:
            return Detail(
                message=f'"{name}" is a read only property; its value cannot be set.', code="READ_ONLY_VALUE", name=name
            )
        if text == "":
            return ""
        allowed = [str(option["value"]) for option in known.options] if known.options else ()
        return fit(known.name, known.type, known.field_type, allowed, text)


def _check_types(type_: Any, field_type: Any) -> None:
    """A type of property, and a form field that can show it."""
    if not isinstance(type_, str) or type_ not in TYPES:
        raise malformed(f"Invalid property type '{type_}', expected one of {sorted(TYPES)}")
    if not isinstance(field_type, str) or field_type not in TYPES[type_]:
        raise malformed(f"fieldType {field_type} is not valid for property type {type_}")


def _words(given: Mapping[str, Any], name: str, otherwise: str) -> str:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise malformed(f"Invalid input JSON on line 1, column 1: {name} must be a text")
    return otherwise if value is None else value


def whole(given: Mapping[str, Any], name: str, otherwise: int) -> int:
    """A whole number that a body carries under this name; absent or null is `otherwise`."""
    value = given.get(name)
    if value is None:
        return otherwise
    if isinstance(value, bool) or not isinstance(value, int):
        raise malformed(f"Invalid input JSON on line 1, column 1: {name} must be a whole number")
    return value


def _options(given: Any) -> list[dict[str, Any]]:
    options: list[dict[str, Any]] = []
    if not isinstance(given or [], list):
        raise malformed("Invalid input JSON on line 1, column 1: options must be a list")
    for number, each in enumerate(given or []):
        if not isinstance(each, Mapping) or "value" not in each or "label" not in each:
            raise malformed("Property options need a label and a value")
        options.append(
            {
                "label": str(each["label"]),
                "value": str(each["value"]),
                "displayOrder": whole(each, "displayOrder", number),
                "hidden": bool(each.get("hidden", False)),
                "description": str(each.get("description") or ""),
            }
        )
    values = [option["value"] for option in options]
    if len(set(values)) != len(values):
        raise malformed("Property options must have unique values")
    return options
