"""What the search is told of a ticket: its values by name, its words, its moments.

Called by `tickets` after each change.
"""

from fakes.helpdesk.state.account import Account, second_of
from fakes.helpdesk.state.catalogue import Document
from fakes.helpdesk.state.groups import Groups
from fakes.helpdesk.state.people import People
from fakes.helpdesk.state.ticket import Ticket


class Documents:
    """Makes documents of the tickets of one account."""

    def __init__(self, account: Account, people: People, groups: Groups) -> None:
        self._account = account
        self._people = people
        self._groups = groups

    def of(self, ticket: Ticket) -> Document:
        """The document of a ticket as it is now."""
        values, asker = ticket.values, ticket.requester.id
        known = {asker: self._person(asker)}
        exact: dict[str, tuple[str, ...]] = {
            "ticket_id": (str(ticket.id),), "status": (values["status"],), "tags": tuple(ticket.tags),
            "requester": known[asker], "submitter": known.get(ticket.submitter_id) or self._person(ticket.submitter_id),
            "via": (str(ticket.via["channel"]),), "brand": (str(self._account.brand),),
        }  # fmt: skip
        for name, value in (
            ("priority", values.get("priority")),
            ("ticket_type", values.get("type")),
            ("external_id", values.get("external_id")),
            ("form", values.get("ticket_form_id")),
        ):
            if value is not None:
                exact[name] = (str(value).casefold(),)
        if values.get("assignee_id"):
            exact["assignee"] = self._person(values["assignee_id"])
        group = self._groups.live.get(values.get("group_id"))
        if group is not None:
            exact["group"] = (str(group["id"]), group["name"].casefold())
        if values.get("organization_id"):
            exact["organization"] = self._people.organizations.names(values["organization_id"])
        if ticket.ccs:
            exact["cc"] = tuple(each for one in ticket.ccs for each in self._person(one))
        authors = {one.author_id for one in ticket.comments}
        exact["commenter"] = tuple(each for one in authors for each in known.get(one) or self._person(one))
        if any(each.attachments for each in ticket.comments):
            exact["has_attachment"] = ("true",)
        for field_id, value in ticket.custom.items():
            if value is not None:
                listed = value if isinstance(value, list) else [value]
                exact[f"custom_field_{field_id}"] = tuple(str(each).casefold() for each in listed)
        texts = {"subject": ticket.subject or "", "description": ticket.comments[0].body, "ticket_id": str(ticket.id),
                 "comment": "\n".join(each.body for each in ticket.comments[1:])}  # fmt: skip
        moments = {"created": second_of(ticket.created_at), "updated": ticket.changed_s}
        if ticket.stats.solved_at:
            moments["solved"] = second_of(ticket.stats.solved_at)
        return Document(kind="ticket", id=ticket.id, exact=exact, texts=texts, moments=moments)

    def _person(self, user_id: int) -> tuple[str, ...]:
        user = self._people.users.get(user_id)
        if user is None:
            return (str(user_id),)
        return (str(user_id), user.name.casefold(), *self._people.identities.emails(user))
