"""The tiny vendor served over real sockets, a pipeline's endpoint that remembers, and their journal."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson

from fakes.listening import Listener, address, bound
from fakes.serve import Options, Served, served
from fakes.transport import Receive, Scope, Send
from harness.clock import SYSTEM, until
from harness.control import Control
from harness.faults import DeliveryRule, Fault, Kind, Mishap
from harness.journal import Record, read

ADA = "hxadaadaada222"
BEN = "hxbenbenben333"


@dataclass(slots=True)
class Got:
    """One delivery as the endpoint saw it."""

    began: int
    body: bytes
    headers: dict[str, str]
    """What comes several times is joined by commas."""
    method: str = "POST"
    ended: int = 0

    @property
    def event(self) -> str:
        """The event's id."""
        return str(orjson.loads(self.body)["id"])

    @property
    def signature(self) -> str:
        """The signature's header."""
        return self.headers["tiny-signature"]


@dataclass
class Endpoint:
    """A pipeline's webhook endpoint: answers `statuses` in turn, then 200; holds every answer while not `open`."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    says: bytes = b""
    got: list[Got] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one delivery."""
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            before = headers.get(name.decode())
            headers[name.decode()] = value.decode() if before is None else f"{before}, {value.decode()}"
        got = Got(SYSTEM.at_ns(), body, headers, scope["method"])
        self.got.append(got)
        await self.open.wait()
        got.ended = SYSTEM.at_ns()
        status = self.statuses.pop(0) if self.statuses else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": self.says})


def overlapped(got: list[Got]) -> bool:
    """Whether every one of these began before any of them ended."""
    return max(one.began for one in got) < min(one.ended for one in got)


@dataclass
class Bench:
    """What a test holds in its hand."""

    running: Served
    url: str
    http: httpx.AsyncClient
    control: Control
    raw: httpx.AsyncClient
    endpoint: Endpoint
    journal: Path

    def records(self, kind: str, **fields: Any) -> list[Record]:
        """The records of a kind so far, with these fields."""
        return [
            one
            for one in read(self.journal)
            if one["k"] == kind and all(one.get(name) == value for name, value in fields.items())
        ]

    async def create(self, name: str = f"Ada {ADA}", **more: Any) -> httpx.Response:
        """Create a thing."""
        headers = more.pop("headers", {})
        return await self.http.post("/things", json={"name": name, **more}, headers=headers)

    async def fault(self, kind: Kind, person: str = ADA, **how: Any) -> str:
        """Plan a fault; answers its id."""
        return (await self.control.plan([Fault(person=person, fake="tiny", kind=kind, **how)]))[0]

    async def rule(self, kind: Mishap, person: str = ADA, **how: Any) -> None:
        """Plan a delivery rule."""
        await self.control.rule([DeliveryRule(person=person, fake="tiny", kind=kind, **how)])

    async def quiet(self) -> None:
        """Wait until the fakes have nothing more to do."""

        async def idle() -> bool | None:
            pending = await self.control.pending()
            return not pending.calls and not pending.deliveries

        found: bool | None = await until(idle, within_s=10, every_s=0.01)
        assert found

    async def soon(self, ready: Callable[[], Any]) -> None:
        """Wait until `ready`."""
        found: Any = await until(ready, within_s=5, every_s=0.01)
        assert found


@asynccontextmanager
async def hearing() -> AsyncIterator[Endpoint]:
    """A webhook endpoint on a real socket, while inside."""
    endpoint = Endpoint()
    endpoint.open.set()
    sock = bound("127.0.0.1", 0, "the endpoint")
    endpoint.url = address(sock) + "/hook"
    listener = Listener(endpoint, sock)
    await listener.open()
    try:
        yield endpoint
    finally:
        endpoint.open.set()
        await listener.close()


@asynccontextmanager
async def bench(folder: Path, **how: Any) -> AsyncIterator[Bench]:
    """Everything, running while inside."""
    journal = folder / "fakes.jsonl"
    options = Options(**{"journal": journal, "only": ["tests.fakes_core.tiny"], "seed": 7, **how})
    async with hearing() as endpoint, served(options) as running:
        where = running.public["control"]
        control = Control(where["url"], where["token"])
        await control.endpoint("tiny", endpoint.url)
        admin = {"Authorization": f"Bearer {where['token']}"}
        async with (
            httpx.AsyncClient(base_url=running.public["tiny"]["url"], timeout=5, trust_env=False) as http,
            httpx.AsyncClient(base_url=where["url"], timeout=10, headers=admin, trust_env=False) as raw,
        ):
            yield Bench(running, running.public["tiny"]["url"], http, control, raw, endpoint, journal)
        await control.close()
        endpoint.open.set()
