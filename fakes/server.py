"""The HTTP server around one slice: a bare ASGI application, which can also answer without being awaited (`begin`).

A call is read, attributed and journaled as `received` before anything happens to it; then a planned fault may meet it;
then the slice carries it out, journals its effects, and the answer is journaled as `answered` before it leaves. Rules
and wire formats are the slice's; what is shared between slices is `fakes.core`. Served by `fakes.serve`.
"""

import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from fakes.calls import Call, Refusal, Reply, Slice
from fakes.core import Core
from fakes.injection import Firing
from fakes.misbehaving import WAYS
from fakes.nesting import too_deep
from fakes.powers import Roomy
from fakes.redaction import HIDDEN, for_journal
from fakes.routing import Router
from fakes.transport import HOST, Receive, Scope, Send, Wire, left
from harness.clock import SYSTEM

Rest = Callable[[Wire], Awaitable[None]]
"""What is left to do for a call that waits for something, given its way back."""
SECRET_PLACES = ("token", "secret")
BODY_MAX = 10_000_000
"""Bytes of a request's body, unless the slice says otherwise; what is larger is refused unread."""


class App:
    """One slice, served."""

    def __init__(self, slice_: Slice, core: Core) -> None:
        self.slice = slice_
        self._core = core
        self._name = slice_.name
        self._body_max = slice_.body_max if isinstance(slice_, Roomy) else BODY_MAX
        self._router = Router(slice_.routes)
        self._ledger = core.desk(slice_.name)
        self._journal = core.journal
        self._write = core.journal.write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; anything but HTTP is refused by doing nothing."""
        if scope["type"] != "http":
            return
        wire = Wire(scope, receive, send)
        try:
            body = await wire.body()
        except ConnectionResetError:
            return
        begun = self.begin(scope, body)
        if isinstance(begun, Reply):
            await wire.reply(begun)
        else:
            await begun(wire)

    def begin(self, scope: Scope, body: bytes) -> Reply | Rest:
        """The answer to a request, all done but sending it; or, if it has to wait for something, the rest of its way.

        What a call leaves in the journal is written at once, before anything is waited for and before its answer.
        """
        call = self._call(scope, body)
        journal = self._journal
        journal.hold()
        self._core.calls[call.id] = call
        try:
            refused = self._read(call)
            self._core.owners.attribute(call)
            self._received(call)
            firing = self._core.injection.decide(call)
            if firing is not None:
                return partial(self._disturbed, call, firing, refused)
            coming = refused or self._carried_out(call)
            if not isinstance(coming, Reply) or self._core.deliveries.has_early(call):
                return partial(self._awaited, call, coming)
            self.answered(call, coming, "before" if left(scope) else None)
            self._over(call)
            return coming
        except BaseException:
            self._over(call)
            raise
        finally:
            journal.let_go()

    async def _awaited(self, call: Call, coming: Reply | Awaitable[Reply], wire: Wire) -> None:
        """The rest of a call whose answer, or an event before it, takes time."""
        try:
            reply = coming if isinstance(coming, Reply) else await self._waited(call, coming)
            await self.told_early(call)
            self.answered(call, reply, "before" if wire.gone else None)
            await wire.reply(reply)
        finally:
            self._over(call)

    async def _disturbed(self, call: Call, firing: Firing, refused: Reply | None, wire: Wire) -> None:
        """The rest of a call that a planned fault meets."""
        try:
            await WAYS[firing.fault.kind](_Disturbed(self, refused), firing, wire)
        finally:
            self._over(call)
            self._core.injection.done(firing)

    def _over(self, call: Call) -> None:
        """The call is no longer under way: barriers need not wait for it, and its events may go."""
        self._core.calls.pop(call.id, None)
        self._core.injection.reached(call)
        self.tell(call)

    def _call(self, scope: Scope, body: bytes) -> Call:
        raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
        path = raw_path.partition(b"?")[0].decode("latin-1")
        method: str = scope["method"]
        route, at, allowed = self._router.match(method, path)
        return Call(
            id=self._core.next_call(),
            fake=self._name,
            method=method,
            path=path,
            query=scope["query_string"].decode("latin-1"),
            headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            body=body,
            ledger=self._ledger,
            route=route,
            at=at,
            allowed=allowed,
            began_ns=SYSTEM.at_ns(),
            host=scope.get(HOST),
        )

    def _read(self, call: Call) -> Reply | None:
        """Let the slice read the call; its refusal, or its failure, is the answer."""
        if call.route is None:
            return None
        if len(call.body) > self._body_max or too_deep(call.body):
            too_large, call.body = len(call.body) > self._body_max, b""
            return self.slice.failure("invalid", call, status=413 if too_large else 400)
        try:
            self.slice.read(call)
        except Refusal as refusal:
            if call.key is None:
                call.key = call.headers.get("idempotency-key")
            return refusal.reply
        except Exception:  # noqa: BLE001 - a bug of a slice must not take the others down; it is journaled and shown
            return self._bug(call)
        return None

    def _received(self, call: Call) -> None:
        route = call.route
        path = call.path if route is None else _without_secrets(call.path, call.at)
        self._write(
            "received", call=call.id, fake=call.fake, method=call.method, path=path,
            operation=route.operation if route else None, writes=route.writes if route else False,
            sink=route.sink if route else None, key=call.key, person=call.person, markers=call.markers, ids=call.ids,
            params=for_journal(call.params), **({"host": call.host} if call.host else {}),
        )  # fmt: skip
        if route is None:
            self._write("unknown_route", call=call.id, fake=call.fake, method=call.method, path=path)
            self._core.lacking.seen(call.fake, call.method, path)

    async def run(self, call: Call) -> Reply:
        """Carry the call out and answer what the slice says; tells barriers that it has been."""
        coming = self._carried_out(call)
        return coming if isinstance(coming, Reply) else await self._waited(call, coming)

    def _carried_out(self, call: Call) -> Reply | Awaitable[Reply]:
        """What the slice says, or will say; barriers hear of the call when it has been carried out."""
        try:
            reply = self.slice.unknown_route(call) if call.route is None else call.route.handler(call)
        except Refusal as refusal:
            reply = refusal.reply
        except Exception:  # noqa: BLE001 - see _read
            reply = self._bug(call)
        if isinstance(reply, Reply):
            self._core.injection.reached(call)
        return reply

    async def _waited(self, call: Call, coming: Awaitable[Reply]) -> Reply:
        try:
            return await coming
        except Refusal as refusal:
            return refusal.reply
        except Exception:  # noqa: BLE001 - see _read
            return self._bug(call)
        finally:
            self._core.injection.reached(call)

    def _bug(self, call: Call) -> Reply:
        text = traceback.format_exc()
        last = text.strip().splitlines()[-1]
        self._write("bug", call=call.id, fake=call.fake, method=call.method, path=call.path, error=last)
        sys.stderr.write(f"a bug in the fake {call.fake!r}, {call.method} {call.path} ({call.id}):\n{text}")
        sys.stderr.flush()
        return self.slice.failure("server_error", call, status=500)

    def failure(self, kind: str, call: Call, retry_after_s: float | None, status: int | None) -> Reply:
        """The vendor's own error."""
        return self.slice.failure(kind, call, retry_after_s=retry_after_s, status=status)

    def fired(self, firing: Firing, reply: Reply | None) -> None:
        """Journal that a fault happened; committed if the call was carried out and changed something."""
        call = firing.call
        writes = call.route is not None and call.route.writes
        committed = call.effects > 0 or (reply is not None and writes and reply.status < 300 and not reply.refuses)
        self._core.injection.fired(firing, committed=committed)

    def let_go(self, firing: Firing) -> None:
        """Journal how a barrier's hold ended."""
        self._core.injection.let_go(firing)

    def answered(self, call: Call, reply: Reply | None, lost: str | None) -> None:
        """Journal how the call ended, and whether the vendor asked to wait."""
        wait = {} if reply is None or "Retry-After" not in reply.headers else {"wait": reply.headers["Retry-After"]}
        status = reply.status if reply else None
        self._write(
            "answered", call=call.id, status=status, ms=(SYSTEM.at_ns() - call.began_ns) / 1e6, lost=lost, **wait
        )

    async def told_early(self, call: Call) -> None:
        """Wait for events of this call that must arrive before its answer."""
        await self._core.deliveries.told_early(call)

    def tell(self, call: Call) -> None:
        """Let the events of the call go out."""
        self._core.deliveries.answered(call)


class _Disturbed:
    """The server as a fault sees it: a call that the slice refused while reading is carried out as that refusal."""

    def __init__(self, app: App, refused: Reply | None) -> None:
        self._app = app
        self._refused = refused
        self.failure = app.failure
        self.fired = app.fired
        self.let_go = app.let_go
        self.answered = app.answered
        self.told_early = app.told_early
        self.tell = app.tell

    async def run(self, call: Call) -> Reply:
        """Carry the call out."""
        return self._refused or await self._app.run(call)


def _without_secrets(path: str, at: Mapping[str, str]) -> str:
    for name in SECRET_PLACES:
        if at.get(name):
            path = path.replace(at[name], HIDDEN)
    return path
