"""A vendor with one kind of object and every power there is, for tests of what fakes share."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from fakes.calls import Call, Manifest, News, Refusal, Reply, Route, Sink
from fakes.powers import Paid
from fakes.world import World
from harness.clock import pause
from harness.model import Guarantee

THINGS = "tiny.thing"


class Tiny:
    """`POST /things` creates, `GET /things/{id}` shows, `PATCH` changes; each tells news."""

    name = "tiny"
    manifest = Manifest(
        sinks=(Sink(name=THINGS, guarantee=Guarantee.NONE, text="things"),),
        forgeries={"garbage": "a signature of random letters"},
        lies={"made": "says that a thing was made"},
        acts={"touch": "somebody touches the newest thing"},
        payment_methods={"card": "always works"},
    )

    def __init__(self, world: World) -> None:
        self._world = world
        self._things: dict[str, dict[str, Any]] = {}
        self.secrets: Sequence[str] = (world.secret("webhook_secret", "whsec_"),)
        self.routes = [
            Route(
                method="POST", template="/things", operation="POST /things", handler=self.create, writes=True,
                sink=THINGS,
            ),
            Route(
                method="GET", template="/things/{id}", operation="GET /things/{id}", handler=self.show, writes=False
            ),
            Route(
                method="PATCH", template="/things/{id}", operation="PATCH /things/{id}", handler=self.change,
                writes=True, sink=THINGS,
            ),
            Route(method="POST", template="/bug", operation="POST /bug", handler=self.bug, writes=True),
            Route(method="POST", template="/later", operation="POST /later", handler=self.later, writes=True),
            Route(
                method="POST", template="/hooks/{token}", operation="POST /hooks/{token}", handler=self.hook,
                writes=True,
            ),
        ]  # fmt: skip

    def read(self, call: Call) -> None:
        """JSON only."""
        call.key = call.headers.get("idempotency-key")
        if call.headers.get("authorization") == "Bearer wrong":
            raise Refusal(self.failure("unauthorised", call, status=401))
        try:
            call.params = orjson.loads(call.body) if call.body else {}
        except orjson.JSONDecodeError:
            raise Refusal(self.failure("invalid", call)) from None

    def create(self, call: Call) -> Reply:
        """Make a thing."""
        thing = {**call.params, "id": self._world.ident("th")}
        self._things[thing["id"]] = thing
        refers = [thing["of"]] if "of" in thing else []
        call.effect(THINGS, "create", thing["id"], call.params, refers)
        call.news(self._news("thing.made", "made", thing))
        return self._reply(201, thing)

    def show(self, call: Call) -> Reply:
        """Show a thing."""
        return self._reply(200, self._thing(call))

    def change(self, call: Call) -> Reply:
        """Change a thing."""
        thing = self._thing(call)
        thing.update(call.params)
        call.effect(THINGS, "update", thing["id"], {k: v for k, v in thing.items() if k != "id"})
        call.news(self._news("thing.changed", "changed", thing))
        return self._reply(200, thing)

    def bug(self, call: Call) -> Reply:
        """Break."""
        raise ZeroDivisionError("planted")

    async def later(self, call: Call) -> Reply:
        """Answer asynchronously."""
        await pause(call.params.get("seconds", 0))
        return self._reply(200, {"later": True})

    def hook(self, call: Call) -> Reply:
        """Take anything at a secret address."""
        return self._reply(200, {})

    def _thing(self, call: Call) -> dict[str, Any]:
        if call.at["id"] not in self._things:
            raise Refusal(self.failure("missing", call, status=404))
        return self._things[call.at["id"]]

    def _news(self, kind: str, topic: str, thing: Mapping[str, Any]) -> News:
        event = self._world.ident("evt")
        body = orjson.dumps({"id": event, "type": kind, "thing": thing})
        return News(
            id=event, type=kind, topic=topic, object_id=thing["id"], body=body, created_s=self._world.unix_s(),
            ids=(thing["of"],) if "of" in thing else (),
        )  # fmt: skip

    @staticmethod
    def _reply(status: int, content: Any) -> Reply:
        return Reply(status, orjson.dumps(content))

    def unknown_route(self, call: Call) -> Reply:
        """404, or 405 where another method would do."""
        return self._reply(405 if call.allowed else 404, {"error": "no such route", "allowed": call.allowed})

    def failure(self, kind: str, call: Call, *, retry_after_s: float | None = None, status: int | None = None) -> Reply:
        """The body names the kind."""
        usual = {"server_error": 500, "unavailable": 503, "rate_limited": 429, "invalid": 400, "locked": 423}
        headers = {"Retry-After": f"{retry_after_s:g}"} if retry_after_s is not None else {}
        return Reply(status or usual[kind], orjson.dumps({"error": kind}), headers)

    def sign(self, body: bytes, t_s: int, secrets: Sequence[str]) -> dict[str, str]:
        """An HMAC of time and body for each secret."""
        signed = [hmac.new(one.encode(), b"%d." % t_s + body, hashlib.sha256).hexdigest() for one in secrets]
        return {"Tiny-Signature": ",".join([f"t={t_s}", *signed])}

    def forge(self, name: str, body: bytes, t_s: int, secrets: Sequence[str]) -> tuple[dict[str, str], bytes]:
        """Garbage."""
        return {"Tiny-Signature": "garbage"}, body

    def lie(self, person: str, name: str) -> News:
        """Says again that the newest thing was made."""
        mine = [one for one in self._world.objects_of(person) if one in self._things]
        if not mine:
            raise LookupError(f"{person} has no thing")
        return self._news("thing.made", "made", self._things[mine[-1]])

    def act(self, person: str, act: str, args: Mapping[str, Any]) -> str:
        """Touch the newest thing."""
        mine = [one for one in self._world.objects_of(person) if one in self._things]
        if not mine:
            raise LookupError(f"{person} has no thing")
        self._things[mine[-1]].update(args)
        self._world.ledger.effect(None, THINGS, "update", mine[-1], dict(args), ())
        self._world.ledger.news(None, self._news("thing.changed", "changed", self._things[mine[-1]]))
        return mine[-1]

    def pay(self, handle: str, method: str) -> Paid:
        """Pays whatever exists."""
        if handle not in self._things:
            return {"result": "refused", "reason": f"nothing to pay is called {handle!r}"}
        return {"result": "paid" if method == "card" else "declined"}

    def public(self) -> dict[str, Any]:
        """The webhook's secret."""
        return {"webhook_secret": self.secrets[0]}

    def reset(self) -> None:
        """Forget the things."""
        self._things.clear()


def make(world: World) -> Tiny:
    """The tiny vendor."""
    return Tiny(world)
