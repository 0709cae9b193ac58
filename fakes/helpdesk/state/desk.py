"""One helpdesk account with all its parts, put together.

Holds no rules of its own. Made by `slice`; the routes reach everything through it.
"""

from typing import Any, Protocol

from fakes.helpdesk.state.account import Account, Settings
from fakes.helpdesk.state.arriving import Arriving
from fakes.helpdesk.state.bin import Bin
from fakes.helpdesk.state.catalogue import Catalogue
from fakes.helpdesk.state.events import Events
from fakes.helpdesk.state.fields import Fields
from fakes.helpdesk.state.forms import Forms
from fakes.helpdesk.state.groups import Groups
from fakes.helpdesk.state.idempotency import Keys
from fakes.helpdesk.state.jobs import Jobs
from fakes.helpdesk.state.organizations import Organizations
from fakes.helpdesk.state.people import People, User
from fakes.helpdesk.state.placeholders import Placeholders
from fakes.helpdesk.state.ratings import Ratings
from fakes.helpdesk.state.search import Search
from fakes.helpdesk.state.side_conversations import SideConversations
from fakes.helpdesk.state.statuses import Statuses
from fakes.helpdesk.state.suspended import SuspendedTickets
from fakes.helpdesk.state.tickets import Tickets
from fakes.helpdesk.state.triggers import Triggers
from fakes.helpdesk.state.uploads import Uploads
from fakes.helpdesk.state.webhooks import Webhooks
from harness.clock import Clock
from harness.rng import Rng


class Clearable(Protocol):
    """What can forget its records."""

    def clear(self) -> None:
        """Forget them."""
        ...


class Desk:
    """One account."""

    def __init__(
        self, rng: Rng, clock: Clock, settings: Settings, agent_email: str, url: str = "", *, isolated: bool = False
    ) -> None:
        self.account = account = Account(rng, clock, settings, url, isolated=isolated)
        self.catalogue = Catalogue(account)
        self.fields = Fields(account, "ticket_field")
        self.user_fields = Fields(account, "user_field")
        self.organization_fields = Fields(account, "organization_field")
        self.forms = Forms(account, self.fields)
        self.statuses = Statuses(account)
        self.groups = Groups(account)
        self.organizations = Organizations(account, self.catalogue, self.organization_fields)
        self.people = People(account, self.catalogue, self.groups, self.user_fields, self.organizations, agent_email)
        self.uploads = Uploads(account)
        self.tickets = Tickets(
            account, self.people, self.groups, self.fields, self.forms.all, self.statuses, self.uploads, self.catalogue
        )
        self.bin = Bin(account, self.tickets)
        self.suspended = SuspendedTickets(account, self.people, self.tickets)
        self.arriving = Arriving(account, self.people, self.tickets, self.suspended, self.uploads)
        self.ratings = Ratings(account, self.tickets)
        self.side = SideConversations(account, self.people)
        self.webhooks = Webhooks(account, Placeholders(account, self.people, self.groups))
        self.triggers = Triggers(account, self.people, self.tickets, self.webhooks.notify)
        self.tickets.rules = self.triggers
        events = Events(account, self.webhooks)
        self.tickets.told = events.ticket_changed
        self.bin.told = events.ticket_gone
        self.people.told = events.user
        self.organizations.told = events.organization
        self.keys = Keys(account)
        self.jobs = Jobs(account)
        self.search = Search(account, self.catalogue)

    def clear(self) -> None:
        """Forget tickets, people, organizations, files, jobs and keys; groups, fields and forms stay, ids go on."""
        parts: tuple[Clearable, ...] = (
            self.catalogue, self.groups, self.organizations, self.people, self.uploads, self.tickets, self.bin,
            self.suspended,
            self.arriving, self.ratings, self.side, self.triggers, self.webhooks, self.keys, self.jobs,
        )  # fmt: skip
        for each in parts:
            each.clear()

    def belongs(self, user: User) -> None:
        """Let a user's organization be that of their default membership."""
        user.organization_id = self.organizations.memberships.default_of(user.id)
        self.people.touch(user)

    def without(self, organization: dict[str, Any]) -> None:
        """Throw an organization away, and take it from its people and tickets."""
        known, number = self.organizations.memberships, organization["id"]
        members = [known.all.at(each)["user_id"] for each in known.of_circle.ids(number)]
        self.organizations.delete(organization)
        for each in members:
            user = self.people.known(each)
            if user is not None:
                self.belongs(user)
        for each in list(self.tickets.by["organization"].ids(number)):
            ticket = self.tickets.all.at(each)
            ticket.values["organization_id"] = None
            self.tickets.touch(ticket)
