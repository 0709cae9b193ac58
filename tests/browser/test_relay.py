"""The relay on real sockets, without a browser: what each network does to a request, seen from both ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from harness.clock import pause, until
from harness.errors import MachineError
from harness.phone.browser.relay import Mode, Relay, Server
from harness.phone.browser.shell import Shell
from harness.phone.browser.wire import Asked
from harness.phone.exchange import Exchanged
from tests.phone.tiny import Answer, Seen, Tiny, tiny

PAGE = Path(__file__).parent / "page"
BODY = b'{"product_id": "credits_10"}'


@dataclass(slots=True)
class Note:
    """One request, as the relay told of it."""

    asked: Asked
    loss: str | None
    told: bytes | None = None
    exchanged: Exchanged | None = None

    def telling(self, body: bytes) -> None:
        """What the page is about to read."""
        self.told = body

    def heard(self, exchanged: Exchanged) -> None:
        """What the page learned."""
        self.exchanged = exchanged


@dataclass(slots=True)
class Notebook:
    """Everything that the relay told."""

    loss: str | None = None
    notes: list[Note] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def asked(self, asked: Asked) -> Note:
        """A request came."""
        self.notes.append(Note(asked, self.loss))
        return self.notes[-1]

    def gone(self, problem: str) -> None:
        """No request came."""
        self.problems.append(problem)

    async def learned(self) -> Exchanged:
        """What the page learned of the last request, once it is known."""
        found = await until(lambda: self.notes[-1].exchanged if self.notes else None, within_s=5)
        assert found is not None
        return found


@dataclass(slots=True)
class Stand:
    """A relay, what is behind it, and a page's client."""

    relay: Relay
    server: Tiny
    book: Notebook
    client: httpx.AsyncClient

    async def post(self, timeout: float = 5.0) -> httpx.Response:
        """What an app would send."""
        return await self.client.post(
            self.relay.url + "/v1/orders?x=1", content=BODY, headers={"Idempotency-Key": "k1"}, timeout=timeout
        )


@asynccontextmanager
async def standing() -> AsyncIterator[Stand]:
    """All of it, on loopback."""

    def say(seen: Seen) -> Answer:
        return 202, {"path": seen.path, "key": seen.key, "body": seen.body.decode()}

    async with tiny(say) as server, httpx.AsyncClient(trust_env=False) as client:
        book = Notebook()
        servers = (Server("/provider", server.url, strips=True), Server("/v1", server.url))
        relay = Relay(client, Shell(PAGE), servers, book)
        async with relay.listening(), httpx.AsyncClient(trust_env=False) as page:
            yield Stand(relay, server, book, page)


async def test_a_request_and_its_answer_pass_as_they_are() -> None:
    """Method, path, query, key and body on the way there; status and body on the way back; the key is told."""
    async with standing() as here:
        answer = await here.post()
        assert answer.status_code == 202
        assert answer.json() == {"path": "/v1/orders?x=1", "key": "k1", "body": BODY.decode()}
        (note,) = here.book.notes
        assert (note.asked.path, note.asked.headers["idempotency-key"]) == ("/v1/orders", "k1")
        learned = await here.book.learned()
        assert (learned.status, learned.error) == (202, None)
        assert note.told == learned.body == answer.content


async def test_another_server_is_reached_without_the_prefix() -> None:
    """The app's own origin is all that it needs to know."""
    async with standing() as here:
        answer = await here.client.get(here.relay.url + "/provider/v1/things")
        assert answer.json()["path"] == "/v1/things"


async def test_the_app_is_served_from_the_same_origin() -> None:
    """Its files, itself for its own addresses, nothing beside them, and nothing for files that are not there."""
    async with standing() as here:
        first = await here.client.get(here.relay.url + "/")
        assert "A tiny app" in first.text
        assert first.headers["content-type"] == "text/html; charset=utf-8"
        assert (await here.client.get(here.relay.url + "/orders/o1")).text == first.text
        assert (await here.client.get(here.relay.url + "/missing.js")).status_code == 404
        assert (await here.client.get(here.relay.url + "/..%2f..%2fbench.py")).status_code == 404
        assert (await here.client.post(here.relay.url + "/")).status_code == 404
        assert here.book.notes == []


@pytest.mark.parametrize(("loss", "whole"), [("request_lost", 0), ("reply_lost", 1)])
async def test_a_planned_loss_resets_both_ends(loss: str, whole: int) -> None:
    """Half of the request, or all of it, reached the server; the page learned nothing."""
    async with standing() as here:
        here.book.loss = loss
        with pytest.raises(httpx.TransportError):
            await here.post()
        learned = await here.book.learned()
        assert (learned.status, learned.error) == (None, loss)
        await until(lambda: here.server.seen, within_s=5)
        assert len(here.server.whole()) == whole
        assert len(here.server.halves()) == 1 - whole


