"""One client's connection: uvicorn's own HTTP protocol, with a short way for answers that need not be awaited.

A request is handed to the application's `begin` when it is here in full. If that has an answer, it is written in one
piece and no task was made for it; if it has a rest to be awaited, uvicorn runs that as it runs any ASGI application.
So it does, from the start, with a request that is large, or whose client waits to be told to go on.
Called by `fakes.listening`. Not here: what is answered, and faults on the wire (`fakes.transport`).
"""

import re
from typing import Any, Protocol, cast, runtime_checkable

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from fakes.calls import Reply
from fakes.server import Rest
from fakes.transport import TRANSPORT, Receive, Scope, Send, Wire

_UNSAFE = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
"""What no header may hold: it could end the header."""


@runtime_checkable
class Prompt(Protocol):
    """An application that can answer at once."""

    def begin(self, scope: Scope, body: bytes) -> Reply | Rest:
        """The answer to a request, or what is to be awaited for it."""
        ...


class Connection(HttpToolsProtocol):
    """uvicorn's protocol, whose transport the application can reach, and whose application may answer at once."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._prompt = self.app if isinstance(self.app, Prompt) else None
        self._new: RequestResponseCycle | None = None
        """A request that nobody has begun to answer, since its end is not here yet."""
        self._usual: list[tuple[bytes, bytes]] = []
        self._usual_lines = b""

    def on_message_begin(self) -> None:
        """Begin a request; its scope knows the transport."""
        super().on_message_begin()
        scope = cast("Scope", self.scope)
        scope[TRANSPORT] = self.transport

    def data_received(self, data: bytes) -> None:
        """Read on; a request whose end comes only when somebody reads what is here is begun without it."""
        super().data_received(data)
        if self._new is not None and self.flow.read_paused:
            self._begun()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        if self._prompt is not None and app is self.app and cycle.more_body and not cycle.waiting_for_100_continue:
            self._new = cycle
        else:
            super()._start_asgi_task(cycle, app)

    def _begun(self, app: Any = None) -> None:
        """Let uvicorn run the application for the request, or what is left of it."""
        cycle, self._new = self._new, None
        assert cycle is not None
        super()._start_asgi_task(cycle, app or self.app)

    def on_message_complete(self) -> None:
        """A request is here in full: answer it at once where that can be."""
        super().on_message_complete()
        cycle = self._new
        if cycle is None or self._prompt is None:
            return
        if self.flow.write_paused:
            self._begun()
            return
        try:
            begun = self._prompt.begin(cast("Scope", cycle.scope), bytes(cycle.body))
            if isinstance(begun, Reply):
                self._answer(cycle, begun)
            else:
                self._begun(_going_on(begun))
        except Exception as problem:  # noqa: BLE001 - uvicorn says 500 and logs it, as for any application that fails
            self._begun(_failing(problem))

    def _answer(self, cycle: RequestResponseCycle, reply: Reply) -> None:
        written = self._head(cycle, reply)
        self._new = None
        cycle.response_started = cycle.response_complete = True
        cycle.on_response = _nothing
        self.transport.write(written if cycle.scope["method"] == "HEAD" else written + reply.body)
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _head(self, cycle: RequestResponseCycle, reply: Reply) -> bytes:
        """Status and headers, the same as uvicorn writes."""
        usual = self.server_state.default_headers
        if usual is not self._usual:
            self._usual, self._usual_lines = usual, b"".join(b"%b: %b\r\n" % one for one in usual)
        lines = [f"content-length: {len(reply.body)}\r\ncontent-type: {reply.content_type}\r\n"]
        if reply.headers:
            if _UNSAFE.search("".join(reply.headers.values())):
                raise RuntimeError(f"a header holds what no header may: {reply.headers}")
            lines += [f"{name.lower()}: {value}\r\n" for name, value in reply.headers.items()]
        lines.append("\r\n" if cycle.keep_alive else "connection: close\r\n\r\n")
        return b"%b%b%b" % (STATUS_LINE[reply.status], self._usual_lines, "".join(lines).encode("latin-1"))


def _nothing() -> None:
    """Nobody is to be told."""


def _going_on(rest: Rest) -> Any:
    async def going_on(scope: Scope, receive: Receive, send: Send) -> None:
        await rest(Wire(scope, receive, send))

    return going_on


def _failing(problem: Exception) -> Any:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        raise problem

    return failing
