"""The ticket forms of one account: which fields a ticket shows; one form is the default.

Records are in the vendor's shape. Called by `checking` and the routes for forms.
"""

from collections.abc import Mapping
from typing import Any

from fakes.helpdesk.problems import bad_parameter, one_invalid
from fakes.helpdesk.state.account import Account, text
from fakes.helpdesk.state.fields import Fields
from fakes.helpdesk.state.part import Part
from fakes.helpdesk.state.shelf import Shelf

Record = dict[str, Any]
PLAIN = ("end_user_visible", "position", "active", "in_all_brands", "restricted_brand_ids", "agent_conditions",
         "end_user_conditions")  # fmt: skip


class Forms(Part):
    """All forms of one account."""

    KEPT = ("all", "default")

    def __init__(self, account: Account, fields: Fields) -> None:
        self._account = account
        self._fields = fields
        self.all: Shelf[Record] = Shelf()
        self.default = self.create({"name": "Default Ticket Form", "ticket_field_ids": list(fields.all.ids)})
        self.default["default"] = True

    def get(self, form_id: Any) -> Record:
        """The form with this id."""
        return self.all.wanted(form_id)

    def create(self, given: Mapping[str, Any]) -> Record:
        """Make a form."""
        now = self._account.now()
        made: Record = {
            "id": self._account.new_id("form"),
            "name": "",
            "raw_name": "",
            "display_name": "",
            "raw_display_name": "",
            "end_user_visible": True,
            "position": len(self.all),
            "ticket_field_ids": [],
            "active": True,
            "default": False,
            "in_all_brands": True,
            "restricted_brand_ids": [],
            "agent_conditions": [],
            "end_user_conditions": [],
            "created_at": now,
            "updated_at": now,
        }
        made["url"] = self._account.link("ticket_forms", made["id"])
        made.update(self._checked(given, new=True))
        self.all.put(made["id"], made)
        return made

    def change(self, form: Record, given: Mapping[str, Any]) -> Record:
        """Change a form."""
        form.update({**self._checked(given, new=False), "updated_at": self._account.now()})
        return form

    def delete(self, form: Record) -> None:
        """Remove a form; the default one stays."""
        if form["default"]:
            raise one_invalid("base", "The default ticket form cannot be deleted", "InvalidValue")
        self.all.take(form["id"])

    def clone(self, form: Record) -> Record:
        """Make a form like this one."""
        made = self.create({**form, "name": f"Copy of {form['name']}"})
        made["default"] = False
        return made

    def _checked(self, given: Mapping[str, Any], *, new: bool) -> Record:
        checked: Record = {name: given[name] for name in PLAIN if name in given}
        if new or "name" in given:
            name = text(given, "name") or ""
            if not name.strip():
                raise one_invalid("name", "Name: cannot be blank", "BlankValue")
            shown = text(given, "display_name") or name
            checked.update({"name": name, "raw_name": name, "display_name": shown, "raw_display_name": shown})
        if "ticket_field_ids" in given:
            ids = given["ticket_field_ids"]
            if not isinstance(ids, list):
                raise bad_parameter("ticket_field_ids", "must be a list of ids")
            if any(self._fields.all.get(each) is None for each in ids):
                raise one_invalid("ticket_field_ids", "Ticket fields: is invalid")
            checked["ticket_field_ids"] = [int(each) for each in ids]
        return checked
