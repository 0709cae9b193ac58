"""The statuses of tickets under names of the account: one for each category from the start, further ones by hand.

A ticket's custom status moves it into its category. Records are in the vendor's shape. Called by `checking` and the
routes for custom statuses.
"""

from collections.abc import Mapping
from typing import Any

from fakes.helpdesk.problems import one_invalid
from fakes.helpdesk.state.account import Account, text
from fakes.helpdesk.state.part import Part
from fakes.helpdesk.state.shelf import Shelf

CATEGORIES = ("new", "open", "pending", "hold", "solved")
Record = dict[str, Any]


class Statuses(Part):
    """All custom statuses of one account."""

    KEPT = ("all", "_default")

    def __init__(self, account: Account) -> None:
        self._account = account
        self.all: Shelf[Record] = Shelf()
        self._default = {
            each: self.create({"agent_label": each.capitalize(), "status_category": each}) for each in CATEGORIES
        }
        for each in self._default.values():
            each["default"] = True

    def get(self, status_id: Any) -> Record:
        """The status with this id."""
        return self.all.wanted(status_id)

    def of(self, category: str) -> int | None:
        """The id of a category's own status; a closed ticket shows that of solved."""
        found = self._default.get("solved" if category == "closed" else category)
        return None if found is None else int(found["id"])

    def create(self, given: Mapping[str, Any]) -> Record:
        """Make a status."""
        category, label = given.get("status_category"), text(given, "agent_label")
        if category not in CATEGORIES:
            raise one_invalid("status_category", f"Status category: {category} is not included in the list")
        if not label:
            raise one_invalid("agent_label", "Agent label: cannot be blank", "BlankValue")
        now = self._account.now()
        made: Record = {
            "id": self._account.new_id("status"), "status_category": category, "active": True, "default": False,
            "created_at": now, "updated_at": now,
        }  # fmt: skip
        made["url"] = self._account.link("custom_statuses", made["id"])
        self._label(made, {"end_user_label": label, **given})
        self.all.put(made["id"], made)
        return made

    def change(self, status: Record, given: Mapping[str, Any]) -> Record:
        """Change a status; its category stays, as the vendor keeps it."""
        self._label(status, {**status, **given})
        if "active" in given:
            if status["default"] and not given["active"]:
                raise one_invalid("active", "Active: default statuses cannot be deactivated")
            status["active"] = bool(given["active"])
        status["updated_at"] = self._account.now()
        return status

    def _label(self, status: Record, given: Mapping[str, Any]) -> None:
        for name in ("agent_label", "end_user_label", "description", "end_user_description"):
            status[name] = status[f"raw_{name}"] = text(given, name)
