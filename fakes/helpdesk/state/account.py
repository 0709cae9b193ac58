"""What the parts of one helpdesk account share: settings, ids, the clock, groups, ticket fields.

Holds no tickets. Called by the other modules of this folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fakes.helpdesk.problems import bad_parameter
from harness.clock import Clock
from harness.rng import Rng

ID_PREFIX = {
    "ticket": 61, "user": 62, "group": 63, "audit": 64, "event": 65, "attachment": 66, "field": 67, "brand": 68,
}  # fmt: skip
GROUPS = ("Billing", "Technical", "Account access", "General")


@dataclass(slots=True, kw_only=True)
class Settings:
    """What may be turned on this helpdesk."""

    search_lag_s: float = 0.5
    """How long after a write the search learns of it; minutes in the real one on a bad day."""
    idempotency_s: float = 2 * 3600
    upload_s: float = 3600
    per_minute: int = 0
    """Calls per minute and account, 200 to 2,500 in the real one by plan; 0 switches the limit off."""
    unknown_upload: str = "ignore"
    """What an upload token that is unknown, used or expired does: `ignore` drops it, `refuse` is a 422."""


class Account:
    """Ids, time, groups and ticket fields of one account."""

    def __init__(self, rng: Rng, clock: Clock, settings: Settings) -> None:
        self.clock = clock
        self.settings = settings
        chance = rng.stream("fakes/helpdesk/ids")
        self._next = {kind: prefix * 10**10 + chance.randrange(10**9) for kind, prefix in ID_PREFIX.items()}
        self._rng = rng
        self._tokens = 0
        now = self.now()
        self.brand = self.new_id("brand")
        self.groups = [
            {"id": self.new_id("group"), "name": name, "description": "", "default": name == "General",
             "deleted": False, "is_public": True, "created_at": now, "updated_at": now}
            for name in GROUPS
        ]  # fmt: skip
        self.fields: dict[int, dict[str, Any]] = {}

    def new_id(self, kind: str) -> int:
        """The next id of this kind; kinds share no prefix, and no id is ever given twice."""
        self._next[kind] += 1
        return self._next[kind]

    def new_token(self, prefix: str) -> str:
        """The next token of an upload or a download."""
        self._tokens += 1
        return self._rng.ident(prefix, f"helpdesk/{self._tokens}").removeprefix(f"{prefix}_")

    def now(self) -> str:
        """Now, as the helpdesk writes it: whole seconds."""
        return stamp(self.clock.wall())

    def group(self, group_id: Any) -> dict[str, Any] | None:
        """The group with this id."""
        return next((each for each in self.groups if str(each["id"]) == str(group_id)), None)

    def new_field(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Add a custom ticket field."""
        if not given.get("type") or not given.get("title"):
            raise bad_parameter("ticket_field", "type and title are required")
        now = self.now()
        made = {
            "id": self.new_id("field"), "type": str(given["type"]), "title": str(given["title"]), "active": True,
            "required": False, "removable": True, "created_at": now, "updated_at": now,
            "custom_field_options": given.get("custom_field_options", []),
        }  # fmt: skip
        self.fields[int(str(made["id"]))] = made
        return made


def stamp(moment: datetime) -> str:
    """A moment as the helpdesk writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
