"""The conditions of triggers: what they may ask of a ticket, and whether a change meets them.

Called by `triggers`. A field or an operator that is not known here is refused when the trigger is made.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fakes.helpdesk.problems import one_invalid
from fakes.helpdesk.state.account import tags_of
from fakes.helpdesk.state.people import People
from fakes.helpdesk.state.search import ORDERS
from fakes.helpdesk.state.ticket import Audit, Ticket

CHANGES = ("changed", "not_changed", "value", "value_previous", "not_value", "not_value_previous")
EQUALS = ("is", "is_not", *CHANGES)
ORDERED = (*EQUALS, "less_than", "greater_than")
PLAIN = {
    "status": ORDERED, "priority": ORDERED, "type": EQUALS, "group_id": EQUALS, "assignee_id": EQUALS,
    "organization_id": EQUALS, "requester_id": EQUALS, "ticket_form_id": EQUALS,
}  # fmt: skip
OTHER = {
    "current_tags": ("includes", "not_includes"), "update_type": ("is", "is_not"), "via_id": ("is", "is_not"),
    "subject_includes_word": ("includes", "not_includes", "is", "is_not"), "role": ("is", "is_not"),
    "comment_includes_word": ("includes", "not_includes", "is", "is_not"), "comment_is_public": ("is",),
    "ticket_is_public": ("is",),
}  # fmt: skip
VIA = {"web": "0", "email": "4", "api": "5", "chat": "29", "native_messaging": "75", "web_widget": "48"}
Condition = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """What just happened: a ticket as it is now, and the audit under way."""

    ticket: Ticket
    audit: Audit
    created: bool
    people: People


def checked(given: Any, where: str) -> list[Condition]:
    """Conditions as they are kept; refused when one of them is none."""
    if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
        raise one_invalid("conditions", f"Conditions: {where} must be a list of conditions")
    kept = []
    for each in given:
        field, operator = str(each.get("field", "")), str(each.get("operator", "is"))
        allowed = EQUALS if field.startswith("custom_fields_") else PLAIN.get(field) or OTHER.get(field)
        if allowed is None:
            raise one_invalid("conditions", f"Conditions: {field} is not a valid field")
        if operator not in allowed:
            raise one_invalid("conditions", f"Conditions: {operator} is not a valid operator for {field}")
        kept.append({"field": field, "operator": operator, "value": each.get("value")})
    return kept


def met(conditions: Mapping[str, list[Condition]], case: Case) -> bool:
    """Whether all of the ones and one of the others hold."""
    every, some = conditions["all"], conditions["any"]
    return all(holds(each, case) for each in every) and (not some or any(holds(each, case) for each in some))


def holds(condition: Condition, case: Case) -> bool:
    """Whether one condition holds."""
    field, operator, value = condition["field"], condition["operator"], condition["value"]
    if field in OTHERS:
        if field.endswith("_includes_word"):
            said = str(value or "").casefold()
            value = [said] if operator in ("is", "is_not") else said.split()
        found = OTHERS[field](case, value)
        return found is not (operator.startswith("not_") or operator == "is_not")
    now = _now(field, case.ticket)
    wanted = "" if value is None else str(value)
    if operator in CHANGES:
        return _changed(field, operator, wanted, now, case)
    if operator in ("less_than", "greater_than"):
        order = ORDERS[field]
        if now not in order or wanted not in order:
            return False
        return (
            order.index(now) < order.index(wanted)
            if operator == "less_than"
            else order.index(now) > order.index(wanted)
        )
    if wanted == "current_user":
        wanted = str(case.audit.author_id)
    return (now == wanted) is (operator == "is")


def _now(field: str, ticket: Ticket) -> str:
    if field == "requester_id":
        return str(ticket.requester.id)
    if field.startswith("custom_fields_"):
        number = field.removeprefix("custom_fields_")
        value = ticket.custom.get(int(number)) if number.isascii() and number.isdigit() else None
    else:
        value = ticket.values.get(field)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _changed(field: str, operator: str, wanted: str, now: str, case: Case) -> bool:
    """What an update did to a field; the making of a ticket changes nothing in this sense but to a value."""
    name = field.removeprefix("custom_fields_")
    events = [each for each in case.audit.events if each.get("field_name") == name]
    if operator in ("changed", "not_changed"):
        return (bool(events) and not case.created) is (operator == "changed")
    if operator in ("value", "not_value"):
        return (bool(events) and now == wanted) is (operator == "value")
    before = str(events[0].get("previous_value") or "") if events else None
    return (before == wanted) is (operator == "value_previous")


def _includes(text: str, parts: list[str]) -> bool:
    return any(part in text.casefold() for part in parts if part)


def _said(case: Case, value: Any) -> bool:
    return case.audit.comment is not None and _includes(case.audit.comment.body, value)


def _public(case: Case, value: Any) -> bool:
    comment = case.audit.comment
    if value == "not_relevant":
        return comment is not None
    if comment is None:
        return False
    return comment.public is (str(value).lower() in ("true", "requester_can_see_comment"))


def _role(case: Case, value: Any) -> bool:
    author = case.people.known(case.audit.author_id)
    if str(value) in ("agent", "end_user"):
        return author is not None and author.staff is (value == "agent")
    return str(case.audit.author_id) == str(value)


OTHERS: Mapping[str, Callable[[Case, Any], bool]] = {
    "current_tags": lambda case, value: any(each in case.ticket.tags for each in tags_of(value)),
    "update_type": lambda case, value: case.created is (str(value).lower() == "create"),
    "via_id": lambda case, value: VIA.get(str(case.ticket.via["channel"])) == str(value),
    "subject_includes_word": lambda case, value: _includes(case.ticket.subject or "", value),
    "comment_includes_word": _said,
    "comment_is_public": _public,
    "ticket_is_public": lambda case, value: (
        any(each.public for each in case.ticket.comments) is (str(value).lower() in ("public", "true"))
    ),
    "role": _role,
}
