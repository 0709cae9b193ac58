"""The short way of an answer: the same bytes as by uvicorn's own way, no task for it, and nothing lost at its edges."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from fakes.calls import Reply
from fakes.listening import Listener, address, bound
from fakes.server import Rest
from fakes.transport import Receive, Scope, Send, Wire
from harness.clock import pause
from tests.fakes_core.bench import Bench

SOON_S, GAP_S = 5.0, 0.05


async def said(url: str, *pieces: bytes, enough: Callable[[bytes], bool] = lambda heard: False) -> bytes:
    """What comes back for these bytes, sent piece by piece: until it is enough, or the end of the connection."""
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    heard = b""
    try:
        for piece in pieces:
            writer.write(piece)
            await pause(GAP_S if len(pieces) > 1 else 0)
        async with asyncio.timeout(SOON_S):
            while not enough(heard) and (some := await reader.read(65536)):
                heard += some
    finally:
        writer.close()
    return re.sub(rb"date: [^\r]*", b"date: then", heard)


def whole(method: str) -> Callable[[bytes], bool]:
    """Whether an answer is here in full."""

    def is_whole(heard: bytes) -> bool:
        head, ended, body = heard.partition(b"\r\n\r\n")
        told = re.search(rb"content-length: (\d+)", head)
        return bool(ended) and told is not None and (method == "HEAD" or len(body) >= int(told[1]))

    return is_whole


def asked(body: bytes, *headers: str, method: str = "POST", path: str = "/things", version: str = "1.1") -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/{version}", "host: tiny", f"content-length: {len(body)}", *headers]
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + body


@dataclass
class Echo:
    """An application that answers at once, unless the path says otherwise; counts how it was asked."""

    at_once: int = 0
    awaited: int = 0
    bodies: list[bytes] = field(default_factory=list)

    def begin(self, scope: Scope, body: bytes) -> Reply | Rest:
        """Answer at once."""
        self.at_once += 1
        self.bodies.append(body)
        path = scope["path"]
        if path == "/broken":
            raise ZeroDivisionError("planted")
        if path == "/split":
            return Reply(200, b"{}", {"X-Said": "a\r\nx-planted: b"})
        if path == "/later":
            return self._later
        if path == "/none":
            return Reply(204)
        return Reply(200, body, {"X-Said": "yes"})

    async def _later(self, wire: Wire) -> None:
        await pause(0.02)
        await wire.reply(Reply(200, b"later"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the usual way."""
        self.awaited += 1
        wire = Wire(scope, receive, send)
        begun = self.begin(scope, await wire.body())
        if isinstance(begun, Reply):
            await wire.reply(begun)
        else:
            await begun(wire)


@asynccontextmanager
async def echoing(*, short: bool = True) -> AsyncIterator[tuple[Echo, str]]:
    """One and its address; without the short way it is an ASGI application and nothing more."""
    echo, sock = Echo(), bound("127.0.0.1", 0, "echo")
    listener = Listener(echo if short else echo.__call__, sock)
    await listener.open()
    try:
        yield echo, address(sock)
    finally:
        await listener.close()


@pytest.mark.parametrize("method", ["POST", "PUT", "HEAD"])
@pytest.mark.parametrize("path", ["/said", "/none", "/later", "/broken"])
@pytest.mark.parametrize("ends", [(), ("connection: close",)])
async def test_both_ways_say_the_same(method: str, path: str, ends: tuple[str, ...]) -> None:
    """The short way's answer is the one of uvicorn's own way, byte for byte, also to a request in two pieces."""
    request = asked(b"body", *ends, method=method, path=path)
    async with echoing() as (echo, url):
        short = await said(url, request, enough=whole(method))
        pieces = await said(url, request[:-2], request[-2:], enough=whole(method))
        assert (echo.at_once, echo.awaited) == (2, 0)
    async with echoing(short=False) as (echo, url):
        usual = await said(url, request, enough=whole(method))
        assert echo.awaited == 1
    assert short == usual
    assert pieces == usual
    assert short.startswith(b"HTTP/1.1 500" if path == "/broken" else b"HTTP/1.1 20")


async def test_no_header_ends_early() -> None:
    """A header with an end of line in it is a failure of the server, not another header."""
    async with echoing() as (_, url):
        heard = await said(url, asked(b"", path="/split"), enough=whole("POST"))
    assert heard.startswith(b"HTTP/1.1 500")
    assert b"x-planted" not in heard


async def test_a_large_body_is_read_to_its_end() -> None:
    """A body beyond what is read ahead takes uvicorn's own way, which reads on."""
    body = b"x" * 1_000_000
    async with echoing() as (echo, url):
        heard = await said(url, asked(body), enough=whole("POST"))
        assert heard.endswith(body)
        assert echo.awaited == 1


async def test_half_a_request_leaves_nothing() -> None:
    """A client that leaves before the end of its request has asked nothing."""
    async with echoing() as (echo, url):
        await said(url, asked(b"whole")[:-2], enough=lambda heard: True)
        await said(url, asked(b"next"), enough=whole("POST"))
        assert echo.bodies == [b"next"]


async def test_old_clients_get_an_end() -> None:
    """A client that does not keep its connection sees it closed after the answer."""
    async with echoing() as (_, url):
        assert (await said(url, asked(b"old", version="1.0"))).endswith(b"connection: close\r\n\r\nold")


async def test_requests_in_one_piece_are_answered_in_order() -> None:
    """Several requests in one piece are each answered, in order, also behind one whose answer takes time."""
    requests = [asked(b"one"), asked(b"", path="/later"), asked(b"three"), asked(b"", path="/later"), asked(b"five")]
    async with echoing() as (echo, url):
        heard = await said(url, b"".join(requests), enough=lambda heard: heard.endswith(b"five"))
        assert re.findall(rb"\r\n\r\n(one|later|three|five)", heard) == [b"one", b"later", b"three", b"later", b"five"]
        assert [body for body in echo.bodies if body] == [b"one", b"three", b"five"]


async def test_who_waits_to_be_told_to_go_on_is_told() -> None:
    """`Expect: 100-continue` is answered although the body is not there."""
    whole = asked(b"big", "expect: 100-continue")
    async with echoing() as (_, url):
        heard = await said(url, whole[:-3], b"big", enough=lambda heard: heard.endswith(b"big"))
    assert heard.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")


async def test_an_answer_at_once_needs_no_task(tiny: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ordinary call is answered without a task of its own, and one that takes time has one."""
    made: list[str] = []
    loop = asyncio.get_running_loop()
    usual = loop.create_task

    def create_task(work, **how):  # type: ignore[no-untyped-def]
        made.append(work.__qualname__)
        return usual(work, **how)

    monkeypatch.setattr(loop, "create_task", create_task)
    await tiny.http.post("/hooks/secret", json={})
    assert "RequestResponseCycle.run_asgi" not in made
    await tiny.http.post("/later", json={})
    assert made.count("RequestResponseCycle.run_asgi") == 1
