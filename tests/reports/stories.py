"""Small true-to-life histories, written through the harness's own journal on a clock that only moves when told."""

from pathlib import Path
from typing import Any

from harness.clock import ManualClock
from harness.journal import Journal, Record, read_folder
from harness.rng import Rng

NAMES = (("Noor", "Okafor"), ("Ida", "Lindqvist"), ("Tomás", "Ferreira"), ("Mei", "Tanaka"), ("Zoë", "Brandt"))


class World:
    """A run folder being written: people, phones, vendors, and one clock for all."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.clock = ManualClock(at_ns=5_000_000_000_000)
        self._rng = Rng(seed)
        self.writers = {
            name: Journal(folder / f"{name}.jsonl", name, self.clock) for name in ("phone", "fakes", "stack", "cells")
        }
        self._count = 0

    def tick(self, ms: float) -> None:
        """Let time pass."""
        self.clock.advance(ms / 1000)

    def ident(self, prefix: str) -> str:
        """A new id."""
        self._count += 1
        return self._rng.ident(prefix, str(self._count))[: len(prefix) + 13]

    def phone(self, kind: str, /, **fields: Any) -> None:
        """A record of the phone."""
        self.writers["phone"].write(kind, **fields)

    def fakes(self, kind: str, /, **fields: Any) -> None:
        """A record of the vendors."""
        self.writers["fakes"].write(kind, **fields)

    def person(self, cell: str | None, origin: str = "scenario", name: tuple[str, str] | None = None) -> str:
        """Somebody new; answers the marker."""
        self._count += 1
        marker = self._rng.marker(str(self._count))
        first, last = name or NAMES[self._count % len(NAMES)]
        self.phone(
            "person",
            person=marker,
            cell=cell,
            origin=origin,
            email=f"{marker}@example.com",
            first_name=first,
            last_name=last,
            phone="+15555550100",
            company="Example Ltd",
            lead={},
            device="iPhone 15",
        )
        return marker

    def attempt(self, intent: str, person: str, path: str, key: str, operation: str) -> str:
        """A request leaves the phone."""
        attempt = self.ident("at")
        self.phone(
            "attempt",
            attempt=attempt,
            intent=intent,
            person=person,
            operation=operation,
            method="POST",
            path=path,
            key=key,
            scheduled=None,
            main=True,
        )
        return attempt

    def intent(self, person: str, cell: str, flow: str) -> tuple[str, str]:
        """A wish; answers its id and its key."""
        intent, key = self.ident("in"), self.ident("key")
        self.phone("intent", intent=intent, person=person, cell=cell, flow=flow, key=key, expects=[], values={})
        return intent, key

    def polls(self, intent: str, person: str, path: str, state: str, times: int) -> None:
        """The app asks how it stands, again and again."""
        for _ in range(times):
            attempt = self.ident("at")
            self.phone(
                "attempt",
                attempt=attempt,
                intent=intent,
                person=person,
                operation="order",
                method="GET",
                path=path,
                key=None,
                scheduled=None,
                main=False,
            )
            self.tick(9)
            self.outcome(attempt, intent, person, "ok", 200, state, 9)
            self.tick(240)

    def outcome(
        self, attempt: str, intent: str, person: str, outcome: str, status: int | None, state: str | None, ms: float
    ) -> None:
        """What the phone learned."""
        error = None if status else "connection reset"
        self.phone(
            "outcome",
            attempt=attempt,
            intent=intent,
            person=person,
            outcome=outcome,
            status=status,
            error=error,
            ms=ms,
            state=state,
        )

    def call(
        self,
        person: str,
        fake: str,
        operation: str,
        sink: str,
        values: dict[str, Any] | None,
        *,
        key: str | None = None,
        obj: str = "",
        status: int = 200,
        lost: str | None = None,
        op: str = "create",
        params: dict[str, Any] | None = None,
        fault: str | None = None,
    ) -> str:
        """A call of the pipeline to a vendor, its effect if any, its answer; answers the call's id."""
        call = self.ident("call")
        method, path = operation.split(" ", 1)
        self.fakes(
            "received",
            call=call,
            fake=fake,
            method=method,
            path=path,
            operation=operation,
            writes=method != "GET",
            sink=sink,
            key=key,
            person=person,
            markers=[person],
            ids=[],
            params=params or {},
        )
        self.tick(2)
        if values is not None:
            self.fakes(
                "effect",
                call=call,
                fake=fake,
                sink=sink,
                op=op,
                object=obj,
                person=person,
                markers=[person],
                ids=[],
                values=values,
            )
        if fault:
            self.tick(1)
            self.fakes(
                "fault", call=call, person=person, fake=fake, kind=fault, rule=None, committed=values is not None
            )
        self.tick(3)
        self.fakes("answered", call=call, status=None if lost else status, ms=5.2, lost=lost)
        self.tick(4)
        return call

    def deliver(
        self,
        person: str,
        topic: str,
        kind: str,
        obj: str,
        *,
        event: str | None = None,
        attempt: int = 1,
        copy: int = 0,
        status: int | None = 200,
        created: int = 1_790_000_000,
    ) -> str:
        """A webhook, told once; answers the event's id."""
        if event is None:
            event = self.ident("evt")
            self.fakes(
                "news",
                event=event,
                fake="payments",
                type=kind,
                topic=topic,
                object=obj,
                person=person,
                ids=[obj],
                created=created,
            )
        delivery = self.ident("dl")
        self.fakes(
            "delivery",
            delivery=delivery,
            event=event,
            fake="payments",
            type=kind,
            topic=topic,
            person=person,
            attempt=attempt,
            copy=copy,
            resigned=False,
            forgery=None,
            lie=False,
            object=obj,
        )
        self.tick(11)
        self.fakes("delivered", delivery=delivery, event=event, status=status, error=None, ms=11.0)
        self.tick(3)
        return event

    def read(self, person: str, cell: str, phase: str, values: dict[str, Any]) -> None:
        """The app looks at its state."""
        self.phone("read", person=person, cell=cell, what="state", phase=phase, status=200, values=values)

    def cell(self, cell: str, title: str, persons: list[str]) -> None:
        """The cell's own record."""
        scenario, _, rest = cell.partition("[")
        flow, _, variant = rest.rstrip("]").partition("-")
        self.writers["cells"].write(
            "cell",
            cell=cell,
            scenario=scenario,
            title=title,
            text=f"{title}.\n\nTold at length.",
            flow=flow,
            variant=variant,
            origin="scenario",
            promises=[],
            facts=[],
            persons=persons,
            replay=replay(cell),
        )

    def records(self) -> list[Record]:
        """Everything written so far."""
        return read_folder(self.folder)


