"""One webhook request at a time, really sent: journaled before and after, with a gate that makes copies overlap.

Knows nothing of rules, retries or signatures; `fakes.deliveries` decides what is sent when.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from fakes.calls import News
from fakes.delivery_log import ANSWER_MAX, Attempt, Log
from fakes.dressing import dressed
from fakes.mounting import Switch
from harness.clock import SYSTEM
from harness.journal import Journal

CHUNK = 512
GATE_S = 2.0
KEEPALIVE_S = 2.0
"""Shorter than any server's own, so that a kept connection is not closed under a request."""


Content = bytes | AsyncIterator[bytes]
Signed = tuple[Mapping[str, str | tuple[str, ...]], bytes]
"""Headers, one with several values comes several times; and the body."""


@dataclass(slots=True, eq=False)
class Event:
    """One event of a vendor, and its way to each endpoint that is to hear it."""

    number: int
    fake: str
    news: News
    person: str | None
    lie: bool = False
    errands: "list[Errand]" = field(default_factory=list)

    @property
    def unacknowledged(self) -> int:
        """How many endpoints have not acknowledged it yet."""
        return sum(not errand.acknowledged for errand in self.errands)


@dataclass(slots=True, eq=False)
class Errand:
    """One event for one endpoint, and how far it has come."""

    event: Event
    endpoint: str
    """The name of the endpoint; where it is may change while the errand lasts."""
    body: bytes
    dress: str | None = None
    """The unusual, right way in which it is signed or sent."""
    reason: str | None = None
    """Why it is still pending; None when nothing more will happen by itself."""
    acknowledged: bool = False
    attempts: int = 0
    copies: int = 0
    """How many were sent beyond retries: the number of the next copy."""
    last: "Signed | None" = None
    """Headers and body as last signed."""
    heard: "Sent | None" = None
    """What came of the last request."""
    passed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the next event of the same person may follow."""
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the first request was answered, or none will be sent."""
    resting: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while nothing is under way: waiting for a retry that is far off, acknowledged or given up."""

    def rest(self) -> None:
        """Let everybody go who waits for it: nothing is under way."""
        for one in (self.passed, self.answered, self.resting):
            one.set()


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one delivery."""

    delivery: str
    status: int | None
    attempt: Attempt
    retry_after: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the endpoint acknowledged it."""
        return self.status is not None and 200 <= self.status < 300


class Gate:
    """Lets several requests go on only when each of them is on the wire but for its last byte."""

    def __init__(self, parties: int) -> None:
        self._missing = parties
        self._open = asyncio.Event()

    def arrived(self) -> None:
        """One of them is ready, or has failed and will not come."""
        self._missing -= 1
        if self._missing <= 0:
            self._open.set()

    async def through(self) -> None:
        """Wait for the others, a moment at most."""
        try:
            async with asyncio.timeout(GATE_S):
                await self._open.wait()
        except TimeoutError:
            self._open.set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is to be sent of an event, and as the how-manieth."""

    url: str
    headers: Mapping[str, str | tuple[str, ...]]
    """One with several values comes several times; without a content type it is JSON."""
    body: bytes
    attempt: int
    copy: int
    timeout_s: float
    method: str = "POST"
    resigned: bool = False
    forgery: str | None = None
    dress: str | None = None
    gate: Gate | None = None


