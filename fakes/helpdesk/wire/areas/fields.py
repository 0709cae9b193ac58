"""Routes of ticket fields with their options, of user and organization fields, and of ticket forms. No rules here."""

from typing import Any

from fakes.calls import Call, Reply
from fakes.helpdesk.problems import not_found, one_invalid
from fakes.helpdesk.state.fields import CHOICES, Fields
from fakes.helpdesk.state.shelf import number_of
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry
from fakes.helpdesk.wire.asking import ids, part, query


class FieldArea(Area):
    """Fields and forms."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        kinds = ("ticket_field", "user_field", "organization_field")
        return (
            *(entry for kind in kinds for entry in self._fields(kind)),
            Entry("GET", "/ticket_fields/{id}/options", self.options, ticket=False),
            Entry("POST", "/ticket_fields/{id}/options", self.set_option, ticket=False),
            Entry("GET", "/ticket_fields/{id}/options/{option_id}", self.option, ticket=False),
            Entry("DELETE", "/ticket_fields/{id}/options/{option_id}", self.delete_option, ticket=False),
            Entry("GET", "/ticket_forms", self.forms, who="user", ticket=False),
            Entry("POST", "/ticket_forms", self.create_form, ticket=False),
            Entry("GET", "/ticket_forms/show_many", self.many_forms, who="user", ticket=False),
            Entry("GET", "/ticket_forms/{id}", self.form, who="user", ticket=False),
            Entry("PUT", "/ticket_forms/{id}", self.change_form, ticket=False),
            Entry("DELETE", "/ticket_forms/{id}", self.delete_form, ticket=False),
            Entry("POST", "/ticket_forms/{id}/clone", self.clone_form, ticket=False),
        )

    def _fields(self, kind: str) -> tuple[Entry, ...]:
        fields = {"ticket_field": self.desk.fields, "user_field": self.desk.user_fields}.get(
            kind, self.desk.organization_fields
        )
        routes = _Kind(self, fields)
        return (
            Entry("GET", f"/{kind}s", routes.index, who="user", ticket=False),
            Entry("POST", f"/{kind}s", routes.create, ticket=False),
            Entry("GET", f"/{kind}s/count", routes.count, ticket=False),
            Entry("GET", f"/{kind}s/{{id}}", routes.show, ticket=False),
            Entry("PUT", f"/{kind}s/{{id}}", routes.change, ticket=False),
            Entry("DELETE", f"/{kind}s/{{id}}", routes.delete, ticket=False),
        )

    # -- options ------------------------------------------------------------------------------------------------

    def _options(self, call: Call) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        field = self.desk.fields.get(call.at["id"])
        return field, field.get("custom_field_options", [])

    def options(self, call: Call) -> Reply:
        """The options of a field."""
        by_id = {each["id"]: each for each in self._options(call)[1]}
        return self.page(call, "custom_field_options", sorted(by_id), lambda each: by_id[each])

    def option(self, call: Call) -> Reply:
        """One option of a field."""
        wanted = number_of(call.at["option_id"])
        found = next((each for each in self._options(call)[1] if each["id"] == wanted), None)
        if found is None:
            raise not_found()
        return answer(200, {"custom_field_option": found})

    def set_option(self, call: Call) -> Reply:
        """Add an option to a field, or change the one with this id."""
        field, options = self._options(call)
        if field["type"] not in CHOICES:
            raise one_invalid("base", "This field has no options")
        given = part(call, "custom_field_option")
        rest = [each for each in options if each["id"] != given.get("id")]
        self.desk.fields.change(field, {"custom_field_options": [*rest, given]})
        made = field["custom_field_options"][-1]
        if len(rest) < len(options):
            made["id"] = given["id"]
        return answer(200 if len(rest) < len(options) else 201, {"custom_field_option": made})

    def delete_option(self, call: Call) -> Reply:
        """Remove an option from a field."""
        field, options = self._options(call)
        wanted = number_of(call.at["option_id"])
        if all(each["id"] != wanted for each in options):
            raise not_found()
        field["custom_field_options"] = [each for each in options if each["id"] != wanted]
        return Reply(204)

    # -- forms --------------------------------------------------------------------------------------------------

    def forms(self, call: Call) -> Reply:
        """All forms, or only those that are active."""
        forms = self.desk.forms.all
        active = query(call, "active")
        found = [each["id"] for each in forms if active is None or str(each["active"]).lower() == active]
        return self.page(call, "ticket_forms", found, forms.at)

    def many_forms(self, call: Call) -> Reply:
        """The forms with these ids."""
        found = (self.desk.forms.all.get(each) for each in ids(call))
        return answer(200, {"ticket_forms": [each for each in found if each is not None]})

    def form(self, call: Call) -> Reply:
        """One form."""
        return answer(200, {"ticket_form": self.desk.forms.get(call.at["id"])})

    def create_form(self, call: Call) -> Reply:
        """Make a form."""
        made = self.desk.forms.create(part(call, "ticket_form"))
        return answer(201, {"ticket_form": made}, {"Location": made["url"]})

    def change_form(self, call: Call) -> Reply:
        """Change a form."""
        form = self.desk.forms.change(self.desk.forms.get(call.at["id"]), part(call, "ticket_form"))
        return answer(200, {"ticket_form": form})

    def delete_form(self, call: Call) -> Reply:
        """Remove a form."""
        self.desk.forms.delete(self.desk.forms.get(call.at["id"]))
        return Reply(204)

    def clone_form(self, call: Call) -> Reply:
        """Make a form like another one."""
        return answer(201, {"ticket_form": self.desk.forms.clone(self.desk.forms.get(call.at["id"]))})


class _Kind:
    """The routes of one kind of field."""

    def __init__(self, area: Area, fields: Fields) -> None:
        self._area = area
        self._all = fields

    def index(self, call: Call) -> Reply:
        """All fields of this kind."""
        return self._area.page(call, f"{self._all.kind}s", self._all.all.ids, self._all.all.at)

    def count(self, call: Call) -> Reply:
        """How many there are."""
        return self._area.counted(len(self._all.all))

    def show(self, call: Call) -> Reply:
        """One field."""
        return answer(200, {self._all.kind: self._get(call)})

    def create(self, call: Call) -> Reply:
        """Add a field."""
        made = self._all.create(part(call, self._all.kind))
        return answer(201, {self._all.kind: made}, {"Location": made["url"]})

    def change(self, call: Call) -> Reply:
        """Change a field."""
        return answer(200, {self._all.kind: self._all.change(self._get(call), part(call, self._all.kind))})

    def delete(self, call: Call) -> Reply:
        """Remove a field."""
        self._all.delete(self._get(call))
        return Reply(204)

    def _get(self, call: Call) -> dict[str, Any]:
        # User and organization fields are also found by their key.
        known = None if self._all.kind == "ticket_field" else self._all.known(call.at["id"])
        return known or self._all.get(call.at["id"])
