"""The users of one helpdesk account: one for each e-mail, made by hand or by a ticket that names a requester.

Knows no HTTP. Called by `tickets` and by the routes for users; merging is in `joining`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fakes.helpdesk.problems import Problem, bad_parameter, invalid, not_found, one_invalid
from fakes.helpdesk.state.account import Account, second_of, tags_of, text, whole
from fakes.helpdesk.state.catalogue import Catalogue, Document
from fakes.helpdesk.state.fields import Fields
from fakes.helpdesk.state.groups import Groups
from fakes.helpdesk.state.identities import Identities, email_of, looks_right
from fakes.helpdesk.state.organizations import Organizations
from fakes.helpdesk.state.part import Part
from fakes.helpdesk.state.shelf import Index, Recency, Shelf, number_of

ROLES = ("end-user", "agent", "admin")
STAFF = ("agent", "admin")
KEPT = (
    "phone", "time_zone", "locale", "notes", "details", "alias", "verified", "signature", "custom_role_id", "moderator",
    "ticket_restriction", "only_private_comments",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class User:
    """Somebody the helpdesk knows."""

    id: int
    name: str
    email: str | None
    role: str
    created_at: str
    updated_at: str
    external_id: str | None = None
    organization_id: int | None = None
    suspended: bool = False
    active: bool = True
    tags: list[str] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def staff(self) -> bool:
        """Whether they work on tickets."""
        return self.role in STAFF


@dataclass(slots=True, kw_only=True)
class Given:
    """What a call says of a user, checked: nothing of it can fail any more."""

    values: dict[str, Any]
    more: dict[str, Any]
    custom: dict[str, Any]
    tags: list[str] | None


class People(Part):
    """The users of one account; the first is the agent whom the API token belongs to."""

    KEPT = ("users", "deleted", "gone", "by_role", "changed", "_by_external_id", "agent")

    def __init__(
        self, account: Account, catalogue: Catalogue, groups: Groups, fields: Fields, organizations: Organizations,
        agent_email: str,
    ) -> None:  # fmt: skip
        self._account = account
        self._catalogue = catalogue
        self._groups = groups
        self.organizations = organizations
        self.fields = fields
        self.identities = Identities(account)
        self._agent_email = agent_email
        self.users: Shelf[User] = Shelf()
        self.deleted: Shelf[User] = Shelf()
        self.gone: Shelf[User] = Shelf()
        """Deleted for good: nothing is left but the id, for exports."""
        self.by_role = Index()
        self.changed = Recency()
        self.told: Callable[[str, User], None] = lambda kind, user: None
        """Who wants to hear of users that are made and go."""
        self._by_external_id: dict[str, int] = {}
        self.agent = self._begin()

    def _begin(self) -> User:
        agent = self.add(Given(values={"name": "Support Agent", "email": self._agent_email, "role": "admin"},
                                more={"verified": True}, custom={}, tags=None))  # fmt: skip
        for group in self._groups.live:
            self._groups.join(agent.id, group["id"], default=group["default"])
        return agent

    def clear(self) -> None:
        """Forget everybody but an agent as at the beginning."""
        for each in (
            self.users,
            self.deleted,
            self.gone,
            self.by_role,
            self.changed,
            self._by_external_id,
            self.identities,
        ):
            each.clear()
        self.agent = self._begin()

    # -- looking ------------------------------------------------------------------------------------------------

    def get(self, user_id: Any) -> User:
        """The user with this id, also one who was deleted, as the vendor shows them."""
        found = self.users.get(user_id) or self.deleted.get(user_id)
        if found is None:
            raise not_found()
        return found

    def live(self, user_id: Any) -> User:
        """The user with this id; refused when deleted."""
        return self.users.wanted(user_id)

    def known(self, user_id: Any) -> User | None:
        """The live user with this id."""
        return self.users.get(user_id)

    def of_email(self, email: str) -> User | None:
        """The live user with this e-mail address, the first or another one of theirs."""
        owner = self.identities.owner(email)
        return None if owner is None else self.users.get(owner)

    def of_external_id(self, external_id: str) -> User | None:
        """The live user with this external id."""
        return self.users.get(self._by_external_id.get(external_id))

    # -- changing -----------------------------------------------------------------------------------------------

    def create(self, given: Mapping[str, Any]) -> User:
        """Make a user; refused when the e-mail or the external id is taken."""
        return self.add(self.check(given, None))

    def create_or_update(self, given: Mapping[str, Any]) -> tuple[User, bool]:
        """The user with this external id or e-mail, made if there was none; says whether it was made."""
        external_id, email = text(given, "external_id"), email_of(given.get("email"))
        found = self.of_external_id(external_id) if external_id is not None else None
        found = found or (self.of_email(email) if email else None)
        if found is None:
            return self.create(given), True
        return self.change(found, given), False

    def change(self, user: User, given: Mapping[str, Any]) -> User:
        """Change a user; another e-mail becomes a further address of theirs, as the vendor does it."""
        checked = self.check(given, user)
        if user is self.agent and (checked.values.get("suspended") or checked.values.get("role", "admin") != "admin"):
            raise one_invalid("base", "The owner of the account cannot be suspended or lose their role", "InvalidValue")
        before = (user.role, user.suspended)
        values = checked.values
        if "external_id" in values and values["external_id"] != user.external_id:
            if user.external_id is not None:
                self._by_external_id.pop(user.external_id, None)
            if values["external_id"] is not None:
                self._by_external_id[values["external_id"]] = user.id
        email = values.pop("email", None)
        for name, value in values.items():
            setattr(user, name, value)
        if email is not None:
            self.identities.add(user, "email", email, primary=user.email is None)
            user.email = user.email or email
        user.more.update(checked.more)
        user.custom.update(checked.custom)
        user.tags = user.tags if checked.tags is None else checked.tags
        if "organization_id" in values:
            self.organizations.sole(user.id, user.organization_id)
        self._role_changed(user, before[0])
        self.touch(user)
        return user

    def retag(self, user: User, tags: list[str]) -> None:
        """Let a user have these tags."""
        user.tags = tags
        self.touch(user)

    def delete(self, user: User) -> User:
        """Deactivate a user; addresses and external id become free."""
        if user is self.agent:
            raise one_invalid("base", "The owner of the account cannot be deleted", "InvalidValue")
        self.users.take(user.id)
        self.deleted.put(user.id, user)
        self.by_role.drop(user.role, user.id)
        self._groups.memberships.leave_all(user.id)
        self.organizations.memberships.leave_all(user.id)
        self.identities.drop_all(user)
        if user.external_id is not None:
            self._by_external_id.pop(user.external_id, None)
        user.active = False
        self.changed.touch(user.id, self._account.second())
        user.updated_at = self._account.now()
        self._catalogue.forget("user", user.id)
        self.told("deleted", user)
        return user

    def delete_for_good(self, user: User) -> User:
        """Forget what was known of a deleted user."""
        user.name, user.email, user.external_id = "Permanently Deleted User", None, None
        user.more, user.custom, user.tags = {}, {}, []
        self.gone.put(user.id, self.deleted.take(user.id))
        self.changed.touch(user.id, self._account.second())
        return user

    def check_requester(self, given: Any) -> "User | Given":
        """The user that a ticket names, or what `add` makes them of; refused when neither can be. Makes nobody."""
        if not isinstance(given, Mapping):
            raise bad_parameter("requester", "Invalid parameter: requester must be an object")
        email = email_of(given.get("email"))
        if email is None:
            raise one_invalid("requester", "Requester: Email: cannot be blank", "BlankValue")
        known = self.of_email(email)
        if known is None:
            return self._new_requester(given)
        if known.suspended:
            raise one_invalid("requester", f"Requester: {known.name} is suspended.")
        return known

    def _new_requester(self, given: Mapping[str, Any]) -> Given:
        wanted = {name: given[name] for name in ("name", "email", "locale", "time_zone", "phone") if name in given}
        return self.check({**wanted, "role": "end-user"}, None, "Requester: ")

    def by_address(self, email: Any, name: str | None = None) -> User:
        """The user with this e-mail, made if there is none; without a name the address names them."""
        address = email_of(email)
        if address is None or not looks_right(address):
            raise one_invalid("email", f"Email: {email} is not properly formatted", "InvalidFormat")
        return self.of_email(address) or self.create({"name": name or address.partition("@")[0], "email": address})

    def touch(self, user: User) -> None:
        """Say that a user changed: exports and the search learn of it."""
        second, user.updated_at = self._account.moment()
        self.changed.touch(user.id, second)
        self._learn(user)

    # -- checking -----------------------------------------------------------------------------------------------

    def check(self, given: Mapping[str, Any], user: User | None, prefix: str = "") -> Given:
        """What a call says of a user, or all that is wrong with it."""
        details: dict[str, list[tuple[str, str]]] = {}
        about = "requester" if prefix else ""
        values: dict[str, Any] = {}
        if user is None or "name" in given:
            values["name"] = (text(given, "name") or "").strip()
            if not values["name"]:
                sentence = f"{prefix}Name: is too short (minimum is 1 characters)"
                details.setdefault(about or "name", []).append((sentence, "ValueTooShort"))
        email = email_of(given.get("email"))
        if email is not None and self.identities.owner(email) != (user.id if user else -1):
            values["email"] = email
            fault = self._email_fault(email)
            if fault is not None:
                details.setdefault(about or "email", []).append((prefix + fault[0], fault[1]))
        if details:
            raise invalid(details)
        if given.get("role") is not None or user is None:
            values["role"] = given.get("role") or "end-user"
            if values["role"] not in ROLES:
                raise one_invalid("role", f"Role: {values['role']} is not included in the list")
        self._check_links(given, user, values)
        if "suspended" in given:
            values["suspended"] = bool(given["suspended"])
        tags = tags_of(given["tags"]) if "tags" in given else None
        more = {each: given[each] for each in KEPT if each in given}
        return Given(values=values, more=more, custom=self._custom(given), tags=tags)

    def _email_fault(self, email: str) -> tuple[str, str] | None:
        if not looks_right(email):
            return f"Email: {email} is not properly formatted", "InvalidFormat"
        if self.identities.owner(email) is not None:
            return f"Email: {email} is already being used by another user", "DuplicateValue"
        return None

    def _check_links(self, given: Mapping[str, Any], user: User | None, values: dict[str, Any]) -> None:
        if "external_id" in given:
            values["external_id"] = text(given, "external_id")
            taken = self._by_external_id.get(values["external_id"] or "")
            if taken is not None and taken != (user.id if user else None):
                raise one_invalid("external_id", "External: has already been taken", "DuplicateValue")
        if "organization_id" in given or isinstance(given.get("organization"), Mapping):
            values["organization_id"] = self.organizations.meant(given)

    def _custom(self, given: Mapping[str, Any]) -> dict[str, Any]:
        listed = given.get("user_fields")
        if not isinstance(listed, Mapping):
            return {}
        known = ((self.fields.known(name), value) for name, value in listed.items())
        return {each["key"]: self.fields.valued(each, value).value for each, value in known if each is not None}

    # -- keeping ------------------------------------------------------------------------------------------------

    def add(self, given: Given) -> User:
        """Make a user of what was checked."""
        now, email = self._account.now(), given.values.pop("email", None)
        user = User(
            id=self._account.new_id("user"), email=email, created_at=now, updated_at=now, more=given.more,
            custom=given.custom, tags=given.tags or [], **given.values,
        )  # fmt: skip
        self.users.put(user.id, user)
        if email:
            self.identities.add(user, "email", email, primary=True)
        if user.external_id is not None:
            self._by_external_id[user.external_id] = user.id
        if user.organization_id is None and email:
            user.organization_id = self.organizations.of_domain(email.rpartition("@")[2])
        if user.organization_id is not None:
            self.organizations.sole(user.id, user.organization_id)
        self._role_changed(user, None)
        self.touch(user)
        self.told("created", user)
        return user

    def _role_changed(self, user: User, before: str | None) -> None:
        self.by_role.move(before, user.role, user.id)
        if user.staff and not self._groups.memberships.of_user.ids(user.id) and len(self.users) > 1:
            self._groups.join(user.id, self._groups.default()["id"])
        elif not user.staff and before in STAFF:
            self._groups.memberships.leave_all(user.id)

    def _learn(self, user: User) -> None:
        exact = {
            "email": tuple(self.identities.emails(user)), "role": (user.role,), "tags": tuple(user.tags),
            "is_suspended": (str(user.suspended).lower(),),
            "is_verified": (str(bool(user.more.get("verified"))).lower(),), "user_id": (str(user.id),),
        }  # fmt: skip
        if user.external_id is not None:
            exact["external_id"] = (user.external_id.casefold(),)
        if user.organization_id is not None:
            exact["organization"] = self.organizations.names(user.organization_id)
        if user.more.get("phone"):
            exact["phone"] = (str(user.more["phone"]).casefold(),)
        exact.update({name: (str(value).casefold(),) for name, value in user.custom.items() if value is not None})
        texts = {
            "name": user.name,
            "email": " ".join(exact["email"]),
            "notes": str(user.more.get("notes") or ""),
            "details": str(user.more.get("details") or ""),
        }
        moments = {"created": second_of(user.created_at), "updated": second_of(user.updated_at)}
        self._catalogue.learn(Document(kind="user", id=user.id, exact=exact, texts=texts, moments=moments))


def people_named(people: People, given: Iterable[Any]) -> list[int]:
    """The ids of the live users that a list names by id or e-mail; those who are new by e-mail are made."""
    found: list[int] = []
    for each in given:
        if isinstance(each, Mapping):
            found.append(people.by_address(each.get("email"), text(each, "name")).id)
        elif isinstance(each, str) and number_of(each) is None:
            found.append(people.by_address(each).id)
        elif people.known(whole(each, "collaborators")) is None:
            raise Problem(
                "RecordInvalid", "Record validation errors", {"collaborators": [("User is invalid", "InvalidValue")]}
            )
        else:
            found.append(whole(each, "collaborators"))
    return list(dict.fromkeys(found))
