"""The gevent radio: carries out what a phone's script asks, with one keep-alive connection for each person.

Plain `http.client` on patched sockets, because it sends a request once: faster clients send some of them again by
themselves, and a repeat that nobody wrote down would be taken for the pipeline's. Decides nothing.
"""

import contextlib
import http.client
from collections.abc import Callable, Generator
from typing import Any, TypeVar
from urllib.parse import urlsplit

import gevent

from harness.clock import SYSTEM
from harness.errors import UsageError
from harness.phone.exchange import Exchange, Exchanged, Outside, Wait
from harness.phone.outcomes import error_of

T = TypeVar("T")
Told = Callable[[Exchange, Exchanged, int], None]


class Radio:
    """One person's connections, by host."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._connections: dict[str, http.client.HTTPConnection] = {}

    def drive(self, script: Generator[Outside, Any, T]) -> T:
        """Carry out everything the script asks, until it ends with its result."""
        heard: Any = None
        try:
            while True:
                heard = self._do(script.send(heard))
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            script.close()

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections.values():
            connection.close()

    def _do(self, step: Outside) -> Any:
        if isinstance(step, Wait):
            return gevent.sleep(step.seconds)
        if isinstance(step, Exchange) and not step.loss:
            return self._exchange(step)
        raise UsageError("the load has neither bad weather nor double taps; play those as scenarios")

    def _exchange(self, exchange: Exchange) -> Exchanged:
        heard = Exchanged()
        exchange.announce()
        began = SYSTEM.at_ns()
        try:
            with gevent.Timeout(2 * exchange.timeout_s, TimeoutError("the whole exchange took too long")):
                self._send(exchange, heard)
        except (OSError, http.client.HTTPException, TimeoutError) as problem:
            heard.error = heard.error or error_of(problem)
            self._drop(exchange.request.url)
        heard.ended_ns = SYSTEM.at_ns()
        self._told(exchange, heard, began)
        return heard

    def _send(self, exchange: Exchange, heard: Exchanged) -> None:
        request = exchange.request
        connection = self._connection(request.url, exchange.timeout_s)
        if connection.sock is None:
            try:
                connection.connect()
            except TimeoutError:
                heard.error = "connect_timeout"
                raise
        url = urlsplit(request.url)
        path = url.path + (f"?{url.query}" if url.query else "")
        connection.request(request.method, path, body=request.content or None, headers=dict(request.headers))
        answer = connection.getresponse()
        heard.body = answer.read()
        heard.headers = {name.lower(): ", ".join(answer.headers.get_all(name, ())) for name in answer.headers}
        heard.status = answer.status

    def _connection(self, url: str, timeout_s: float) -> http.client.HTTPConnection:
        parts = urlsplit(url)
        known = self._connections.get(parts.netloc)
        if known is None:
            kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            known = self._connections[parts.netloc] = kind(parts.hostname or "", parts.port, timeout=timeout_s)
        return known

    def _drop(self, url: str) -> None:
        known = self._connections.pop(urlsplit(url).netloc, None)
        if known is not None:
            with contextlib.suppress(OSError):
                known.close()
