"""Routes of organizations and of their tags. No rules here."""

from typing import Any

from fakes.calls import Call, Reply
from fakes.helpdesk.problems import bad_parameter, not_found
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry, deed, made, retagged
from fakes.helpdesk.wire.asking import body, every, ids, part, parts, query
from fakes.helpdesk.wire.paging import by_number

COMPLETED_MAX = 100
Record = dict[str, Any]


class OrganizationArea(Area):
    """Organizations, and who is in which."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        one, many = "/organizations/{id}", "/organizations"
        entries = (
            ("GET", many, self.index), ("POST", many, self.create), ("GET", f"{many}/count", self.count),
            ("GET", f"{many}/search", self.search), ("GET", f"{many}/autocomplete", self.complete),
            ("GET", f"{many}/show_many", self.show_many), ("POST", f"{many}/create_many", self.create_many),
            ("POST", f"{many}/create_or_update", self.create_or_update),
            ("PUT", f"{many}/update_many", self.update_many), ("DELETE", f"{many}/destroy_many", self.delete_many),
            ("GET", one, self.show), ("PUT", one, self.change), ("DELETE", one, self.delete),
            ("GET", f"{one}/related", self.related), ("GET", f"{one}/users", self.users),
            ("GET", f"{one}/tags", self.tags), ("POST", f"{one}/tags", self.retag),
            ("PUT", f"{one}/tags", self.retag), ("DELETE", f"{one}/tags", self.retag),
            ("GET", "/users/{id}/organizations", self.of_user),
        )  # fmt: skip
        return tuple(Entry(method, path, work, ticket=False) for method, path, work in entries)

    def _shown(self, status: int, found: Record) -> Reply:
        headers = {"Location": found["url"]} if status == 201 else {}
        return answer(status, {"organization": found}, headers)

    # -- one ----------------------------------------------------------------------------------------------------

    def create(self, call: Call) -> Reply:
        """Make an organization."""
        found = self.desk.organizations.create(part(call, "organization"))
        call.owns(str(found["id"]))
        return self._shown(201, found)

    def create_or_update(self, call: Call) -> Reply:
        """Make an organization, or change the one with this id, external id or name."""
        found, new = self.desk.organizations.create_or_update(part(call, "organization"))
        call.owns(str(found["id"]))
        return self._shown(201 if new else 200, found)

    def show(self, call: Call) -> Reply:
        """One organization."""
        return self._shown(200, self.desk.organizations.get(call.at["id"]))

    def change(self, call: Call) -> Reply:
        """Change an organization."""
        all_of_them = self.desk.organizations
        return self._shown(200, all_of_them.change(all_of_them.get(call.at["id"]), part(call, "organization")))

    def delete(self, call: Call) -> Reply:
        """Throw an organization away; its people and tickets stay without it."""
        self.desk.without(self.desk.organizations.get(call.at["id"]))
        return Reply(204)

    def related(self, call: Call) -> Reply:
        """What an organization has to do with."""
        found = self.desk.organizations.get(call.at["id"])
        counted = {
            "tickets_count": len(self.desk.tickets.by["organization"].ids(found["id"])),
            "users_count": len(self.desk.organizations.memberships.of_circle.ids(found["id"])),
        }
        return answer(200, {"organization_related": counted})

    # -- lists --------------------------------------------------------------------------------------------------

    def _listed(self, call: Call, found: Any) -> Reply:
        return self.page(call, "organizations", found, self.desk.organizations.all.at)

    def index(self, call: Call) -> Reply:
        """All organizations."""
        return self._listed(call, self.desk.organizations.all.ids)

    def count(self, call: Call) -> Reply:
        """How many there are."""
        return self.counted(len(self.desk.organizations.all))

    def search(self, call: Call) -> Reply:
        """The organization with this external id or this whole name."""
        external_id, name = query(call, "external_id"), query(call, "name")
        if external_id is None and name is None:
            raise bad_parameter("external_id", "external_id or name is required")
        known = self.desk.organizations
        found = known.of_external_id(external_id) if external_id is not None else known.named(name or "")
        return self._listed(call, [found["id"]] if found else [])

    def complete(self, call: Call) -> Reply:
        """The organizations whose name begins so."""
        name = (query(call, "name") or "").replace('"', "").strip()
        if len(name) < 2:
            raise bad_parameter("name", "must have at least two characters")
        hits = self.desk.search.find(f'name:"{name}*"', ("organization",), order="asc").found
        shelf = self.desk.organizations.all
        live = [number for _, number in hits if number in shelf][:COMPLETED_MAX]
        return answer(200, by_number(call, self.desk.account.url, "organizations", live, shelf.at))

    def _many(self, call: Call) -> list[Record | None]:
        known = self.desk.organizations
        if every(call, "external_ids"):
            return [known.of_external_id(each) for each in ids(call, "external_ids")]
        return [known.all.get(each) for each in ids(call)]

    def show_many(self, call: Call) -> Reply:
        """The organizations with these ids or external ids; those that do not exist are left out."""
        return self._listed(call, sorted({each["id"] for each in self._many(call) if each is not None}))

    def users(self, call: Call) -> Reply:
        """The users of an organization."""
        return self.members(call, self.desk.organizations)

    def of_user(self, call: Call) -> Reply:
        """The organizations of a user."""
        return self.circles_of_user(call, "organizations", self.desk.organizations)

    # -- many ---------------------------------------------------------------------------------------------------

    def create_many(self, call: Call) -> Reply:
        """Make many organizations."""

        def create(given: Record) -> Record:
            found = self.desk.organizations.create(given)
            call.owns(str(found["id"]))
            return made(found["id"])

        return self.bulk(call, parts(call, "organizations"), "OrganizationCreateFailed", create)

    def update_many(self, call: Call) -> Reply:
        """Change many organizations: all alike, or each in its own way."""
        known = self.desk.organizations
        wanted: list[tuple[Record | None, Record]]
        if "organizations" in body(call):
            wanted = [(known.all.get(each.get("id")), each) for each in parts(call, "organizations")]
        else:
            wanted = [(each, part(call, "organization")) for each in self._many(call)]

        def update(one: tuple[Record | None, Record]) -> Record:
            return deed("update", known.change(_live(one[0]), one[1])["id"])

        return self.bulk(call, wanted, "OrganizationUpdateFailed", update)

    def delete_many(self, call: Call) -> Reply:
        """Throw many organizations away."""

        def delete(one: Record | None) -> Record:
            found = _live(one)
            self.desk.without(found)
            return deed("delete", found["id"])

        return self.bulk(call, self._many(call), "OrganizationDeleteFailed", delete)

    # -- tags ---------------------------------------------------------------------------------------------------

    def tags(self, call: Call) -> Reply:
        """The tags of an organization."""
        return answer(200, {"tags": self.desk.organizations.get(call.at["id"])["tags"]})

    def retag(self, call: Call) -> Reply:
        """Replace, add to, or take from the tags of an organization."""
        found = self.desk.organizations.get(call.at["id"])
        self.desk.organizations.retag(found, retagged(call, found["tags"]))
        return answer(201 if call.method == "POST" else 200, {"tags": found["tags"]})


def _live(organization: Record | None) -> Record:
    if organization is None:
        raise not_found()
    return organization
