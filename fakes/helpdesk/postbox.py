"""The helpdesk's own mail server: what is sent to its support address becomes a call of the route for inbound mail.

So mail is journaled, attributed and disturbed like every other call. Speaks plain SMTP without passwords; started and
stopped with the slice.
"""

import asyncio
import logging

import httpx
from aiosmtpd.smtp import SMTP, Envelope, Session

SIZE_MAX = 50 * 2**20
PATH = "/inbound_email"


class Postbox:
    """Listens for mail."""

    def __init__(self, url: str, host: str, port: int) -> None:
        self._url = url
        self.host = host
        self._wanted = port
        self.port = 0
        """Where it listens, once started."""
        self._server: asyncio.Server | None = None
        self._client: httpx.AsyncClient | None = None

    async def start(self) -> None:
        """Begin to listen; `OSError` when the port is taken."""
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self._client = httpx.AsyncClient(timeout=30.0, trust_env=False)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, data_size_limit=SIZE_MAX, enable_SMTPUTF8=True, hostname="helpdesk", loop=loop),
            self.host,
            self._wanted,
        )
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close the listener."""
        if self._server is not None:
            self._server.close()
        if self._client is not None:
            await self._client.aclose()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Hand a mail over; the sending server tries again when it was not taken."""
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        assert self._client is not None
        try:
            answer = await self._client.post(
                self._url + PATH, content=content, headers={"content-type": "message/rfc822"}
            )
        except httpx.HTTPError:
            return "451 4.3.0 Try again later"
        if answer.status_code < 300:
            return "250 2.0.0 OK"
        return (
            "554 5.6.0 Not taken"
            if answer.status_code < 500 and answer.status_code != 429
            else "451 4.3.0 Try again later"
        )
