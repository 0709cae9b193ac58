"""Misbehaviour on the wire: the one place that touches sockets under the HTTP server.

`Wire` is one request's way back, with the ways to spoil it; `fakes.connection` puts the transport into the scope. Under
another ASGI server (in-process clients) there is no transport: then a reset is a `ConnectionResetError` for the caller.
Called by `fakes.server`.
"""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from fakes.calls import Reply
from harness.clock import pause

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

TRANSPORT = "fakes.transport"
HOST = "fakes.host"
"""Where a scope says at which vendor's own host the call arrived."""
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_FLUSH_TURNS_MAX = 1000
PIECES = 20
"""Into how many pieces a trickling answer is cut."""


def left(scope: Scope) -> bool:
    """Whether the client of this request has already gone, as far as this side knows."""
    transport = scope.get(TRANSPORT)
    return transport is not None and bool(transport.is_closing())


class Wire:
    """The way back of one request."""

    __slots__ = ("_receive", "_send", "_transport")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._transport = scope.get(TRANSPORT)

    @property
    def gone(self) -> bool:
        """Whether the client has already left, as far as this side knows."""
        return self._transport is not None and self._transport.is_closing()

    async def body(self) -> bytes:
        """The whole body of the request; `ConnectionResetError` if the client leaves before its end."""
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the client left before its request was complete")
        if not message.get("more_body"):
            first: bytes = message.get("body", b"")
            return first
        parts = [message.get("body", b"")]
        while message.get("more_body"):
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ConnectionResetError("the client left before its request was complete")
            parts.append(message.get("body", b""))
        return b"".join(parts)

    async def reply(self, reply: Reply) -> None:
        """Send the whole answer; nothing if the client has left."""
        if self.gone:
            await self._until_gone()
            return
        await self._send({"type": "http.response.start", "status": reply.status, "headers": _headers(reply)})
        await self._send({"type": "http.response.body", "body": reply.body})

    async def cut(self, reply: Reply) -> None:
        """Send the head and half of the body, then reset the connection."""
        await self._send({"type": "http.response.start", "status": reply.status, "headers": _headers(reply)})
        half = reply.body[: len(reply.body) // 2]
        await self._send({"type": "http.response.body", "body": half, "more_body": True})
        if self._transport is not None:
            # What is still buffered would die with the reset: let it leave first.
            for _ in range(_FLUSH_TURNS_MAX):
                if self._transport.is_closing() or not self._transport.get_write_buffer_size():
                    break
                await pause(0)
        await self.reset()

    async def unended(self, reply: Reply) -> None:
        """Send the whole answer without saying how long it is, and not its end."""
        await self._begin(reply)
        await self._send({"type": "http.response.body", "body": reply.body, "more_body": True})

    async def trickle(self, reply: Reply, released: asyncio.Event, seconds: float) -> None:
        """Send the body in pieces, evenly over so many seconds; the rest at once when released."""
        await self._begin(reply)
        size = max(1, -(-len(reply.body) // PIECES))
        pieces = [reply.body[at : at + size] for at in range(0, len(reply.body), size)]
        for piece in pieces:
            if self.gone:
                break
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
            if not released.is_set():
                await self.hold(released, seconds / len(pieces))
        if not self.gone:
            await self._send({"type": "http.response.body", "body": b""})

    async def _begin(self, reply: Reply) -> None:
        headers = [(name, value) for name, value in _headers(reply) if name != b"content-length"]
        await self._send({"type": "http.response.start", "status": reply.status, "headers": headers})

    async def reset(self) -> None:
        """End the connection with a TCP reset, without sending anything more."""
        transport = self._transport
        if transport is None:
            raise ConnectionResetError("a planned fault: the connection was reset")
        sock = transport.get_extra_info("socket")
        if sock is not None and not transport.is_closing():
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()
        await self._until_gone()

    async def empty(self) -> None:
        """Close the connection in good order, without an answer."""
        if self._transport is None:
            raise ConnectionResetError("a planned fault: the connection was closed without an answer")
        self._transport.close()
        await self._until_gone()

    async def hold(self, released: asyncio.Event, seconds: float) -> str:
        """Wait for the first of: `released`, the client `gone`, `timed_out`."""
        if self.gone:
            return "gone"
        freed: asyncio.Task[Any] = asyncio.ensure_future(released.wait())
        waits = {freed}
        if self._transport is not None:
            waits.add(asyncio.ensure_future(self._until_gone()))
        try:
            done, _ = await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
        if not done:
            return "timed_out"
        return "released" if freed in done else "gone"

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


def _headers(reply: Reply) -> list[tuple[bytes, bytes]]:
    headers = [(b"content-length", b"%d" % len(reply.body)), (b"content-type", reply.content_type.encode("latin-1"))]
    if reply.headers:
        headers += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
    return headers
