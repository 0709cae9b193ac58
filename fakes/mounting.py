"""Webhooks into an ASGI application of the same process: hosts that stand for applications instead of machines.

Everything else goes over the network. Only the delivery engine sends through this.
"""

import asyncio
from typing import Any

import httpx


class Switch(httpx.AsyncBaseTransport):
    """Sends each request where its host is."""

    def __init__(self, usual: httpx.AsyncBaseTransport) -> None:
        self._usual = usual
        self.mounted: dict[str, httpx.AsyncBaseTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask the application that is mounted there, or the network."""
        return await self.mounted.get(request.url.host, self._usual).handle_async_request(request)

    async def aclose(self) -> None:
        """Close the network's connections; applications stay."""
        await self._usual.aclose()


class Mounted(httpx.AsyncBaseTransport):
    """An ASGI application, on the loop that it belongs to; None: on the sender's. An error of it is a 500."""

    def __init__(self, application: Any, loop: asyncio.AbstractEventLoop | None) -> None:
        self._inner = httpx.ASGITransport(application, raise_app_exceptions=False)
        self._loop = loop

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask it."""
        if self._loop is None:
            return await self._inner.handle_async_request(request)
        await request.aread()
        asked = asyncio.run_coroutine_threadsafe(self._whole(request), self._loop)
        return await asyncio.wrap_future(asked)

    async def _whole(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())
