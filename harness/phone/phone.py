"""The simulated app in one person's hand, over HTTP: plays flows, taps twice, reads, probes, meets bad weather.

The public face of this package for cells. What it does is decided in `script`; how it travels in `radio`.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from harness.errors import UsageError
from harness.model import Person
from harness.phone.exchange import Exchanged, Played, TapPlan, Urls
from harness.phone.ledger import Ledger
from harness.phone.radio import Radio
from harness.phone.request import Request, body_of, build, probing_scope
from harness.phone.script import Script
from harness.phone.steps import Begin, FlowMaker, Send
from harness.phone.weather import Weather
from harness.rng import Rng
from harness.target import Target

SPOILED = ("no_token", "garbage", "altered", "unsigned")


class Phone:
    """One person's app."""

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
    ) -> None:
        self.person = person
        self.target = target
        self._script = Script(target, urls, ledger, person, cell, rng, flows)
        self._radio = Radio(client)
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

    # -- what no app of ours would do -----------------------------------------------------------------------------

    async def probe(
        self,
        name: str,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        expect: Sequence[int] = (),
    ) -> Exchanged:
        """Send these bytes, which must be answered with one of the expected statuses and do nothing."""
        request = Request(
            method=method, url=self._script.urls.base + path, path=path, headers=dict(headers or {}), content=body
        )
        return await self._radio.drive(self._script.probe(name, request, tuple(expect)))

    async def probe_flow(
        self,
        flow: str,
        name: str,
        *,
        fields: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        expect: Sequence[int],
    ) -> Exchanged:
        """Send a flow's own request with some fields wrong (None: left out), or with these bytes for a body."""
        step = self._request_of(flow)
        operation = self.target.operation(step.operation)
        scope = probing_scope(operation, step.scope)
        body = body_of(operation, scope)
        for field, value in (fields or {}).items():
            if value is None:
                body.pop(field, None)
            else:
                body[field] = value
        request = build(
            operation, self._script.urls.base, scope, key=self._key(), token=self.token, body=body, content=content
        )
        return await self._radio.drive(self._script.probe(f"{flow}: {name}", request, tuple(expect)))

    async def probe_operation(
        self, operation: str, *, things: Mapping[str, Any], token: str | None, expect: Sequence[int], name: str = ""
    ) -> Exchanged:
        """Send one operation with this token about these things; what is missing is filled with nobody's."""
        what = self.target.operation(operation)
        scope = probing_scope(what, {**self._offers(), **self._script.context(things).scope(), **things})
        request = build(what, self._script.urls.base, scope, key=self._key(), token=token)
        return await self._radio.drive(self._script.probe(name or operation, request, tuple(expect)))

    def spoiled_token(self, how: str) -> str | None:
        """This phone's token spoiled: `no_token`, `garbage`, `altered`, or `unsigned` (says it needs no signature)."""
        if how not in SPOILED:
            raise UsageError(f"a token cannot be spoiled as {how!r}; there are {', '.join(SPOILED)}")
        token = self.token or ""
        if how == "no_token":
            return None
        if how == "garbage":
            return "garbage." + "x" * 24
        if how == "unsigned" and token.count(".") == 2:
            header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
            return f"{header}.{token.split('.')[1]}."
        # In the middle of the last part: the last letter of base64 may hold bits that do not count.
        place = len(token) - max(2, len(token.rpartition(".")[2]) // 2)
        return token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]

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

    def _key(self) -> str:
        self._probes += 1
        return f"probe-{self.person.marker}-{self._probes}"
