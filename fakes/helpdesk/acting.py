"""What the helpdesk's own side does: agents answer, solve and close; customers write by mail; limits are changed.

Called by `slice` for the control channel.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from fakes.helpdesk.problems import Problem
from fakes.helpdesk.state.account import Settings
from fakes.helpdesk.state.desk import Desk
from fakes.helpdesk.state.ticket import Change, Ticket
from fakes.helpdesk.wire.area import SINK
from fakes.world import World

ACTS = {
    "reply": "an agent answers on the person's newest ticket and sets it to pending",
    "solve_ticket": "an agent solves the person's newest ticket",
    "close_ticket": "the helpdesk closes the person's newest ticket for good",
    "set": "change settings of the account while it runs: limits, the lag of the search, how long jobs take",
}


class Acting:
    """Acts for one account."""

    def __init__(self, desk: Desk, world: World) -> None:
        self._desk = desk
        self._world = world
        self._acts: dict[str, Callable[[str, Mapping[str, Any]], str]] = {
            "reply": self._reply, "solve_ticket": self._solve, "close_ticket": self._close, "set": self._set,
        }  # fmt: skip

    def act(self, person: str, act: str, args: Mapping[str, Any]) -> str:
        """Do it; the id of the ticket, or the word for what else it was done to."""
        if act not in self._acts:
            raise LookupError(f"the helpdesk has no act {act!r}; it has {sorted(self._acts)}")
        try:
            return self._acts[act](person, args)
        except Problem as problem:
            raise ValueError(str(problem)) from problem

    def _newest(self, person: str) -> Ticket:
        tickets = self._desk.tickets.all
        mine = [found for each in self._world.objects_of(person) if (found := tickets.get(each)) is not None]
        if not mine:
            raise LookupError(f"{person} has no ticket")
        return mine[-1]

    def _update(self, person: str, wanted: Mapping[str, Any]) -> str:
        return self._told(self._desk.tickets.update(self._newest(person), wanted))

    def _told(self, change: Change) -> str:
        if change.op is not None:
            values = self._desk.tickets.values_of(change.ticket)
            self._world.ledger.effect(None, SINK, change.op, str(change.ticket.id), values, ())
        return str(change.ticket.id)

    def _reply(self, person: str, args: Mapping[str, Any]) -> str:
        said = str(args.get("body", "We are looking into it."))
        return self._update(person, {"comment": {"body": said}, "status": "pending"})

    def _solve(self, person: str, args: Mapping[str, Any]) -> str:
        return self._update(person, {"status": "solved"})

    def _close(self, person: str, args: Mapping[str, Any]) -> str:
        return self._update(person, {"status": "closed"})

    def _set(self, person: str, args: Mapping[str, Any]) -> str:
        known = {each.name for each in fields(Settings)}
        wrong = next((name for name in args if name not in known), None)
        if wrong is not None:
            raise ValueError(f"there is no setting {wrong!r}; there are {', '.join(sorted(known))}")
        settings = self._desk.account.settings
        for name, value in args.items():
            kind = type(getattr(settings, name))
            if type(value) is not kind and not (kind is float and type(value) is int):
                raise ValueError(f"{name} must be a {kind.__name__}")
            if any(type(each) is int and each < 0 for each in (value.values() if kind is dict else [value])):
                raise ValueError(f"{name} must not be negative")
            if kind is dict and any(type(each) is not int for each in value.values()):
                raise ValueError(f"{name} must hold whole numbers")
        for name, value in args.items():
            setattr(settings, name, value)
        return "settings"
