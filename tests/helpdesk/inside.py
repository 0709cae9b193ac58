"""A helpdesk in this process: calls without sockets, a clock that the test moves, a ledger that remembers.

Attribution is the real one of the fakes, so that a test sees whose a call is. Not a test itself.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import orjson

from fakes.attribution import Owners
from fakes.calls import Call, News, Refusal, Reply
from fakes.helpdesk.slice import HelpdeskSlice
from fakes.routing import Router
from fakes.world import World
from harness.clock import ManualClock
from harness.rng import Rng

EMAIL = "agent@helpdesk.example.com"
TOKEN = "token-of-the-test"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: Mapping[str, str]
    raw: bytes
    call: Call


@dataclass
class Ledger:
    """What a helpdesk wrote down."""

    owners: Owners
    effects: list[tuple[str, str, str | None, dict[str, Any]]] = field(default_factory=list)
    """(op, id, person, values) of each."""
    told: list[News] = field(default_factory=list)

    def effect(
        self, call: Call | None, sink: str, op: str, object_id: str, values: Mapping[str, Any], ids: Sequence[str]
    ) -> None:
        """Remember an effect and whose it is."""
        _, person = self.owners.of_effect("helpdesk", call, object_id, values, ids)
        self.effects.append((op, object_id, person, dict(values)))
        self.owners.learn("helpdesk", (object_id, *ids), person)

    def news(self, call: Call | None, news: News) -> None:
        """Remember an event."""
        self.told.append(news)

    def owns(self, call: Call | None, ids: Sequence[str], like: Sequence[str] = ()) -> None:
        """Remember whose objects these are."""
        person = self.owners.first_owner("helpdesk", like) or (call.person if call else None)
        self.owners.learn("helpdesk", ids, person)


class Inside:
    """One helpdesk and how to ask it."""

    def __init__(
        self, *, url: str = "http://helpdesk.example.com", clock: ManualClock | None = None, **settings: Any
    ) -> None:
        self.clock = clock or ManualClock()
        self.owners = Owners()
        self.ledger = Ledger(self.owners)
        world = World(
            fake="helpdesk", rng=Rng(5), ledger=self.ledger, clock=self.clock, url=url,
            settings={"email": EMAIL, "token": TOKEN, **settings},
            objects_of=lambda person: self.owners.objects("helpdesk", person),
            owner_of=lambda object_id: self.owners.owner("helpdesk", object_id),
        )  # fmt: skip
        self.slice = HelpdeskSlice(world)
        self._router = Router(self.slice.routes)
        self._calls = 0

    @property
    def effects(self) -> list[tuple[str, str, str | None, dict[str, Any]]]:
        """Every effect so far."""
        return self.ledger.effects

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        user: str | None = EMAIL,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        **query: Any,
    ) -> Answer:
        """Ask once; `user` None asks without a password."""
        sent = dict(headers or {})
        if user is not None:
            sent["authorization"] = "Basic " + base64.b64encode(f"{user}/token:{TOKEN}".encode()).decode()
        self._calls += 1
        full = path if path.startswith(("/api", "/attachments/token", "/inbound")) else f"/api/v2{path}"
        full, _, asked = full.partition("?")
        route, at, _ = self._router.match(method, full)
        raw = content if content is not None else b"" if body is None else json.dumps(body).encode()
        call = Call(
            id=f"c{self._calls}", fake="helpdesk", method=method, path=full, body=raw, ledger=self.ledger, route=route,
            query="&".join(each for each in (asked, urlencode(query, doseq=True)) if each), headers=sent, at=at,
        )  # fmt: skip
        reply = self.slice.unknown_route(call) if route is None else self._run(call)
        shown = orjson.loads(reply.body) if reply.body and "json" in reply.content_type else None
        return Answer(reply.status, shown, reply.headers, reply.body, call)

    def _run(self, call: Call) -> Reply:
        try:
            self.slice.read(call)
        except Refusal as refusal:
            return refusal.reply
        self.owners.attribute(call)
        assert call.route is not None
        reply = call.route.handler(call)
        assert isinstance(reply, Reply)
        return reply

    def ticket(self, **given: Any) -> dict[str, Any]:
        """A new ticket."""
        usual = {"subject": "Help", "comment": {"body": "It broke"},
                 "requester": {"name": "Ann", "email": "ann@customers.example.com"}}  # fmt: skip
        made = self.ask("POST", "/tickets", {"ticket": {**usual, **given}})
        assert made.status == 201, made.body
        found: dict[str, Any] = made.body["ticket"]
        return found

    def user(self, name: str, **given: Any) -> dict[str, Any]:
        """A new user with an e-mail of their name."""
        usual = {"name": name, "email": f"{name.lower()}@customers.example.com"}
        made = self.ask("POST", "/users", {"user": {**usual, **given}})
        assert made.status == 201, made.body
        found: dict[str, Any] = made.body["user"]
        return found

    def done(self, answer: Answer) -> Any:
        """The results of a bulk call, once its job is done."""
        assert answer.status == 200, answer.body
        job = answer.body["job_status"]
        assert job["status"] == "queued"
        self.clock.advance(1)
        shown = self.ask("GET", f"/job_statuses/{job['id']}").body["job_status"]
        assert shown["status"] == "completed"
        return shown["results"]


class Own:
    """One account of a helpdesk and how to ask it; without a name the main one."""

    def __init__(self, inside: Inside, name: str = "", user: str = EMAIL) -> None:
        self._inside, self._name = inside, name
        shown = f"{user}/token:{TOKEN}{name and f'.{name}'}"
        self._headers = {"authorization": "Basic " + base64.b64encode(shown.encode()).decode()}

    def like(self, user: str) -> "Own":
        """The same account as another user sees it."""
        return Own(self._inside, self._name, user)

    def ask(self, method: str, path: str, body: Any = None, key: str | None = None, **more: Any) -> Answer:
        """Ask once."""
        headers = self._headers if key is None else {**self._headers, "idempotency-key": key}
        return self._inside.ask(method, path, body, user=None, headers=headers, **more)

    def made(self, kind: str, **given: Any) -> Any:
        """A new record of this kind."""
        answer = self.ask("POST", f"/{kind}s", {kind: given})
        assert answer.status == 201, answer.body
        return answer.body[kind]

    def tickets(self) -> list[int]:
        """The ids of all tickets."""
        return [each["id"] for each in self.ask("GET", "/tickets").body["tickets"]]
