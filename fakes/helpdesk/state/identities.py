"""Under which addresses the users of one account are known: e-mails, phone numbers and accounts elsewhere.

An e-mail is one person's only. Records are in the vendor's shape. Called by `people` and the routes for identities.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fakes.helpdesk.problems import Problem, one_invalid
from fakes.helpdesk.state.account import Account, text
from fakes.helpdesk.state.part import Part
from fakes.helpdesk.state.shelf import Shelf

if TYPE_CHECKING:
    from fakes.helpdesk.state.people import User

TYPES = ("email", "phone_number", "twitter", "facebook", "google", "agent_forwarding", "sdk")
EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")
Record = dict[str, Any]


class Identities(Part):
    """All identities of one account."""

    KEPT = ("_of", "_owner")

    def __init__(self, account: Account) -> None:
        self._account = account
        self._of: dict[int, Shelf[Record]] = {}
        self._owner: dict[str, int] = {}

    def clear(self) -> None:
        """Forget all identities."""
        self._of.clear()
        self._owner.clear()

    def owner(self, email: str) -> int | None:
        """Whose e-mail this is."""
        return self._owner.get(email.casefold())

    def of(self, user: "User") -> Shelf[Record]:
        """The identities of a user."""
        return self._of.setdefault(user.id, Shelf())

    def emails(self, user: "User") -> list[str]:
        """Every e-mail of a user in lower case."""
        return [each["value"].casefold() for each in self.of(user) if each["type"] == "email"]

    def get(self, user: "User", identity_id: str) -> Record:
        """The user's identity with this id."""
        return self.of(user).wanted(identity_id)

    def create(self, user: "User", given: Mapping[str, Any]) -> Record:
        """Let a user have a further identity."""
        kind, value = text(given, "type"), (text(given, "value") or "").strip()
        if kind not in TYPES:
            raise one_invalid("type", f"Type: {kind} is not included in the list")
        if kind == "email":
            value = value.lower()
            if not looks_right(value):
                raise one_invalid("value", f"Value: {value} is not properly formatted", "InvalidFormat")
            if self.owner(value) is not None:
                raise one_invalid("value", f"Value: {value} is already being used by another user", "DuplicateValue")
        if not value:
            raise one_invalid("value", "Value: cannot be blank", "BlankValue")
        made = self.add(user, kind, value, primary=kind == "email" and user.email is None)
        made["verified"] = bool(given.get("verified") or given.get("skip_verify_email"))
        if made["primary"]:
            user.email = value
        elif given.get("primary"):
            self.make_primary(user, made)
        return made

    def add(self, user: "User", kind: str, value: str, *, primary: bool) -> Record:
        """Keep an identity that was checked."""
        now = self._account.now()
        made: Record = {
            "id": self._account.new_id("identity"), "user_id": user.id, "type": kind, "value": value,
            "verified": bool(user.more.get("verified")), "primary": primary, "created_at": now, "updated_at": now,
            "undeliverable_count": 0, "deliverable_state": "deliverable",
        }  # fmt: skip
        made["url"] = f"{self._account.url}/api/v2/users/{user.id}/identities/{made['id']}.json"
        self.of(user).put(made["id"], made)
        if kind == "email":
            self._owner[value.casefold()] = user.id
        return made

    def change(self, user: "User", identity: Record, given: Mapping[str, Any]) -> Record:
        """Verify an identity or change its value."""
        if "value" in given:
            value = (text(given, "value") or "").strip()
            if identity["type"] == "email":
                value = value.lower()
                if not looks_right(value):
                    raise one_invalid("value", f"Value: {value} is not properly formatted", "InvalidFormat")
                if self.owner(value) not in (None, user.id):
                    raise one_invalid(
                        "value", f"Value: {value} is already being used by another user", "DuplicateValue"
                    )
                self._owner.pop(identity["value"].casefold(), None)
                self._owner[value] = user.id
                if identity["primary"]:
                    user.email = value
            identity["value"] = value
        if "verified" in given:
            identity["verified"] = bool(given["verified"])
        identity["updated_at"] = self._account.now()
        return identity

    def make_primary(self, user: "User", identity: Record) -> None:
        """Let this be the user's first address of its type."""
        for each in self.of(user):
            if each["type"] == identity["type"]:
                each["primary"] = each is identity
        if identity["type"] == "email":
            user.email = identity["value"]

    def delete(self, user: "User", identity: Record) -> None:
        """Remove an identity; another e-mail becomes the first if this was it."""
        self.of(user).take(identity["id"])
        if identity["type"] == "email":
            self._owner.pop(identity["value"].casefold(), None)
            if identity["primary"]:
                rest = [each for each in self.of(user) if each["type"] == "email"]
                user.email = None
                if rest:
                    self.make_primary(user, rest[0])

    def drop_all(self, user: "User") -> None:
        """Set all addresses of a user free."""
        for each in self._of.pop(user.id, Shelf()):
            if each["type"] == "email":
                self._owner.pop(each["value"].casefold(), None)

    def move_all(self, loser: "User", winner: "User") -> None:
        """Give all addresses of one user to another one."""
        for each in list(self.of(loser)):
            self.of(loser).take(each["id"])
            each.update({"user_id": winner.id, "primary": each["type"] == "email" and winner.email is None})
            self.of(winner).put(each["id"], each)
            if each["type"] == "email":
                self._owner[each["value"].casefold()] = winner.id
                winner.email = winner.email or each["value"]


def email_of(value: Any) -> str | None:
    """An e-mail as it is kept; None for nothing, refused when it is no text."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Problem("Invalid attribute", "You passed an invalid value for the email attribute. must be a string")
    return value.strip().lower() or None


def looks_right(email: str) -> bool:
    """Whether an e-mail looks like one."""
    return EMAIL.fullmatch(email) is not None and len(email) <= 255
