"""A tiny pipeline on a real socket that counts what reached it: whole requests, halves, answers it could not bring.

Speaks just enough HTTP/1.1 for a phone, and answers by what a test tells it. Not a web framework.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

Answer = tuple[int, Any]


@dataclass(slots=True)
class Seen:
    """One request as far as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    whole: bool
    connection: int

    @property
    def key(self) -> str | None:
        """The client's key."""
        return self.headers.get("idempotency-key")

    @property
    def json(self) -> Any:
        """Its body."""
        return json.loads(self.body)


@dataclass(slots=True)
class Tiny:
    """What reached the server, and what it says."""

    say: Callable[[Seen], Answer]
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    """Sent with every answer."""
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    resets: int = 0
    under_way: int = 0
    most_under_way: int = 0
    rivals: int = 0
    """Answers wait until so many requests are under way at once; 0: they do not wait."""
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    def whole(self, path: str = "") -> list[Seen]:
        """The requests that arrived whole."""
        return [one for one in self.seen if one.whole and path in one.path]

    def halves(self) -> list[Seen]:
        """The requests of which only a part arrived."""
        return [one for one in self.seen if not one.whole]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it."""
        self.connections += 1
        number = self.connections
        try:
            while (seen := await _read(reader, number)) is not None:
                self.seen.append(seen)
                if not seen.whole:
                    break
                await self._wait_for_rivals()
                status, body = self.say(seen)
                writer.write(_answer(status, body, self.headers))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            self.resets += 1
        finally:
            writer.close()

    async def _wait_for_rivals(self) -> None:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        if self.rivals and self.under_way >= self.rivals:
            self.enough.set()
        if self.rivals:
            async with asyncio.timeout(5):
                await self.enough.wait()
        self.under_way -= 1


@asynccontextmanager
async def tiny(say: Callable[[Seen], Answer], rivals: int = 0) -> AsyncIterator[Tiny]:
    """A tiny pipeline on a free loopback port."""
    server = Tiny(say, rivals=rivals)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening:
        yield server


async def _read(reader: asyncio.StreamReader, connection: int) -> Seen | None:
    head = b""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as part:
        if not part.partial:
            return None
        return Seen("", part.partial.split(b" ")[1].decode(), {}, b"", False, connection)
    first, *lines = head.decode().strip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): text.strip() for name, _, text in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", 0))
    body = b""
    try:
        while len(body) < length and (part_of := await reader.read(length - len(body))):
            body += part_of
    except ConnectionError:
        pass
    return Seen(method, path, headers, body, len(body) == length, connection)


def _answer(status: int, body: Any, headers: dict[str, str]) -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    more = "".join(f"{name}: {text}\r\n" for name, text in headers.items())
    return f"HTTP/1.1 {status} X\r\n{more}Content-Length: {len(content)}\r\n\r\n".encode() + content
