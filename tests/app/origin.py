"""One origin for a page: the app's export, and behind it the pipeline and the payment provider's API.

What a founder's web server does for the web export. It can go away and come back, and swallow requests; nothing finer:
the moments of a cut are the browser phone's (`harness.phone.browser`). Used by the tests beside it.
"""

import asyncio
import mimetypes
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PASSED = ("content-type", "authorization", "idempotency-key")


class _Server(uvicorn.Server):
    """Leaves the signals to pytest."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


class Origin:
    """An address for a page; `served` starts it."""

    def __init__(self, export: Path, pipeline: str, provider: str, client: httpx.AsyncClient) -> None:
        self.posted: list[tuple[str, str]] = []
        """Path and key of every intent that came through."""
        self.signal = asyncio.Event()
        """While it is not set, requests to the servers are taken and not answered."""
        self.signal.set()
        self._export, self._client = export, client
        self._servers = {"/v1/": pipeline + "/v1/", "/provider/": provider + "/"}
        self._port = 0
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self._port}"

    async def up(self) -> None:
        """Listen; again on the same port when it was up before."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        routes = [Route("/{path:path}", self._answer, methods=["GET", "POST"])]
        config = uvicorn.Config(Starlette(routes=routes), log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))

    async def down(self) -> None:
        """Every connection is closed, and nobody listens any more."""
        assert self._server is not None
        assert self._serving is not None
        self._server.should_exit = True
        await self._serving

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        for prefix, server in self._servers.items():
            if path.startswith(prefix):
                await self.signal.wait()
                return await self._passed_on(request, server + path.removeprefix(prefix))
        return self._file(path)

    async def _passed_on(self, request: Request, url: str) -> Response:
        if request.method == "POST":
            self.posted.append((request.url.path, request.headers.get("idempotency-key", "")))
        headers = {name: request.headers[name] for name in PASSED if name in request.headers}
        answer = await self._client.request(
            request.method, url, params=request.url.query, headers=headers, content=await request.body()
        )
        return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))

    def _file(self, path: str) -> Response:
        file = self._export / (path.lstrip("/") or "index.html")
        if not file.is_file():
            return Response(status_code=404)
        return Response(file.read_bytes(), media_type=mimetypes.guess_type(file.name)[0])


@asynccontextmanager
async def served(export: Path, pipeline: str, provider: str) -> AsyncIterator[Origin]:
    """An origin of its own, until left."""
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        origin = Origin(export, pipeline, provider, client)
        await origin.up()
        try:
            yield origin
        finally:
            origin.signal.set()
            await origin.down()
