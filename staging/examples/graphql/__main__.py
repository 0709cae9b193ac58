"""Stands in for the platform: turns HTTP into events for the function, and calls its consumer of what waits."""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from staging.examples import outbox
from staging.examples.graphql import vendors
from staging.examples.graphql.function import SCHEMA, handler


class Gateway(BaseHTTPRequestHandler):
    """One request, one event."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Let the function answer."""
        chunked = self.headers.get("Transfer-Encoding", "").lower() == "chunked"
        body = self.chunks() if chunked else self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers: dict[str, str] = {}
        for name, text in self.headers.items():  # A header that comes twice arrives as one, as gateways do it.
            headers[name.lower()] = f"{headers[name.lower()]},{text}" if name.lower() in headers else text
        status, answer = handler({"method": self.command, "path": self.path, "headers": headers, "body": body})
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST  # noqa: N815 - the library's word

    def chunks(self) -> bytes:
        """A body that says its length piece by piece."""
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until ended."""
    outbox.prepare(vendors.DB, SCHEMA)
    secret = vendors.prepare_desk(os.environ["FUNCTION_URL"])
    with outbox.transaction(vendors.DB) as db:
        db.execute("INSERT OR REPLACE INTO settings VALUES ('desk_secret', ?)", (secret,))
    threading.Thread(target=outbox.work_on, args=(vendors.DB, vendors.perform), daemon=True).start()
    ThreadingHTTPServer.request_queue_size = 100
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["FUNCTION_PORT"])), Gateway).serve_forever()


if __name__ == "__main__":
    main()
