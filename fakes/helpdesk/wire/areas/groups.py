"""Routes of groups and of who is in them. No rules here."""

from typing import Any

from fakes.calls import Call, Reply
from fakes.helpdesk.problems import one_invalid
from fakes.helpdesk.state.account import whole
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry, deed, made
from fakes.helpdesk.wire.asking import ids, part, parts


class GroupArea(Area):
    """Groups and group memberships."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        entries = (
            ("GET", "/groups", self.index), ("POST", "/groups", self.create), ("GET", "/groups/count", self.count),
            ("GET", "/groups/assignable", self.index), ("GET", "/groups/{id}", self.show),
            ("PUT", "/groups/{id}", self.change), ("DELETE", "/groups/{id}", self.delete),
            ("GET", "/groups/{id}/users", self.users), ("GET", "/users/{id}/groups", self.of_user),
            ("GET", "/group_memberships", self.memberships), ("POST", "/group_memberships", self.join),
            ("GET", "/group_memberships/assignable", self.memberships),
            ("POST", "/group_memberships/create_many", self.join_many),
            ("DELETE", "/group_memberships/destroy_many", self.leave_many),
            ("GET", "/group_memberships/{id}", self.membership), ("DELETE", "/group_memberships/{id}", self.leave),
            ("GET", "/groups/{id}/memberships", self.memberships_of_group),
            ("GET", "/groups/{id}/memberships/assignable", self.memberships_of_group),
            ("GET", "/users/{id}/group_memberships", self.memberships_of_user),
            ("PUT", "/users/{id}/group_memberships/{membership_id}/make_default", self.make_default),
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
        groups = self.desk.groups
        members = groups.of_group.ids(groups.get(call.at["id"])["id"])
        return self.page(call, "users", members, lambda each: self.user(groups.memberships.at(each)["user_id"]))

    def of_user(self, call: Call) -> Reply:
        """The groups of an agent."""
        groups = self.desk.groups
        mine = groups.of_user.ids(self.desk.people.live(call.at["id"]).id)
        return self.page(call, "groups", mine, lambda each: groups.live.at(groups.memberships.at(each)["group_id"]))

    # -- memberships --------------------------------------------------------------------------------------------

    def memberships(self, call: Call) -> Reply:
        """Who is in which group."""
        shelf = self.desk.groups.memberships
        return self.page(call, "group_memberships", shelf.ids, shelf.at)

    def memberships_of_group(self, call: Call) -> Reply:
        """Who is in this group."""
        groups = self.desk.groups
        mine = groups.of_group.ids(groups.get(call.at["id"])["id"])
        return self.page(call, "group_memberships", mine, groups.memberships.at)

    def memberships_of_user(self, call: Call) -> Reply:
        """In which groups this agent is."""
        groups = self.desk.groups
        mine = groups.of_user.ids(self.desk.people.live(call.at["id"]).id)
        return self.page(call, "group_memberships", mine, groups.memberships.at)

    def membership(self, call: Call) -> Reply:
        """One membership."""
        return answer(200, {"group_membership": self.desk.groups.membership(call.at["id"])})

    def _join(self, given: dict[str, Any]) -> dict[str, Any]:
        user = self.desk.people.known(whole(given.get("user_id") or 0, "user_id"))
        if user is None or not user.staff:
            raise one_invalid("user", "User: must be an agent", "InvalidValue")
        return self.desk.groups.join(user.id, given.get("group_id") or 0, default=bool(given.get("default")))

    def join(self, call: Call) -> Reply:
        """Put an agent into a group."""
        joined = self._join(part(call, "group_membership"))
        return answer(201, {"group_membership": joined}, {"Location": joined["url"]})

    def join_many(self, call: Call) -> Reply:
        """Put many agents into groups."""
        given = parts(call, "group_memberships")
        return self.bulk(call, given, "GroupMembershipCreateFailed", lambda one: made(self._join(one)["id"]))

    def leave(self, call: Call) -> Reply:
        """Take an agent out of a group."""
        self.desk.groups.leave(self.desk.groups.membership(call.at["id"]))
        return Reply(204)

    def leave_many(self, call: Call) -> Reply:
        """Take many agents out of groups."""
        groups = self.desk.groups

        def leave(membership_id: str) -> dict[str, Any]:
            membership = groups.membership(membership_id)
            groups.leave(membership)
            return deed("delete", membership["id"])

        return self.bulk(call, ids(call), "GroupMembershipDeleteFailed", leave)

    def make_default(self, call: Call) -> Reply:
        """Let a group be an agent's default."""
        groups, user = self.desk.groups, self.desk.people.live(call.at["id"])
        groups.make_default(groups.membership(call.at["membership_id"]))
        mine = groups.of_user.ids(user.id)
        return self.page(call, "group_memberships", mine, groups.memberships.at)
