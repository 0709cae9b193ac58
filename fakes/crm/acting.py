"""What happens on the CRM's own side: somebody in sales, the search's index, and events that are not true.

Called by `slice` for the control channel.
"""

from collections.abc import Mapping
from typing import Any

from fakes.calls import News
from fakes.crm.problems import Problem
from fakes.crm.state.record import Record, Written
from fakes.crm.state.records import Portal
from fakes.crm.state.telling import Telling
from fakes.crm.wire.clerk import Clerk
from fakes.crm.wire.webhooks import Herald
from fakes.world import World

ACTS = {
    "edit_contact": "somebody in sales changes properties of the person's contact by hand",
    "archive_contact": "somebody in sales archives the person's contact",
    "hold_search": "the search learns nothing more of the person's records until it is let",
    "release_search": "the search learns at once what was held back of the person's records",
}
SEARCH_ACTS = ("hold_search", "release_search")
LIES = {"contact_deleted": "the person's contact was deleted, which it was not"}


class Acting:
    """The CRM's own side, for one portal."""

    def __init__(self, world: World, portal: Portal, clerk: Clerk, telling: Telling, herald: Herald) -> None:
        self._world = world
        self._portal = portal
        self._clerk = clerk
        self._telling = telling
        self._herald = herald

    def _contact(self, person: str) -> Record:
        """The person's newest live contact; `LookupError` if there is none."""
        known = self._portal.records["contacts"]
        live = [
            known[each] for each in self._world.objects_of(person) if each in known and known[each].archived_at is None
        ]
        if not live:
            raise LookupError(f"{person} has no contact")
        return live[-1]

    def act(self, person: str, act: str, args: Mapping[str, Any]) -> str:
        """Do it, and answer the id of what it was done to."""
        if act == "hold_search":
            self._portal.index.hold(person)
            return person
        if act == "release_search":
            self._portal.index.release(person)
            return person
        record = self._contact(person)
        done: Written | None
        if act == "edit_contact":
            given = args.get("properties")
            if not isinstance(given, Mapping):
                raise ValueError("properties must be an object of names and values")
            try:
                done = self._portal.change(record, given)
            except Problem as problem:
                raise ValueError(str(problem)) from problem
        elif act == "archive_contact":
            done = self._portal.archive("contacts", record.id)
        else:
            raise LookupError(f"the CRM has no act {act!r}; it has {sorted(ACTS)}")
        if done is not None:
            self._clerk.wrote(None, done)
        return record.id

    def lie(self, person: str, name: str) -> News:
        """A deletion that did not happen, as if the app had subscribed to it."""
        if name not in LIES:
            raise LookupError(f"the CRM tells no lie {name!r}; it has {sorted(LIES)}")
        record = self._contact(person)
        return self._herald.news([self._telling.invented(record, "deletion", changeFlag="DELETED")])
