"""The organizations of one helpdesk account, who is in them, and which e-mail domains belong to them.

Names are unique, capitals or not. Records are in the vendor's shape. Called by `people`, `tickets` and the routes.
"""

from collections.abc import Callable, Mapping
from typing import Any

from fakes.helpdesk.problems import bad_parameter, one_invalid
from fakes.helpdesk.state.account import Account, second_of, tags_of, text, whole
from fakes.helpdesk.state.catalogue import Catalogue, Document
from fakes.helpdesk.state.fields import Fields
from fakes.helpdesk.state.memberships import Memberships
from fakes.helpdesk.state.part import Part
from fakes.helpdesk.state.shelf import Recency, Shelf

Record = dict[str, Any]
PLAIN = ("details", "notes", "shared_tickets", "shared_comments")


class Organizations(Part):
    """All organizations of one account, and who is in them."""

    KEPT = ("all", "changed", "_by_name", "_by_external_id", "_by_domain")

    def __init__(self, account: Account, catalogue: Catalogue, fields: Fields) -> None:
        self._account = account
        self._catalogue = catalogue
        self.fields = fields
        self.all: Shelf[Record] = Shelf()
        self.changed = Recency()
        self.told: Callable[[str, Record], None] = lambda kind, organization: None
        """Who wants to hear of organizations that are made and go."""
        self._by_name: dict[str, int] = {}
        self._by_external_id: dict[str, int] = {}
        self._by_domain: dict[str, int] = {}
        self.memberships = Memberships(account, "organization")

    def clear(self) -> None:
        """Forget all organizations."""
        for each in (self.all, self.changed, self._by_name, self._by_external_id, self._by_domain, self.memberships):
            each.clear()

    # -- looking ------------------------------------------------------------------------------------------------

    def get(self, organization_id: Any) -> Record:
        """The organization with this id."""
        return self.all.wanted(organization_id)

    def named(self, name: str) -> Record | None:
        """The organization with this name."""
        return self.all.get(self._by_name.get(name.strip().casefold()))

    def of_external_id(self, external_id: str) -> Record | None:
        """The organization with this external id."""
        return self.all.get(self._by_external_id.get(external_id))

    def of_domain(self, domain: str) -> int | None:
        """The organization that an e-mail domain belongs to."""
        return self._by_domain.get(domain.casefold())

    def names(self, organization_id: int) -> tuple[str, ...]:
        """What the search knows an organization by."""
        found = self.all.get(organization_id)
        return (str(organization_id),) if found is None else (str(organization_id), found["name"].casefold())

    def meant(self, given: Mapping[str, Any]) -> int | None:
        """The organization that a user names by id or by name; refused when there is none."""
        named = given.get("organization")
        if given.get("organization_id") is None and isinstance(named, Mapping) and named.get("name"):
            found = self.named(str(named["name"]))
            if found is None:
                raise one_invalid("organization", "Organization: is invalid")
            return int(found["id"])
        if given.get("organization_id") is None:
            return None
        if self.all.get(whole(given["organization_id"], "organization_id")) is None:
            raise one_invalid("organization", "Organization: is invalid")
        return whole(given["organization_id"], "organization_id")

    # -- changing -----------------------------------------------------------------------------------------------

    def create(self, given: Mapping[str, Any]) -> Record:
        """Make an organization; refused when the name, the external id or a domain is taken."""
        checked = self._check(given, None)
        now = self._account.now()
        made: Record = {
            "id": self._account.new_id("organization"), "name": "", "shared_tickets": False, "shared_comments": False,
            "external_id": None, "created_at": now, "updated_at": now, "domain_names": [], "details": None,
            "notes": None, "group_id": None, "tags": [], "organization_fields": {},
        }  # fmt: skip
        made["url"] = self._account.link("organizations", made["id"])
        self.all.put(made["id"], made)
        self._apply(made, checked)
        self.told("created", made)
        return made

    def create_or_update(self, given: Mapping[str, Any]) -> tuple[Record, bool]:
        """The organization with this id, external id or name, made if there was none; says whether it was made."""
        found = self.all.get(given.get("id"))
        external_id, name = text(given, "external_id"), text(given, "name")
        found = found or (self.of_external_id(external_id) if external_id else None)
        found = found or (self.named(name) if name else None)
        if found is None:
            return self.create(given), True
        return self.change(found, given), False

    def change(self, organization: Record, given: Mapping[str, Any]) -> Record:
        """Change an organization."""
        return self._apply(organization, self._check(given, organization))

    def delete(self, organization: Record) -> None:
        """Throw an organization away, with its memberships."""
        number = organization["id"]
        self.memberships.empty(number)
        self.all.take(number)
        self._free(organization)
        self._catalogue.forget("organization", number)
        self.told("deleted", organization)

    def retag(self, organization: Record, tags: list[str]) -> None:
        """Let an organization have these tags."""
        self._apply(organization, {"tags": tags})

    def _free(self, organization: Record) -> None:
        self._by_name.pop(organization["name"].casefold(), None)
        self._by_external_id.pop(organization["external_id"] or "", None)
        for domain in organization["domain_names"]:
            self._by_domain.pop(domain, None)

    def _apply(self, organization: Record, checked: Mapping[str, Any]) -> Record:
        self._free(organization)
        custom = {**organization["organization_fields"], **checked.get("organization_fields", {})}
        organization.update({**checked, "organization_fields": custom, "updated_at": self._account.now()})
        number = organization["id"]
        self._by_name[organization["name"].casefold()] = number
        if organization["external_id"] is not None:
            self._by_external_id[organization["external_id"]] = number
        self._by_domain.update(dict.fromkeys(organization["domain_names"], number))
        self.changed.touch(number, self._account.second())
        self._learn(organization)
        return organization

    def _check(self, given: Mapping[str, Any], organization: Record | None) -> Record:
        checked: Record = {name: given[name] for name in PLAIN if name in given}
        mine = organization["id"] if organization else None
        if organization is None or "name" in given:
            checked["name"] = (text(given, "name") or "").strip()
            if not checked["name"]:
                raise one_invalid("name", "Name: cannot be blank", "BlankValue")
            if self._by_name.get(checked["name"].casefold(), mine) != mine:
                raise one_invalid("name", f"Name: {checked['name']} has already been taken", "DuplicateValue")
        if "external_id" in given:
            checked["external_id"] = text(given, "external_id")
            if self._by_external_id.get(checked["external_id"] or "", mine) != mine:
                raise one_invalid("external_id", "External: has already been taken", "DuplicateValue")
        if "domain_names" in given:
            checked["domain_names"] = tags_of(given["domain_names"])
            if any(self._by_domain.get(each, mine) != mine for each in checked["domain_names"]):
                raise one_invalid("domain_names", "Domain names: has already been taken", "DuplicateValue")
        if "tags" in given:
            checked["tags"] = tags_of(given["tags"])
        if given.get("group_id") is not None:
            checked["group_id"] = whole(given["group_id"], "group_id")
        listed = given.get("organization_fields", {})
        if not isinstance(listed, Mapping):
            raise bad_parameter("organization_fields", "must be an object")
        known = ((self.fields.known(name), value) for name, value in listed.items())
        checked["organization_fields"] = {
            each["key"]: self.fields.valued(each, value).value for each, value in known if each is not None
        }
        return checked

    def _learn(self, organization: Record) -> None:
        exact = {"tags": tuple(organization["tags"]), "organization_id": (str(organization["id"]),)}
        if organization["external_id"] is not None:
            exact["external_id"] = (organization["external_id"].casefold(),)
        texts = {name: str(organization[name] or "") for name in ("name", "notes", "details")}
        moments = {name: second_of(organization[f"{name}_at"]) for name in ("created", "updated")}
        number = organization["id"]
        self._catalogue.learn(Document(kind="organization", id=number, exact=exact, texts=texts, moments=moments))

    # -- memberships --------------------------------------------------------------------------------------------

    def join(self, user_id: int, organization_id: Any, *, default: bool = False) -> Record:
        """Put somebody into an organization."""
        organization = self.all.get(whole(organization_id, "organization_id"))
        if organization is None:
            raise one_invalid("organization", "Organization: is invalid")
        return self.memberships.join(user_id, organization["id"], default=default, view_tickets=True)

    def sole(self, user_id: int, organization_id: int | None) -> None:
        """Let somebody's default organization be this one, or none at all."""
        if organization_id is None:
            self.memberships.leave_all(user_id)
            return
        found = self.memberships.between(user_id, organization_id)
        self.memberships.make_default(found or self.join(user_id, organization_id))
