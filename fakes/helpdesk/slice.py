"""The helpdesk as one slice: its manifest, how a call is read, and what its own side can do.

`make` is called once by the fakes' entry point. Settings: `email`, `token`, `smtp_port`, and those of
`state.account.Settings`, which `tune` may change.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

import orjson

from fakes.calls import Call, Manifest, News, Refusal, Reply, Route, Sink
from fakes.helpdesk import keeping, signing
from fakes.helpdesk.acting import ACTS, Acting
from fakes.helpdesk.offices import MAIN, Offices
from fakes.helpdesk.postbox import Postbox
from fakes.helpdesk.problems import Problem
from fakes.helpdesk.state.account import Settings
from fakes.helpdesk.state.shelf import number_of
from fakes.helpdesk.wire import answers, mail
from fakes.helpdesk.wire.area import SINK
from fakes.helpdesk.wire.routes import MAIL
from fakes.helpdesk.wire.shapes import METRIC_SHIFT
from fakes.tuning import given, tuned
from fakes.world import World
from harness.model import Guarantee

MANIFEST = Manifest(
    sinks=(Sink(name=SINK, guarantee=Guarantee.IDEMPOTENT, text="tickets, by Idempotency-Key for two hours"),),
    forgeries=signing.FORGERIES,
    lies={"ticket_solved": "a webhook says that the person's newest ticket was solved, which it was not"},
    acts=ACTS,
)
CONTENT = "GET content_url"
OPEN = (
    "POST /api/v2/uploads",
    CONTENT,
    "GET /api/v2/users/me",
    "POST /api/v2/requests",
    MAIL,
    "GET /api/v2/locales",
    "GET /api/v2/locales/public",
    "GET /api/v2/locales/{id}",
)
"""Operations that need no password."""
SUPPORT = "support@helpdesk.example.com"
ID = re.compile(r"\b\d{12}\b")
LISTS = ("ids", "external_ids")


class HelpdeskSlice:
    """Serves the main account, and isolated ones beside it."""

    name = "helpdesk"
    manifest = MANIFEST
    hosts = ("*.zendesk.com",)
    body_max = 60_000_000
    routes: Sequence[Route]

    secrets: Sequence[str] = ()
    """The account signs nothing itself: each webhook has a secret of its own."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.email = str(world.settings.get("email") or "agent@helpdesk.example.com")
        self.token = world.secret("token")
        self._settings = given(Settings, world.settings)
        self._offices = Offices(world, self._settings, self.email, self.token)
        self.desk = self._offices.main.desk
        """The main account."""
        self.routes = self._offices.routes
        self._postbox = Postbox(world.url, world.host, int(world.settings.get("smtp_port") or 0))

    def reset(self) -> None:
        """Forget all records but groups, fields and forms; credentials stay, ids go on."""
        self._offices.clear()

    def tune(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """All settings after these changes."""
        return tuned(self._settings, changes)

    async def forward(self, seconds: int, account: str | None = None) -> int:
        """Move an isolated account's time on, by its name or token, or else the main one's; answers the new time."""
        return self._offices.forward(seconds, account)

    def snapshot(self, account: str | None = None) -> bytes:
        """A copy of an isolated account, by its name or token, or else of the main one."""
        name = self._offices.meant(account)
        return keeping.kept(name, self._offices.of(name))

    def restore(self, kept: bytes, account: str | None = None) -> None:
        """Make an account what a copy of it, or of another, says; a fork of another one has no webhooks."""
        name = self._offices.meant(account)
        keeping.put_back(name, self._offices.of(name), kept)

    def state(self) -> dict[str, Any]:
        """Every account."""
        return {name: keeping.kept(name, office) for name, office in self._offices.named_all()}

    def resume(self, state: Mapping[str, Any]) -> None:
        """Go on with the accounts of an earlier process."""
        for name, kept in state.items():
            self.restore(kept, name)

    def read(self, call: Call) -> None:
        """Check the credentials and read query and body; changes nothing."""
        operation = call.route.operation if call.route is not None else ""
        call.account = self._account_of(call, operation)
        call.key = call.headers.get("idempotency-key")
        if call.query:
            call.params["query"] = _query(call.query)
            named = ID.findall(" ".join(call.params["query"].get("query", ())))
            if named:
                call.params["named_ids"] = named
        if operation == "GET /api/v2/ticket_metrics/{id}":
            # A ticket's metrics have a number of their own, which nothing told whose it is.
            call.params["ticket_id"] = (number_of(call.at["id"]) or 0) - METRIC_SHIFT
        if not call.body:
            return
        if operation == "POST /api/v2/uploads":
            call.params["file"] = {"size": len(call.body), "sha256": hashlib.sha256(call.body).hexdigest()}
            return
        if operation == MAIL:
            call.params["mail"] = self._mail(call)
            return
        try:
            call.params["body"] = orjson.loads(call.body)
        except orjson.JSONDecodeError:
            body = {"error": "Unprocessable Entity", "message": "Server could not parse JSON"}
            raise Refusal(answers.answer(422, body)) from None

    def _account_of(self, call: Call, operation: str) -> str:
        """Whose account this is, by the credentials; the main one for who needs none, and a file's own."""
        if operation == CONTENT:
            return self._offices.of_file(call.at["token"])
        if operation in OPEN and "authorization" not in call.headers:
            return MAIN
        name = self._offices.entered(call)
        if name is None and operation != MAIL:
            raise Refusal(answers.answer(401, {"error": "Couldn't authenticate you"}))
        return name or MAIN

    def _mail(self, call: Call) -> dict[str, Any]:
        """What is told of a mail; the ticket that it answers says whose it is."""
        try:
            found = mail.read(call.body)
        except Problem:
            return {}
        ticket_id = self._offices.of(call.account).desk.arriving.ticket_of(found)
        return {"from": found.sender, "subject": found.subject, "message_id": found.message_id,
                "in_reply_to": list(found.answers), "ticket_id": ticket_id}  # fmt: skip

    def unknown_route(self, call: Call) -> Reply:
        """The helpdesk's 404 for a path or method it does not have here."""
        return answers.answer(404, {"error": "InvalidEndpoint", "description": "Not found"})

    def failure(self, kind: str, call: Call, *, retry_after_s: float | None = None, status: int | None = None) -> Reply:
        """The helpdesk's own body for a planned failure."""
        return answers.failed(kind, status, retry_after_s)

    def public(self) -> dict[str, Any]:
        """The credentials that a pipeline needs."""
        mailed = {"host": self._world.door, "port": self._postbox.port, "address": SUPPORT}
        return {"email": self.email, "token": self.token, "smtp": mailed}

    async def start(self) -> None:
        """Begin to listen for mail."""
        await self._postbox.start()

    async def stop(self) -> None:
        """End that."""
        await self._postbox.stop()

    def sign(self, body: bytes, t_s: int, secrets: Sequence[str]) -> dict[str, str]:
        """The headers of a webhook's request."""
        return signing.headers(body, t_s, secrets[0]) if secrets else {}

    def forge(self, name: str, body: bytes, t_s: int, secrets: Sequence[str]) -> tuple[dict[str, str], bytes]:
        """Headers and body of a webhook's request that is signed in the named way."""
        return signing.forge(name, body, t_s, secrets or ("none",))

    def lie(self, person: str, name: str) -> News:
        """A request of the account's first webhook about something that did not happen."""
        return self._theirs(person).lie(person, name)

    def act(self, person: str, act: str, args: Mapping[str, Any]) -> str:
        """Let the helpdesk's own side do something; the id of what it did it to."""
        return self._theirs(person).act(person, act, args)

    def _theirs(self, person: str) -> Acting:
        """The side of the account with the person's newest ticket; of the main one if they have none."""
        for each in reversed(self._world.objects_of(person)):
            for office in self._offices:
                if office.desk.tickets.all.get(each) is not None:
                    return Acting(office.desk, self._world, office.courier)
        return Acting(self.desk, self._world, self._offices.main.courier)


def _query(text: str) -> dict[str, list[str]]:
    given = parse_qs(text, keep_blank_values=True, encoding="utf-8", errors="replace")
    for name in LISTS:
        if name in given:
            # Each id stands for itself, so that whose call it is can be seen from ids alone.
            given[name] = [part for value in given[name] for part in value.split(",")]
    return given


def make(world: World) -> HelpdeskSlice:
    """The helpdesk, with an empty account."""
    return HelpdeskSlice(world)
