"""A mail server that takes every mail and hands it to the slice as calls of its own.

Each recipient becomes one read and each mail one write at the slice's own address, so that both are journaled,
attributed and disturbed like every other call: a planned reset drops the SMTP connection, silence keeps the client
waiting, other failures are SMTP's own codes (`replies`). Relays nothing. Started and stopped by `slice`.
"""

import asyncio
import hmac
import logging
import socket
import ssl
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import orjson
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from fakes.alerts.smtp import replies
from fakes.alerts.state import mail
from fakes.alerts.state.mails import Mails
from fakes.alerts.state.settings import Settings
from fakes.listening import throwaway_tls

HOSTS = ("127.0.0.1", "localhost")
MECHANISMS = ("LOGIN", "PLAIN")
JSON = {"content-type": "application/json"}
SPOOLED, ACCOUNT = "x-spooled", "x-account"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Mailbox:
    """The SMTP listener of one slice."""

    def __init__(
        self, door: str, settings: Settings, mails: Callable[[str | None], Mails],
        opened: Callable[[str, str], str | None], port: int = 0, host: str = HOSTS[0],
    ) -> None:  # fmt: skip
        self.settings = settings
        self._door = door
        self._mails_of = mails
        """The mails of the account of this name, or of the main one."""
        self._opened = opened
        """The account that what was shown opens, if the other is the key of the main one; None when it opens none."""
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._wanted = (host, port)
        self._server: asyncio.Server | None = None
        self._client: httpx.AsyncClient | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._transports: set[asyncio.BaseTransport] = set()
        self.tls: ssl.SSLContext | None = None
        self.ca_file = ""
        """Where the authority of its certificate is; empty before `start`."""

    @property
    def port(self) -> int:
        """The port it listens on; 0 before `start`."""
        return int(self._sock.getsockname()[1]) if self._server else 0

    async def start(self) -> None:
        """Listen; `OSError` when the port is taken."""
        # aiosmtpd warns there of its own doings at every login.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self._sock.bind(self._wanted)
        self._sock.setblocking(False)
        self._folder = tempfile.TemporaryDirectory(prefix="fakes-smtp-", ignore_cleanup_errors=True)
        self.tls, ca_file = throwaway_tls(Path(self._folder.name), *HOSTS, self._wanted[0])
        self.ca_file = str(ca_file)
        # No connection is used twice: a planned reset must meet the mail it was planned for.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.AsyncClient(timeout=None, limits=limits, trust_env=False)
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Connection(self, self._transports), sock=self._sock
        )

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
        if self._folder is not None:
            self._folder.cleanup()

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Greet, and offer no AUTH where no way of it is open."""
        session.host_name = hostname
        return [line for line in responses if line.rstrip() != "250-AUTH"]

    async def handle_RCPT(  # noqa: N802 - see above
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Ask the slice about a recipient."""
        asked = orjson.dumps({"to": address, "from": envelope.mail_from})
        answer = await self._ask(server, "/recipients", asked, _account(session))
        said = replies.BUSY if answer is None else replies.for_recipient(answer.status_code)
        if said == replies.RECIPIENT_OK:
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - see above
        """Carry the mail to the slice and turn its answer into SMTP's."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        values = mail.read(content, envelope.mail_from or "", list(envelope.rcpt_tos))
        whose = _account(session)
        mails = self._mails_of(whose.get(ACCOUNT))
        spooled = mails.spool(content)
        try:
            answer = await self._ask(server, "", orjson.dumps(values), {SPOOLED: spooled, **whose})
        finally:
            mails.unspool(spooled)
        if answer is None:
            return replies.TRY_LATER
        try:
            return replies.ACCEPTED.format(id=answer.json()["id"])
        except (ValueError, KeyError, TypeError):
            return replies.for_mail(answer.status_code)

    async def _ask(self, server: SMTP, path: str, body: bytes, more: dict[str, str]) -> httpx.Response | None:
        """The slice's answer; None when the connection broke, and then the client's breaks as well."""
        assert self._client is not None
        try:
            return await self._client.post(self._door + path, content=body, headers={**JSON, **more})
        except httpx.HTTPError:
            drop(server.transport)
            return None

    def known(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        """Whether these are the user and the password, whose end may name an isolated account; 535 otherwise."""
        user, password = (given.login, given.password) if isinstance(given, LoginPassword) else (b"", b"")
        name = self._opened(password.decode("utf-8", "replace"), self.settings.smtp_password)
        success = name is not None and hmac.compare_digest(user, self.settings.smtp_user.encode())
        return AuthResult(success=success, handled=False, auth_data=name)


def _account(session: Session) -> dict[str, str]:
    """The header that says whose mail it is; none for the main account's."""
    name: object = session.auth_data
    return {ACCOUNT: name} if isinstance(name, str) else {}


class Connection(SMTP):
    """One client; known to its listener as long as it lasts. The settings of its beginning hold to its end."""

    def __init__(self, mailbox: Mailbox, known: set[asyncio.BaseTransport]) -> None:
        asked = mailbox.settings
        super().__init__(
            mailbox,
            hostname="mail.fakes.example",
            ident="staging mail sink",
            data_size_limit=asked.smtp_size_max,
            enable_SMTPUTF8=True,
            tls_context=None if asked.smtp_starttls == "off" else mailbox.tls,
            require_starttls=asked.smtp_starttls == "required",
            auth_require_tls=False,
            auth_exclude_mechanism=MECHANISMS if asked.smtp_auth == "off" else (),
            authenticator=mailbox.known,
        )
        # Given as an argument it would warn that passwords travel in the open, which is meant here.
        self._auth_required = asked.smtp_auth == "required"
        self._known = known

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._known.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """End; a mail still being carried is let go of."""
        if self.transport is not None:
            self._known.discard(self.transport)
        if self._original_transport is not None:
            self._known.discard(self._original_transport)
        super().connection_lost(error)

    async def push(self, status: Any) -> None:
        """Say it; 421 is the last word on a connection."""
        await super().push(status)
        if str(status).startswith("421") and self.transport is not None:
            self.transport.close()


def drop(transport: Any) -> None:
    """End a connection with a reset, without another word."""
    if transport is None or transport.is_closing():
        return
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()
