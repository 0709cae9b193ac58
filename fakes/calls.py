"""What every fake is made of: a call, a reply, a refusal, a route, a slice.

Not a web framework: routing, journaling, faults and attribution live in `fakes.server`, behaviour in each slice's
`state`, wire formats in each slice's `wire`. Both of them speak in the nouns of this module.
"""

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from fakes.dressing import DRESSES
from harness.model import Guarantee


@dataclass(slots=True)
class Reply:
    """What goes back: a status, a body already encoded, and headers beyond the server's own."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    refuses: bool = False
    """Whether it is a refusal although its status does not say so, as with some vendors."""


def come_back(seconds: float | None) -> dict[str, str]:
    """The header that says when to come back: whole seconds, at least one, never too few; none without a wait."""
    return {} if seconds is None else {"Retry-After": str(max(1, math.ceil(seconds)))}


class Refusal(Exception):
    """A vendor-shaped error that ends a call; nothing was committed."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"{reply.status}: {reply.body[:200]!r}")
        self.reply = reply


class Ledger(Protocol):
    """Where a slice writes what it did: each has its own; `call` is None when the vendor acted by itself."""

    def effect(
        self, call: "Call | None", sink: str, op: str, object_id: str, values: Mapping[str, Any], ids: Sequence[str]
    ) -> None:
        """Journal a committed change."""
        ...

    def news(self, call: "Call | None", news: "News") -> None:
        """Hand an event to the delivery engine."""
        ...

    def owns(self, call: "Call | None", ids: Sequence[str], like: Sequence[str] = ()) -> None:
        """Make `ids` known as objects of the call's person (or of the owner of `like`), without an effect."""
        ...


@dataclass(slots=True, kw_only=True)
class News:
    """An event a vendor tells its customers by webhook; `topic` is neutral, `type` is the vendor's word."""

    id: str
    type: str
    topic: str
    object_id: str
    body: bytes
    created_s: int
    ids: tuple[str, ...] = ()
    account: str = ""
    """Whose account of the vendor tells it; empty: the main one."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """What each delivery of it carries besides the signature."""
    to: str = ""
    """Only for the endpoint of this name; empty: for everybody who wants such."""


@dataclass(slots=True, kw_only=True)
class Call:
    """One request to a fake, from its first byte to its answer."""

    id: str
    fake: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    ledger: Ledger
    route: "Route | None" = None
    at: Mapping[str, str] = field(default_factory=dict)
    """The values of the route's `{placeholders}`."""
    params: dict[str, Any] = field(default_factory=dict)
    """What the slice read from query and body."""
    key: str | None = None
    """The idempotency key, if the vendor takes one here."""
    person: str | None = None
    """Whose call it is, as far as its own bytes and the objects it names tell; steers faults, never judges."""
    account: str = ""
    markers: tuple[str, ...] = ()
    """Every marker in its own bytes."""
    ids: tuple[str, ...] = ()
    """The known objects it names."""
    owners: tuple[str, ...] = ()
    """Its markers, or else the owners of the objects it names; a batch has several."""
    allowed: tuple[str, ...] = ()
    """When no route matched: the methods that this path does have, for vendors that answer 405."""
    effects: int = 0
    """How many effects it has left so far."""
    began_ns: int = 0
    host: str | None = None
    """The vendor's own host at which it arrived; None at the fake's own address."""

    def effect(self, sink: str, op: str, object_id: str, values: Mapping[str, Any], ids: Sequence[str] = ()) -> None:
        """Journal that this call created, updated or deleted `object_id`; `ids` are the objects it refers to."""
        self.ledger.effect(self, sink, op, object_id, values, ids)

    def news(self, news: News) -> None:
        """Hand an event of this call to the delivery engine."""
        self.ledger.news(self, news)

    def owns(self, *ids: str) -> None:
        """Make objects known as this call's person's, when creating them is no effect of its own."""
        self.ledger.owns(self, ids)


Handler = Callable[[Call], Reply | Awaitable[Reply]]
"""An awaitable begins after other calls may have come: what counts from the first moment is done before it is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A method and a path template, what answers it, and what scenarios may aim at it."""

    method: str
    template: str
    """Parts in braces are placeholders: `/v1/customers/{id}`, `/api/v2/tickets/{id}.json`.

    What a placeholder called `token` or `secret` stands for is kept out of the journal.
    """
    operation: str
    """The vendor's own name of the call, shown in reports: `POST /v1/customers`."""
    handler: Handler
    writes: bool
    sink: str | None = None
    """The sink that this call mainly writes to; faults may be aimed at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """A place where effects land."""

    name: str
    guarantee: Guarantee
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a fake offers to scenarios, without a vendor's word."""

    sinks: tuple[Sink, ...]
    forgeries: Mapping[str, str] = field(default_factory=dict)
    """Ways to sign a webhook, nearly all of them wrong, each with one sentence."""
    dresses: dict[str, str] = field(default_factory=lambda: dict(DRESSES))
    """Unusual ways to send any webhook that leave it genuine."""
    genuine: tuple[str, ...] = ()
    """Those among them that are unusual and right all the same: every receiver must take such a webhook."""
    lies: Mapping[str, str] = field(default_factory=dict)
    """Events it can tell although they did not happen, each with one sentence."""
    acts: Mapping[str, str] = field(default_factory=dict)
    """What the vendor's own side can do to a person's objects (end a subscription, refund), each with one sentence."""
    payment_methods: Mapping[str, str] = field(default_factory=dict)
    """What a wallet can pay with, each with one sentence; empty when there is no wallet."""


class Slice(Protocol):
    """One vendor: its routes, its manners and its manifest."""

    name: str
    manifest: Manifest
    routes: Sequence[Route]

    def read(self, call: Call) -> None:
        """Check the credentials and fill `params`, `key` and `account`; raise `Refusal` in the vendor's shape.

        Runs before `received` is journaled and before any fault, so it must not change any state.
        """
        ...

    def unknown_route(self, call: Call) -> Reply:
        """What the vendor answers to a path it does not have."""
        ...

    def failure(self, kind: str, call: Call, *, retry_after_s: float | None = None, status: int | None = None) -> Reply:
        """The vendor's own body for `server_error`, `rate_limited`, `locked`, `invalid` or `unavailable`."""
        ...
