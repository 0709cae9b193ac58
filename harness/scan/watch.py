"""Looks at what a pipeline answers, as the answers come, and writes down what it should not have told.

Bodies and headers, good answers and errors alike, of everything that goes through one HTTP client. Writes a record of
what it found and none of what it read. Used by the stage; what load people are answered does not pass here.
"""

from collections import Counter
from typing import Any

import httpx

from harness.journal import Journal
from harness.scan.engine import Scanner

MOST_BODY = 1_000_000
MOST_ALIKE = 20


class Watch:
    """A hook for an HTTP client: searches every answer from one address."""

    def __init__(self, scanner: Scanner, base_url: str, journal: Journal) -> None:
        self._scanner = scanner
        self._base = base_url
        self._journal = journal
        self._told: Counter[tuple[str, ...]] = Counter()
        self.answers = 0
        self.bytes = 0

    async def __call__(self, response: httpx.Response) -> None:
        """Search one answer; the body is read to its end, as the caller would have done."""
        if not str(response.request.url).startswith(self._base):
            return
        body = await response.aread()
        headers = b"\n".join(name + b": " + text for name, text in response.headers.raw)
        self.answers += 1
        self.bytes += len(body) + len(headers)
        request = response.request
        for what, data in (("headers", headers), ("body", body[:MOST_BODY])):
            for found in self._scanner.scan_bytes(f"{what}.json", data, deep=False).findings:
                self._tell(request, response.status_code, what, found.as_data())

    def _tell(self, request: httpx.Request, status: int, what: str, found: dict[str, Any]) -> None:
        # A route that leaks does so at every call; a few of them tell all of it.
        kind = (what, request.method, str(status), found["name"], found["form"])
        self._told[kind] += 1
        if self._told[kind] > MOST_ALIKE:
            return
        said = f"the {what} of the answer to {request.method} {request.url.path} ({status})"
        self._journal.write("leak", **{**found, "file": said, "where": "answer"})
