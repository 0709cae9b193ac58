"""How the vendors' news travel: in order of creation, signed by the slice, retried until acknowledged, and misrouted
on purpose.

An event of a call goes out after the call's answer (before it, with an `early` rule). Events of one person start in
order, a few milliseconds apart, without waiting for one another. An endpoint that was never registered is told
nothing; a disabled one is told when it is enabled again. Knows no vendor: a `Signer` signs.
"""

import asyncio
import sys
import traceback
from collections.abc import Coroutine, Sequence
from typing import Any

from fakes.attribution import Owners, markers_in
from fakes.calls import Call, News
from fakes.copying import Burst, Copier, Endpoint
from fakes.powers import Signer
from fakes.schedules import SCHEDULES
from fakes.sending import Event, Sent
from fakes.travel import EARLY_S, WHEN, Path, Travel
from harness.clock import Clock, pause
from harness.faults import DeliveryRule, Mishap
from harness.journal import Journal

ORDER_GAP_S = 0.005


class Deliveries:
    """All events of all fakes and their way to the endpoints."""

    def __init__(
        self, journal: Journal, owners: Owners, clock: Clock, schedule: Sequence[float] = SCHEDULES["fast"]
    ) -> None:
        self._journal = journal
        self._owners = owners
        self._schedule = schedule
        self._copier = Copier(journal, clock)
        self.travel = Travel(journal)
        self._endpoints: dict[str, Endpoint] = {}
        self._numbered = 0
        self._events: dict[str | None, list[Event]] = {}
        self._open: dict[Event, None] = {}
        self._after_answer: dict[str, list[Event]] = {}
        self._early: dict[str, list[tuple[Event, Path]]] = {}
        self._parked: dict[str, list[Event]] = {}
        self._tail: dict[tuple[str, str], Event] = {}
        self._untold: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # -- settings -----------------------------------------------------------------------------------------------

    def attach(self, fake: str, signer: Signer) -> None:
        """Let this signer sign for a fake."""
        self._copier.signers[fake] = signer

    def use_schedule(self, schedule: Sequence[float]) -> None:
        """Wait these seconds before each retry."""
        self._schedule = schedule

    def endpoint(self, fake: str, url: str | None, secrets: Sequence[str] | None = None) -> None:
        """Register, move or (None) disable where a fake's webhooks go; parked events go out to a new one."""
        self._endpoints[fake] = Endpoint(url, tuple(secrets or ()))
        if url is not None:
            for event in self._parked.pop(fake, []):
                self._start(event)

    # -- news ---------------------------------------------------------------------------------------------------

    def tell(self, fake: str, call: Call | None, news: News) -> Event:
        """An event came to be: journal it, and send it when its turn has come."""
        event = self._event(fake, self._person_of(fake, call, news), news)
        endpoint = self._endpoints.get(fake)
        if endpoint is None:
            self._untold[fake] = self._untold.get(fake, 0) + 1
            return event
        if call is None:
            self._start(event)
            return event
        early = self.travel.first(event, Mishap.EARLY)
        if early is None:
            self._wait(event, "to be told after the answer")
            self._after_answer.setdefault(call.id, []).append(event)
        else:
            self.travel.fired(early, event)
            self._early.setdefault(call.id, []).append((event, early))
            self._start(event)
        return event

    def _event(self, fake: str, person: str | None, news: News, *, lie: bool = False) -> Event:
        self._numbered += 1
        event = Event(self._numbered, fake, news, person, lie)
        self._owners.learn(fake, (news.object_id, *news.ids), person)
        if not lie:
            self._events.setdefault(person, []).append(event)
        self._journal.write(
            "news", event=news.id, fake=fake, type=news.type, topic=news.topic, object=news.object_id, person=person,
            ids=news.ids, created=news.created_s, lie=lie,
        )  # fmt: skip
        return event

    def _person_of(self, fake: str, call: Call | None, news: News) -> str | None:
        owner = self._owners.first_owner(fake, (news.object_id, *news.ids))
        if owner is None and call is not None and len(call.owners) == 1:
            owner = call.owners[0]
        if owner is None:
            owner = next(iter(markers_in(news.body)), None)
        return call.person if owner is None and call is not None else owner

    def answered(self, call: Call) -> None:
        """The call is over: its events may go out."""
        if self._early:
            self._early.pop(call.id, None)
        if self._after_answer:
            for event in self._after_answer.pop(call.id, ()):
                self._start(event)

    async def told_early(self, call: Call) -> None:
        """Wait until the early events of this call were answered, a moment at most."""
        if not self._early:
            return
        early = self._early.pop(call.id, None)
        if not early:
            return
        try:
            async with asyncio.timeout(max(path.rule.seconds for _, path in early) or EARLY_S):
                for event, _ in early:
                    await event.answered.wait()
        except TimeoutError:
            pass

    # -- the way ------------------------------------------------------------------------------------------------

    def _wait(self, event: Event, reason: str) -> None:
        event.reason = reason
        self._open[event] = None

    def _finish(self, event: Event) -> None:
        event.reason = None
        self._open.pop(event, None)
        event.answered.set()
        event.passed.set()

    def _start(self, event: Event) -> None:
        """Choose the event's way by the rules of this moment."""
        endpoint = self._endpoints[event.fake]
        if endpoint.url is None:
            self._park(event)
            return
        path = self.travel.first(event, *WHEN)
        repeat = self.travel.first(event, Mishap.REPEAT)
        if path is None:
            self._wait(event, "on its way")
            before = None
            if event.person is not None:
                lane = (event.fake, event.person)
                before = self._tail.get(lane)
                self._tail[lane] = event
            self._spawn(self._deliver(event, before, repeat), event)
            return
        self.travel.fired(path, event)
        if path.rule.kind is Mishap.DROP:
            self._finish(event)
        elif path.rule.kind is Mishap.NEWEST_FIRST:
            self._wait(event, "collected, to be told newest first")
            path.collected.append(event)
            if len(path.collected) == 1:
                self._spawn(self._newest_first(path), event)
        else:
            self._wait(event, "held" if path.rule.kind is Mishap.HOLD else "delayed")
            self._spawn(self._later(path, event, repeat), event)

    def _park(self, event: Event) -> None:
        self._wait(event, "no endpoint")
        event.passed.set()
        event.answered.set()
        self._parked.setdefault(event.fake, []).append(event)

    async def _later(self, path: Path, event: Event, repeat: Path | None) -> None:
        # Those who come after it do not wait for it: that is the point.
        event.passed.set()
        await path.wait()
        await self._deliver(event, None, repeat)

    async def _newest_first(self, path: Path) -> None:
        await path.wait()
        events, path.collected = sorted(path.collected, key=lambda one: -one.number), []
        for event in events:
            self._wait(event, "on its way")
            self._spawn(self._deliver(event, None, self.travel.first(event, Mishap.REPEAT)), event)
            await event.answered.wait()

    async def _deliver(self, event: Event, before: Event | None, repeat: Path | None) -> None:
        """Send an event, with its copies if it is to be repeated, and again until acknowledged or given up."""
        if before is not None:
            await before.passed.wait()
        asyncio.get_running_loop().call_later(ORDER_GAP_S, event.passed.set)
        event.reason = "being delivered"
        if repeat is None:
            burst = Burst()
        else:
            rule = repeat.rule
            self.travel.fired(repeat, event)
            burst = Burst(count=1 + rule.copies, overlap=rule.overlap, resign=rule.resign, gap_s=rule.gap_s)
        await self._copier.send(event, self._endpoints[event.fake], burst)
        await self._retry(event)

    async def _retry(self, event: Event) -> None:
        for number, wait_s in enumerate(self._schedule, start=1):
            if event.acknowledged:
                break
            event.reason = f"not acknowledged, retry {number} of {len(self._schedule)} within {wait_s:g} s"
            await pause(wait_s)
            if event.acknowledged:
                break
            if self._endpoints[event.fake].url is None:
                self._park(event)
                return
            await self._copier.send(event, self._endpoints[event.fake], Burst(resign=True), retry=True)
        if not event.acknowledged:
            self._journal.write(
                "undelivered", event=event.news.id, fake=event.fake, person=event.person, attempts=event.attempts
            )
        self._finish(event)

    # -- on demand ----------------------------------------------------------------------------------------------

    async def resend(
        self, person: str, burst: Burst, *, which: str = "last", topic: str | None = None, fake: str | None = None
    ) -> list[str]:
        """Deliver past events of a person again and wait for the answers; what stays unacknowledged is retried."""
        events = [
            event
            for event in self._events.get(person, [])
            if topic in (None, event.news.topic) and fake in (None, event.fake) and event.fake in self._endpoints
        ]
        if which != "all":
            events = events[-1:] if which == "last" else events[:1]
        sent: list[Sent] = []
        for event in events:
            never_acknowledged = not event.acknowledged and event not in self._open
            sent += await self._copier.send(event, self._endpoints[event.fake], burst)
            if never_acknowledged and not event.acknowledged:
                self._wait(event, "not acknowledged")
                self._spawn(self._retry(event), event)
        return [one.delivery for one in sent]

    async def forge(self, fake: str, person: str, news: News, forgery: str, copies: int = 1) -> list[Sent]:
        """Deliver an event that is not true, signed in the named way (`valid`: well); never retried."""
        endpoint = self._endpoints.get(fake)
        if endpoint is None or endpoint.url is None or fake not in self._copier.signers:
            raise LookupError(f"the fake {fake!r} has no endpoint to lie to, or does not sign")
        return await self._copier.lie(self._event(fake, person, news, lie=True), endpoint, forgery, copies)

    # -- looking and ending -------------------------------------------------------------------------------------

    def pending(self) -> list[tuple[str | None, str]]:
        """Whose events are still under way, and why."""
        return [(event.person, f"{event.fake}: {event.news.type} {event.reason}") for event in self._open]

    def untold(self) -> dict[str, int]:
        """How many events of each fake had no endpoint to go to, ever."""
        return dict(self._untold)

    def plan(self, rules: Sequence[DeliveryRule]) -> list[str]:
        """Put delivery rules to work from now on."""
        return self.travel.plan(rules)

    def calm(self) -> None:
        """End every rule and let all events go."""
        self.travel.calm()

    def _spawn(self, work: Coroutine[Any, Any, None], event: Event) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)

        def done(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            if not task.cancelled() and (problem := task.exception()) is not None:
                self._finish(event)
                error = f"delivering {event.news.id}: {problem!r}"
                self._journal.write("bug", call=None, fake=event.fake, method=None, path=None, error=error)
                traceback.print_exception(problem, file=sys.stderr)

        task.add_done_callback(done)

    async def clear(self) -> None:
        """Forget all events and rules; endpoints stay."""
        self.calm()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for forgotten in (self._events, self._open, self._after_answer, self._early, self._parked, self._tail):
            forgotten.clear()
        self._untold.clear()

    async def close(self) -> None:
        """End everything under way and close the connections."""
        await self.clear()
        await self._copier.postman.close()
