"""Routes of users: one by one, many, searched, merged, with their addresses and tags. No rules here."""

from typing import Any

from fakes.calls import Call, Reply
from fakes.helpdesk.problems import Problem, not_found
from fakes.helpdesk.state.account import whole
from fakes.helpdesk.state.joining import merge_users
from fakes.helpdesk.state.people import ROLES, User
from fakes.helpdesk.wire import faces
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry, deed, made, retagged
from fakes.helpdesk.wire.asking import body, every, ids, part, parts, query
from fakes.helpdesk.wire.paging import by_number

HITS_MAX = 10_000
COMPLETED_MAX = 100


class UserArea(Area):
    """Users."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        entries = (
            ("GET", "/users", self.index), ("POST", "/users", self.create), ("GET", "/users/count", self.count),
            ("GET", "/users/search", self.search), ("GET", "/users/autocomplete", self.complete),
            ("GET", "/users/show_many", self.show_many),
            ("POST", "/users/create_or_update", self.create_or_update),
            ("POST", "/users/create_many", self.create_many),
            ("POST", "/users/create_or_update_many", self.create_or_update_many),
            ("PUT", "/users/update_many", self.update_many), ("DELETE", "/users/destroy_many", self.delete_many),
            ("GET", "/users/{id}", self.show), ("PUT", "/users/{id}", self.change),
            ("DELETE", "/users/{id}", self.delete), ("GET", "/users/{id}/related", self.related),
            ("PUT", "/users/{id}/merge", self.merge), ("GET", "/deleted_users", self.deleted),
            ("GET", "/deleted_users/count", self.count_deleted), ("GET", "/deleted_users/{id}", self.show_deleted),
            ("DELETE", "/deleted_users/{id}", self.delete_for_good), ("GET", "/users/{id}/tags", self.tags),
            ("POST", "/users/{id}/tags", self.retag), ("PUT", "/users/{id}/tags", self.retag),
            ("DELETE", "/users/{id}/tags", self.retag),
        )  # fmt: skip
        me = Entry("GET", "/users/me", self.me, who="anybody", ticket=False)
        return (*(Entry(method, path, work, ticket=False) for method, path, work in entries), me)

    def _shown(self, status: int, user: User) -> Reply:
        headers = {"Location": self.desk.account.link("users", user.id)} if status == 201 else {}
        return answer(status, {"user": faces.user(self.desk, user)}, headers)

    def _users(self, call: Call, found: Any) -> Reply:
        return self.page(call, "users", found, self.user)

    # -- one ----------------------------------------------------------------------------------------------------

    def create(self, call: Call) -> Reply:
        """Make a user."""
        user = self.desk.people.create(part(call, "user"))
        call.owns(str(user.id))
        return self._shown(201, user)

    def create_or_update(self, call: Call) -> Reply:
        """Make a user, or change the one with this e-mail or external id."""
        user, new = self.desk.people.create_or_update(part(call, "user"))
        call.owns(str(user.id))
        return self._shown(201 if new else 200, user)

    def show(self, call: Call) -> Reply:
        """One user, also a deleted one."""
        return self._shown(200, self.desk.people.get(call.at["id"]))

    def me(self, call: Call) -> Reply:
        """Who asks."""
        if "authorization" not in call.headers:
            nobody = {"id": None, "name": "Anonymous user", "email": "invalid@example.com", "role": "end-user"}
            return answer(200, {"user": nobody})
        shown = {**faces.user(self.desk, self.actor(call)), "authenticity_token": self.desk.account.page_token}
        return answer(200, {"user": shown})

    def change(self, call: Call) -> Reply:
        """Change a user."""
        people = self.desk.people
        return self._shown(200, people.change(people.live(call.at["id"]), part(call, "user")))

    def delete(self, call: Call) -> Reply:
        """Deactivate a user."""
        return self._shown(200, self.desk.people.delete(self.desk.people.live(call.at["id"])))

    def related(self, call: Call) -> Reply:
        """What a user has to do with."""
        user, by = self.desk.people.get(call.at["id"]), self.desk.tickets.by
        shown = {
            "assigned_tickets": len(by["assignee"].ids(user.id)),
            "requested_tickets": len(by["requester"].ids(user.id)),
            "ccd_tickets": len(by["ccs"].ids(user.id)),
            "followed_tickets": len(by["followers"].ids(user.id)),
            "organization_subscriptions": 0,
            "topics": 0,
            "topic_comments": 0,
            "votes": 0,
            "subscriptions": 0,
            "entry_subscriptions": 0,
            "forum_subscriptions": 0,
        }
        return answer(200, {"user_related": shown})

    def merge(self, call: Call) -> Reply:
        """Merge this user into another one, who is named by id or e-mail."""
        loser, given = self.desk.people.live(call.at["id"]), part(call, "user")
        if given.get("id") is not None:
            winner = self.desk.people.known(whole(given["id"], "id"))
        else:
            winner = self.desk.people.of_email(str(given.get("email") or ""))
        if winner is None:
            raise not_found()
        for change in merge_users(self.desk, loser, winner):
            self.journal(call, change)
        return self._shown(200, winner)

    # -- lists --------------------------------------------------------------------------------------------------

    def index(self, call: Call) -> Reply:
        """All users, or those with a role or an external id."""
        people = self.desk.people
        external_id, roles = query(call, "external_id"), every(call, "role")
        if external_id is not None:
            found = people.of_external_id(external_id)
            return self._users(call, [found.id] if found else [])
        if not roles:
            return self._users(call, people.users.ids)
        if any(each not in ROLES for each in roles):
            raise Problem("InvalidValue", "role is not included in the list")
        if len(set(roles)) == 1:
            return self._users(call, people.by_role.ids(roles[0]))
        return self._users(call, sorted(each for role in set(roles) for each in people.by_role.ids(role)))

    def count(self, call: Call) -> Reply:
        """How many users there are."""
        roles = every(call, "role") or list(ROLES)
        return self.counted(sum(len(self.desk.people.by_role.ids(each)) for each in set(roles)))

    def search(self, call: Call) -> Reply:
        """The users that a query or an external id finds, as far as the search has learnt of them."""
        external_id = query(call, "external_id")
        asked = f'external_id:"{external_id}"' if external_id is not None else query(call, "query") or ""
        found = [number for _, number in self.desk.search.find(asked, ("user",), order="asc").found]
        live = [each for each in found[:HITS_MAX] if each in self.desk.people.users]
        return answer(200, by_number(call, self.desk.account.url, "users", live, self.user))

    def complete(self, call: Call) -> Reply:
        """The users whose name begins so."""
        name = (query(call, "name") or "").replace('"', "").strip()
        if len(name) < 2:
            raise Problem("InvalidValue", "name must have at least two characters")
        hits = self.desk.search.find(f'name:"{name}*"', ("user",), order="asc").found
        live = [number for _, number in hits if number in self.desk.people.users][:COMPLETED_MAX]
        return answer(200, by_number(call, self.desk.account.url, "users", live, self.user))

    def show_many(self, call: Call) -> Reply:
        """The users with these ids or external ids; those that do not exist are left out."""
        return self._users(call, sorted({each.id for each in self._many(call) if each is not None}))

    # -- many ---------------------------------------------------------------------------------------------------

    def create_many(self, call: Call) -> Reply:
        """Make many users."""

        def create(given: dict[str, Any]) -> dict[str, Any]:
            user = self.desk.people.create(given)
            call.owns(str(user.id))
            return made(user.id)

        return self.bulk(call, parts(call, "users"), "UserCreateFailed", create)

    def create_or_update_many(self, call: Call) -> Reply:
        """Make or change many users."""

        def upsert(given: dict[str, Any]) -> dict[str, Any]:
            user, new = self.desk.people.create_or_update(given)
            call.owns(str(user.id))
            return made(user.id, "Created" if new else "Updated")

        return self.bulk(call, parts(call, "users"), "UserCreateOrUpdateFailed", upsert)

    def _many(self, call: Call) -> list[User | None]:
        people = self.desk.people
        if every(call, "external_ids"):
            return [people.of_external_id(each) for each in ids(call, "external_ids")]
        return [people.known(each) for each in ids(call)]

    def update_many(self, call: Call) -> Reply:
        """Change many users: all alike (`ids` and one user), or each in its own way (a list of users)."""
        people = self.desk.people
        wanted: list[tuple[User | None, dict[str, Any]]]
        if "users" in body(call):
            wanted = [(people.known(each.get("id")), each) for each in parts(call, "users")]
        else:
            wanted = [(each, part(call, "user")) for each in self._many(call)]

        def update(one: tuple[User | None, dict[str, Any]]) -> dict[str, Any]:
            return deed("update", people.change(_live(one[0]), one[1]).id)

        return self.bulk(call, wanted, "UserUpdateFailed", update)

    def delete_many(self, call: Call) -> Reply:
        """Deactivate many users."""
        people = self.desk.people
        return self.bulk(
            call, self._many(call), "UserDeleteFailed", lambda one: deed("delete", people.delete(_live(one)).id)
        )

    # -- deleted ------------------------------------------------------------------------------------------------

    def _deleted(self, user_id: Any) -> dict[str, Any]:
        found = self.desk.people.deleted.get(user_id)
        if found is None:
            raise not_found()
        return faces.user(self.desk, found)

    def deleted(self, call: Call) -> Reply:
        """The users who were deactivated."""
        return self.page(call, "deleted_users", self.desk.people.deleted.ids, self._deleted)

    def count_deleted(self, call: Call) -> Reply:
        """How many were deactivated."""
        return self.counted(len(self.desk.people.deleted))

    def show_deleted(self, call: Call) -> Reply:
        """One user who was deactivated."""
        return answer(200, {"deleted_user": self._deleted(call.at["id"])})

    def delete_for_good(self, call: Call) -> Reply:
        """Forget a user who was deactivated."""
        shown = self._deleted(call.at["id"])
        self.desk.people.delete_for_good(self.desk.people.get(call.at["id"]))
        return answer(200, {"deleted_user": {**shown, "active": False}})

    # -- tags ---------------------------------------------------------------------------------------------------

    def tags(self, call: Call) -> Reply:
        """The tags of a user."""
        return answer(200, {"tags": self.desk.people.live(call.at["id"]).tags})

    def retag(self, call: Call) -> Reply:
        """Replace, add to, or take from the tags of a user."""
        user = self.desk.people.live(call.at["id"])
        self.desk.people.retag(user, retagged(call, user.tags))
        return answer(201 if call.method == "POST" else 200, {"tags": user.tags})


def _live(user: User | None) -> User:
    if user is None:
        raise not_found()
    return user
