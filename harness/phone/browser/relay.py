"""The network between one page and the pipeline: a relay that can cut sockets, which no page's offline switch does.

Serves the app's files and passes everything else on, from one origin. Whoever holds it says what the network does
(`mode`), and a `Watch` says what happens to a single request. Plans nothing and journals nothing itself.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import httpx

from harness.clock import SYSTEM, pause
from harness.phone.browser.shell import Shell
from harness.phone.browser.wire import LARGEST_HEAD, Asked, NotHttp, Reply, read_request, reset
from harness.phone.exchange import Exchanged
from harness.phone.moments import lose_reply, lose_request
from harness.phone.outcomes import error_of
from harness.phone.request import Request

UPSTREAM_S = 30.0


class Mode(StrEnum):
    """What the network does to everything."""

    PASS = "pass"
    CUT = "cut"
    """Every connection is reset, those under way too."""
    BLACKHOLE = "blackhole"
    """Requests are taken and go nowhere."""
    EAT_REPLIES = "eat_replies"
    """Requests arrive and are served; no answer comes back."""
    HOLD = "hold"
    """Requests arrive and are served; answers wait until this ends."""
    SLOW = "slow"
    """Each request takes `slow_s` longer."""


@dataclass(frozen=True, slots=True)
class Server:
    """Whose paths begin so, and where it is; `strips`: it knows its paths without the prefix."""

    prefix: str
    address: str
    strips: bool = False

    def has(self, path: str) -> bool:
        """Whether this path is one of its."""
        return path == self.prefix or path.startswith(self.prefix.rstrip("/") + "/")


class Ticket(Protocol):
    """One request, as whoever watches knows it."""

    @property
    def loss(self) -> str | None:
        """`request_lost` or `reply_lost`: what happens to this one; None: what the mode says."""

    def telling(self, body: bytes) -> None:
        """The page is about to be told this."""

    def heard(self, exchanged: Exchanged) -> None:
        """What the page learned of it."""


class Watch(Protocol):
    """Who is told of every request that is passed on."""

    def asked(self, asked: Asked) -> Ticket:
        """A whole request has come from the page, and nothing has been done for it yet."""

    def gone(self, problem: str) -> None:
        """A connection brought something that is no whole request."""


class Relay:
    """One phone's network."""

    def __init__(self, client: httpx.AsyncClient, shell: Shell, servers: Sequence[Server], watch: Watch) -> None:
        self.url = ""
        self.slow_s = 2.5
        self._mode = Mode.PASS
        self._changed = asyncio.Event()
        self._client = client
        self._shell = shell
        self._servers = servers
        self._watch = watch
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def mode(self) -> Mode:
        """What the network does now."""
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        """From now on; a cut ends what is under way, and so does the end of a network that swallowed it."""
        if mode is Mode.CUT:
            self.cut()
        self._mode = mode
        self._changed.set()
        self._changed = asyncio.Event()

    def cut(self) -> None:
        """Reset every connection there is."""
        for writer in list(self._open):
            reset(writer)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Relay"]:
        """Listen on a free loopback port until left."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=LARGEST_HEAD)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            self.cut()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def goes_on(self, path: str) -> bool:
        """Whether this path is the pipeline's or another server's, rather than a file of the app."""
        return self._server_of(path) is not None

    # -- one connection -------------------------------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._open.add(writer)
        try:
            if self._mode is Mode.CUT:
                return reset(writer)
            asked = await read_request(reader)
            if asked is not None:
                await self._answer(asked, reader, writer)
        except NotHttp as problem:
            self._watch.gone(str(problem))
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(writer)
            self._tasks.discard(task)
            with suppress(ConnectionError):
                writer.close()
        return None

    async def _answer(self, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server_of(asked.path) is None:
            await self._wait_for_signal()
            return await self._send(asked, self._file(asked), writer)
        ticket = self._watch.asked(asked)
        heard = Exchanged()
        passing = asyncio.create_task(self._pass_on(asked, ticket, heard, writer))
        leaving = asyncio.create_task(reader.read(1))
        try:
            await asyncio.wait({passing, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not passing.done():
                # The page went away (or was killed) while it waited; the server may have been told all the same.
                heard.error = heard.error or "reset"
                await asyncio.wait({passing}, timeout=UPSTREAM_S)
                heard.status = None
            if passing.done() and not passing.cancelled() and (problem := passing.exception()):
                heard.status, heard.error = None, error_of(problem)
        finally:
            passing.cancel()
            leaving.cancel()
            await asyncio.gather(passing, leaving, return_exceptions=True)
            heard.ended_ns = SYSTEM.at_ns()
            ticket.heard(heard)
        return None

    async def _pass_on(self, asked: Asked, ticket: Ticket, heard: Exchanged, writer: asyncio.StreamWriter) -> None:
        """Bring the request to its server and the answer back, or lose either."""
        await self._wait_for_signal()
        if ticket.loss:
            return await self._lose(asked, ticket.loss, heard, writer)
        reply = await self._ask_server(asked, heard)
        if self._mode is Mode.EAT_REPLIES:
            heard.detail = {"does": "reply_lost", "eaten": True}
            while self._mode is Mode.EAT_REPLIES:
                await self._changed.wait()
            reset(writer)
            heard.error = "reply_lost"
            return None
        while self._mode is Mode.HOLD:
            await self._changed.wait()
        if writer.is_closing():
            raise ConnectionResetError("the page is gone")
        ticket.telling(reply.body)
        await self._send(asked, reply, writer)
        heard.status = reply.status if heard.error is None else None
        heard.body = reply.body
        heard.headers = {name.lower(): text for name, text in reply.headers}
        return None

    async def _wait_for_signal(self) -> None:
        """What the network does before anything arrives anywhere."""
        if self._mode is Mode.SLOW:
            await pause(self.slow_s)
        if self._mode is Mode.BLACKHOLE:
            while self._mode is Mode.BLACKHOLE:
                await self._changed.wait()
            raise ConnectionResetError("swallowed by the network")

    async def _lose(self, asked: Asked, loss: str, heard: Exchanged, writer: asyncio.StreamWriter) -> None:
        lose = lose_request if loss == "request_lost" else lose_reply
        request = Request(
            method=asked.method,
            url=self._url_of(asked),
            path=asked.path,
            headers=asked.passed_on(),
            content=asked.body,
        )
        cut = await lose(request, UPSTREAM_S)
        heard.error = loss
        heard.detail = {"sent_bytes": cut.sent, "of_bytes": cut.of, "first_byte": cut.first_byte}
        reset(writer)

    async def _ask_server(self, asked: Asked, heard: Exchanged) -> Reply:
        try:
            answer = await self._client.request(
                asked.method,
                self._url_of(asked),
                headers={**asked.passed_on(), "accept-encoding": "identity"},
                content=asked.body,
                timeout=UPSTREAM_S,
                follow_redirects=False,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            heard.error = error_of(problem)
            return Reply(status=502, body=b"the server did not answer")
        return Reply(status=answer.status_code, headers=answer.headers.multi_items(), body=answer.content)

    async def _send(self, asked: Asked, reply: Reply, writer: asyncio.StreamWriter) -> None:
        writer.write(reply.bytes(asked.method))
        await writer.drain()

    def _file(self, asked: Asked) -> Reply:
        asset = self._shell.find(asked.target) if asked.method in ("GET", "HEAD") else None
        if asset is None:
            return Reply(status=404, body=b"the app has no such file")
        return Reply(
            status=200, headers=[("Content-Type", asset.kind), ("Cache-Control", "no-store")], body=asset.content
        )

    def _server_of(self, path: str) -> Server | None:
        return next((server for server in self._servers if server.has(path)), None)

    def _url_of(self, asked: Asked) -> str:
        server = self._server_of(asked.path)
        assert server is not None
        target = asked.target[len(server.prefix.rstrip("/")) :] if server.strips else asked.target
        return server.address + target


__all__ = ["Mode", "Relay", "Server", "Ticket", "Watch"]