def replay(cell: str) -> str:
    """The command that plays a cell again."""
    return f"harness run '{cell}' --seed 4711 --target staging/target.toml"


def sign_up(world: World, person: str, cell: str) -> None:
    """A calm sign-up."""
    intent, key = world.intent(person, cell, "sign_up")
    attempt = world.attempt(intent, person, "/v1/accounts", key, "sign_up")
    world.tick(38)
    world.outcome(attempt, intent, person, "ok", 202, "Account syncing", 38)
    world.tick(12)
    values = {"email": f"{person}@example.com", "firstname": "Noor", "lifecyclestage": "lead", "plan": "free"}
    world.call(
        person, "crm", "POST /crm/v3/objects/contacts/batch/upsert", "crm.contact", values, obj=world.ident("ct")
    )
    world.tick(60)


def purchase(world: World, person: str, cell: str, *, copies: int = 0, charged_twice: bool = False) -> None:
    """Buying credits; with copies of the webhook, or with the flaw that a lost answer makes a second charge."""
    intent, key = world.intent(person, cell, "buy")
    attempt = world.attempt(intent, person, "/v1/orders", key, "buy")
    world.tick(24)
    world.outcome(attempt, intent, person, "ok", 202, "Payment pending", 24)
    world.tick(6)
    order = world.ident("ord")
    world.call(
        person,
        "payments",
        "POST /v1/customers",
        "payments.customer",
        {"email": f"{person}@example.com"},
        obj=world.ident("cus"),
        key=world.ident("idem"),
    )
    charge = {"amount": 3900, "currency": "eur", "captured": True}
    first = world.ident("ch")
    params = {"amount": 3900, "metadata": {"order_id": order}, "api_key": "sk_test_51Hidden0000"}
    world.call(
        person,
        "payments",
        "POST /v1/payment_intents",
        "payments.charge",
        charge,
        obj=first,
        params=params,
        key=world.ident("idem"),
        lost="before" if charged_twice else None,
        fault="lost_reply" if charged_twice else None,
    )
    if charged_twice:
        world.polls(intent, person, f"/v1/orders/{order}", "Payment pending", 9)
        world.call(
            person,
            "payments",
            "POST /v1/payment_intents",
            "payments.charge",
            charge,
            obj=world.ident("ch"),
            params=params,
            key=world.ident("idem"),
        )
    event = world.deliver(person, "payment.succeeded", "payment_intent.succeeded", first)
    for number in range(copies):
        world.deliver(person, "payment.succeeded", "payment_intent.succeeded", first, event=event, copy=number + 1)
    world.tick(80)
    deal = {"dealname": f"Order {order}", "amount": "39.00", "deal_currency_code": "EUR", "dealstage": "closedwon"}
    world.call(person, "crm", "POST /crm/v3/objects/deals/batch/upsert", "crm.deal", deal, obj=world.ident("dl"))
    mail = {"to": [f"{person}@example.com"], "subject": f"Receipt for order {order}"}
    world.call(person, "alerts", "SMTP DATA", "alerts.mail", mail, obj=world.ident("msg"))
    world.phone("shown", person=person, intent=intent, state="Paid")
    world.phone("concluded", intent=intent, person=person, outcome="ok")
    world.tick(2600)
    world.read(person, cell, "final", {"state": "Up to date", "plan": "free", "credits": 50})


