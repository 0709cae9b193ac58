"""The way of one event to one endpoint: when it goes by the rules of the moment, its copies, its retries, its end.

Events of one person start in order at each endpoint, a few milliseconds apart, without waiting for one another. What
comes to be, and who is to hear of it, is `fakes.deliveries`' business.
"""

import asyncio
import sys
import traceback
from collections import defaultdict
from collections.abc import Coroutine, Sequence
from typing import Any

from fakes.copying import Burst, Copier
from fakes.endpoints import Endpoint, Endpoints
from fakes.patience import Patience
from fakes.schedules import FAR_S
from fakes.sending import Errand
from fakes.travel import COLLECTING, HOW, WHEN, Batch, Path, Travel
from harness.clock import until
from harness.faults import Mishap
from harness.journal import Journal

ORDER_GAP_S = 0.005
LATER, STARTING, SENDING = "to be told after the answer", "on its way", "being delivered"
MOVING = frozenset({LATER, STARTING, SENDING})
"""Why an errand is pending while its first attempt is still to be answered, and nothing keeps it back."""
SETTLED_S = 30.0


class Carrier:
    """Brings errands to their endpoints."""

    def __init__(self, journal: Journal, copier: Copier, endpoints: Endpoints, schedule: Sequence[float]) -> None:
        self._journal, self._copier, self._endpoints = journal, copier, endpoints
        self.schedule = schedule
        self.schedules: dict[str, Sequence[float]] = {}
        """Of the fakes that have another."""
        self.travel = Travel(journal)
        self.patience: defaultdict[tuple[str, str], Patience] = defaultdict(Patience)
        """For each account of a fake, the time in which its retries wait."""
        self.open: dict[Errand, None] = {}
        self._parked: dict[tuple[str, str], list[Errand]] = {}
        self._tail: dict[tuple[str, str, str], Errand] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def wait(self, errand: Errand, reason: str) -> None:
        """Something is still to be done, and why it is not yet."""
        errand.reason = reason
        self.open[errand] = None

    def finish(self, errand: Errand) -> None:
        """Nothing more happens by itself."""
        errand.reason = None
        self.open.pop(errand, None)
        errand.rest()

    def _place(self, errand: Errand) -> Endpoint | None:
        """Where it goes; None when its endpoint is gone or was disabled."""
        endpoint = self._endpoints.find(errand.event.fake, errand.endpoint)
        return endpoint if endpoint is not None and endpoint.enabled else None

    def _reached(self, errand: Errand) -> Endpoint | None:
        """Where it goes; None when it was given up because that is gone, or waits because that is away."""
        endpoint = self._place(errand)
        if endpoint is None:
            self._give_up(errand)
        elif endpoint.url is None:
            self._park(errand)
            return None
        return endpoint

    def start(self, errand: Errand) -> None:
        """Choose the way by the rules of this moment."""
        if (endpoint := self._reached(errand)) is None:
            return
        path = self.travel.first(errand, *WHEN)
        repeat = self.travel.first(errand, Mishap.REPEAT)
        if path is None:
            before, person = None, errand.event.person
            if person is not None:
                lane = (errand.event.fake, errand.endpoint, person)
                before = self._tail.get(lane)
                self._tail[lane] = errand
            if repeat is None and (before is None or before.passed.is_set()) and self._handed(errand, endpoint):
                return
            self.wait(errand, STARTING)
            self.spawn(self._deliver(errand, before, repeat), errand)
            return
        self.travel.fired(path, errand)
        if path.rule.kind is Mishap.DROP:
            self.finish(errand)
        elif path.rule.kind in COLLECTING:
            newest = path.rule.kind is Mishap.NEWEST_FIRST
            self.wait(errand, f"collected, to be told {'newest first' if newest else 'in another order'}")
            if (batch := path.collect(errand)) is not None:
                self.spawn(self._in_order(path, batch), errand)
        else:
            self.wait(errand, "held" if path.rule.kind is Mishap.HOLD else "delayed")
            self.spawn(self._later(path, errand, repeat), errand)

    def _handed(self, errand: Errand, endpoint: Endpoint) -> bool:
        """Hand it over at once where a function of this process hears it and no rule is about it; whether it was."""
        if not self._copier.is_inside(endpoint) or self.travel.first(errand, *HOW) is not None:
            return False
        try:
            self._copier.hand(errand, endpoint)
        except Exception as problem:  # noqa: BLE001 - a bug of who hears it must not fail the call that told of it
            self._broken(errand, problem)
        else:
            self.finish(errand)
        return True

    def _park(self, errand: Errand) -> None:
        self.wait(errand, "no endpoint")
        errand.rest()
        self._parked.setdefault((errand.event.fake, errand.endpoint), []).append(errand)

    def unpark(self, endpoint: Endpoint) -> None:
        """The endpoint is back: what has waited for it goes out."""
        if endpoint.url is not None:
            for errand in self._parked.pop((endpoint.fake, endpoint.name), []):
                self.start(errand)

    async def _later(self, path: Path, errand: Errand, repeat: Path | None) -> None:
        # Those who come after it do not wait for it: that is the point.
        errand.passed.set()
        await path.wait()
        await self._deliver(errand, None, repeat)

    async def _in_order(self, path: Path, batch: Batch) -> None:
        for errand in await path.gathered(batch):
            self.wait(errand, STARTING)
            self.spawn(self._deliver(errand, None, self.travel.first(errand, Mishap.REPEAT)), errand)
            await errand.answered.wait()

    async def _deliver(self, errand: Errand, before: Errand | None, repeat: Path | None) -> None:
        """Send an event, with its copies if it is to be repeated, and again until acknowledged or given up."""
        if before is not None:
            await before.passed.wait()
        asyncio.get_running_loop().call_later(ORDER_GAP_S, errand.passed.set)
        if (endpoint := self._reached(errand)) is None:
            return
        errand.reason = SENDING
        if (dress := self.travel.first(errand, Mishap.DRESS)) is not None:
            self.travel.fired(dress, errand)
            errand.dress = dress.rule.forgery
        if repeat is None:
            burst = Burst()
        else:
            rule = repeat.rule
            self.travel.fired(repeat, errand)
            burst = Burst(count=1 + rule.copies, overlap=rule.overlap, resign=rule.resign, gap_s=rule.gap_s)
        await self._forged(errand, endpoint)
        await self._copier.send(errand, endpoint, burst)
        await self.retry(errand)

    async def _forged(self, errand: Errand, endpoint: Endpoint) -> None:
        forged = self.travel.first(errand, Mishap.FORGE)
        if forged is not None and forged.rule.forgery is not None and endpoint.url is not None:
            self.travel.fired(forged, errand)
            await self._copier.lie(errand, endpoint, forged.rule.forgery, forged.rule.copies)

    async def retry(self, errand: Errand) -> None:
        """Send it again by the schedule until it is acknowledged, given up, or its endpoint is gone."""
        event = errand.event
        patience = self.patience[(event.fake, event.news.account)]
        number = 0
        while not errand.acknowledged and (wait_s := self._wait_s(errand, number)) is not None:
            number += 1
            self.wait(errand, f"not acknowledged, retry {number}{self._of(errand)} within {wait_s:g} s")
            if wait_s > FAR_S:
                errand.resting.set()
            await patience.wait(errand, wait_s)
            errand.resting.clear()
            if errand.acknowledged:
                break
            if (endpoint := self._reached(errand)) is None:
                return
            await self._copier.send(errand, endpoint, Burst(resign=True), retry=True)
        if errand.acknowledged:
            self.finish(errand)
        else:
            self._give_up(errand)

    def _of(self, errand: Errand) -> str:
        endpoint = self._place(errand)
        if endpoint is not None and endpoint.again is not None:
            return ""
        return f" of {len(self.schedules.get(errand.event.fake, self.schedule))}"

    def _wait_s(self, errand: Errand, retries: int) -> float | None:
        """How long until it is tried again after so many retries; None when it is given up."""
        endpoint = self._place(errand)
        if endpoint is not None and endpoint.again is not None:
            heard = errand.heard
            return endpoint.again(retries + 1, heard.status if heard else None, heard.retry_after if heard else None)
        schedule = self.schedules.get(errand.event.fake, self.schedule)
        return schedule[retries] if retries < len(schedule) else None

    def _give_up(self, errand: Errand) -> None:
        event = errand.event
        self._journal.write(
            "undelivered", event=event.news.id, fake=event.fake, person=event.person, attempts=errand.attempts,
            endpoint=errand.endpoint,
        )  # fmt: skip
        self.finish(errand)

    async def answered(self, fake: str, account: str) -> None:
        """Wait until every first attempt that is under way was answered, half a minute at most."""

        def still() -> bool:
            return any(
                errand.reason in MOVING and (errand.event.fake, errand.event.news.account) == (fake, account)
                for errand in self.open
            )

        await until(lambda: not still(), within_s=SETTLED_S, every_s=ORDER_GAP_S)

    async def forward(self, fake: str, account: str, seconds: float) -> None:
        """Move an account's retries on in time; each that becomes due is sent and answered before the next."""

        async def rests(errand: object) -> None:
            assert isinstance(errand, Errand)
            await errand.resting.wait()

        await self.patience[(fake, account)].forward(seconds, rests)

    def spawn(self, work: Coroutine[Any, Any, None], errand: Errand) -> None:
        """Do this in the background; a failure is journaled as a bug and ends the errand."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)

        def done(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            if not task.cancelled() and (problem := task.exception()) is not None:
                self._broken(errand, problem)

        task.add_done_callback(done)

    def _broken(self, errand: Errand, problem: BaseException) -> None:
        """A bug has ended this errand."""
        self.finish(errand)
        event = errand.event
        error = f"delivering {event.news.id}: {problem!r}"
        self._journal.write("bug", call=None, fake=event.fake, method=None, path=None, error=error)
        traceback.print_exception(problem, file=sys.stderr)

    async def clear(self) -> None:
        """End everything under way and forget it."""
        self.travel.calm()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for errand in list(self.open):
            self.finish(errand)
        self._parked.clear()
        self._tail.clear()
        self.patience.clear()
