"""The CRM in this process, on a clock that is moved by hand: for time, limits and order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Unpack
from urllib.parse import urlencode

import orjson

from fakes.calls import Call, News, Refusal, Reply
from fakes.crm.slice import CrmSlice, make
from fakes.endpoints import Wants
from fakes.routing import Router
from fakes.webhooks import Manners, Webhooks
from fakes.world import World
from harness.clock import ManualClock
from harness.rng import Rng

ROUTERS: list[Router] = []
"""One router for all portals: each has the same routes, with handlers of its own."""


@dataclass
class Notes:
    """A ledger that keeps what it is told."""

    effects: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)
    told: list[News] = field(default_factory=list)

    def effect(
        self, call: Call | None, sink: str, op: str, object_id: str, values: Mapping[str, Any], ids: Sequence[str]
    ) -> None:
        """Keep an effect: sink, op, object, values."""
        self.effects.append((sink, op, object_id, dict(values)))

    def news(self, call: Call | None, news: News) -> None:
        """Keep an event."""
        self.told.append(news)

    def owns(self, call: Call | None, ids: Sequence[str], like: Sequence[str] = ()) -> None:
        """Nobody asks whose it is."""


class Listening(Webhooks):
    """A delivery engine that only remembers who listens where."""

    def __init__(self) -> None:
        self.urls: dict[str, str] = {}

    def register(
        self, name: str, url: str, wants: Wants, *, secrets: Sequence[str] = (), **manners: Unpack[Manners]
    ) -> None:
        """Remember the address."""
        self.urls[name] = url

    def forget(self, name: str) -> None:
        """Forget it."""
        self.urls.pop(name, None)


@dataclass(frozen=True)
class Answer:
    """A reply, read."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        """The JSON in it; None when there is nothing."""
        return orjson.loads(self.raw) if self.raw else None


class Bare:
    """One portal without sockets."""

    def __init__(self, seed: int = 5, clock: ManualClock | None = None, /, **settings: Any) -> None:
        self.clock = clock or ManualClock()
        self.ledger = Notes()
        self.hooks = Listening()
        world = World(
            fake="crm", rng=Rng(seed), ledger=self.ledger, clock=self.clock, webhooks=self.hooks,
            settings={"token": "pat-1", **settings},
        )  # fmt: skip
        self.slice: CrmSlice = make(world)
        if not ROUTERS:
            ROUTERS.append(Router(self.slice.routes))
        self._routes = {(each.method, each.template): each for each in self.slice.routes}
        self._numbered = 0

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = "pat-1",
        form: dict[str, str] | None = None,
    ) -> Answer:
        """Carry one call out, as the server does."""
        self._numbered += 1
        raw_path, _, query = path.partition("?")
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        content = b"" if body is None else body if isinstance(body, bytes) else orjson.dumps(body)
        if form is not None:
            headers["content-type"], content = "application/x-www-form-urlencoded", urlencode(form).encode()
        found, at, allowed = ROUTERS[0].match(method, raw_path)
        route = self._routes[found.method, found.template] if found else None
        call = Call(
            id=f"c{self._numbered}", fake="crm", method=method, path=raw_path, query=query, headers=headers,
            body=content, ledger=self.ledger, route=route, at=at, allowed=allowed,
        )  # fmt: skip
        reply = self._carried_out(call)
        return Answer(reply.status, reply.headers, reply.body)

    def _carried_out(self, call: Call) -> Reply:
        if call.route is None:
            return self.slice.unknown_route(call)
        try:
            self.slice.read(call)
            reply = call.route.handler(call)
        except Refusal as refusal:
            return refusal.reply
        assert isinstance(reply, Reply)
        return reply
