"""What a call wants of a ticket, checked as a whole before anything is made.

Raises a `Problem` with all that is wrong; what it answers cannot fail any more, but for the requester and the people in
copy, who are checked here and made by `tickets`. Called by `tickets`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fakes.helpdesk.problems import bad_parameter, invalid, one_invalid
from fakes.helpdesk.state.account import Account, tags_of, text, whole
from fakes.helpdesk.state.fields import Fields, Valued
from fakes.helpdesk.state.groups import Groups
from fakes.helpdesk.state.identities import email_of, looks_right
from fakes.helpdesk.state.people import Given, People, User
from fakes.helpdesk.state.saying import Said, said
from fakes.helpdesk.state.shelf import Shelf
from fakes.helpdesk.state.statuses import Statuses
from fakes.helpdesk.state.ticket import Ticket
from fakes.helpdesk.state.uploads import Uploads

CHOICES = {
    "priority": ("low", "normal", "high", "urgent"),
    "status": ("new", "open", "pending", "hold", "solved", "closed"),
    "type": ("problem", "incident", "question", "task"),
}
COMMENTS_MAX = 5000
COPIES = frozenset(
    {"collaborator_ids", "collaborators", "additional_collaborators", "email_ccs", "follower_ids", "followers"}
)
"""Where a call names people in copy."""
Details = dict[str, list[tuple[str, str]]]
Record = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Plan:
    """What is to become of a ticket."""

    values: dict[str, Any]
    said: Said | None
    custom: dict[int, Valued]
    given: Mapping[str, Any]
    requester: User | Given | None = None
    """Whom it is to belong to, if that was said: somebody known, or what they are to be made of."""
    inherited: list[str] = field(default_factory=list)
    """Tags that a new ticket has from its requester and their organization."""
    copies: dict[str, list[Any]] = field(default_factory=dict)
    """`ccs` and `followers`: ids, e-mails or objects, the whole list."""


class Checking:
    """Checks what calls want of tickets."""

    def __init__(
        self,
        account: Account,
        people: People,
        groups: Groups,
        fields: Fields,
        forms: Shelf[Record],
        statuses: Statuses,
        uploads: Uploads,
        tickets: Shelf[Ticket],
    ) -> None:
        self._account = account
        self._people = people
        self._groups = groups
        self._fields = fields
        self._forms = forms
        self._statuses = statuses
        self._uploads = uploads
        self._tickets = tickets

    def plan(self, given: Mapping[str, Any], ticket: Ticket | None, comment: Any) -> Plan:
        """What a call wants of this ticket, or of a new one."""
        for name in ("subject", "raw_subject"):
            if isinstance(given.get(name), dict | list):
                raise bad_parameter(name, "Invalid parameter: subject must be a string")
        said_now = said(comment)
        details: Details = {}
        values = self._choices(given, details)
        self._links(given, ticket, values, details)
        if details:
            raise invalid(details)
        self._check_said(said_now, ticket)
        plan = Plan(values=values, said=said_now, custom=self._custom(given, ticket), given=given)
        if not COPIES.isdisjoint(given):
            plan.copies = {**self._copies(given, ticket, "ccs"), **self._copies(given, ticket, "followers")}
        plan.requester = self._requester(given)
        return plan

    def _choices(self, given: Mapping[str, Any], details: Details) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, choices in CHOICES.items():
            if name not in given or (given[name] is None and name == "status"):
                continue
            if given[name] in ("", None) and name != "status":
                values[name] = None
            elif not isinstance(given[name], str) or given[name] not in choices:
                sentence = f"{name.capitalize()}: {given[name]} is not included in the list"
                details[name] = [(sentence, "InvalidValue")]
            else:
                values[name] = given[name]
        if given.get("custom_status_id") is not None:
            chosen = self._statuses.all.get(whole(given["custom_status_id"], "custom_status_id"))
            if chosen is None:
                details["custom_status_id"] = [("Custom status: is invalid", "InvalidValue")]
            else:
                values |= {"status": chosen["status_category"], "custom_status_id": chosen["id"]}
        elif "status" in values:
            values["custom_status_id"] = None
        if "external_id" in given:
            values["external_id"] = text(given, "external_id")
        if "due_at" in given:
            values["due_at"] = text(given, "due_at")
        return values

    def _links(self, given: Mapping[str, Any], ticket: Ticket | None, values: dict[str, Any], details: Details) -> None:
        if "group_id" in given:
            group = None if given["group_id"] is None else self._groups.live.get(given["group_id"])
            if group is None and given["group_id"] is not None:
                details["group"] = [("Group: is invalid", "InvalidValue")]
            else:
                values["group_id"] = group["id"] if group else None
        assignee = self._assignee(given, details)
        if assignee is not None or ("assignee_id" in given and given["assignee_id"] is None):
            values["assignee_id"] = assignee.id if assignee else None
        self._assigned_group(ticket, values, details)
        if given.get("organization_id") is not None:
            values["organization_id"] = whole(given["organization_id"], "organization_id")
            if self._people.organizations.all.get(values["organization_id"]) is None:
                details["organization"] = [("Organization: is invalid", "InvalidValue")]
        if given.get("problem_id") is not None:
            problem = self._tickets.get(whole(given["problem_id"], "problem_id"))
            if problem is None or problem.values.get("type") != "problem":
                details["problem"] = [("Problem: is invalid", "InvalidValue")]
            else:
                values["problem_id"] = problem.id
        elif "problem_id" in given:
            values["problem_id"] = None
        if given.get("ticket_form_id") is not None:
            values["ticket_form_id"] = whole(given["ticket_form_id"], "ticket_form_id")
            if self._forms.get(values["ticket_form_id"]) is None:
                details["ticket_form_id"] = [("Ticket form: is invalid", "InvalidValue")]

    def _assignee(self, given: Mapping[str, Any], details: Details) -> User | None:
        if given.get("assignee_id") is not None:
            found = self._people.known(whole(given["assignee_id"], "assignee_id"))
        elif given.get("assignee_email"):
            found = self._people.of_email(email_of(given["assignee_email"]) or "")
        else:
            return None
        if found is None or not found.staff:
            details["assignee"] = [("Assignee: is invalid", "InvalidValue")]
            return None
        return found

    def _assigned_group(self, ticket: Ticket | None, values: dict[str, Any], details: Details) -> None:
        """An assignee is in the ticket's group; who is given without one brings their own."""
        before = ticket.values if ticket else {}
        group = values.get("group_id", before.get("group_id"))
        assignee = values.get("assignee_id", before.get("assignee_id"))
        if assignee is None:
            return
        member = group is not None and self._groups.memberships.between(assignee, group) is not None
        if values.get("assignee_id") is not None and not member:
            if values.get("group_id") is not None:
                details["assignee"] = [("Assignee: is not a member of the group", "InvalidValue")]
            else:
                values["group_id"] = self._groups.memberships.default_of(assignee)
        elif "group_id" in values and not member:
            values["assignee_id"] = None

    def _check_said(self, said_now: Said | None, ticket: Ticket | None) -> None:
        if said_now is None:
            return
        if ticket is not None and len(ticket.comments) >= COMMENTS_MAX:
            raise one_invalid("base", f"A ticket cannot have more than {COMMENTS_MAX} comments")
        if said_now.author_id is not None and self._people.known(said_now.author_id) is None:
            raise one_invalid("author", "Author: is invalid")
        if self._account.settings.unknown_upload != "refuse":
            return
        for token in said_now.tokens:
            if not self._uploads.knows(token):
                raise one_invalid("base", "Uploads: invalid or expired token")

    def _custom(self, given: Mapping[str, Any], ticket: Ticket | None) -> dict[int, Valued]:
        """The custom fields that exist; the helpdesk drops the others without a word."""
        listed = given.get("custom_fields") or given.get("fields") or []
        if isinstance(listed, Mapping):
            listed = [{"id": name, "value": value} for name, value in listed.items()]
        if not isinstance(listed, list):
            raise bad_parameter("custom_fields", "must be a list")
        known: dict[int, Valued] = {}
        for each in listed:
            one = self._fields.known(each.get("id")) if isinstance(each, Mapping) else None
            if one is not None:
                known[one["id"]] = self._fields.valued(one, each.get("value"))
        if ticket is None:
            for one in self._fields.custom.values():
                chosen = next((o["value"] for o in one.get("custom_field_options", []) if o["default"]), None)
                if chosen is not None and one["id"] not in known:
                    known[one["id"]] = self._fields.valued(one, chosen)
        return known

    def _copies(self, given: Mapping[str, Any], ticket: Ticket | None, name: str) -> dict[str, list[Any]]:
        before: list[Any] = list(getattr(ticket, name)) if ticket else []
        if name == "ccs":
            plain = [given[each] for each in ("collaborator_ids", "collaborators") if each in given]
            more, acted = given.get("additional_collaborators"), given.get("email_ccs")
        else:
            plain, more, acted = (
                [given[each] for each in ("follower_ids",) if each in given],
                None,
                given.get("followers"),
            )
        if not plain and more is None and acted is None:
            return {}
        wanted = [one for each in plain for one in _listed(each, name)] if plain else before
        wanted += _listed(more, name)
        for each in _listed(acted, name):
            if not isinstance(each, Mapping):
                raise bad_parameter(name, "must be a list of objects")
            named = each.get("user_id") or each.get("user_email")
            known = self._known(named)
            wanted = [one for one in wanted if self._known(one) is not known or known is None]
            if each.get("action", "put") == "put":
                wanted.append(named if known else {"email": named, "name": each.get("user_name")})
        for one in wanted:
            self._check_copy(one, name)
        return {name: wanted}

    def _known(self, named: Any) -> User | None:
        if isinstance(named, Mapping):
            named = named.get("email")
        if isinstance(named, str) and "@" in named:
            return self._people.of_email(named.strip())
        return self._people.known(named)

    def _check_copy(self, named: Any, name: str) -> None:
        known = self._known(named)
        if known is not None:
            return
        email = named.get("email") if isinstance(named, Mapping) else named
        if not isinstance(email, str) or not looks_right(email.strip()):
            raise one_invalid("collaborators" if name == "ccs" else name, f"{name}: {email} is invalid")

    def _requester(self, given: Mapping[str, Any]) -> User | Given | None:
        if given.get("requester") is not None:
            return self._people.check_requester(given["requester"])
        if given.get("requester_id") is None:
            return None
        known = self._people.known(whole(given["requester_id"], "requester_id"))
        if known is None:
            raise one_invalid("requester", "Requester: is invalid")
        if known.suspended:
            raise one_invalid("requester", f"Requester: {known.name} is suspended.")
        return known


def retagged(
    tags: list[str], given: Mapping[str, Any], custom: Mapping[int, Valued], gone: tuple[str, ...]
) -> list[str]:
    """The tags after a call: `tags` replaces, the other two do not, chosen options bring theirs."""
    new = tags_of(given["tags"]) if "tags" in given else [each for each in tags if each not in gone]
    wanted = [*tags_of(given.get("additional_tags")), *(tag for each in custom.values() for tag in each.tags)]
    removed = tags_of(given.get("remove_tags"))
    return [tag for tag in dict.fromkeys([*new, *wanted]) if tag not in removed]


def _listed(given: Any, name: str) -> list[Any]:
    if given is None:
        return []
    if isinstance(given, str):
        return [each.strip() for each in given.split(",") if each.strip()]
    if not isinstance(given, list):
        raise bad_parameter(name, "must be a list")
    return list(given)
