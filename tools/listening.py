"""A webhook's endpoint on a real loopback socket, in a thread of its own: for tests, and for tools that write tables.

Only takes requests in and hands them on; what is remembered and what is answered is decided by `take`.
"""

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Mapping[str, str]]
SAID = b"ok"
"""The body of an answer, unless another is wanted: vendors keep the first bytes of it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One request; the names of its headers are in lower case."""

    method: str
    headers: dict[str, str]
    body: bytes


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that leaves."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def listening(take: Callable[[Taken], Answer], path: str = "/hook", said: bytes = SAID) -> Iterator[str]:
    """The address of an endpoint that lets `take` answer every request, with `said` as the body, while inside."""

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, headers = take(
                Taken(self.command, {name.lower(): value for name, value in self.headers.items()}, body)
            )
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(said))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = do_DELETE = _take  # noqa: N815 - the names that the server calls

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{path}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
