"""What airplane mode does to bytes: real sockets, cut at a chosen moment.

No client library can do this, so these speak just enough HTTP/1.1 themselves. Called by the asyncio phone only.
"""

import asyncio
import socket
import ssl
import struct
from dataclasses import dataclass
from urllib.parse import urlsplit

from harness.phone.request import Request

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: closing sends a reset at once."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What had passed when the signal went."""

    sent: int
    of: int
    first_byte: bool


async def lose_request(request: Request, timeout_s: float) -> Cut:
    """Send the headers and half of the body (half of the headers if there is none), then reset the connection."""
    head, whole = _bytes_of(request)
    half = head + (whole - head) // 2 if whole > head else head // 2
    raw = _raw(request)
    async with asyncio.timeout(timeout_s):
        _, writer = await _connect(request)
        writer.write(raw[:half])
        await writer.drain()
        _reset(writer)
    return Cut(sent=half, of=whole, first_byte=False)


async def lose_reply(request: Request, timeout_s: float) -> Cut:
    """Send all of it, wait for the first byte of the answer, then reset the connection; the answer is never read.

    Raises `TimeoutError` or `ConnectionError` when there was no first byte: then this moment did not happen.
    """
    raw = _raw(request)
    async with asyncio.timeout(timeout_s):
        reader, writer = await _connect(request)
        try:
            writer.write(raw)
            await writer.drain()
            first = await reader.read(1)
        finally:
            _reset(writer)
    if not first:
        raise ConnectionResetError("the server closed the connection before it answered")
    return Cut(sent=len(raw), of=len(raw), first_byte=True)


async def _connect(request: Request) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    url = urlsplit(request.url)
    secure = ssl.create_default_context() if url.scheme == "https" else None
    return await asyncio.open_connection(url.hostname, url.port or (443 if secure else 80), ssl=secure, limit=1)


def _reset(writer: asyncio.StreamWriter) -> None:
    raw: socket.socket | None = writer.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


def _head(request: Request) -> bytes:
    url = urlsplit(request.url)
    target = url.path + (f"?{url.query}" if url.query else "")
    lines = [f"{request.method} {target} HTTP/1.1", f"Host: {url.netloc}"]
    lines += [f"{name}: {text}" for name, text in request.headers.items()]
    lines += [f"Content-Length: {len(request.content)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode()


def _raw(request: Request) -> bytes:
    return _head(request) + request.content


def _bytes_of(request: Request) -> tuple[int, int]:
    head = len(_head(request))
    return head, head + len(request.content)
