"""What the helpdesk does by itself whenever a ticket is made or changed: triggers, in the order of their positions.

As the vendor does it: after each trigger that fires, those before it that have not fired yet are looked at again; each
fires once in an update at most. Called by `tickets` after each change, and by the routes for triggers.
"""

from collections.abc import Callable, Mapping
from typing import Any

from fakes.helpdesk.problems import one_invalid
from fakes.helpdesk.state.account import Account, tags_of, text
from fakes.helpdesk.state.conditions import Case, checked, met
from fakes.helpdesk.state.part import Part
from fakes.helpdesk.state.people import People
from fakes.helpdesk.state.shelf import Shelf
from fakes.helpdesk.state.ticket import Audit, Ticket
from fakes.helpdesk.state.tickets import Tickets

SET = ("status", "priority", "type", "group_id", "assignee_id", "ticket_form_id")
TAGS = {"current_tags": "additional_tags", "set_tags": "tags", "remove_tags": "remove_tags"}
NOTIFY = ("notification_user", "notification_group")
WEBHOOK = "notification_webhook"
Record = dict[str, Any]
Notify = Callable[[str, str, Ticket, Audit], None]
"""Of a webhook's id, a body with placeholders, and what happened: send it once the call is over."""


class Triggers(Part):
    """All triggers of one account."""

    KEPT = ("all", "_active")

    def __init__(self, account: Account, people: People, tickets: Tickets, notify: Notify) -> None:
        self._account = account
        self._people = people
        self._tickets = tickets
        self._notify = notify
        self.all: Shelf[Record] = Shelf()
        self._active: list[Record] = []

    def clear(self) -> None:
        """Forget all triggers."""
        self.all.clear()
        self._active.clear()

    def get(self, trigger_id: Any) -> Record:
        """The trigger with this id."""
        return self.all.wanted(trigger_id)

    def active(self) -> list[Record]:
        """Those that act, in the order of their positions."""
        return list(self._active)

    def create(self, given: Mapping[str, Any]) -> Record:
        """Make a trigger; it acts from now on."""
        now = self._account.now()
        made: Record = {
            "id": self._account.new_id("trigger"), "title": "", "active": True, "created_at": now, "updated_at": now,
            "default": False, "actions": [], "conditions": {"all": [], "any": []}, "description": None,
            "position": len(self.all) + 1, "raw_title": "", "category_id": str(self._account.brand),
        }  # fmt: skip
        made["url"] = self._account.link("triggers", made["id"])
        made |= self._checked(given, new=True)
        self.all.put(made["id"], made)
        self._sort()
        return made

    def change(self, trigger: Record, given: Mapping[str, Any]) -> Record:
        """Change a trigger; conditions and actions are replaced as a whole."""
        trigger |= {**self._checked(given, new=False), "updated_at": self._account.now()}
        self._sort()
        return trigger

    def delete(self, trigger: Record) -> None:
        """Remove a trigger."""
        self.all.take(trigger["id"])
        self._sort()

    def _sort(self) -> None:
        self._active = sorted(
            (each for each in self.all if each["active"]), key=lambda each: (each["position"], each["id"])
        )

    def _checked(self, given: Mapping[str, Any], *, new: bool) -> Record:
        kept: Record = {}
        if new or "title" in given:
            title = text(given, "title") or ""
            if not title.strip():
                raise one_invalid("title", "Title: cannot be blank", "BlankValue")
            kept |= {"title": title, "raw_title": title}
        if "active" in given:
            kept["active"] = bool(given["active"])
        if isinstance(given.get("position"), int):
            kept["position"] = given["position"]
        if "description" in given:
            kept["description"] = text(given, "description")
        asked = given.get("conditions", given if "all" in given or "any" in given else None)
        if new or asked is not None:
            asked = asked if isinstance(asked, Mapping) else {}
            kept["conditions"] = {name: checked(asked.get(name) or [], name) for name in ("all", "any")}
            if not kept["conditions"]["all"] and not kept["conditions"]["any"]:
                raise one_invalid("base", "Invalid conditions. You must select at least one condition", "InvalidValue")
        if new or "actions" in given:
            kept["actions"] = _actions(given.get("actions"))
        return kept

    # -- acting -------------------------------------------------------------------------------------------------

    def run(self, ticket: Ticket, audit: Audit, created: bool) -> None:
        """Let every trigger that a change meets act on the ticket, within the audit of the change."""
        if not self._active:
            return
        case = Case(ticket, audit, created, self._people)
        waiting = self._active
        while ready := next((each for each in waiting if met(each["conditions"], case)), None):
            waiting = [each for each in waiting if each is not ready]
            self._act(ready, case)

    def _act(self, trigger: Record, case: Case) -> None:
        source = {"from": {"deleted": False, "title": trigger["title"], "id": trigger["id"]}, "rel": "trigger"}
        via = {"channel": "rule", "source": {"to": {}, **source}}
        given: Record = {}
        for action in trigger["actions"]:
            field, value = action["field"], action["value"]
            if field == WEBHOOK:
                self._notify(str(value[0]), str(value[1]), case.ticket, case.audit)
                self._event(case.audit, via, {"type": "WebhookEvent", "webhook_id": str(value[0])})
            elif field in NOTIFY:
                self._mailed(case, via, value)
            elif field in TAGS:
                self._tickets.change_by_rule(case.ticket, {TAGS[field]: tags_of(value)}, case.audit, via)
            elif field.startswith("custom_fields_"):
                fields = [{"id": field.removeprefix("custom_fields_"), "value": value}]
                self._tickets.change_by_rule(case.ticket, {"custom_fields": fields}, case.audit, via)
            else:
                given[field] = self._meant(case, value)
        if given:
            self._tickets.change_by_rule(case.ticket, given, case.audit, via)

    def _meant(self, case: Case, value: Any) -> Any:
        if value == "current_user":
            return case.audit.author_id
        return None if value == "" else value

    def _mailed(self, case: Case, via: Record, value: Any) -> None:
        listed = value if isinstance(value, list) else [value]
        to = case.ticket.requester.id if listed[0] in ("requester_id", "requester_and_ccs") else listed[0]
        subject, body = (*listed[1:], None, None)[:2]
        self._event(case.audit, via, {"type": "Notification", "recipients": [to], "subject": subject, "body": body})

    def _event(self, audit: Audit, via: Record, event: Record) -> None:
        audit.events.append({"id": self._account.new_id("event"), **event, "via": via})


def _actions(given: Any) -> list[Record]:
    if not isinstance(given, list) or not given:
        raise one_invalid("base", "Invalid actions. You must select at least one action", "InvalidValue")
    kept = []
    for each in given:
        field = str(each.get("field", "")) if isinstance(each, Mapping) else ""
        known = field in (*SET, *TAGS, *NOTIFY, WEBHOOK) or field.startswith("custom_fields_")
        if not known:
            raise one_invalid("actions", f"Actions: {field} is not a valid action")
        value = each.get("value")
        if field == WEBHOOK and not (isinstance(value, list) and len(value) == 2):
            raise one_invalid("actions", "Actions: notification_webhook needs the id of a webhook and a body")
        kept.append({"field": field, "value": value})
    return kept
