"""The crowd: sends everybody at their time, each in a greenlet of their own, and keeps the tally.

Open model: time counts from the moment a request was due, so a slow pipeline (or a slow sender) makes samples late
instead of fewer. Called by the locustfile; knows Locust only as somebody who is told of each request.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any

import gevent
from gevent.pool import Pool

from harness.clock import SYSTEM
from harness.journal import Journal
from harness.model import Outcome, Person
from harness.people import People
from harness.phone.exchange import Exchange, Exchanged, Urls
from harness.phone.ledger import Ledger
from harness.phone.script import Script
from harness.rng import Rng
from load.plan import Arrival, Plan, arrivals
from load.radio import Radio
from load.tally import Tally
from scenarios.flows import FLOWS

LEAD_S = 0.5
GRACE_S = 45.0
NS = 1_000_000_000
OnRequest = Callable[..., Any]
Everybody = Sequence[tuple[Arrival, Person]]


def everybody_in(plan: Plan) -> Everybody:
    """Everybody with their arrival, made up before the first one comes: it takes time that no sample may pay for."""
    people = People(Rng(plan.seed))
    return [(one, people.person(one.name, origin="load")) for one in arrivals(plan)]


class Crowd:
    """One process's share of the people in a plan."""

    def __init__(self, plan: Plan, everybody: Everybody, share: int, of: int, on_request: OnRequest) -> None:
        self.tally = Tally()
        self._plan = plan
        self._on_request = on_request
        self._mine = [one for one in everybody if one[0].number % of == share]
        self._rng = Rng(plan.seed)
        self._urls = Urls(base=plan.base_url, wallet=plan.wallet_url)
        self._journal = Journal(plan.folder / f"load-{os.getpid()}.jsonl", "load")
        own = plan.samples if of == 1 else plan.samples.with_stem(f"{plan.samples.stem}-{os.getpid()}")
        self._samples = Journal(own, "samples")
        self._ledger = Ledger(self._journal)
        self._pool = Pool()
        self._stopping = False

    def play(self) -> None:
        """Send everybody, wait for them; those who are not done some time after the last came are cut short."""
        began = SYSTEM.at_ns() + int(LEAD_S * NS)
        for arrival, person in self._mine:
            due = began + int(arrival.at_s * NS)
            self._sleep_until(due)
            if self._stopping:
                break
            self._pool.spawn(self._live, arrival, person, due)
        self._pool.join(timeout=0.0 if self._stopping else GRACE_S)
        self.cut()

    def stop(self) -> None:
        """Send nobody any more."""
        self._stopping = True

    def cut(self) -> None:
        """End everybody who is still under way; what they did stays in the journal, its outcome unknown."""
        left = len(self._pool)
        if left:
            self.tally.cut_short += left
            self._pool.kill(timeout=1.0)

    def _sleep_until(self, due: int) -> None:
        while not self._stopping and (left_ns := due - SYSTEM.at_ns()) > 0:
            gevent.sleep(min(left_ns / NS, 0.25))

    def _live(self, arrival: Arrival, person: Person, due: int) -> None:
        self.tally.started((SYSTEM.at_ns() - due) / 1e6)
        script = Script(self._plan.target, self._urls, self._ledger, person, None, self._rng, FLOWS)
        radio = Radio(self._sampler(person.marker))
        try:
            for place, flow in enumerate(arrival.flows):
                if place:
                    due = SYSTEM.at_ns() + int(arrival.thinks_s[place - 1] * NS)
                    self._sleep_until(due)
                if self._stopping:
                    return
                played = radio.drive(script.play(flow, {}, scheduled=due))
                self.tally.came_to(played.outcome)
                if flow == "sign_up" and played.outcome is not Outcome.OK:
                    return
        finally:
            radio.close()

    def _sampler(self, marker: str) -> Callable[[Exchange, Exchanged, int], None]:
        def told(exchange: Exchange, heard: Exchanged, began: int) -> None:
            due = exchange.scheduled or began
            ms = (heard.ended_ns - due) / 1e6
            self.tally.requests += 1
            self._samples.write(
                "sample",
                person=marker,
                name=exchange.name,
                scheduled=exchange.scheduled,
                ms=round(ms, 3),
                status=heard.status,
                error=heard.error,
            )
            failed = heard.error or (heard.status if heard.status is None or heard.status >= 400 else None)
            self._on_request(
                request_type=exchange.request.method,
                name=exchange.name,
                response_time=ms,
                response_length=len(heard.body),
                exception=Unanswered(str(failed)) if failed else None,
                context={},
            )

        return told


class Unanswered(Exception):
    """What Locust's own statistics show of a request that was not answered well."""
