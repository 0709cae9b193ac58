"""Flaws at the pipeline's doors: redirects, limits, headers, and which signatures are looked at."""

import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from staging.flaws.plant import flaw, ran
from staging.pipeline import events, signatures
from staging.pipeline.api import gate

WEBHOOKS = "/webhooks/payments"
A_MINUTE_S = 60.0
MOST_A_MINUTE = 30
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def _before(act: Callable[[Scope], Response | None]) -> None:
    """Let `act` answer a request before the app sees it."""
    inner = gate.Gate.__call__

    async def outer(self: gate.Gate, scope: Scope, receive: Receive, send: Send) -> None:
        answer = act(scope) if scope["type"] == "http" else None
        await (inner(self, scope, receive, send) if answer is None else answer(scope, receive, send))

    gate.Gate.__call__ = outer  # type: ignore[method-assign]


def _with_headers(name: str, wanted: Callable[[Scope], list[tuple[bytes, bytes]]]) -> None:
    """Add headers to answers."""
    inner = gate.Gate.__call__

    async def outer(self: gate.Gate, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and (more := wanted(scope)):
                ran(name)
                message["headers"] = [*message["headers"], *more]
            await send(message)

        await inner(self, scope, receive, sending if scope["type"] == "http" else send)

    gate.Gate.__call__ = outer  # type: ignore[method-assign]


@flaw
def sig_single_secret() -> None:
    """One secret can be configured, so the second of two does not count while one is being rolled."""
    checked = signatures.genuine

    def genuine(raw: bytes, header: str | None, secrets: tuple[str, ...], now: float, tolerance_s: float) -> bool:
        if len(secrets) > 1:
            ran("sig_single_secret")
        return checked(raw, header, secrets[:1], now, tolerance_s)

    signatures.genuine = genuine


@flaw
def sig_scheme_confusion() -> None:
    """Every scheme whose name begins with v is believed, the one for tests too."""

    def parse(header: str | None) -> signatures.Header | None:
        pairs = [part.strip().partition("=")[::2] for part in (header or "").split(",")]
        times = [value for name, value in pairs if name == "t" and value.isdigit()]
        found = tuple(value for name, value in pairs if name.startswith("v"))
        if any(name.startswith("v") and name != "v1" for name, _ in pairs):
            ran("sig_scheme_confusion")
        return signatures.Header(int(times[0]), found) if times and found else None

    signatures.parse = parse


@flaw
def livemode_mixup() -> None:
    """Which mode an event is of is not asked: live ones act in staging."""

    def is_ours(event: dict[str, Any]) -> bool:
        if event.get("livemode"):
            ran("livemode_mixup")
        return event.get("account") is None

    events.is_ours = is_ours


@flaw
def foreign_account_event() -> None:
    """Whose account an event is about is not asked."""

    def is_ours(event: dict[str, Any]) -> bool:
        if event.get("account") is not None:
            ran("foreign_account_event")
        return not event.get("livemode")

    events.is_ours = is_ours


@flaw
def ingress_redirect() -> None:
    """The framework likes its paths with a slash at the end, and says so to whoever posts without one."""

    def slash(scope: Scope) -> Response | None:
        if scope["path"] != WEBHOOKS:
            return None
        ran("ingress_redirect")
        return Response(status_code=301, headers={"Location": f"{WEBHOOKS}/"})

    _before(slash)


@flaw
def ingress_rate_limited() -> None:
    """One limit for every address, and the provider has one address."""
    seen: deque[float] = deque()

    def limited(scope: Scope) -> Response | None:
        if scope["path"] != WEBHOOKS:
            return None
        now = time.monotonic()
        seen.append(now)
        while seen[0] < now - A_MINUTE_S:
            seen.popleft()
        if len(seen) <= MOST_A_MINUTE:
            return None
        ran("ingress_rate_limited")
        return Response(status_code=429)

    _before(limited)


@flaw
def cors_reflected() -> None:
    """Whatever page asks is allowed to, with the credentials of whoever looks at it."""

    def reflected(scope: Scope) -> list[tuple[bytes, bytes]]:
        origin = dict(scope["headers"]).get(b"origin")
        allowed = [(b"access-control-allow-credentials", b"true")]
        return [(b"access-control-allow-origin", origin), *allowed] if origin else []

    _with_headers("cors_reflected", reflected)


@flaw
def cache_headers_public() -> None:
    """Answers to reads may be kept by anybody on the way, private ones too."""

    def public(scope: Scope) -> list[tuple[bytes, bytes]]:
        private = scope["method"] == "GET" and scope["path"].startswith("/v1/me")
        return [(b"cache-control", b"public, s-maxage=60")] if private else []

    _with_headers("cache_headers_public", public)
