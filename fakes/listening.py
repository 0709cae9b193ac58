"""Sockets and HTTP servers for the fakes: bound before anything is made, several in one loop, with or without TLS."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Generator
from pathlib import Path
from typing import Any

import trustme
import uvicorn

from fakes.connection import Connection
from harness.errors import MachineError

GRACE_S = 1
KEEPALIVE_S = 75
BACKLOG = 1024


def bound(host: str, port: int, what: str) -> socket.socket:
    """A socket bound to this port, or to any free one when it is 0; `MachineError` when it is taken."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        # Listening is what fails when another listener has the port.
        sock.listen(BACKLOG)
    except OSError as problem:
        sock.close()
        raise MachineError(
            f"{what}: cannot listen on {host}:{port}: {problem.strerror}; choose another port, or 0 for any"
        ) from problem
    sock.setblocking(False)
    return sock


def address(sock: socket.socket, scheme: str = "http") -> str:
    """The URL of a bound socket."""
    host, port = sock.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def seen_at(sock: socket.socket, advertised: str | None) -> str:
    """The URL by which clients find a bound socket: its port at the advertised `scheme://host`, or its own address."""
    return address(sock) if advertised is None else f"{advertised}:{sock.getsockname()[1]}"


class Listener(uvicorn.Server):
    """One HTTP server on one bound socket, beside others in the same loop; signals are not its business."""

    def __init__(self, app: Any, sock: socket.socket, tls: ssl.SSLContext | None = None) -> None:
        config = uvicorn.Config(
            app,
            http=Connection,
            interface="asgi3",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEPALIVE_S,
        )
        super().__init__(config)
        self._sock = sock
        self._tls = tls
        self._ticking: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to the process."""
        yield

    async def open(self) -> None:
        """Begin to serve."""
        self.config.load()
        self.config.ssl = self._tls
        self.lifespan = self.config.lifespan_class(self.config)
        await self.startup(sockets=[self._sock])
        self._ticking = asyncio.get_running_loop().create_task(self.main_loop())

    async def close(self) -> None:
        """Stop serving; calls in flight get a second to end, then their connections are cut."""
        if self._ticking is None:
            self._sock.close()
            return
        self._ticking.cancel()
        for server in self.servers:
            server.close()
        self._sock.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        if state.tasks:
            _, late = await asyncio.wait(list(state.tasks), timeout=GRACE_S)
            for task in late:
                task.cancel()
        for connection in list(state.connections):
            connection.transport.abort()


def throwaway_tls(folder: Path, *hosts: str) -> tuple[ssl.SSLContext, Path]:
    """A certificate for these hosts by an authority made for this run alone, and the authority's file."""
    authority = trustme.CA()
    return certified(authority, *hosts), kept(authority, folder)


def certified(authority: trustme.CA, *hosts: str) -> ssl.SSLContext:
    """A server's side of TLS with a certificate for these hosts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*hosts).configure_cert(context)
    return context


def kept(authority: trustme.CA, folder: Path) -> Path:
    """The file in which clients find the authority; its key stays in memory."""
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    return ca_file
