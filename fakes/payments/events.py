"""Events: the provider's type, our neutral topic, and the bytes that are signed.

An event is a snapshot: built once, when the change has been made, and never altered. Who asked is in `request`; both
of its fields are null when the provider acted by itself. Called by `state.moment`; delivery is not done here.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from fakes.encoding import trimmed

if TYPE_CHECKING:
    from fakes.payments.state.store import Account, Told

TOPICS = {
    "payment_intent.succeeded": "payment_succeeded",
    "payment_intent.payment_failed": "payment_failed",
    "payment_intent.canceled": "payment_canceled",
    "customer.subscription.created": "subscription_started",
    "customer.subscription.updated": "subscription_changed",
    "customer.subscription.deleted": "subscription_ended",
    "invoice.paid": "invoice_paid",
    "invoice.payment_failed": "invoice_payment_failed",
    "charge.refunded": "charge_refunded",
    "checkout.session.completed": "checkout_completed",
}
"""Every other type has the topic `other`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The request that caused something; empty when the provider acted by itself."""

    request: str | None = None
    key: str | None = None


def topic_of(kind: str) -> str:
    """The neutral word for a type of event."""
    return TOPICS.get(kind, "other")


def encode(content: Any) -> bytes:
    """JSON as this provider writes it: two spaces, text as it is."""
    return trimmed(orjson.dumps(content, option=orjson.OPT_INDENT_2))


def build(
    account: "Account",
    asked: Asked,
    kind: str,
    thing: dict[str, Any],
    difference: dict[str, Any] | None,
    ids: tuple[str, ...],
    pending: int = 1,
) -> "Told":
    """The event of `kind` about `thing` as it is now; so many endpoints are to hear it."""
    from fakes.payments.state.store import API_VERSION, CONNECTED, Told

    data = {"object": thing} if difference is None else {"object": thing, "previous_attributes": difference}
    name, created = account.fresh("event"), account.now()
    event: dict[str, Any] = {
        "id": name,
        "object": "event",
        "api_version": API_VERSION,
        "created": created,
        "data": data,
        "livemode": False,
        "pending_webhooks": pending,
        "request": {"id": asked.request, "idempotency_key": asked.key},
        "type": kind,
    }
    if account.name.startswith(CONNECTED):
        event["account"] = account.name
    return Told(name, kind, created, encode(event), ids)
