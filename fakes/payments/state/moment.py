"""One action at the provider: who asked, when, and what came of it.

Behaviour writes its objects, then says here what happened; `wire` hands effects and news on once everything is
committed. The news carry snapshots of the moment they were told, in the order they were told.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

from fakes.payments.events import Asked, build
from fakes.payments.state.delta import previous
from fakes.payments.state.store import Account, Thing, Told, outside
from fakes.webhooks import Webhooks

REFERENCES = (
    "id",
    "customer",
    "payment_intent",
    "setup_intent",
    "invoice",
    "subscription",
    "charge",
    "latest_invoice",
    "latest_charge",
    "payment_method",
    "default_payment_method",
)


READER = "terminal.reader"


@dataclass(slots=True, kw_only=True)
class Effect:
    """A change, in the words of the sinks."""

    sink: str
    op: str
    object_id: str
    values: Thing
    ids: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Moment:
    """What one call, one tap in a wallet or one act of the provider's own side does."""

    account: Account
    asked: Asked
    effects: list[Effect] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    client: bool = False
    """Whether the person's own device asks, with a client secret."""
    webhooks: Webhooks = field(default_factory=Webhooks)

    @property
    def now(self) -> int:
        """The account's time, in seconds."""
        return self.account.now()

    def ids_of(self, thing: Thing) -> tuple[str, ...]:
        """Every object that `thing` refers to, itself first: an invoice's payment, a payment's page, ...

        A reader in a shop is everybody's: its are those of whatever it does just now.
        """
        if thing.get("object") == READER:
            return self._handled(thing.get("action") or {})
        links, invoices = self.account.links, self.account.tables["invoice"]
        found: dict[str, None] = {name: None for field in REFERENCES if isinstance(name := thing.get(field), str)}
        own = str(thing.get("id"))
        intent = str(thing.get("payment_intent") or own)
        beside = (
            links.invoice_of_intent.get(intent), links.session_of_intent.get(intent), links.intent_of_invoice.get(own),
        )  # fmt: skip
        found.update((name, None) for name in beside if name is not None)
        if invoices:
            bills = [invoices[name] for name in found if name in invoices]
            found.update((name, None) for bill in bills if (name := subscription_of(bill)) is not None)
        return tuple(found)

    def _handled(self, action: Thing) -> tuple[str, ...]:
        asked = action.get(action.get("type", "")) or {}
        found: dict[str, None] = {}
        for kind in ("refund", "payment_intent", "setup_intent", "charge"):
            thing = self.account.find(kind, asked.get(kind))
            found.update(dict.fromkeys(self.ids_of(thing) if thing is not None else ()))
        return tuple(found)

    def effect(self, sink: str, op: str, thing: Thing, values: Thing) -> None:
        """Say that `thing` was created or changed; metadata goes along."""
        if thing.get("metadata"):
            values = {**values, "metadata": dict(thing["metadata"])}
        last = self.account.links.last_effect
        if op == "update" and last.get(f"{sink}/{thing['id']}") == values:
            return
        last[f"{sink}/{thing['id']}"] = values
        self.effects.append(Effect(sink=sink, op=op, object_id=thing["id"], values=values, ids=self.ids_of(thing)))

    def tell(self, kind: str, thing: Thing, was: Thing | None = None) -> None:
        """Make the event `kind` with a snapshot of `thing`; `was` is the object before the change."""
        difference = None if was is None else previous(was, thing)
        if difference is None or difference:
            self._tell(kind, thing, difference)
        else:
            self.account.noted(thing)

    def _tell(self, kind: str, thing: Thing, difference: Thing | None) -> None:
        self.account.noted(thing)
        pending = self.webhooks.listening(kind, outside(self.account))
        self.told.append(build(self.account, self.asked, kind, thing, difference, self.ids_of(thing), pending))

    def change(self, thing: Thing, kind: str, **fields: Any) -> None:
        """Give fields other values and tell `kind`, unless they had them; cheaper than `changing`."""
        was = {name: thing.get(name) for name, value in fields.items() if thing.get(name) != value}
        thing.update(fields)
        if was:
            self._tell(kind, thing, was)

    def commit(self) -> None:
        """Make the events part of the account; from here on nothing of this moment is taken back."""
        for told in self.told:
            if not told.to:
                self.account.events.tell(told)

    def changing(self, thing: Thing, kind: str) -> "Change":
        """Tell `kind` with what differs when the block is left, unless nothing does."""
        return Change(self, thing, kind)


class Change:
    """A context in which an object changes; on leaving it, the event with its previous attributes is told."""

    def __init__(self, moment: Moment, thing: Thing, kind: str) -> None:
        self._moment, self._thing, self._kind = moment, thing, kind
        self._was: Thing = orjson.loads(orjson.dumps(thing))

    def __enter__(self) -> Thing:
        return self._thing

    def __exit__(self, problem: type[BaseException] | None, *_: object) -> None:
        if problem is None:
            self._moment.tell(self._kind, self._thing, was=self._was)


def subscription_of(invoice: Thing) -> str | None:
    """The subscription an invoice is for."""
    parent = invoice.get("parent") or {}
    name: str | None = (parent.get("subscription_details") or {}).get("subscription")
    return name


Behaviour = Callable[..., dict[str, Any]]
