"""The browser phone: the same protocol as the phone over HTTP, played by a person with a real page.

What a flow asks is done on the page and learned from the wire; what no app would do (probes), and the truth at the end,
goes over HTTP as before. Made by `pages`, one for each person of a scenario.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from harness.checkers.screens import misfits
from harness.clock import SYSTEM, until
from harness.errors import UsageError
from harness.model import Person
from harness.phone.browser.accidents import ACCIDENTS
from harness.phone.browser.hand import PageHand, Setting
from harness.phone.browser.paying import pay
from harness.phone.browser.watch import Watcher, Wish
from harness.phone.exchange import Exchanged, Outside, Played, TapPlan, Urls
from harness.phone.ledger import Ledger
from harness.phone.phone import Phone
from harness.phone.radio import Radio
from harness.phone.request import Request, Unfilled
from harness.phone.script import Script, _Intent
from harness.phone.steps import Answer, Begin, FlowMaker, Paid, Pay, Poll, Send
from harness.rng import Rng
from harness.target import Target

LOOK_EVERY_S = 0.25


@dataclass(frozen=True, slots=True)
class Say:
    """Take a flow on the page, until the server's answer is known."""

    wish: Wish
    scope: Mapping[str, Any]
    taps: TapPlan | None


@dataclass(frozen=True, slots=True)
class Look:
    """Wait until the page was told this."""

    step: Poll
    path: str


@dataclass(frozen=True, slots=True)
class PayHere:
    """Pay on the app's own sheet."""

    wallet: str


class PageScript(Script):
    """A phone's memory and manners, where the app itself does the sending."""

    watcher: Watcher
    _wish: Wish | None = None

    def _begin(self, step: Begin, extra: Mapping[str, Any]) -> _Intent:
        intent = super()._begin(step, extra)
        self._wish = self.watcher.wish(intent.id, intent.flow)
        return intent

    def _send(
        self, step: Send, intent: _Intent, taps: TapPlan | None, scheduled: int | None
    ) -> Generator[Outside, Any, Answer]:
        if not step.main:
            return (yield from super()._send(step, intent, taps, scheduled))
        assert self._wish is not None
        answer: Answer = yield Say(self._wish, step.scope, taps)  # type: ignore[misc]
        return answer

    def _poll(self, step: Poll, intent: _Intent) -> Generator[Outside, Any, Answer]:
        path = self.dialect.request(step.operation, {**self.things, **step.scope}, key=None, token=self.token).path
        answer: Answer | None = yield Look(step, path)  # type: ignore[misc]
        # An app that never asks this may learn it in another way; then the phone asks for it.
        return answer if answer is not None else (yield from super()._poll(step, intent))

    def _pay(self, step: Pay, intent: _Intent) -> Generator[Outside, Any, Paid]:
        if self.target.app is None or self.target.app.pay is None:
            return (yield from super()._pay(step, intent))
        paid: Paid = yield PayHere(step.method)  # type: ignore[misc]
        self._ledger.pay(intent.id, self.person.marker, step.handle, step.method, paid.outcome, paid.result)
        return paid

    def _show(self, state: str, intent: str | None) -> None:
        """What the app shows is told by the page."""
        self.shows = state


class PageRadio(Radio):
    """Carries out on the page what belongs there, and over HTTP what does not."""

    def __init__(self, client: httpx.AsyncClient, watch: Callable[[Request, Exchanged], None], hand: PageHand) -> None:
        super().__init__(client, watch)
        self._hand = hand

    async def _do(self, step: Outside) -> Any:
        match step:
            case Say():
                return await self._hand.say(step.wish, step.scope, step.taps)
            case Look():
                return await self._hand.look(step.step, step.path)
            case PayHere():
                assert self._hand.app.pay is not None
                return await pay(self._hand, self._hand.app.pay, step.wallet)
        return await super()._do(step)


