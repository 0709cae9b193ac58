"""A mail server that takes every mail and hands it to the slice as a call of its own.

Each mail becomes one `POST` to the slice's own address after DATA, so that it is journaled, attributed and disturbed
like every other call: a planned reset of that call drops the SMTP connection, silence keeps the client waiting, a 5xx
is `451`, a 4xx is `550`. Relays nothing. Started and stopped by `slice`.
"""

import asyncio
import socket
import struct
from typing import Any

import httpx
import orjson
from aiosmtpd.smtp import SMTP, Envelope, Session

from fakes.alerts import mail

HOST = "127.0.0.1"
SIZE_MAX = 26_214_400
ACCEPTED = "250 2.0.0 OK: queued as {id}"
TRY_LATER = "451 4.3.0 Requested action aborted: local error in processing"
SLOW_DOWN = "451 4.7.1 Too many messages, try again later"
REFUSED = "550 5.7.1 Message refused"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Mailbox:
    """The SMTP listener of one slice."""

    def __init__(self, door: str, port: int = 0) -> None:
        self._door = door
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._wanted = port
        self._server: asyncio.Server | None = None
        self._client: httpx.AsyncClient | None = None
        self._transports: set[asyncio.BaseTransport] = set()

    @property
    def port(self) -> int:
        """The port it listens on; 0 before `start`."""
        return int(self._sock.getsockname()[1]) if self._server else 0

    async def start(self) -> None:
        """Listen; `OSError` when the port is taken."""
        self._sock.bind((HOST, self._wanted))
        self._sock.setblocking(False)
        # No connection is used twice: a planned reset must meet the mail it was planned for.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.AsyncClient(timeout=None, limits=limits, trust_env=False)
        self._server = await asyncio.get_running_loop().create_server(self._connection, sock=self._sock)

    async def stop(self) -> None:
        """Close the listener and every connection."""
        if self._server is not None:
            self._server.close()
        for transport in list(self._transports):
            if isinstance(transport, asyncio.Transport):
                transport.abort()
        if self._client is not None:
            await self._client.aclose()
        self._sock.close()

    def _connection(self) -> SMTP:
        return _Connection(self, self._transports)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Carry the mail to the slice and turn its answer into SMTP's."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        values = mail.read(content, envelope.mail_from or "", list(envelope.rcpt_tos))
        assert self._client is not None
        try:
            answer = await self._client.post(
                self._door, content=orjson.dumps(values), headers={"content-type": "application/json"}
            )
        except httpx.HTTPError:
            drop(server.transport)
            return TRY_LATER
        if answer.status_code == 429:
            return SLOW_DOWN
        if answer.status_code >= 400:
            return TRY_LATER if answer.status_code >= 500 else REFUSED
        try:
            return ACCEPTED.format(id=answer.json()["id"])
        except (ValueError, KeyError):
            return TRY_LATER


class _Connection(SMTP):
    """One client; known to its listener as long as it lasts."""

    def __init__(self, handler: Mailbox, known: set[asyncio.BaseTransport]) -> None:
        super().__init__(
            handler,
            hostname="mail.fakes.example",
            ident="staging mail sink",
            data_size_limit=SIZE_MAX,
            enable_SMTPUTF8=True,
        )
        self._known = known

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._known.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """End; a mail still being carried is let go of."""
        if self.transport is not None:
            self._known.discard(self.transport)
        super().connection_lost(error)


def drop(transport: Any) -> None:
    """End a connection with a reset, without another word."""
    if transport is None or transport.is_closing():
        return
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()
