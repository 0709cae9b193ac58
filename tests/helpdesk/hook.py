"""A webhook's endpoint on a real socket that answers as the test says and remembers what it got. Not a test itself."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from harness.clock import block


@dataclass
class Got:
    """One request."""

    method: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Hook:
    """What the endpoint answers, and what it got."""

    url: str = ""
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """The next answers; 200 when there are none."""
    got: list[Got] = field(default_factory=list)

    def wait(self, count: int) -> list[Got]:
        """The requests, once there are so many; at most 5 seconds."""
        for _ in range(500):
            if len(self.got) >= count:
                return self.got
            block(0.01)
        raise AssertionError(f"{count} requests were expected, {len(self.got)} arrived")


@contextmanager
def hooked() -> Iterator[Hook]:
    """An endpoint while inside."""
    one = Hook()

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            one.got.append(Got(self.command, {name.lower(): value for name, value in self.headers.items()}, body))
            status, headers = one.answers.pop(0) if one.answers else (200, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def do_POST(self) -> None:
            self._take()

        def do_PUT(self) -> None:
            self._take()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    one.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield one
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
