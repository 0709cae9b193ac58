"""The groups of one helpdesk account and which agents are in them.

Records are in the vendor's shape. Deleting a group only marks it: it is no longer found or listed. Called by `tickets`
and by the routes for groups.
"""

from collections.abc import Mapping
from typing import Any

from fakes.helpdesk.problems import not_found, one_invalid
from fakes.helpdesk.state.account import Account, text, whole
from fakes.helpdesk.state.shelf import Index, Shelf

NAMES = ("Billing", "Technical", "Account access", "General")
DEFAULT = "General"
Record = dict[str, Any]


class Groups:
    """All groups and memberships of one account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.live: Shelf[Record] = Shelf()
        self._by_name: dict[str, int] = {}
        self.memberships: Shelf[Record] = Shelf()
        self.of_user = Index()
        self.of_group = Index()
        for name in NAMES:
            self._keep({"name": name}, default=name == DEFAULT)

    def clear(self) -> None:
        """Forget all memberships; groups stay, because pipelines know them by name."""
        for each in (self.memberships, self.of_user, self.of_group):
            each.clear()

    def get(self, group_id: Any) -> Record:
        """The group with this id."""
        found = self.live.get(group_id)
        if found is None:
            raise not_found()
        return found

    def named(self, name: str) -> Record | None:
        """The group with this name, capitals or not."""
        known = self._by_name.get(name.casefold())
        return None if known is None else self.live.at(known)

    def default(self) -> Record:
        """The group that new agents are put into."""
        return next(each for each in self.live if each["default"])

    def create(self, given: Mapping[str, Any]) -> Record:
        """Make a group."""
        self._named_well(given, None)
        return self._keep(given)

    def change(self, group: Record, given: Mapping[str, Any]) -> Record:
        """Change a group's name, description or visibility."""
        if "name" in given:
            self._named_well(given, group)
            del self._by_name[group["name"].casefold()]
            group["name"] = str(text(given, "name")).strip()
            self._by_name[group["name"].casefold()] = group["id"]
        if "description" in given:
            group["description"] = text(given, "description") or ""
        if "is_public" in given:
            group["is_public"] = bool(given["is_public"])
        group["updated_at"] = self._account.now()
        return group

    def delete(self, group: Record) -> None:
        """Throw a group away, with its memberships; the default group cannot go."""
        if group["default"]:
            raise one_invalid("base", "The default group cannot be deleted", "InvalidValue")
        for each in list(self.of_group.ids(group["id"])):
            self._drop(self.memberships.at(each))
        self.live.take(group["id"])
        del self._by_name[group["name"].casefold()]
        group["deleted"] = True

    # -- memberships --------------------------------------------------------------------------------------------

    def join(self, user_id: int, group_id: Any, *, default: bool = False) -> Record:
        """Put an agent into a group; their first group is their default."""
        group = self.live.get(whole(group_id, "group_id"))
        if group is None:
            raise one_invalid("group", "Group: cannot be blank", "BlankValue")
        if self.member(user_id, group["id"]) is not None:
            raise one_invalid("user_id", "User has already been taken", "DuplicateValue")
        now = self._account.now()
        made = {
            "id": self._account.new_id("membership"), "user_id": user_id, "group_id": group["id"],
            "default": not self.of_user.ids(user_id), "created_at": now, "updated_at": now,
        }  # fmt: skip
        made["url"] = self._account.link("group_memberships", made["id"])
        self.memberships.put(made["id"], made)
        self.of_user.add(user_id, made["id"])
        self.of_group.add(group["id"], made["id"])
        if default:
            self.make_default(made)
        return made

    def member(self, user_id: int, group_id: int) -> Record | None:
        """The membership of an agent in a group."""
        mine = (self.memberships.at(each) for each in self.of_user.ids(user_id))
        return next((each for each in mine if each["group_id"] == group_id), None)

    def membership(self, membership_id: Any) -> Record:
        """The membership with this id."""
        found = self.memberships.get(membership_id)
        if found is None:
            raise not_found()
        return found

    def make_default(self, membership: Record) -> None:
        """Let this be the agent's default group."""
        for each in self.of_user.ids(membership["user_id"]):
            self.memberships.at(each)["default"] = each == membership["id"]

    def default_of(self, user_id: int) -> int | None:
        """The default group of an agent."""
        mine = [self.memberships.at(each) for each in self.of_user.ids(user_id)]
        return next((int(each["group_id"]) for each in mine if each["default"]), None)

    def leave(self, membership: Record) -> None:
        """Take an agent out of a group; another one becomes the default if this was it."""
        self._drop(membership)
        rest = self.of_user.ids(membership["user_id"])
        if membership["default"] and rest:
            self.memberships.at(rest[0])["default"] = True

    def leave_all(self, user_id: int) -> None:
        """Take somebody out of every group."""
        for each in list(self.of_user.ids(user_id)):
            self._drop(self.memberships.at(each))

    def _drop(self, membership: Record) -> None:
        self.memberships.take(membership["id"])
        self.of_user.drop(membership["user_id"], membership["id"])
        self.of_group.drop(membership["group_id"], membership["id"])

    def _named_well(self, given: Mapping[str, Any], group: Record | None) -> None:
        name = (text(given, "name") or "").strip()
        if not name:
            raise one_invalid("name", "Name: cannot be blank", "BlankValue")
        taken = self.named(name)
        if taken is not None and taken is not group:
            raise one_invalid("name", "Name: has already been taken", "DuplicateValue")

    def _keep(self, given: Mapping[str, Any], *, default: bool = False) -> Record:
        now = self._account.now()
        made: Record = {
            "id": self._account.new_id("group"), "is_public": bool(given.get("is_public", True)),
            "name": str(text(given, "name")).strip(), "description": text(given, "description") or "",
            "default": default, "deleted": False, "created_at": now, "updated_at": now,
        }  # fmt: skip
        made["url"] = self._account.link("groups", made["id"])
        self.live.put(made["id"], made)
        self._by_name[made["name"].casefold()] = made["id"]
        return made
