"""One event to one endpoint in one go: signed, numbered, once or in copies, overlapping or one after the other.

Knows neither rules nor retries; `fakes.carrying` decides when, `fakes.sending` puts the bytes on the wire.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fakes.dressing import DRESSES, rewritten
from fakes.endpoints import Endpoint
from fakes.powers import Addressed, Signer
from fakes.sending import Errand, Event, Gate, Parcel, Postman, Sent, Signed
from fakes.virtual import NS
from harness.clock import Clock, pause
from harness.journal import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """How often an event is sent in one go, and how."""

    count: int = 1
    overlap: bool = False
    resign: bool = False
    gap_s: float = 0.0


ONCE = Burst()


class Copier:
    """Sends events in copies, each signed as its fake signs."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._clock = clock
        self.postman = Postman(journal)
        self.signers: dict[str, Signer] = {}
        self.heard: Callable[[Event], None] = lambda event: None
        """Who wants to know that an endpoint acknowledged an event."""

    async def send(self, errand: Errand, endpoint: Endpoint, burst: Burst, *, retry: bool = False) -> list[Sent]:
        """Send an event `count` times, all at once or one after the other's answer."""
        if endpoint.url is None:
            return []
        gate = Gate(burst.count) if burst.overlap and burst.count > 1 else None
        self._begun(errand)
        parcels = [self._parcel(errand, endpoint, burst, place, gate, retry) for place in range(burst.count)]
        if gate is not None:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self.postman.send(errand, parcel)) for parcel in parcels]
            sent = [task.result() for task in tasks]
        else:
            sent = []
            for place, parcel in enumerate(parcels):
                if place and burst.gap_s:
                    await pause(burst.gap_s)
                sent.append(await self.postman.send(errand, parcel))
        self._ended(errand, endpoint, sent)
        return sent

    def is_inside(self, endpoint: Endpoint) -> bool:
        """Whether a function of this process stands for the endpoint."""
        return endpoint.url in self.postman.inside

    def hand(self, errand: Errand, endpoint: Endpoint) -> None:
        """Hand an event once, at once, to the function that stands for the endpoint."""
        self._begun(errand)
        parcel = self._parcel(errand, endpoint, ONCE, 0, None, retry=False)
        self._ended(errand, endpoint, [self.postman.hand(errand, parcel)])

    @staticmethod
    def _begun(errand: Errand) -> None:
        errand.attempts += 1
        errand.resting.clear()

    def _ended(self, errand: Errand, endpoint: Endpoint, sent: list[Sent]) -> None:
        errand.heard = sent[-1]
        if endpoint.told is not None:
            for one in sent:
                endpoint.told(one.attempt)
        if not errand.acknowledged and any(one.ok for one in sent):
            errand.acknowledged = True
            self.heard(errand.event)

    def _parcel(
        self, errand: Errand, endpoint: Endpoint, burst: Burst, place: int, gate: Gate | None, retry: bool
    ) -> Parcel:
        first_ever = errand.last is None
        resign = burst.resign and not first_ever
        if errand.last is None or resign:
            # Signature times are whole seconds; going back a little keeps each copy's signature its own.
            t_s = self.now_s() - (burst.count - 1 - place if burst.resign else 0)
            errand.last = self._signed(endpoint, errand, t_s)
        copy = 0 if retry else errand.copies
        if not retry:
            errand.copies += 1
        headers, body = errand.last
        return Parcel(
            url=endpoint.url or "", headers={**errand.event.news.headers, **headers}, body=body,
            attempt=errand.attempts, copy=copy, timeout_s=endpoint.timeout_s, method=endpoint.method, resigned=resign,
            gate=gate, dress=errand.dress,
        )  # fmt: skip

    def now_s(self) -> int:
        """The time that signatures say."""
        return self._clock.unix_ns() // NS

    def own(self, fake: str) -> tuple[str, ...]:
        """The fake's own secrets."""
        signer = self.signers.get(fake)
        return () if signer is None else tuple(signer.secrets)

    def _signed(self, endpoint: Endpoint, errand: Errand, t_s: int) -> Signed:
        """Headers and body of a try."""
        signer, dress = self.signers.get(endpoint.fake), errand.dress
        body = rewritten(errand.body) if dress == "odd_bytes" else errand.body
        if signer is None:
            return {}, body
        secrets = endpoint.valid(self.own(endpoint.fake), self.now_s())
        if isinstance(signer, Addressed):
            return signer.stamp(body, errand.attempts, endpoint.url or "", t_s, secrets, dress or "valid")
        if dress is None or dress in DRESSES:
            return signer.sign(body, t_s, secrets), body
        return signer.forge(dress, body, t_s, secrets)

    async def lie(self, errand: Errand, endpoint: Endpoint, forgery: str, copies: int) -> list[Sent]:
        """Send an event that is not true, signed in the named way (`valid`: well), and else as a true one is."""
        signer, t_s = self.signers[endpoint.fake], self.now_s()
        secrets = endpoint.valid(self.own(endpoint.fake), t_s)
        headers: Mapping[str, str | tuple[str, ...]] = {}
        if isinstance(signer, Addressed):
            headers, body = signer.stamp(errand.body, 1, endpoint.url or "", t_s, secrets, forgery)
        elif forgery == "valid":
            headers, body = signer.sign(errand.body, t_s, secrets), errand.body
        else:
            headers, body = signer.forge(forgery, errand.body, t_s, secrets)
        sent = []
        for copy in range(copies):
            parcel = Parcel(
                url=endpoint.url or "", headers={**errand.event.news.headers, **headers}, body=body, attempt=1,
                copy=copy, timeout_s=endpoint.timeout_s, method=endpoint.method, forgery=forgery,
            )  # fmt: skip
            sent.append(await self.postman.send(errand, parcel))
        return sent
