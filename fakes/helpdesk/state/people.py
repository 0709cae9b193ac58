"""The users of one helpdesk account: one for each e-mail, made by hand or by a ticket that names a requester.

Knows no HTTP. Called by `tickets` and by the routes for users.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fakes.helpdesk.problems import Problem, bad_parameter, invalid, not_found, one_invalid
from fakes.helpdesk.state.account import Account

ROLES = ("end-user", "agent", "admin")
KEPT = ("external_id", "phone", "time_zone", "locale", "notes", "details", "alias", "organization_id", "verified")


@dataclass(slots=True, kw_only=True)
class User:
    """Somebody the helpdesk knows."""

    id: int
    name: str
    email: str | None
    role: str
    created_at: str
    updated_at: str
    more: dict[str, Any] = field(default_factory=dict)
    findable_ns: int = 0


class People:
    """The users of one account; the first is the agent whom the API token belongs to."""

    def __init__(self, account: Account, agent_email: str) -> None:
        self._account = account
        self._agent_email = agent_email
        self.users: dict[int, User] = {}
        self._by_email: dict[str, User] = {}
        self.agent = self._add("Support Agent", agent_email, "admin", {})

    def clear(self) -> None:
        """Forget everybody but the agent."""
        self.users = {self.agent.id: self.agent}
        self._by_email = {self._agent_email.casefold(): self.agent}

    def get(self, user_id: str) -> User:
        """The user with this id."""
        found = self.users.get(int(user_id)) if user_id.isdigit() else None
        if found is None:
            raise not_found()
        return found

    def create(self, given: Mapping[str, Any]) -> User:
        """Make a user; refused when the e-mail is taken."""
        email = _email(given.get("email"))
        if email and email.casefold() in self._by_email:
            raise one_invalid("email", f"Email: {email} is already being used by another user", "DuplicateValue")
        return self._make(given)

    def create_or_update(self, given: Mapping[str, Any]) -> tuple[User, bool]:
        """The user with this external id or e-mail, made if there was none; says whether it was made."""
        found = self._known(given)
        if found is None:
            return self._make(given), True
        return self.change(found, given), False

    def change(self, user: User, given: Mapping[str, Any]) -> User:
        """Change name, role and details of a user; the e-mail stays."""
        user.name = str(given.get("name") or user.name)
        user.role = given["role"] if given.get("role") in ROLES else user.role
        user.more.update({name: given[name] for name in KEPT if name in given})
        user.updated_at = self._account.now()
        return user

    def requester(self, given: Any) -> User:
        """The user that a ticket names; made when the e-mail is new, and then the name is needed."""
        if not isinstance(given, Mapping):
            raise bad_parameter("requester", "Invalid parameter: requester must be an object")
        email = _email(given.get("email"))
        if email is None:
            raise one_invalid("requester", "Requester: Email: cannot be blank", "BlankValue")
        return self._by_email.get(email.casefold()) or self._make({**given, "role": "end-user"}, "requester")

    def search(self, text: str, external_id: str | None) -> list[User]:
        """Users by e-mail, name or external id, as far as the search has learnt of them."""
        now = self._account.clock.at_ns()
        known = [each for each in self.users.values() if each.findable_ns <= now]
        if external_id is not None:
            return [each for each in known if str(each.more.get("external_id")) == external_id]
        words = [word.removeprefix("email:").strip('"').casefold() for word in text.split() if word != "type:user"]
        return [each for each in known if all(word in f"{each.name} {each.email}".casefold() for word in words)]

    def _known(self, given: Mapping[str, Any]) -> User | None:
        wanted = given.get("external_id")
        if wanted is not None:
            for each in self.users.values():
                if each.more.get("external_id") == wanted:
                    return each
        email = _email(given.get("email"))
        return self._by_email.get(email.casefold()) if email else None

    def _make(self, given: Mapping[str, Any], about: str = "user") -> User:
        email, name = _email(given.get("email")), str(given.get("name") or "").strip()
        prefix = "Requester: " if about == "requester" else ""
        details: dict[str, list[tuple[str, str]]] = {}
        if not name:
            sentence = f"{prefix}Name: is too short (minimum is 1 characters)"
            details.setdefault("requester" if prefix else "name", []).append((sentence, "ValueTooShort"))
        if email is not None and not _looks_right(email):
            sentence = f"{prefix}Email: {email} is not properly formatted"
            details.setdefault("requester" if prefix else "email", []).append((sentence, "InvalidFormat"))
        if details:
            raise invalid(details)
        if given.get("role") not in (None, *ROLES):
            raise one_invalid("role", "Role: is not included in the list")
        more = {each: given[each] for each in KEPT if each in given}
        return self._add(name, email, given.get("role") or "end-user", more)

    def _add(self, name: str, email: str | None, role: str, more: dict[str, Any]) -> User:
        now = self._account.now()
        visible = self._account.clock.at_ns() + int(self._account.settings.search_lag_s * 1e9)
        user = User(
            id=self._account.new_id("user"), name=name, email=email, role=role, created_at=now, updated_at=now,
            more=more, findable_ns=visible,
        )  # fmt: skip
        self.users[user.id] = user
        if email:
            self._by_email[email.casefold()] = user
        return user


def _email(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Problem("Invalid attribute", "You passed an invalid value for the email attribute. must be a string")
    return value.strip().lower()


def _looks_right(email: str) -> bool:
    name, _, host = email.partition("@")
    return bool(name) and "." in host and " " not in email and "@" not in host
