"""Just enough HTTP/1.1 for a relay: one request from a page as it arrives, one answer back, and a reset.

Bytes and nothing else: what is done to a request is the relay's business. A body without a length (chunked) is refused:
no browser sends one for what an app sends.
"""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.phone.moments import RESET

LARGEST_HEAD = 64 * 1024
OWN_HEADERS = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding", "upgrade", "te"}
    | {"proxy-connection", "host", "accept-encoding"}
)
"""Headers that belong to one connection, and are not passed on."""


class NotHttp(Exception):
    """What arrived is no request that this relay can pass on."""


@dataclass(slots=True, kw_only=True)
class Asked:
    """One request of the page."""

    method: str
    target: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = b""

    @property
    def path(self) -> str:
        """Without its query."""
        return self.target.partition("?")[0]

    def passed_on(self) -> dict[str, str]:
        """The headers that go on to the server."""
        return {name: text for name, text in self.headers.items() if name not in OWN_HEADERS}


@dataclass(slots=True, kw_only=True)
class Reply:
    """One answer for the page."""

    status: int
    headers: Sequence[tuple[str, str]] = ()
    """In order; a name may come several times, as that of cookies does."""
    body: bytes = b""

    def bytes(self, method: str) -> bytes:
        """As it goes over the wire; every answer ends its connection."""
        lines = [f"HTTP/1.1 {self.status} -"]
        lines += [f"{name}: {text}" for name, text in self.headers if name.lower() not in OWN_HEADERS]
        lines += [f"Content-Length: {len(self.body)}", "Connection: close", "", ""]
        return "\r\n".join(lines).encode("latin-1", "replace") + (b"" if method == "HEAD" else self.body)


async def read_request(reader: asyncio.StreamReader) -> Asked | None:
    """The next request of a connection, whole; None when the page only opened it and went away again."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as part:
        if part.partial.strip():
            raise NotHttp("the page went away in the middle of a request's head") from None
        return None
    except asyncio.LimitOverrunError:
        raise NotHttp(f"a request's head is longer than {LARGEST_HEAD} bytes") from None
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, _, rest = first.partition(" ")
    headers = {name.strip().lower(): text.strip() for name, _, text in (line.partition(":") for line in lines)}
    if "chunked" in headers.get("transfer-encoding", ""):
        raise NotHttp("a request without a length")
    length = headers.get("content-length", "0")
    try:
        body = await reader.readexactly(int(length) if length.isdigit() else 0)
    except asyncio.IncompleteReadError:
        raise NotHttp("the page went away in the middle of a request's body") from None
    return Asked(method=method, target=rest.rpartition(" ")[0], headers=headers, body=body)


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection as a phone does that loses its signal: with a reset, not with a goodbye."""
    raw: socket.socket | None = writer.get_extra_info("socket")
    if raw is not None and raw.fileno() != -1:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
