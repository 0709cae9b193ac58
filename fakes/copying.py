"""One event to one endpoint in one go: signed, numbered, once or in copies, overlapping or one after the other.

Knows neither rules nor retries; `fakes.deliveries` decides when, `fakes.sending` puts the bytes on the wire.
"""

import asyncio
from dataclasses import dataclass

from fakes.powers import Signer
from fakes.sending import Event, Gate, Parcel, Postman, Sent
from harness.clock import Clock, pause
from harness.journal import Journal


@dataclass(slots=True)
class Endpoint:
    """Where a fake's webhooks go; no `url` means disabled."""

    url: str | None
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """How often an event is sent in one go, and how."""

    count: int = 1
    overlap: bool = False
    resign: bool = False
    gap_s: float = 0.0


class Copier:
    """Sends events in copies, each signed as its fake signs."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._clock = clock
        self.postman = Postman(journal)
        self.signers: dict[str, Signer] = {}

    async def send(self, event: Event, endpoint: Endpoint, burst: Burst, *, retry: bool = False) -> list[Sent]:
        """Send an event `count` times, all at once or one after the other's answer."""
        if endpoint.url is None:
            return []
        gate = Gate(burst.count) if burst.overlap and burst.count > 1 else None
        event.attempts += 1
        parcels = [self._parcel(event, endpoint, burst, place, gate, retry) for place in range(burst.count)]
        if gate is not None:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self.postman.send(event, parcel)) for parcel in parcels]
            sent = [task.result() for task in tasks]
        else:
            sent = []
            for place, parcel in enumerate(parcels):
                if place and burst.gap_s:
                    await pause(burst.gap_s)
                sent.append(await self.postman.send(event, parcel))
        event.acknowledged = event.acknowledged or any(one.ok for one in sent)
        return sent

    def _parcel(
        self, event: Event, endpoint: Endpoint, burst: Burst, place: int, gate: Gate | None, retry: bool
    ) -> Parcel:
        first_ever = event.last is None
        resign = burst.resign and not first_ever
        if event.last is None or resign:
            # Signature times are whole seconds; going back a little keeps each copy's signature its own.
            t_s = self.now_s() - (burst.count - 1 - place if burst.resign else 0)
            event.last = (self._signed(event.fake, endpoint, event.news.body, t_s), event.news.body)
        copy = 0 if retry else event.copies
        if not retry:
            event.copies += 1
        headers, body = event.last
        return Parcel(
            url=endpoint.url or "", headers=headers, body=body, attempt=event.attempts, copy=copy,
            resigned=resign, gate=gate,
        )  # fmt: skip

    def now_s(self) -> int:
        """The time that signatures say."""
        return int(self._clock.wall().timestamp())

    def _signed(self, fake: str, endpoint: Endpoint, body: bytes, t_s: int) -> dict[str, str]:
        signer = self.signers.get(fake)
        return signer.sign(body, t_s, endpoint.secrets or tuple(signer.secrets)) if signer is not None else {}

    async def lie(self, event: Event, endpoint: Endpoint, forgery: str, copies: int) -> list[Sent]:
        """Send an event that is not true, signed in the named way (`valid`: well)."""
        signer = self.signers[event.fake]
        secrets, news, t_s = endpoint.secrets or tuple(signer.secrets), event.news, self.now_s()
        if forgery == "valid":
            headers, body = signer.sign(news.body, t_s, secrets), news.body
        else:
            headers, body = signer.forge(forgery, news.body, t_s, secrets)
        sent = []
        for copy in range(copies):
            parcel = Parcel(url=endpoint.url or "", headers=headers, body=body, attempt=1, copy=copy, forgery=forgery)
            sent.append(await self.postman.send(event, parcel))
        return sent
