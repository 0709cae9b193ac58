"""A proxy that lets nobody out: whatever a pipeline asks of other hosts is refused, counted and told.

Clients that honour the usual variables (`HTTPS_PROXY`) show themselves here; others show in logs only. Never forwards
a byte. Open while the doctor's walk lasts.
"""

import asyncio
from collections import Counter
from urllib.parse import urlsplit

HEAD_S = 5.0
NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
REFUSAL = (
    b"HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n"
    b"staging harness: a pipeline under test may not reach hosts outside\n"
)


class Outward:
    """The listener and what it heard."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[str, str, str]] = Counter()
        """(host, method, path) -> how often; of what is encrypted only the host is known."""
        self._server: asyncio.Server | None = None

    async def open(self) -> dict[str, str]:
        """Begin to listen on a loopback port; answers the environment that leads there."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        return dict.fromkeys(NAMES, f"http://127.0.0.1:{port}")

    async def close(self) -> None:
        """Stop listening."""
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(HEAD_S):
                line = (await reader.readline()).decode("latin-1").split()
                while (await reader.readline()).strip():
                    pass
            if len(line) >= 2:
                self._note(line[0], line[1])
            writer.write(REFUSAL)
            await writer.drain()
        except (TimeoutError, OSError, ValueError):
            pass
        finally:
            writer.close()

    def _note(self, method: str, asked: str) -> None:
        if method == "CONNECT":
            self.asked[(asked.rpartition(":")[0], method, "")] += 1
        else:
            parts = urlsplit(asked)
            self.asked[(parts.hostname or asked, method, parts.path)] += 1
