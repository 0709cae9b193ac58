"""Routes of who is in which group and in which organization. No rules here."""

from typing import Any, ClassVar

from fakes.calls import Call, Reply
from fakes.helpdesk.problems import not_found, one_invalid
from fakes.helpdesk.state.account import whole
from fakes.helpdesk.state.groups import Groups
from fakes.helpdesk.state.memberships import Memberships
from fakes.helpdesk.state.organizations import Organizations
from fakes.helpdesk.state.people import User
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry, deed, made
from fakes.helpdesk.wire.asking import ids, part, parts

Record = dict[str, Any]


class MembershipArea(Area):
    """Memberships in circles of one kind."""

    kind: ClassVar[str]
    error: ClassVar[str]
    """How the errors of jobs begin."""

    @property
    def circles(self) -> Groups | Organizations:
        """What one can be in."""
        raise NotImplementedError

    @property
    def known(self) -> Memberships:
        """Who is in what."""
        return self.circles.memberships

    def paths(self) -> tuple[tuple[str, str, Any], ...]:
        """The routes that both kinds have."""
        one, many = f"/{self.kind}s/{{id}}", f"/{self.kind}s"
        mine = f"/users/{{id}}{many}"
        return (
            ("GET", many, self.index), ("POST", many, self.join), ("POST", f"{many}/create_many", self.join_many),
            ("DELETE", f"{many}/destroy_many", self.leave_many), ("GET", one, self.show), ("DELETE", one, self.leave),
            ("GET", mine, self.of_user), ("PUT", f"{mine}/{{membership_id}}/make_default", self.make_default),
        )  # fmt: skip

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        return tuple(Entry(method, path, work, ticket=False) for method, path, work in self.paths())

    def shape(self, membership_id: int) -> Record:
        """A membership."""
        return self.known.all.at(membership_id)

    def settled(self, user: User) -> None:
        """What follows once a user's memberships have changed."""

    def user_to_join(self, given: Any) -> User:
        """The user who is to join, refused when they cannot."""
        raise NotImplementedError

    def _listed(self, call: Call, found: Any) -> Reply:
        return self.page(call, f"{self.kind}s", found, self.shape)

    def index(self, call: Call) -> Reply:
        """All memberships."""
        return self._listed(call, self.known.all.ids)

    def of_user(self, call: Call) -> Reply:
        """The memberships of a user."""
        return self._listed(call, self.known.of_user.ids(self.desk.people.live(call.at["id"]).id))

    def of_circle(self, call: Call) -> Reply:
        """The memberships in a circle."""
        return self._listed(call, self.known.of_circle.ids(self.circles.get(call.at["id"])["id"]))

    def show(self, call: Call) -> Reply:
        """One membership."""
        return answer(200, {self.kind: self.shape(self.known.get(call.at["id"])["id"])})

    def _join(self, given: Record, user_id: Any = None) -> Record:
        user = self.user_to_join(whole(user_id or given.get("user_id") or 0, "user_id"))
        joined = self.circles.join(user.id, given.get(self.known.key) or 0, default=bool(given.get("default")))
        self.settled(user)
        return self.shape(joined["id"])

    def join(self, call: Call) -> Reply:
        """Put a user into a circle."""
        joined = self._join(part(call, self.kind), call.at.get("id"))
        call.owns(str(joined["id"]))
        return answer(201, {self.kind: joined}, {"Location": joined["url"]})

    def join_many(self, call: Call) -> Reply:
        """Put many users into circles."""
        given = parts(call, f"{self.kind}s")
        return self.bulk(call, given, f"{self.error}CreateFailed", lambda one: made(self._join(one)["id"]))

    def _leave(self, membership_id: str) -> Record:
        membership = self.known.get(membership_id)
        self.known.leave(membership)
        user = self.desk.people.known(membership["user_id"])
        if user is not None:
            self.settled(user)
        return deed("delete", membership["id"])

    def leave(self, call: Call) -> Reply:
        """Take a user out of a circle."""
        self._leave(call.at["id"])
        return Reply(204)

    def leave_many(self, call: Call) -> Reply:
        """Take many users out of circles."""
        return self.bulk(call, ids(call), f"{self.error}DeleteFailed", self._leave)

    def make_default(self, call: Call) -> Reply:
        """Let a membership be the default of its user."""
        user, membership = self.desk.people.live(call.at["id"]), self.known.get(call.at["membership_id"])
        if membership["user_id"] != user.id:
            raise not_found()
        self.known.make_default(membership)
        self.settled(user)
        return self.of_user(call)


class GroupMembershipArea(MembershipArea):
    """Memberships in groups; only agents have any."""

    kind = "group_membership"
    error = "GroupMembership"

    @property
    def circles(self) -> Groups:
        """The groups."""
        return self.desk.groups

    def paths(self) -> tuple[tuple[str, str, Any], ...]:
        """The routes of this area; whoever is in a group can be assigned to in it."""
        mine = "/groups/{id}/memberships"
        return (
            *super().paths(), ("GET", "/group_memberships/assignable", self.index), ("GET", mine, self.of_circle),
            ("GET", f"{mine}/assignable", self.of_circle),
        )  # fmt: skip

    def user_to_join(self, given: Any) -> User:
        """The agent who is to join."""
        user = self.desk.people.known(given)
        if user is None or not user.staff:
            raise one_invalid("user", "User: must be an agent", "InvalidValue")
        return user


class OrganizationMembershipArea(MembershipArea):
    """Memberships in organizations; a user's own organization is that of the default."""

    kind = "organization_membership"
    error = "OrganizationMembership"

    @property
    def circles(self) -> Organizations:
        """The organizations."""
        return self.desk.organizations

    def paths(self) -> tuple[tuple[str, str, Any], ...]:
        """The routes of this area."""
        return (
            *super().paths(), ("POST", "/users/{id}/organization_memberships", self.join),
            ("GET", "/organizations/{id}/organization_memberships", self.of_circle),
        )  # fmt: skip

    def shape(self, membership_id: int) -> Record:
        """A membership, with the name that its organization has now."""
        found = super().shape(membership_id)
        return {**found, "organization_name": self.circles.get(found["organization_id"])["name"]}

    def settled(self, user: User) -> None:
        """A user's own organization follows."""
        self.desk.belongs(user)

    def user_to_join(self, given: Any) -> User:
        """The user who is to join."""
        user = self.desk.people.known(given)
        if user is None:
            raise one_invalid("user", "User: is invalid")
        return user
