"""The fields that an account has added to its tickets, users and organizations, and what may stand in them.

Ticket fields are known by their number, the others by their key. Unknown ones are dropped without a word by whoever
keeps values. Called by `tickets`, `people`, `organizations` and the routes for fields.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fakes.helpdesk.problems import bad_parameter, one_invalid
from fakes.helpdesk.state.account import Account, text
from fakes.helpdesk.state.part import Part
from fakes.helpdesk.state.shelf import Shelf

Record = dict[str, Any]
CHOICES = ("tagger", "multiselect", "dropdown")
TYPES = (
    "text", "textarea", "checkbox", "date", "integer", "decimal", "regexp", "partialcreditcard", "lookup", *CHOICES,
)  # fmt: skip
SYSTEM = (
    ("subject", "Subject"), ("description", "Description"), ("status", "Status"), ("tickettype", "Type"),
    ("priority", "Priority"), ("group", "Group"), ("assignee", "Assignee"),
)  # fmt: skip
COMMON = ("title", "description", "position", "active", "regexp_for_validation")
TEXTS = ("title", "description", "tag")
TICKET_ONLY: Mapping[str, Any] = {
    "required": False, "collapsed_for_agents": False, "title_in_portal": None, "visible_in_portal": False,
    "editable_in_portal": False, "required_in_portal": False, "tag": None, "agent_description": None,
}  # fmt: skip
PATTERNS = {
    "integer": re.compile(r"-?\d{1,18}"),
    "decimal": re.compile(r"-?\d{1,18}(?:\.\d+)?"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
}


@dataclass(frozen=True, slots=True)
class Valued:
    """What is to be kept of a value, and the tags that come with it."""

    value: Any
    tags: tuple[str, ...] = ()


class Fields(Part):
    """The fields of one kind of record: `ticket_field`, `user_field` or `organization_field`."""

    KEPT = ("all", "_by_key", "custom")

    def __init__(self, account: Account, kind: str) -> None:
        self._account = account
        self.kind = kind
        self.all: Shelf[Record] = Shelf()
        self._by_key: dict[str, Record] = {}
        self.custom: dict[int, Record] = {}
        if kind == "ticket_field":
            for name, title in SYSTEM:
                self._keep({"type": name, "title": title}, removable=False)

    def get(self, field_id: Any) -> Record:
        """The field with this id."""
        return self.all.wanted(field_id)

    def known(self, name: Any) -> Record | None:
        """The added field with this id or key."""
        found = self._by_key.get(name) if isinstance(name, str) else None
        return found or next((self.custom[each] for each in _numbers(name) if each in self.custom), None)

    @property
    def keys(self) -> Iterator[str]:
        """The keys of the added fields, oldest first."""
        return iter(self._by_key)

    def create(self, given: Mapping[str, Any]) -> Record:
        """Add a field."""
        kind, title, key = text(given, "type"), text(given, "title"), text(given, "key")
        if not kind or not title:
            raise bad_parameter(self.kind, "type and title are required")
        if kind not in TYPES:
            raise one_invalid("type", f"Type: {kind} is not included in the list")
        if self.kind != "ticket_field" and not re.fullmatch(r"[A-Za-z0-9_\-]+", key or ""):
            raise one_invalid("key", "Key: is invalid", "InvalidFormat")
        if key is not None and key in self._by_key:
            raise one_invalid("key", "Key: has already been taken", "DuplicateValue")
        _check_options(given)
        return self._keep(given)

    def change(self, field: Record, given: Mapping[str, Any]) -> Record:
        """Change a field; its type stays."""
        _check_options(given)
        for name in (*COMMON, *(TICKET_ONLY if self.kind == "ticket_field" else ())):
            if name in given:
                field[name] = text(given, name) if name in TEXTS else given[name]
        for name in ("title", "description"):
            field[f"raw_{name}"] = field[name]
        if "custom_field_options" in given and field["type"] in CHOICES:
            field["custom_field_options"] = self._options(given, field.get("custom_field_options", []))
        field["updated_at"] = self._account.now()
        return field

    def delete(self, field: Record) -> None:
        """Remove an added field; the helpdesk's own stay."""
        if field["id"] not in self.custom:
            raise one_invalid("base", "System fields cannot be deleted", "InvalidValue")
        self.all.take(field["id"])
        del self.custom[field["id"]]
        if field.get("key") is not None:
            self._by_key.pop(field["key"], None)

    def valued(self, field: Record, value: Any) -> Valued:
        """What a field keeps of a value; refused when the value does not fit its type."""
        kind = field["type"]
        if value is None or value == "":
            return Valued(None if kind != "checkbox" else False)
        if kind == "checkbox":
            on = value in (True, "true", "1", 1)
            return Valued(on, (field["tag"],) if on and field.get("tag") else ())
        if kind in CHOICES:
            listed = value if isinstance(value, list) else [value]
            known = {each["value"] for each in field.get("custom_field_options", [])}
            wrong = next((each for each in listed if not isinstance(each, str) or each not in known), None)
            if wrong is not None:
                raise _unfit(field, f"{wrong} is not a valid option")
            return Valued(list(listed) if kind == "multiselect" else listed[0], tuple(listed))
        pattern = PATTERNS.get(kind)
        if kind == "regexp" and field.get("regexp_for_validation"):
            pattern = re.compile(str(field["regexp_for_validation"]))
        if isinstance(value, dict | list) or (pattern is not None and not pattern.fullmatch(str(value)[:64])):
            raise _unfit(field, "is invalid")
        return Valued(value)

    def _keep(self, given: Mapping[str, Any], *, removable: bool = True) -> Record:
        now, title = self._account.now(), str(text(given, "title"))
        made: Record = {
            "id": self._account.new_id("field"), "type": str(given["type"]), "title": title, "raw_title": title,
            "description": text(given, "description") or "", "raw_description": text(given, "description") or "",
            "position": given.get("position", len(self.all)), "active": bool(given.get("active", True)),
            "regexp_for_validation": given.get("regexp_for_validation"), "key": text(given, "key"),
            "created_at": now, "updated_at": now,
        }  # fmt: skip
        made["url"] = self._account.link(f"{self.kind}s", made["id"])
        if self.kind == "ticket_field":
            made |= {name: given.get(name, usual) for name, usual in TICKET_ONLY.items()}
            made["tag"] = text(given, "tag")
            made |= {"title_in_portal": given.get("title_in_portal") or title, "removable": removable}
            made["raw_title_in_portal"] = made["title_in_portal"]
        else:
            made["system"] = False
        if made["type"] in CHOICES:
            made["custom_field_options"] = self._options(given, [])
        self.all.put(made["id"], made)
        if removable:
            self.custom[made["id"]] = made
            if made["key"] is not None:
                self._by_key[made["key"]] = made
        return made

    def _options(self, given: Mapping[str, Any], before: list[Record]) -> list[Record]:
        known = {each["value"]: each["id"] for each in before}
        return [
            {
                "id": known.get(each["value"]) or self._account.new_id("option"), "name": each["name"],
                "raw_name": each["name"], "value": each["value"], "default": bool(each.get("default", False)),
            }
            for each in given.get("custom_field_options") or []
        ]  # fmt: skip


def _numbers(name: Any) -> Iterator[int]:
    if isinstance(name, int) or (isinstance(name, str) and name.isascii() and name.isdigit() and len(name) < 20):
        yield int(name)


def _check_options(given: Mapping[str, Any]) -> None:
    listed = given.get("custom_field_options") or []
    if not isinstance(listed, list) or not all(
        isinstance(each, Mapping) and isinstance(each.get("name"), str) and isinstance(each.get("value"), str)
        for each in listed
    ):
        raise bad_parameter("custom_field_options", "must be a list of objects with name and value")
    if len({each["value"] for each in listed}) < len(listed):
        raise one_invalid("custom_field_options", "Custom field options: values must be unique", "DuplicateValue")
    pattern = given.get("regexp_for_validation")
    if pattern is not None:
        try:
            re.compile(str(pattern))
        except re.error:
            raise one_invalid("regexp_for_validation", "Regexp for validation: is invalid") from None


def _unfit(field: Record, why: str) -> Exception:
    refused = one_invalid("base", f"{field['title']}: {why}")
    refused.also = {"ticket_field_id": field["id"], "ticket_field_type": field["type"]}
    return refused
