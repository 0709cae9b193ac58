"""Thin events: that something happened to an object, without a snapshot; each stands for an event as it was told.

A thin event is not kept: its id says which event it stands for, and it is made whenever somebody asks. Only pings,
which stand for nothing, are kept.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fakes.payments.state.store import Account, Thing
from fakes.payments.state.tables import Entry, Order

KIND = "v2.core.event"
PREFIX = "v1."
"""What the thin type of an event about an object of the first API has before its name."""
_THIN, _FULL = "evt_test_65", "evt_1"
SINGLES = {
    "balance": "/v1/balance",
    "balance_settings": "/v1/balance_settings",
    "tax.settings": "/v1/tax/settings",
}
"""Objects that an account has one of."""

ELSEWHERE = {
    "scheduled_query_run": "sigma/scheduled_query_runs",
    "treasury.transaction_entry": "treasury/transaction_entries",
}
"""Objects that are not found under their own name."""


@dataclass(slots=True)
class Pings:
    """The pings of an account, by id."""

    sent: dict[str, Thing] = field(default_factory=dict)
    order: Order = field(default_factory=Order)
    entries: dict[str, Entry] = field(default_factory=dict)

    def keep(self, event: Thing, at_s: int) -> None:
        """Keep one."""
        entry = (at_s, len(self.sent), event["id"])
        self.sent[event["id"]], self.entries[event["id"]] = event, entry
        self.order.add(entry)


def moment_of(unix_s: int) -> str:
    """A moment as the second API writes it."""
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def thin_id(event: str) -> str:
    """The id of the thin event that stands for an event."""
    return _THIN + event.removeprefix(_FULL)


def event_id(name: str) -> str:
    """The id of the event that a thin one stands for."""
    return _FULL + name.removeprefix(_THIN)


def path_of(thing: Thing) -> str:
    """Where an object can be fetched."""
    kind, name = thing["object"], thing.get("id", "")
    if kind in SINGLES:
        return SINGLES[kind]
    if kind == "entitlements.active_entitlement_summary":
        return f"/v1/entitlements/active_entitlements?customer={thing['customer']}"
    if thing.get("customer") and kind in ("card", "bank_account", "tax_id", "cash_balance"):
        inner = {"tax_id": f"tax_ids/{name}", "cash_balance": "cash_balance"}.get(kind, f"sources/{name}")
        return f"/v1/customers/{thing['customer']}/{inner}"
    return f"/v1/{ELSEWHERE.get(kind) or kind.replace('.', '/') + 's'}/{name}"


def notice(event: Thing) -> Thing:
    """What a thin destination is told of an event."""
    told: dict[str, Any] = {
        "id": thin_id(event["id"]),
        "object": KIND,
        "created": moment_of(event["created"]),
        "livemode": event["livemode"],
        "type": PREFIX + event["type"],
    }
    if "account" in event:
        told["context"] = event["account"]
    asked = event["request"]
    if asked["id"] is not None:
        request = {"id": asked["id"], "idempotency_key": asked["idempotency_key"] or ""}
        told["reason"] = {"type": "request", "request": request}
    thing = event["data"]["object"]
    told["related_object"] = {"id": thing.get("id", ""), "type": thing["object"], "url": path_of(thing)}
    return told


def fetched(event: Thing) -> Thing:
    """What fetching a thin event answers: the notice, and which event it stands for."""
    return {**notice(event), "snapshot_event": event["id"]}


def ping(account: Account, destination: Thing) -> Thing:
    """A new event that says nothing but that it could be told."""
    name = _THIN + account.letters(23)
    made: Thing = {
        "id": name,
        "object": KIND,
        "created": moment_of(account.now()),
        "livemode": False,
        "type": "v2.core.event_destination.ping",
        "related_object": {
            "id": destination["id"],
            "type": destination["object"],
            "url": f"/v2/core/event_destinations/{destination['id']}",
        },
    }
    account.side(Pings).keep(made, account.now())
    return made