def lost_ticket(world: World, person: str, cell: str) -> None:
    """A cry for help that the helpdesk never gets: it answered with an error twice and nobody tried again."""
    intent, key = world.intent(person, cell, "help_text")
    attempt = world.attempt(intent, person, "/v1/tickets", key, "help")
    world.phone("weather", attempt=attempt, person=person, kind="reply_lost", detail="the answer did not come through")
    world.tick(31)
    world.outcome(attempt, intent, person, "unknown", None, None, 31)
    world.tick(400)
    attempt = world.attempt(intent, person, "/v1/tickets", key, "help")
    world.tick(19)
    world.outcome(attempt, intent, person, "ok", 202, "Ticket received", 19)
    params = {"ticket": {"subject": "I paid and see nothing", "priority": "high"}}
    for _ in range(2):
        world.tick(140)
        world.call(
            person,
            "helpdesk",
            "POST /api/v2/tickets",
            "helpdesk.ticket",
            None,
            status=503,
            fault="server_error",
            key=key,
            params=params,
        )
    world.tick(9000)
    world.read(person, cell, "final", {"state": "Ticket received", "plan": "free", "tickets": 0})


def stale_overwrite(world: World, person: str, cell: str) -> None:
    """The newer news comes first, the older one overwrites it."""
    intent, key = world.intent(person, cell, "subscribe")
    attempt = world.attempt(intent, person, "/v1/subscription", key, "subscribe")
    world.tick(22)
    world.outcome(attempt, intent, person, "ok", 202, "Payment pending", 22)
    sub = world.ident("sub")
    values = {"plan": "starter", "status": "incomplete", "cancel_at_period_end": False}
    world.call(person, "payments", "POST /v1/subscriptions", "payments.subscription", values, obj=sub, key=key)
    world.phone("pay", intent=intent, person=person, handle_sha="ab12", method="card_ok", outcome="ok", result="paid")
    world.tick(30)
    contact = world.ident("ct")
    world.deliver(person, "subscription.updated", "customer.subscription.updated", sub, created=1_790_000_009)
    world.call(
        person,
        "crm",
        "PATCH /crm/v3/objects/contacts",
        "crm.contact",
        {"plan": "starter", "plan_status": "active", "lifecyclestage": "customer"},
        obj=contact,
        op="update",
    )
    world.tick(700)
    world.deliver(person, "subscription.created", "customer.subscription.created", sub, created=1_790_000_001)
    world.call(
        person,
        "crm",
        "PATCH /crm/v3/objects/contacts",
        "crm.contact",
        {"plan": "starter", "plan_status": "incomplete", "lifecyclestage": "customer"},
        obj=contact,
        op="update",
    )
    world.tick(1900)
    world.read(person, cell, "final", {"state": "Payment pending", "plan": "free"})
