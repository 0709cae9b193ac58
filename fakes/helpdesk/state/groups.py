"""The groups of one helpdesk account.

Records are in the vendor's shape. Deleting a group only marks it: it is no longer found or listed. Called by `tickets`
and by the routes for groups.
"""

from collections.abc import Mapping
from typing import Any

from fakes.helpdesk.problems import one_invalid
from fakes.helpdesk.state.account import Account, text, whole
from fakes.helpdesk.state.memberships import Memberships
from fakes.helpdesk.state.part import Part
from fakes.helpdesk.state.shelf import Shelf

NAMES = ("Billing", "Technical", "Account access", "General")
DEFAULT = "General"
Record = dict[str, Any]


class Groups(Part):
    """All groups of one account, and which agents are in them."""

    KEPT = ("live", "_by_name")

    def __init__(self, account: Account) -> None:
        self._account = account
        self.live: Shelf[Record] = Shelf()
        self._by_name: dict[str, int] = {}
        self.memberships = Memberships(account, "group")
        for name in NAMES:
            self._keep({"name": name}, default=name == DEFAULT)

    def clear(self) -> None:
        """Forget all memberships; groups stay, because pipelines know them by name."""
        self.memberships.clear()

    def get(self, group_id: Any) -> Record:
        """The group with this id."""
        return self.live.wanted(group_id)

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
        self.memberships.empty(group["id"])
        self.live.take(group["id"])
        del self._by_name[group["name"].casefold()]
        group["deleted"] = True

    def join(self, user_id: int, group_id: Any, *, default: bool = False) -> Record:
        """Put an agent into a group."""
        group = self.live.get(whole(group_id, "group_id"))
        if group is None:
            raise one_invalid("group", "Group: cannot be blank", "BlankValue")
        return self.memberships.join(user_id, group["id"], default=default)

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
