"""The helpdesk as one slice: its manifest, its credentials, and who may call.

`make` is called once by the fakes' entry point. Settings: `email`, `token`, and those of `state.account.Settings`.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

import orjson

from fakes.calls import Call, Handler, Manifest, Refusal, Reply, Route, Sink
from fakes.helpdesk.problems import Problem
from fakes.helpdesk.state.account import Account, Settings
from fakes.helpdesk.state.idempotency import Keys
from fakes.helpdesk.state.people import People
from fakes.helpdesk.state.search import Search
from fakes.helpdesk.state.tickets import Tickets
from fakes.helpdesk.state.uploads import Uploads
from fakes.helpdesk.wire import answers
from fakes.helpdesk.wire.routes import SINK, Routes
from fakes.world import World
from harness.model import Guarantee

MINUTE_S = 60
MANIFEST = Manifest(
    sinks=(Sink(name=SINK, guarantee=Guarantee.IDEMPOTENT, text="tickets, by Idempotency-Key for two hours"),),
    acts={
        "reply": "an agent answers on the person's newest ticket and sets it to pending",
        "solve_ticket": "an agent solves the person's newest ticket",
        "close_ticket": "the helpdesk closes the person's newest ticket for good",
    },
)


class HelpdeskSlice:
    """Serves one account."""

    name = "helpdesk"
    manifest = MANIFEST
    routes: Sequence[Route]

    def __init__(self, world: World) -> None:
        self._world = world
        self.email = str(world.settings.get("email") or "agent@helpdesk.example.com")
        self.token = world.secret("token")
        turned = {name: world.settings[name] for name in Settings.__slots__ if name in world.settings}
        self.account = Account(world.rng, world.clock, Settings(**turned))
        self.people = People(self.account, self.email)
        self.uploads = Uploads(self.account)
        self.tickets = Tickets(self.account, self.people, self.uploads)
        self._keys = Keys(self.account)
        self._recent: list[int] = []
        made = Routes(
            self.account, self.people, self.uploads, self.tickets, self._keys, Search(self.account, self.tickets),
            answers.Shapes(self.account, world.url),
        )  # fmt: skip
        self.routes = tuple(made.routes(self._guard))

    def reset(self) -> None:
        """Forget tickets, people, files and keys; credentials, groups and fields stay, ids go on."""
        for each in (self.people, self.uploads, self.tickets, self._keys, self._recent):
            each.clear()

    def _guard(self, handler: Handler) -> Handler:
        """Every route: the account's limit first, problems in the helpdesk's shape, what is left in headers."""

        def guarded(call: Call) -> Reply:
            limited = self._limit()
            try:
                reply = limited or handler(call)
                assert isinstance(reply, Reply)
            except Problem as problem:
                reply = answers.refusal(problem)
            reply.headers.update(self._left())
            return reply

        return guarded

    def _limit(self) -> Reply | None:
        allowed, now = self.account.settings.per_minute, self._world.clock.at_ns()
        if not allowed:
            return None
        self._recent[:] = [each for each in self._recent if now - each < MINUTE_S * 1e9]
        if len(self._recent) >= allowed:
            return answers.too_many(MINUTE_S - (now - self._recent[0]) / 1e9)
        self._recent.append(now)
        return None

    def _left(self) -> dict[str, str]:
        most = self.account.settings.per_minute or 700
        left = str(most - len(self._recent))
        return {
            "X-Rate-Limit": str(most), "X-Rate-Limit-Remaining": left, "ratelimit-limit": str(most),
            "ratelimit-remaining": left, "ratelimit-reset": str(MINUTE_S),
        }  # fmt: skip

    def read(self, call: Call) -> None:
        """Check the API token and read query and body; changes nothing."""
        files = call.path.startswith("/attachments/")
        if not files and not self._known(call.headers.get("authorization", "")):
            raise Refusal(answers.answer(401, {"error": "Couldn't authenticate you"}))
        call.account = "account"
        call.key = call.headers.get("idempotency-key")
        if call.query:
            call.params["query"] = parse_qs(call.query, keep_blank_values=True)
        if not call.body:
            return
        if call.route is not None and call.route.operation == "POST /api/v2/uploads":
            call.params["file"] = {"size": len(call.body), "sha256": hashlib.sha256(call.body).hexdigest()}
            return
        try:
            call.params["body"] = orjson.loads(call.body)
        except orjson.JSONDecodeError:
            body = {"error": "Unprocessable Entity", "message": "Server could not parse JSON"}
            raise Refusal(answers.answer(422, body)) from None

    def _known(self, given: str) -> bool:
        scheme, _, rest = given.partition(" ")
        if scheme.lower() == "bearer":
            return hmac.compare_digest(rest.encode(), self.token.encode())
        try:
            shown = base64.b64decode(rest, validate=True) if scheme.lower() == "basic" else b""
        except binascii.Error:
            return False
        return hmac.compare_digest(shown, f"{self.email}/token:{self.token}".encode())

    def unknown_route(self, call: Call) -> Reply:
        """The helpdesk's 404 for a path or method it does not have here."""
        return answers.answer(404, {"error": "InvalidEndpoint", "description": "Not found"})

    def failure(self, kind: str, call: Call, *, retry_after_s: float | None = None, status: int | None = None) -> Reply:
        """The helpdesk's own body for a planned failure."""
        return answers.failed(kind, status, retry_after_s)

    def public(self) -> dict[str, Any]:
        """The credentials that a pipeline needs."""
        return {"email": self.email, "token": self.token}

    def act(self, person: str, act: str, args: Mapping[str, Any]) -> str:
        """Let an agent do something to the person's newest ticket; its id."""
        known = self.tickets.all
        mine = [known[int(each)] for each in self._world.objects_of(person) if each.isdigit() and int(each) in known]
        live = [each for each in mine if not each.deleted]
        if not live:
            raise LookupError(f"{person} has no ticket")
        wanted: dict[str, dict[str, Any]] = {
            "reply": {"comment": {"body": str(args.get("body", "We are looking into it."))}, "status": "pending"},
            "solve_ticket": {"status": "solved"},
            "close_ticket": {"status": "closed"},
        }
        if act not in wanted:
            raise LookupError(f"the helpdesk has no act {act!r}; it has {sorted(wanted)}")
        change = self.tickets.update(live[-1], wanted[act])
        if change.op is not None:
            values = self.tickets.values_of(change.ticket)
            self._world.ledger.effect(None, SINK, change.op, str(change.ticket.id), values, ())
        return str(change.ticket.id)


def make(world: World) -> HelpdeskSlice:
    """The helpdesk, with an empty account."""
    return HelpdeskSlice(world)