async def test_a_cut_ends_what_is_under_way_and_lets_nothing_in() -> None:
    """Also a request whose answer is being held; the server did its work all the same."""
    async with standing() as here:
        here.relay.mode = Mode.HOLD
        under_way = asyncio.ensure_future(here.post())
        await until(lambda: here.server.whole(), within_s=5)
        here.relay.mode = Mode.CUT
        with pytest.raises(httpx.TransportError):
            await under_way
        assert (await here.book.learned()).error == "reset"
        with pytest.raises(httpx.TransportError):
            await here.post()
        assert len(here.server.whole()) == 1
        here.relay.mode = Mode.PASS
        assert (await here.post()).status_code == 202


async def test_a_black_hole_takes_requests_and_gives_nothing() -> None:
    """Nothing reaches the server, not even when it is over."""
    async with standing() as here:
        here.relay.mode = Mode.BLACKHOLE
        with pytest.raises(httpx.ReadTimeout):
            await here.post(timeout=0.3)
        here.relay.mode = Mode.PASS
        learned = await here.book.learned()
        assert (learned.status, here.server.seen) == (None, [])


async def test_eaten_replies_are_served_and_never_heard() -> None:
    """The server works, the page waits, and the end of it is a reset."""
    async with standing() as here:
        here.relay.mode = Mode.EAT_REPLIES
        under_way = asyncio.ensure_future(here.post())
        await until(lambda: here.server.whole(), within_s=5)
        await pause(0.1)
        assert not under_way.done()
        here.relay.mode = Mode.PASS
        with pytest.raises(httpx.TransportError):
            await under_way
        learned = await here.book.learned()
        assert (learned.status, learned.error, learned.detail["eaten"]) == (None, "reply_lost", True)


async def test_held_replies_come_when_they_are_let_go() -> None:
    """Nothing is lost."""
    async with standing() as here:
        here.relay.mode = Mode.HOLD
        under_way = asyncio.ensure_future(here.post())
        await until(lambda: here.server.whole(), within_s=5)
        await pause(0.1)
        assert not under_way.done()
        here.relay.mode = Mode.PASS
        assert (await under_way).status_code == 202


async def test_a_slow_network_takes_its_time() -> None:
    """And then everything arrives."""
    async with standing() as here:
        here.relay.mode, here.relay.slow_s = Mode.SLOW, 0.3
        with pytest.raises(httpx.ReadTimeout):
            await here.post(timeout=0.15)
        assert (await here.post()).status_code == 202


async def test_a_page_that_goes_away_learns_nothing_and_the_server_works_on() -> None:
    """As when an app is killed with its request under way."""
    async with standing() as here:
        here.relay.mode = Mode.HOLD
        under_way = asyncio.ensure_future(here.post())
        await until(lambda: here.server.whole(), within_s=5)
        under_way.cancel()
        await asyncio.gather(under_way, return_exceptions=True)
        await pause(0.1)
        here.relay.mode = Mode.PASS
        learned = await here.book.learned()
        assert (learned.status, learned.error) == (None, "reset")


async def test_what_is_no_request_is_told() -> None:
    """Half a head, and a body without a length."""
    async with standing() as here:
        host, port = here.relay.url.removeprefix("http://").split(":")
        for text in (b"GET /v1/me HTT", b"POST /v1/orders HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"):
            _, writer = await asyncio.open_connection(host, int(port))
            writer.write(text)
            await writer.drain()
            writer.write_eof()
            await until(lambda text=text: len(here.book.problems) > (b"chunked" in text), within_s=5)
            writer.close()
        assert here.book.problems == [
            "the page went away in the middle of a request's head", "a request without a length",
        ]  # fmt: skip


async def test_a_server_that_is_away_is_told_as_such() -> None:
    """The page gets a gateway's answer; the journal knows that nothing was sent."""
    async with standing() as here:
        here.relay._servers = (Server("/v1", "http://127.0.0.1:9"),)
        assert (await here.post()).status_code == 502
        assert (await here.book.learned()).error == "refused"


def test_a_missing_export_names_the_command_that_makes_one(tmp_path: Path) -> None:
    """Before anything is started."""
    with pytest.raises(MachineError, match=r"no web export of the app at .*nowhere.*; make one with `make app`"):
        Shell(tmp_path / "nowhere", "make app")
    (tmp_path / "index.html").write_text(json.dumps("x"))
    assert Shell(tmp_path).find("/") is not None
