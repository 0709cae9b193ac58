"""What the helpdesk's own side does: agents answer, solve and close; customers write by mail; limits are changed.

Called by `slice` for the control channel.
"""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from fakes.calls import News
from fakes.helpdesk.problems import Problem
from fakes.helpdesk.state.arriving import Arrived, Mail
from fakes.helpdesk.state.desk import Desk
from fakes.helpdesk.state.ticket import Change, Ticket
from fakes.helpdesk.wire.area import SINK
from fakes.helpdesk.wire.courier import Courier
from fakes.world import World

ACTS = {
    "reply": "an agent answers on the person's newest ticket and sets it to pending",
    "solve_ticket": "an agent solves the person's newest ticket",
    "close_ticket": "the helpdesk closes the person's newest ticket for good",
    "mail": "somebody (`email`, `name`) writes a mail (`subject`, `body`), or answers to the ticket `answers`",
    "widget": "somebody (`email`, `name`) fills in the widget's form (`subject`, `body`)",
    "chat": "a chat of somebody (`email`, `name`) with these `lines` ends and becomes a ticket",
}


class Acting:
    """Acts for one account."""

    def __init__(self, desk: Desk, world: World, courier: Courier) -> None:
        self._courier = courier
        self._desk = desk
        self._world = world
        self._acts: dict[str, Callable[[str, Mapping[str, Any]], str]] = {
            "reply": self._reply, "solve_ticket": self._solve, "close_ticket": self._close, "mail": self._mail,
            "widget": lambda person, args: self._arrived(self._desk.arriving.form(self._whose(person, args))),
            "chat": lambda person, args: self._arrived(self._desk.arriving.chat(self._whose(person, args))),
        }  # fmt: skip

    def act(self, person: str, act: str, args: Mapping[str, Any]) -> str:
        """Do it; the id of the ticket, or the word for what else it was done to."""
        if act not in self._acts:
            raise LookupError(f"the helpdesk has no act {act!r}; it has {sorted(self._acts)}")
        try:
            done = self._acts[act](person, args)
        except Problem as problem:
            raise ValueError(str(problem)) from problem
        self._courier.flush(None)
        return done

    def lie(self, person: str, name: str) -> News:
        """A webhook's request that says a ticket was solved; `LookupError` without a ticket or a webhook."""
        ticket, hooks = self._newest(person), self._desk.webhooks
        webhook = next((each for each in hooks.all.values() if each.active), None)
        if webhook is None:
            raise LookupError("the account has no webhook to lie with")
        body = orjson.dumps(
            {"ticket_id": ticket.id, "status": "solved", "external_id": ticket.values.get("external_id")}
        )
        invocation = hooks.invoke(webhook, body, ticket.id)
        if invocation in hooks.outbox:
            hooks.outbox.remove(invocation)
        return self._courier.news(invocation)

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

    def _whose(self, person: str, args: Mapping[str, Any]) -> dict[str, Any]:
        """The words of an act; without an address it is the person's own."""
        return {"email": f"{person}@customers.example.com", "name": person, "body": "It does not work.", **args}

    def _mail(self, person: str, args: Mapping[str, Any]) -> str:
        given = self._whose(person, args)
        answered = given.get("answers")
        number = self._newest(person).id if answered is True else answered
        arrived = self._desk.arriving.mail(
            Mail(
                sender=str(given["email"]).lower(),
                name=str(given["name"]),
                to=str(given.get("to", "support@helpdesk")),
                subject=str(given.get("subject", "Help")),
                body=str(given["body"]),
                message_id=None if given.get("message_id") is None else str(given["message_id"]),
                answers=() if number is None else (f"<{number}@helpdesk>",),
            )
        )
        return self._arrived(arrived)

    def _arrived(self, arrived: Arrived) -> str:
        if arrived.change is not None:
            return self._told(arrived.change)
        if arrived.suspended is not None:
            return str(arrived.suspended.id)
        return str(arrived.known.id if arrived.known else "")
