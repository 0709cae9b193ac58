"""The simulated app in one person's hand, over HTTP: plays flows, taps twice, reads, probes, meets bad weather.

The public face of this package for cells. What it does is decided in `script`; how it travels in `radio`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import httpx

from harness.errors import UsageError
from harness.model import Outcome, Person
from harness.phone.exchange import About, Exchange, Exchanged, Played, TapPlan, Urls, once
from harness.phone.indiscreet import indiscretions
from harness.phone.ledger import Ledger
from harness.phone.radio import Radio, Turn
from harness.phone.request import Request, body_of, places_of, probing_scope, with_field
from harness.phone.script import Script
from harness.phone.steps import Begin, FlowMaker, Send
from harness.phone.tokens import spoiled
from harness.phone.weather import Weather
from harness.rng import Rng
from harness.target import Target


class Phone:
    """One person's app."""

    SCRIPT: ClassVar[type[Script]] = Script

    def __init__(
        self,
        target: Target,
        urls: Urls,
        ledger: Ledger,
        person: Person,
        cell: str | None,
        client: httpx.AsyncClient,
        rng: Rng,
        flows: Mapping[str, FlowMaker],
        turn: Turn | None = None,
    ) -> None:
        self.person = person
        self.target = target
        self._script = self.SCRIPT(target, urls, ledger, person, cell, rng, flows)
        self._radio = Radio(client, self._listen, turn)
        self._ledger, self._cell = ledger, cell
        self._flows = flows
        self._chance = rng.stream(f"weather/{person.marker}")
        self._probes = 0

    # -- what the app holds ---------------------------------------------------------------------------------------

    @property
    def token(self) -> str | None:
        """The access token, once there is one."""
        return self._script.token

    @token.setter
    def token(self, token: str | None) -> None:
        self._script.token = token

    @property
    def things(self) -> dict[str, Any]:
        """What the app remembers of answers: `account_id`, `order_id`, `ticket_id`, `plan`."""
        return self._script.things

    @property
    def shows(self) -> str | None:
        """The newest state the app has shown."""
        return self._script.shows

    @property
    def weather(self) -> Weather:
        """What the network will do to the next main attempts."""
        return self._script.weather

    @weather.setter
    def weather(self, weather: Weather) -> None:
        self._script.weather = weather

    def bad_weather(self, kind: str) -> None:
        """From the next main attempt on: `offline`, `request_lost`, `reply_lost` or `flap`."""
        self.weather = Weather.of(kind, self._chance)

    # -- what the person does -------------------------------------------------------------------------------------

    async def play(self, flow: str, **choices: Any) -> Played:
        """Take a flow to its end; the intent's outcome is what the phone could learn, not what happened."""
        return await self._radio.drive(self._script.play(flow, choices))

    async def double_tap(
        self, flow: str, gap_ms: int = 0, guarded: bool = False, times: int = 2, **choices: Any
    ) -> Played:
        """Take a flow with several taps on its button; unguarded, each tap sends a request, all with one key."""
        taps = TapPlan(times=times, gap_ms=gap_ms, guarded=guarded)
        return await self._radio.drive(self._script.play(flow, choices, taps=taps))

    async def read(self, phase: str) -> Mapping[str, Any] | None:
        """Read the app's whole state; `phase` is `during`, `settled` or `final`."""
        return await self._radio.drive(self._script.read(phase))

    async def erase(self, operation: str) -> bool:
        """Ask that this person be erased; answers whether the pipeline said yes."""
        request = self._script.dialect.request(
            operation, self._script.context().scope(), key=self._key(), token=self.token
        )
        timeout_s = self.target.operation(operation).timeout_s
        exchange = Exchange(request=request, timeout_s=timeout_s, announce=lambda: None, name="erase")
        fate, _ = self._script.dialect.hear(operation, await self._radio.drive(once(exchange)))
        return fate.outcome is Outcome.OK

    async def put_away(self) -> None:
        """The person is done with their phone; nothing of it is needed any more but its token."""

    # -- what no app of ours would do -----------------------------------------------------------------------------

    async def probe(
        self,
        name: str,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        expect: Sequence[int] = (),
        about: About | None = None,
    ) -> Exchanged:
        """Send these bytes, which must be answered with one of the expected statuses and do nothing."""
        request = Request(
            method=method, url=self._script.urls.base + path, path=path, headers=dict(headers or {}), content=body
        )
        return await self._radio.drive(self._script.probe(name, request, tuple(expect), about))

    async def probe_flow(
        self,
        flow: str,
        name: str,
        *,
        fields: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        expect: Sequence[int],
    ) -> Exchanged | None:
        """Send a flow's own request with something wrong in it, these bytes for a body, or this key.

        `fields` names what stands in the operation's body (`person.email`), not where; a target without it is not
        asked.
        """
        step = self._request_of(flow)
        operation = self.target.operation(step.operation)
        scope = probing_scope(operation, step.scope)
        body = body_of(operation, scope) or {}
        for field, value in (fields or {}).items():
            places = places_of(operation, field)
            if not places:
                return None
            for place in places:
                body = with_field(body, place, value)
        request = self._script.dialect.request(
            step.operation, scope, key=key or self._key(), token=self.token, body=body, content=content
        )
        if headers:
            request = replace(request, headers={**request.headers, **headers})
        about = About("input", flow, name)
        return await self._radio.drive(
            self._script.probe(f"{flow}: {name}", request, tuple(expect), about, operation=step.operation)
        )

    async def probe_operation(
        self,
        operation: str,
        *,
        things: Mapping[str, Any],
        token: str | None,
        expect: Sequence[int],
        how: str = "",
        reason: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Exchanged:
        """Send one operation with this token about these things; what is missing is filled with nobody's."""
        what = self.target.operation(operation)
        scope = probing_scope(what, {**self._offers(), **self._script.context(things).scope(), **things})
        request = self._script.dialect.request(operation, scope, key=self._key(), token=token)
        request = replace(request, headers={**request.headers, **(headers or {})})
        about = About("access", f"{what.method} {what.path}", how, reason)
        return await self._radio.drive(
            self._script.probe(operation, request, tuple(expect), about, operation=operation)
        )

    async def probe_path(self, operation: str, place: str, name: str, *, expect: Sequence[int]) -> Exchanged:
        """Ask an operation with these very letters in every place of its path."""
        what = self.target.operation(operation)
        path = re.sub(r"\{[^}]+\}", lambda _: place, what.path)
        scope = probing_scope(what, self._offers())
        request = self._script.dialect.request(operation, scope, key=None, token=self.token)
        request = replace(request, url=self._script.urls.base + path, path=path)
        about = About("input", operation, name)
        return await self._radio.drive(
            self._script.probe(f"{operation}: {name}", request, tuple(expect), about, operation=operation)
        )

    def spoiled_token(self, how: str, key: str | None = None) -> str | None:
        """This phone's token spoiled in one of the ways of `tokens`; `key` is what signs the target's tokens."""
        return spoiled(self.token or "", how, key)

    # -- small parts ----------------------------------------------------------------------------------------------

    def _request_of(self, flow: str) -> Send:
        """The request that a flow would begin with; nothing is sent and no intent is declared."""
        if flow not in self._flows:
            raise UsageError(f"no flow is called {flow!r}; there are {', '.join(sorted(self._flows))}")
        steps = self._flows[flow](self._script.context())
        try:
            step = next(steps)
            while isinstance(step, Begin):
                step = steps.send(None)
        finally:
            steps.close()
        if not isinstance(step, Send):
            raise UsageError(f"the flow {flow!r} sends nothing of its own, so its request cannot be probed")
        return step

    def _offers(self) -> dict[str, Any]:
        offers: dict[str, Any] = {}
        if self.target.products:
            offers["product"] = self.target.product().model_dump()
        if self.target.plans:
            offers["plan"] = self.target.plan().model_dump()
        if self.target.tickets:
            offers["ticket"] = {
                "subject": f"Probe of {self.person.marker}",
                "message": f"From {self.person.marker}",
                "category": next(iter(self.target.tickets)),
            }
        return offers

    def _listen(self, request: Request, heard: Exchanged) -> None:
        """Write down what an answer of the pipeline told that it should not."""
        if request.url.startswith(self._script.urls.base):
            for kind, what in indiscretions(request, heard):
                self._ledger.indiscreet(self.person.marker, self._cell, kind, what, request.method, request.path)

    def _key(self) -> str:
        self._probes += 1
        return f"probe-{self.person.marker}-{self._probes}"