class BrowserPhone(Phone):
    """One person's app, in a browser."""

    SCRIPT = PageScript

    def __init__(
        self, target: Target, urls: Urls, ledger: Ledger, person: Person, cell: str | None,
        client: httpx.AsyncClient, rng: Rng, flows: Mapping[str, FlowMaker], setting: Setting,
    ) -> None:  # fmt: skip
        super().__init__(target, urls, ledger, person, cell, client, rng, flows)
        assert isinstance(self._script, PageScript)
        self._script.watcher = Watcher(self._script.dialect, target, ledger, person, self._script._remember)
        self._hand = PageHand(
            setting, self._script.watcher, ledger, person, cell, _Known(self._script),
            rng.stream(f"page/{person.marker}"),
        )  # fmt: skip
        self._client = client
        self._radio = PageRadio(client, self._listen, self._hand)

    def bad_weather(self, kind: str) -> None:
        """What befalls the next wish: a moment of airplane mode, a bad network, the app killed (see `accidents`)."""
        if kind not in ACCIDENTS:
            raise UsageError(f"no accident of a page is called {kind!r}; there are {', '.join(ACCIDENTS)}")
        self._hand.accident = kind

    async def double_tap(
        self, flow: str, gap_ms: int = 0, guarded: bool = True, times: int = 2, how: str = "", **choices: Any
    ) -> Played:
        """Take a flow with several taps on its button; whether it is guarded is the app's own business."""
        taps = TapPlan(times=times, gap_ms=gap_ms, guarded=guarded, how=how)
        return await self._radio.drive(self._script.play(flow, choices, taps=taps))

    async def read(self, phase: str) -> Mapping[str, Any] | None:
        """Read the truth over HTTP; once settled, look at every screen too, when the app has had time to follow."""
        values = await super().read(phase)
        if phase == "settled" and values is not None and self._hand.is_open:
            await self._hand_over(values)
        return values

    async def put_away(self) -> None:
        """Close the page."""
        await self._hand.put_away()

    async def _hand_over(self, values: Mapping[str, Any]) -> None:
        words = await self._said(values)
        app = self._hand.app
        end_ns = SYSTEM.at_ns() + int(app.refresh_s * 1e9)
        texts = await self._screen(values, words, {}, end_ns)
        await self._hand.picture("settled")
        await self._hand.close()
        for name in app.screens:
            await self._hand.page.tap(name)
            texts = await self._screen(values, words, texts, end_ns)
        self._hand.note_screen(texts=texts, words=words, values=values, waited_s=app.refresh_s)

    async def _screen(
        self, values: Mapping[str, Any], words: list[str], before: Mapping[str, str], end_ns: int
    ) -> dict[str, str]:
        """What this screen shows beside those before; waits while it still shows what was true before."""
        seen: dict[str, str] = {}
        app = self._hand.app.model_dump(mode="json")

        async def right() -> bool | None:
            nonlocal seen
            seen = await self._hand.texts()
            return not misfits(app, seen, values, words) or None

        agrees: bool | None = await until(
            right, within_s=max(0.0, (end_ns - SYSTEM.at_ns()) / 1e9), every_s=LOOK_EVERY_S
        )
        if not agrees:
            await self._hand.picture("contradicts")
        return {**before, **seen}

    async def _said(self, values: Mapping[str, Any]) -> list[str]:
        """Every word that the server says of this person now, wherever it says it."""
        found = set(self._hand.watcher.words_in_data(values))
        scope = self._script.context().scope()
        for name, operation in self.target.operations.items():
            if operation.method != "GET" or not operation.auth or name == self.target.truth.read:
                continue
            try:
                request = self._script.dialect.request(name, scope, key=None, token=self.token)
            except Unfilled:
                continue
            try:
                answer = await self._client.get(request.url, headers=dict(request.headers))
            except httpx.HTTPError:
                continue
            if answer.status_code in operation.accept:
                found.update(self._hand.watcher.words_in(answer.content))
        return [word for word in self.target.words if word in found]


class _Known:
    """What placeholders stand for, whenever they are asked."""

    def __init__(self, script: Script) -> None:
        self._script = script

    def scope(self, **more: Any) -> dict[str, Any]:
        """The person, the things, and more."""
        return self._script.context().scope(**more)
