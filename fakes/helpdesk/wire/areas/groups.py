"""Routes of groups. No rules here."""

from fakes.calls import Call, Reply
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry
from fakes.helpdesk.wire.asking import part


class GroupArea(Area):
    """Groups, and who is in which."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        entries = (
            ("GET", "/groups", self.index), ("POST", "/groups", self.create), ("GET", "/groups/count", self.count),
            ("GET", "/groups/assignable", self.index), ("GET", "/groups/{id}", self.show),
            ("PUT", "/groups/{id}", self.change), ("DELETE", "/groups/{id}", self.delete),
            ("GET", "/groups/{id}/users", self.users), ("GET", "/users/{id}/groups", self.of_user),
        )  # fmt: skip
        return tuple(Entry(method, path, work, ticket=False) for method, path, work in entries)

    def index(self, call: Call) -> Reply:
        """All groups."""
        return self.page(call, "groups", self.desk.groups.live.ids, self.desk.groups.live.at)

    def count(self, call: Call) -> Reply:
        """How many groups there are."""
        return self.counted(len(self.desk.groups.live))

    def show(self, call: Call) -> Reply:
        """One group."""
        return answer(200, {"group": self.desk.groups.get(call.at["id"])})

    def create(self, call: Call) -> Reply:
        """Make a group."""
        group = self.desk.groups.create(part(call, "group"))
        return answer(201, {"group": group}, {"Location": group["url"]})

    def change(self, call: Call) -> Reply:
        """Change a group."""
        groups = self.desk.groups
        return answer(200, {"group": groups.change(groups.get(call.at["id"]), part(call, "group"))})

    def delete(self, call: Call) -> Reply:
        """Throw a group away."""
        self.desk.groups.delete(self.desk.groups.get(call.at["id"]))
        return Reply(204)

    def users(self, call: Call) -> Reply:
        """The agents of a group."""
        return self.members(call, self.desk.groups)

    def of_user(self, call: Call) -> Reply:
        """The groups of an agent."""
        return self.circles_of_user(call, "groups", self.desk.groups)