class Postman:
    """Sends parcels over connections that are kept alive."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.log = Log()
        self.mounted: dict[str, httpx.AsyncBaseTransport] = {}
        """Hosts that stand for applications of this process."""
        self.inside: dict[str, Callable[[bytes], None]] = {}
        """Addresses that stand for functions of this process."""
        self._client: httpx.AsyncClient | None = None
        self._numbered = 0

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            limits = httpx.Limits(max_connections=200, max_keepalive_connections=50, keepalive_expiry=KEEPALIVE_S)
            switch = Switch(httpx.AsyncHTTPTransport(limits=limits, trust_env=False))
            switch.mounted = self.mounted
            self._client = httpx.AsyncClient(timeout=None, transport=switch, trust_env=False, follow_redirects=False)
        return self._client

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def announce(self, errand: Errand, parcel: Parcel) -> str:
        """Journal a delivery that is about to be sent and name it."""
        self._numbered += 1
        delivery = f"d{self._numbered}"
        event, news = errand.event, errand.event.news
        self._journal.write(
            "delivery", delivery=delivery, event=news.id, fake=event.fake, endpoint=errand.endpoint, type=news.type,
            topic=news.topic, person=event.person, attempt=parcel.attempt, copy=parcel.copy, resigned=parcel.resigned,
            forgery=parcel.forgery, dress=parcel.dress, lie=event.lie, object=news.object_id,
        )  # fmt: skip
        return delivery

    async def send(self, errand: Errand, parcel: Parcel) -> Sent:
        """Send one parcel and wait for the answer, as long as the endpoint may take."""
        if parcel.url in self.inside:
            return self.hand(errand, parcel)
        delivery = self.announce(errand, parcel)
        began, at = SYSTEM.at_ns(), SYSTEM.wall()
        status: int | None = None
        error: str | None = None
        said = b""
        retry_after: str | None = None
        gate = parcel.gate
        waiting = [gate] if gate is not None else []
        try:
            content: Content = parcel.body if gate is None else _gated(parcel.body, gate, waiting)
            if parcel.dress == "chunked":
                content = _in_chunks(parcel.body)
            async with asyncio.timeout(parcel.timeout_s):
                answer = await self._http().request(
                    parcel.method, parcel.url, content=content, headers=_headers(parcel)
                )
            status, said = answer.status_code, answer.content
            retry_after = answer.headers.get("retry-after")
        except TimeoutError:
            error = f"no answer within {parcel.timeout_s:g} s"
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as problem:
            error = f"{type(problem).__name__}: {problem}".rstrip(": ")
        finally:
            for one in waiting:
                one.arrived()
            _let_on(errand, parcel)
        ms = (SYSTEM.at_ns() - began) / 1e6
        attempt = self._ended(errand, parcel, delivery, at, ms, status=status, error=error, said=said)
        return Sent(delivery, status, attempt, retry_after)

    def hand(self, errand: Errand, parcel: Parcel) -> Sent:
        """Hand a parcel to the function of this process at its address, which takes everything; journaled at once."""
        held_here = self._journal.hold()
        try:
            delivery = self.announce(errand, parcel)
            began, at = SYSTEM.at_ns(), SYSTEM.wall()
            if parcel.gate is not None:
                parcel.gate.arrived()
            try:
                self.inside[parcel.url](parcel.body)
            finally:
                _let_on(errand, parcel)
            ms = (SYSTEM.at_ns() - began) / 1e6
            return Sent(delivery, 200, self._ended(errand, parcel, delivery, at, ms, status=200))
        finally:
            if held_here:
                self._journal.let_go()

    def _ended(
        self, errand: Errand, parcel: Parcel, delivery: str, at: datetime, ms: float, *,
        status: int | None, error: str | None = None, said: bytes = b"",
    ) -> Attempt:  # fmt: skip
        """Journal and log what came of a delivery."""
        event = errand.event
        self._journal.write("delivered", delivery=delivery, event=event.news.id, status=status, error=error, ms=ms)
        attempt = Attempt(
            delivery=delivery, event=event.news.id, type=event.news.type, fake=event.fake, person=event.person,
            endpoint=errand.endpoint, url=parcel.url, attempt=parcel.attempt, copy=parcel.copy,
            forgery=parcel.forgery, at=at.isoformat(timespec="milliseconds"), ms=round(ms, 3), status=status,
            error=error, answer=said[:ANSWER_MAX].decode("utf-8", "replace"),
        )  # fmt: skip
        self.log.add(attempt)
        return attempt


def _let_on(errand: Errand, parcel: Parcel) -> None:
    """The first request was answered, or failed: the next event may follow; a forged one is nobody's turn."""
    if parcel.forgery is None:
        errand.answered.set()
        errand.passed.set()


def _headers(parcel: Parcel) -> list[tuple[str, str]]:
    headers = [("content-length", str(len(parcel.body)))]
    for name, value in parcel.headers.items():
        headers += [(name.lower(), one) for one in ((value,) if isinstance(value, str) else value)]
    if not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "application/json"))
    return dressed(parcel.dress, headers)


async def _in_chunks(body: bytes) -> AsyncIterator[bytes]:
    """The body in pieces; without a length the client sends them as chunks."""
    for start in range(0, len(body), CHUNK):
        yield body[start : start + CHUNK]


async def _gated(body: bytes, gate: Gate, waiting: list[Gate]) -> AsyncIterator[bytes]:
    """The body, its last byte only once all others are there."""
    yield body[:-1]
    waiting.clear()
    gate.arrived()
    await gate.through()
    yield body[-1:]
