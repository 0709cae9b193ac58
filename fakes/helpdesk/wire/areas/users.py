"""Routes of users: one by one, many, searched, merged, with their addresses and tags. No rules here."""

from typing import Any

from fakes.calls import Call, Reply
from fakes.helpdesk.problems import Problem, not_found
from fakes.helpdesk.state.account import tags_of, whole
from fakes.helpdesk.state.joining import merge_users
from fakes.helpdesk.state.people import ROLES, User
from fakes.helpdesk.wire import faces
from fakes.helpdesk.wire.answers import answer
from fakes.helpdesk.wire.area import Area, Entry
from fakes.helpdesk.wire.areas.bulk import failed
from fakes.helpdesk.wire.asking import body, every, ids, part, parts, query
from fakes.helpdesk.wire.paging import by_number

HITS_MAX = 10_000
COMPLETED_MAX = 100


class UserArea(Area):
    """Users."""

    def table(self) -> tuple[Entry, ...]:
        """The routes of this area."""
        entries = (
            ("GET", "/users", self.list), ("POST", "/users", self.create), ("GET", "/users/count", self.count),
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
            ("POST", "/users/{id}/tags", self.set_tags), ("PUT", "/users/{id}/tags", self.add_tags),
            ("DELETE", "/users/{id}/tags", self.remove_tags),
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
        made = self.desk.people.create(part(call, "user"))
        call.owns(str(made.id))
        return self._shown(201, made)

    def create_or_update(self, call: Call) -> Reply:
        """Make a user, or change the one with this e-mail or external id."""
        user, made = self.desk.people.create_or_update(part(call, "user"))
        call.owns(str(user.id))
        return self._shown(201 if made else 200, user)

    def show(self, call: Call) -> Reply:
        """One user, also a deleted one."""
        return self._shown(200, self.desk.people.get(call.at["id"]))

    def me(self, call: Call) -> Reply:
        """Who asks."""
        if "authorization" not in call.headers:
            nobody = {"id": None, "name": "Anonymous user", "email": "invalid@example.com", "role": "end-user"}
            return answer(200, {"user": nobody})
        return self._shown(200, self.actor(call))

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

    def list(self, call: Call) -> Reply:
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
        value = sum(len(self.desk.people.by_role.ids(each)) for each in set(roles))
        return answer(200, {"count": {"value": value, "refreshed_at": self.desk.account.now()}})

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
        people = self.desk.people
        if every(call, "external_ids"):
            known = [people.of_external_id(each) for each in ids(call, "external_ids")]
        else:
            known = [people.known(each) for each in ids(call)]
        return self._users(call, sorted({each.id for each in known if each is not None}))

    # -- many ---------------------------------------------------------------------------------------------------

    def create_many(self, call: Call) -> Reply:
        """Make many users; each that cannot be made is an error of its own in the job."""
        results, given = [], parts(call, "users")
        for place, one in enumerate(given):
            try:
                made = self.desk.people.create(one)
            except Problem as problem:
                results.append({"index": place, **failed(problem, "UserCreateFailed")})
                continue
            call.owns(str(made.id))
            results.append({"id": made.id, "status": "Created"})
        return self.job(call, self.desk.jobs.done(len(given), results))

    def create_or_update_many(self, call: Call) -> Reply:
        """Make or change many users."""
        results, given = [], parts(call, "users")
        for place, one in enumerate(given):
            try:
                user, made = self.desk.people.create_or_update(one)
            except Problem as problem:
                results.append({"index": place, **failed(problem, "UserCreateOrUpdateFailed")})
                continue
            call.owns(str(user.id))
            results.append({"id": user.id, "status": "Created" if made else "Updated"})
        return self.job(call, self.desk.jobs.done(len(given), results))

    def update_many(self, call: Call) -> Reply:
        """Change many users: all alike (`ids` and one user), or each in its own way (a list of users)."""
        people = self.desk.people
        if "users" in body(call):
            wanted = [(str(each.get("id")), each) for each in parts(call, "users")]
        elif every(call, "external_ids"):
            known = (people.of_external_id(each) for each in ids(call, "external_ids"))
            wanted = [(str(each.id), part(call, "user")) for each in known if each is not None]
        else:
            wanted = [(each, part(call, "user")) for each in ids(call)]
        results: list[dict[str, Any]] = []
        for place, (user_id, given) in enumerate(wanted):
            try:
                user = people.change(people.live(user_id), given)
            except Problem as problem:
                results.append({"index": place, **failed(problem, "UserUpdateFailed")})
                continue
            results.append({"id": user.id, "action": "update", "status": "Updated", "success": True})
        return self.job(call, self.desk.jobs.done(len(wanted), results))

    def delete_many(self, call: Call) -> Reply:
        """Deactivate many users."""
        people, results = self.desk.people, []
        if every(call, "external_ids"):
            found = [people.of_external_id(each) for each in ids(call, "external_ids")]
        else:
            found = [people.known(each) for each in ids(call)]
        for place, user in enumerate(found):
            if user is None or user is people.agent:
                results.append({"index": place, "error": "UserDeleteFailed", "details": "Not found"})
                continue
            people.delete(user)
            results.append({"id": user.id, "action": "delete", "status": "Deleted", "success": True})
        return self.job(call, self.desk.jobs.done(len(found), results))

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
        value = len(self.desk.people.deleted)
        return answer(200, {"count": {"value": value, "refreshed_at": self.desk.account.now()}})

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

    def _retag(self, call: Call, keep: bool, add: bool, status: int) -> Reply:
        user, given = self.desk.people.live(call.at["id"]), tags_of(body(call).get("tags"))
        old = user.tags if keep else []
        new = list(dict.fromkeys([*old, *given])) if add else [each for each in old if each not in given]
        self.desk.people.retag(user, new)
        return answer(status, {"tags": user.tags})

    def set_tags(self, call: Call) -> Reply:
        """Replace the tags of a user."""
        return self._retag(call, keep=False, add=True, status=201)

    def add_tags(self, call: Call) -> Reply:
        """Add tags to a user."""
        return self._retag(call, keep=True, add=True, status=200)

    def remove_tags(self, call: Call) -> Reply:
        """Take tags from a user."""
        return self._retag(call, keep=True, add=False, status=200)
