"""Calls to fakes without sockets: an httpx transport, for sync and async clients, straight to a fake's application.

The application runs on the fakes' own loop, in its own thread. A planned fault looks as it does over sockets: a reset
is `httpx.ReadError`, an orderly end without an answer `httpx.RemoteProtocolError`, silence `httpx.ReadTimeout` after
the client's own time-out. Streaming is not copied: an answer comes whole or not at all.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any
from urllib.parse import unquote

import httpx

from fakes.transport import TRANSPORT, Message, Receive, Scope, Send

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Line:
    """One request's connection, as the application sees it: what it knows of a transport, and ASGI's two ways."""

    def __init__(self, body: bytes) -> None:
        self._request: Message | None = {"type": "http.request", "body": body, "more_body": False}
        self._left = asyncio.Event()
        self.ended = asyncio.Event()
        self.reset = False
        self.head: Message | None = None
        self.parts: list[bytes] = []
        self.complete = False

    async def receive(self) -> Message:
        """The request, then nothing until the connection ends."""
        request, self._request = self._request, None
        if request is not None:
            return request
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take a part of the answer."""
        if message["type"] == "http.response.start":
            self.head = message
            return
        self.parts.append(bytes(message.get("body", b"")))
        if not message.get("more_body"):
            self.complete = True
            self.ended.set()

    def leave(self) -> None:
        """The client gives up."""
        self._left.set()

    # What `fakes.transport.Wire` asks of a transport.

    def is_closing(self) -> bool:
        """Whether one side has ended it."""
        return self._left.is_set()

    def abort(self) -> None:
        """End it with a reset."""
        self.reset = True
        self.close()

    def close(self) -> None:
        """End it in good order."""
        self._left.set()
        self.ended.set()

    def get_extra_info(self, name: str) -> None:
        """There is no socket."""

    def get_write_buffer_size(self) -> int:
        """Nothing is ever waiting to be sent."""
        return 0


class Bridge(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The transport to one application on a loop of its own."""

    def __init__(self, application: Application, loop: asyncio.AbstractEventLoop) -> None:
        self._application = application
        self._loop = loop
        self._running: set[asyncio.Task[None]] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Ask and wait."""
        request.read()
        return self._asked(request).result()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask and wait without blocking the caller's loop."""
        await request.aread()
        return await asyncio.wrap_future(self._asked(request))

    def _asked(self, request: httpx.Request) -> "Future[httpx.Response]":
        return asyncio.run_coroutine_threadsafe(self._ask(request), self._loop)

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        line = Line(request.content)
        task = asyncio.ensure_future(self._serve(request, line))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        patience = request.extensions.get("timeout", {}).get("read")
        try:
            async with asyncio.timeout(patience):
                await line.ended.wait()
        except TimeoutError:
            # The application goes on by itself, as a server does.
            line.leave()
            raise httpx.ReadTimeout("no answer from the fake in time", request=request) from None
        if not line.complete or line.head is None:
            if line.reset:
                raise httpx.ReadError("a planned fault: the connection was reset", request=request)
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)
        content = b"" if request.method == "HEAD" else b"".join(line.parts)
        return httpx.Response(line.head["status"], headers=line.head["headers"], content=content, request=request)

    async def _serve(self, request: httpx.Request, line: Line) -> None:
        try:
            await self._application(_scope(request, line), line.receive, line.send)
        finally:
            # An application that ends without an answer ends the connection.
            line.close()


def _scope(request: httpx.Request, line: Line) -> dict[str, Any]:
    raw_path = request.url.raw_path.partition(b"?")[0]
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": request.method,
        "scheme": request.url.scheme, "path": unquote(raw_path.decode("ascii")), "raw_path": raw_path,
        "query_string": request.url.query, "root_path": "", "client": ("127.0.0.1", 0),
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "server": (request.url.host, request.url.port or 80), TRANSPORT: line,
    }  # fmt: skip
