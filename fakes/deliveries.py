"""How the vendors' news reach the endpoints: who is to hear what, when it may go, what came of it, and what is told
again or falsely on demand.

An event of a call goes out after the call's answer (before it, with an `early` rule). An event that nobody was
registered for is told nobody; an endpoint that is away is told when it is back. Knows no vendor: a `Signer` signs.
The way of each event is `fakes.carrying`.
"""

import asyncio
from collections.abc import Iterable, Sequence

from fakes.attribution import Owners, markers_in
from fakes.calls import Call, News
from fakes.carrying import LATER, Carrier
from fakes.copying import Burst, Copier
from fakes.endpoints import HARNESS, Endpoint, Endpoints
from fakes.powers import Signer
from fakes.schedules import SCHEDULES
from fakes.sending import Errand, Event, Sent
from fakes.travel import EARLY_S, Path
from harness.clock import Clock
from harness.faults import DeliveryRule, Mishap
from harness.journal import Journal


class Deliveries:
    """All events of all fakes and their way to the endpoints."""

    def __init__(
        self, journal: Journal, owners: Owners, clock: Clock, schedule: Sequence[float] = SCHEDULES["fast"]
    ) -> None:
        self._journal = journal
        self._owners = owners
        self._copier = Copier(journal, clock)
        self.endpoints = Endpoints()
        self._copier.heard = self._heard
        self._carrier = Carrier(journal, self._copier, self.endpoints, schedule)
        self.travel = self._carrier.travel
        self.log = self._copier.postman.log
        self.mounted, self.inside = self._copier.postman.mounted, self._copier.postman.inside
        self._numbered = 0
        self._events: dict[str | None, list[Event]] = {}
        self._by_id: dict[tuple[str, str], Event] = {}
        self._undelivered: dict[str, dict[str, Event]] = {}
        self._after_answer: dict[str, list[Errand]] = {}
        self._early: dict[str, list[tuple[Errand, Path]]] = {}
        self._untold: dict[str, int] = {}

    # -- settings -----------------------------------------------------------------------------------------------

    def attach(self, fake: str, signer: Signer) -> None:
        """Let this signer sign for a fake."""
        self._copier.signers[fake] = signer

    def use_schedule(self, schedule: Sequence[float], fake: str | None = None) -> None:
        """Wait these seconds before each retry, of one fake or of all."""
        if fake is None:
            self._carrier.schedule = schedule
            self._carrier.schedules.clear()
        else:
            self._carrier.schedules[fake] = schedule

    def endpoint(self, fake: str, url: str | None, secrets: Sequence[str] | None = None) -> None:
        """Register, move or (None) send away the harness's endpoint of a fake."""
        self.register(Endpoint(fake=fake, name=HARNESS, url=url, secrets=tuple(secrets or ())))

    def register(self, endpoint: Endpoint) -> None:
        """Register or change an endpoint; what has waited for it goes out."""
        self.endpoints.put(endpoint)
        self._carrier.unpark(endpoint)

    def roll(self, endpoint: Endpoint, secret: str, lasts_s: float) -> None:
        """Sign with a new secret from now on, and with the valid ones too for so many seconds."""
        endpoint.roll(self._copier.own(endpoint.fake), secret, self._copier.now_s() + int(lasts_s))

    # -- news ---------------------------------------------------------------------------------------------------

    def tell(self, fake: str, call: Call | None, news: News) -> Event:
        """An event came to be: journal it, and send it when its turn has come."""
        event = self._event(fake, self._person_of(fake, call, news), news)
        recipients = self.endpoints.recipients(fake, news.type, news.account, news.to)
        if not recipients:
            if not self.endpoints.known(fake):
                self._untold[fake] = self._untold.get(fake, 0) + 1
            return event
        event.errands = [self._errand(event, endpoint) for endpoint in recipients]
        self._undelivered.setdefault(fake, {})[news.id] = event
        for errand in event.errands:
            self._dispatch(call, errand)
        return event

    def _errand(self, event: Event, endpoint: Endpoint) -> Errand:
        return Errand(event, endpoint.name, endpoint.render(event.news) if endpoint.render else event.news.body)

    def _dispatch(self, call: Call | None, errand: Errand) -> None:
        if call is None:
            self._carrier.start(errand)
            return
        early = self.travel.first(errand, Mishap.EARLY)
        if early is None:
            self._carrier.wait(errand, LATER)
            self._after_answer.setdefault(call.id, []).append(errand)
        else:
            self.travel.fired(early, errand)
            self._early.setdefault(call.id, []).append((errand, early))
            self._carrier.start(errand)

    def _event(self, fake: str, person: str | None, news: News, *, lie: bool = False) -> Event:
        self._numbered += 1
        event = Event(self._numbered, fake, news, person, lie)
        self._owners.learn(fake, (news.object_id, *news.ids), person)
        if not lie:
            self._events.setdefault(person, []).append(event)
            self._by_id[(fake, news.id)] = event
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
            for errand in self._after_answer.pop(call.id, ()):
                self._carrier.start(errand)

    def has_early(self, call: Call) -> bool:
        """Whether events of this call must arrive before its answer."""
        return call.id in self._early

    async def told_early(self, call: Call) -> None:
        """Wait until the early events of this call were answered, a moment at most."""
        if not self._early:
            return
        early = self._early.pop(call.id, None)
        if not early:
            return
        self._journal.let_go()
        try:
            async with asyncio.timeout(max(path.rule.seconds for _, path in early) or EARLY_S):
                for errand, _ in early:
                    await errand.answered.wait()
        except TimeoutError:
            pass

    def _heard(self, event: Event) -> None:
        if not event.unacknowledged:
            self._undelivered.get(event.fake, {}).pop(event.news.id, None)

    # -- what came of it ----------------------------------------------------------------------------------------

    def unacknowledged(self, fake: str, event: str) -> int:
        """How many endpoints have not acknowledged an event yet; 0 for one that nobody was to hear."""
        found = self._by_id.get((fake, event))
        return 0 if found is None else found.unacknowledged

    def undelivered(self, fake: str) -> list[str]:
        """The events that some endpoint has not acknowledged, pending or given up, oldest first."""
        return list(self._undelivered.get(fake, ()))

    async def acknowledged(self, fake: str, events: Iterable[str]) -> None:
        """Wait until each of these events was acknowledged or given up everywhere, or waits for a far retry."""
        for name in events:
            found = self._by_id.get((fake, name))
            for errand in () if found is None else found.errands:
                await errand.resting.wait()

    async def forward(self, fake: str, seconds: float, account: str = "") -> None:
        """Move an account's time on: its retries that become due are sent, in order, each answered before the next."""
        await self._carrier.forward(fake, account, seconds)

    async def first_answers(self, fake: str, account: str = "") -> None:
        """Wait until what is being told for the first time was answered: only then is it known what is retried."""
        await self._carrier.answered(fake, account)

    def next_retry_s(self, fake: str, account: str = "") -> float | None:
        """In how many seconds of the account's time its next retry is due."""
        return self._carrier.patience[(fake, account)].next_s()

    # -- on demand ----------------------------------------------------------------------------------------------

    async def resend(
        self,
        person: str,
        burst: Burst,
        *,
        which: str = "last",
        topic: str | None = None,
        fake: str | None = None,
        endpoint: str | None = None,
    ) -> list[str]:
        """Deliver past events of a person again and wait for the answers; what stays unacknowledged is retried."""
        events = [
            event
            for event in self._events.get(person, [])
            if topic in (None, event.news.topic) and fake in (None, event.fake) and self.endpoints.known(event.fake)
        ]
        if which != "all":
            events = events[-1:] if which == "last" else events[:1]
        sent = []
        for event in events:
            place = None if endpoint is None else self.endpoints.find(event.fake, endpoint)
            if endpoint is None or place is not None:
                sent += await self.resend_event(event, burst, place)
        return sent

    def _recipients(self, event: Event) -> list[Endpoint]:
        news = event.news
        return self.endpoints.recipients(event.fake, news.type, news.account, news.to)

    def event(self, fake: str, name: str) -> Event | None:
        """A true event of a fake."""
        return self._by_id.get((fake, name))

    async def resend_event(self, event: Event, burst: Burst, endpoint: Endpoint | None = None) -> list[str]:
        """Deliver one event again, to one endpoint or to everybody who heard or would hear it."""
        names = {errand.endpoint for errand in event.errands}
        for place in [endpoint] if endpoint else self._recipients(event):
            if place.name not in names:
                event.errands.append(self._errand(event, place))
                self._undelivered.setdefault(event.fake, {})[event.news.id] = event
        sent: list[Sent] = []
        for errand in event.errands:
            place_now = self.endpoints.find(event.fake, errand.endpoint)
            if place_now is None or (endpoint is not None and errand.endpoint != endpoint.name):
                continue
            never_acknowledged = not errand.acknowledged and errand not in self._carrier.open
            sent += await self._copier.send(errand, place_now, burst)
            if never_acknowledged and not errand.acknowledged:
                self._carrier.wait(errand, "not acknowledged")
                self._carrier.spawn(self._carrier.retry(errand), errand)
        return [one.delivery for one in sent]

    async def forge(
        self, fake: str, person: str, news: News, forgery: str, copies: int = 1, endpoint: str | None = None
    ) -> list[Sent]:
        """Deliver an event that is not true, signed in the named way (`valid`: well); never retried."""
        known = self.endpoints.recipients(fake, news.type, news.account, news.to)
        places = [one for one in known if one.url is not None and endpoint in (None, one.name)]
        if not places or fake not in self._copier.signers:
            raise LookupError(f"the fake {fake!r} has no endpoint to lie to, or does not sign")
        event = self._event(fake, person, news, lie=True)
        sent = []
        for place in places:
            sent += await self._copier.lie(self._errand(event, place), place, forgery, copies)
        return sent

    # -- looking and ending -------------------------------------------------------------------------------------

    def pending(self) -> list[tuple[str | None, str]]:
        """Whose events are still under way, and why."""
        return [
            (errand.event.person, f"{errand.event.fake}: {errand.event.news.type} {errand.reason}")
            for errand in self._carrier.open
        ]

    def untold(self) -> dict[str, int]:
        """How many events of each fake had no endpoint to go to, ever."""
        return dict(self._untold)

    def plan(self, rules: Sequence[DeliveryRule]) -> list[str]:
        """Put delivery rules to work from now on."""
        return self.travel.plan(rules)

    def calm(self) -> None:
        """End every rule and let all events go."""
        self.travel.calm()

    async def clear(self) -> None:
        """Forget all events and rules, and the endpoints that clients of the fakes made; the harness's stay."""
        await self._carrier.clear()
        for forgotten in (self._events, self._by_id, self._undelivered, self._after_answer, self._early, self._untold):
            forgotten.clear()
        self.log.clear()
        for fake in {endpoint.fake for endpoint in self.endpoints.all()}:
            self.endpoints.forget_api(fake)

    async def close(self) -> None:
        """End everything under way and close the connections."""
        await self.clear()
        await self._copier.postman.close()
