"""A pipeline's webhook endpoint on a real socket, that remembers what it got and answers what it is told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from harness.clock import block


@dataclass(frozen=True)
class Got:
    """One delivery."""

    headers: dict[str, str]
    body: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events in it."""
        found: list[dict[str, Any]] = json.loads(self.body)
        return found


@dataclass
class Hook:
    """The endpoint: answers `statuses` in turn, then 200."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def wait(self, count: int) -> list[Got]:
        """The deliveries, once there are `count` of them; at most 5 seconds."""
        for _ in range(500):
            if len(self.got) >= count:
                return list(self.got)
            block(0.01)
        raise AssertionError(f"{count} deliveries were expected, {len(self.got)} arrived")


@contextmanager
def hooked() -> Iterator[Hook]:
    """An endpoint while inside."""
    one = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            one.got.append(Got({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(one.statuses.pop(0) if one.statuses else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    one.url = f"http://127.0.0.1:{server.server_port}/hook?from=crm"
    try:
        yield one
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
