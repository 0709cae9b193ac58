"""One person's hand on a page: takes a flow by the target's controls, and does what an accident's story says.

Knows where things are in the app only from the target's `[app]`; what became of a wish it learns from the wire. Called
by the browser phone; a page that lacks what a person looks for raises `NotThere`.
"""

import asyncio
import base64
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

import httpx

from harness.checkers.screens import patterns_of
from harness.clock import SYSTEM, pause, until
from harness.errors import UsageError
from harness.model import Outcome, Person
from harness.phone.browser.accidents import ACCIDENTS, SHORT_S
from harness.phone.browser.chromium import profile_of
from harness.phone.browser.page import NotThere, Page
from harness.phone.browser.relay import Mode, Relay, Server
from harness.phone.browser.shell import Shell
from harness.phone.browser.watch import Watcher, Wish
from harness.phone.exchange import TapPlan
from harness.phone.ledger import Ledger
from harness.phone.outcomes import OK, together
from harness.phone.steps import Answer, Poll
from harness.target import App, Control
from harness.target.words import fill, known_in

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext

    from harness.phone.browser.chromium import Chromium

OUTCOME_S, SIGHT_S, RIVALS_S, LOSS_S = 30.0, 8.0, 5.0, 15.0
EVERY_S, CLOSE_S = 0.03, 5.0
BURST_NS = int(1.5e9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What all pages of a run share."""

    app: App
    shell: Shell
    servers: tuple[Server, ...]
    chromium: "Chromium"
    client: httpx.AsyncClient
    pictures: Path
    flaw: str | None = None


class Scoped(Protocol):
    """Who knows what placeholders stand for now."""

    def scope(self, **more: Any) -> dict[str, Any]:
        """The person, the things, and more."""


class PageHand:
    """One person with the app in a browser."""

    def __init__(
        self, setting: Setting, watcher: Watcher, ledger: Ledger, person: Person, cell: str | None, known: Scoped,
        chance: random.Random,
    ) -> None:  # fmt: skip
        self.chance = chance
        self.accident = ""
        self._setting = setting
        self.app = setting.app
        self.watcher = watcher
        self._ledger = ledger
        self._person = person
        self._cell = cell
        self.known = known
        self._stack = AsyncExitStack()
        self._relay = Relay(setting.client, setting.shell, setting.servers, watcher)
        self._page: Page | None = None
        self.wish: Wish | None = None
        self._given: Mapping[str, Any] = {}
        self._control: Control = Control(open="/")
        self._taps: TapPlan | None = None
        self._felt: list[float] = []
        self.shows: dict[str, str] = {}
        self._pictures = 0
        self.patience_s = OUTCOME_S
        self._watched = [*(f"^{place}$" for place in self.app.states), *patterns_of(self.app.shows)]

    # -- a wish ---------------------------------------------------------------------------------------------------

    async def say(self, wish: Wish, scope: Mapping[str, Any], taps: TapPlan | None) -> Answer:
        """Take this flow to where the server's answer is known, or is known not to come."""
        control = self.app.controls.get(wish.flow)
        if control is None:
            raise UsageError(
                f"a page cannot play {wish.flow}: there is no [app.controls.{wish.flow}] in the target file"
            )
        self.wish, self._control, self._taps = wish, control, taps
        self._given, self._felt = scope, []
        await self._get_there(control)
        story, self.accident = ACCIDENTS.get(self.accident), ""
        await (story(self) if story else self.act())
        return await self._outcome(wish)

    async def act(self) -> None:
        """The taps that say the wish; the last of them twice, if the finger is nervous."""
        page, taps = self.page, self._control.tap
        if not taps:
            await page.open(self.filled(self._control.open, quoted=True), self.app.ready)
            self._felt_tap(0.0)
            return
        *before, last = (self.filled(name) for name in taps)
        for name in before:
            await page.tap(name)
        if self._taps is None:
            await page.tap(last)
            return
        how = self._taps.how or (f"{self._taps.gap_ms}ms" if self._taps.gap_ms else "one_task")
        felt = await page.unguarded(how, self._taps.times)
        self._note("control", felt=felt, how=how)
        await page.tap_twice(last, how, self._taps.times)

    async def _get_there(self, control: Control) -> None:
        page = await self._opened(control)
        await self.close()
        for name in control.go:
            await page.tap(self.filled(name))
        for name, text in control.fill.items():
            typed = fill({"text": text}, self.known_now()).get("text")
            if typed not in (None, ""):
                await page.fill(name, str(typed))
        for name, text in control.attach.items():
            file = fill({"file": text}, self.known_now()).get("file")
            if file:
                await page.attach(name, file, base64.b64decode(file["content_base64"]))

    async def _outcome(self, wish: Wish) -> Answer:
        """What the wire says of the wish: accepted, refused for good, or nothing within a person's patience."""

        def known() -> Answer | None:
            answered = [one for one in wish.mains if one.fate]
            good = [one.answer for one in answered if one.fate is OK]
            if good:
                return good[-1]
            last = answered[-1] if answered and answered[-1] is wish.mains[-1] else None
            return last.answer if last and last.fate and last.fate.definite and not last.fate.retry else None

        answer = await until(known, within_s=self.patience_s, every_s=EVERY_S)
        await until(lambda: all(one.fate for one in wish.mains), within_s=RIVALS_S, every_s=EVERY_S)
        self._tell_taps(wish)
        outcomes = [one.fate.outcome if one.fate else Outcome.UNKNOWN for one in wish.mains]
        if answer is None:
            await self.picture("no-answer")
            return Answer(outcome=together(outcomes) if outcomes else Outcome.UNKNOWN)
        return answer

    async def look(self, step: Poll, path: str) -> Answer | None:
        """Wait until the page was told something that pleases; None when it does not ask for this, or no longer."""
        latest: Answer | None = None

        def news() -> Answer | None:
            heard = self.watcher.answers.get((step.operation, path))
            return None if heard is latest else heard

        ends = SYSTEM.at_ns() + int(step.within_s * 1e9)
        while (left_s := (ends - SYSTEM.at_ns()) / 1e9) > 0:
            heard = await until(news, within_s=min(SIGHT_S, left_s), every_s=EVERY_S)
            if heard is None:
                return latest if left_s < SIGHT_S else None
            latest = heard
            if heard.ok and step.until(heard):
                break
        return latest

    # -- what accidents do ----------------------------------------------------------------------------------------

    async def airplane(self, on: bool, why: str = "") -> None:
        """Airplane mode on or off."""
        await self.page.airplane(on)
        self._note("offline" if on else "online")
        if why:
            self._weather(why, {"offline": True})

    async def network(self, mode: Mode, kind: str = "") -> None:
        """Let the network do this from now on."""
        self._relay.mode = mode
        self._note("network", mode=str(mode))
        if kind:
            self._weather(kind, {"network": str(mode)})

    def lose_next(self, loss: str, kind: str) -> None:
        """Lose the next request that carries the wish, or its reply."""
        self.watcher.loss = (loss, kind)

    async def until_lost(self) -> bool:
        """Wait until what was to be lost is lost."""

        def lost() -> bool:
            mains = self.wish.mains if self.wish else []
            return self.watcher.loss is None and all(one.fate for one in mains if one.loss)

        return bool(await until(lost, within_s=LOSS_S, every_s=EVERY_S))

    async def until_sent(self) -> bool:
        """Wait until a request that carries the wish has reached the relay."""
        return bool(await until(lambda: bool(self.wish and self.wish.mains), within_s=LOSS_S, every_s=EVERY_S))

    async def until_answered(self) -> bool:
        """Wait until the page was told that the wish was accepted."""

        def answered() -> bool:
            return any(one.fate is OK for one in self.wish.mains) if self.wish else False

        return bool(await until(answered, within_s=OUTCOME_S, every_s=EVERY_S))

    async def until_shown(self) -> bool:
        """Wait until the page shows a word for the wish: then a person believes that it was heard."""
        felt = len(self._felt)

        def shown() -> bool:
            return len(self._felt) >= max(1, felt) and any(
                self.shows.get(place) in self.watcher.target.words for place in self.app.states
            )

        found = await until(shown, within_s=self.app.shown_within_s, every_s=EVERY_S)
        await pause(SHORT_S)
        return bool(found)

    async def kill(self) -> None:
        """End the app."""
        under_way = bool(self.wish and not any(one.fate is OK for one in self.wish.mains))
        self._note("killed", under_way=under_way)
        await self.page.kill()
        self._relay.cut()  # A dead phone hears nothing, however late its sockets are closed.
        await pause(EVERY_S)
        self.shows.clear()

    async def reopen(self) -> None:
        """Open it again."""
        await self.page.open("/", self.app.ready)
        self._note("opened")

    async def reload(self) -> None:
        """Load the page again."""
        under_way = bool(self.wish and not any(one.fate is OK for one in self.wish.mains))
        self._note("reloaded", under_way=under_way)
        self.shows.clear()
        await self.page.reload(self.app.ready)

    # -- small parts ----------------------------------------------------------------------------------------------

    @property
    def page(self) -> Page:
        """The page in hand."""
        if self._page is None:
            raise NotThere("the app was never opened")
        return self._page

    @property
    def is_open(self) -> bool:
        """Whether the app is open."""
        return self._page is not None and self._page.is_open

    async def _opened(self, control: Control) -> Page:
        """The page, opened where this control begins; elsewhere only if it is not open yet."""
        begins = bool(control.open and control.tap)
        if self._page is None:
            await self._stack.enter_async_context(self._relay.listening())
            context = await self._setting.chromium.pocket(self._person.device)
            self._stack.push_async_callback(_closed, context)
            await context.tracing.start(screenshots=True, snapshots=True)
            self._page = Page(context, self._relay, self._setting.shell, self._watched, self._told)
            await self._page.prepare()
            if self._setting.flaw:
                await self._page.open(self.app.flawed_at.replace("{flaw}", self._setting.flaw), self.app.ready)
            elif not begins:
                await self._page.open("/", self.app.ready)
            self._note("opened", profile=profile_of(self._person.device))
        if begins:
            await self._page.open(self.filled(control.open, quoted=True), self.app.ready)
        return self._page

    async def close(self) -> None:
        """Close what lies over the screen."""
        for name in self.app.close:
            if await self.page.sees(name):
                await self.page.tap(name)

    def known_now(self, **more: Any) -> Callable[[str], Any]:
        """What placeholders stand for: what the flow chose, over what the app has learned meanwhile."""
        return known_in({**self.known.scope(), **self._given, **more})

    def filled(self, text: str, *, quoted: bool = False) -> str:
        """A testID or an address with what is known now."""
        known = self.known_now()
        return str(fill(text, (lambda name: quote(str(known(name)), safe="")) if quoted else known) or "")

    async def texts(self) -> dict[str, str]:
        """What every place that is to be compared shows now."""
        return await self.page.texts(self._watched)

    async def picture(self, what: str) -> None:
        """Keep a picture of the screen."""
        if self.is_open:
            self._pictures += 1
            name = f"{self._person.marker}-{self._pictures}-{what}.jpg"
            await self.page.picture(self._setting.pictures / name)
            self._note("picture", file=f"{self._setting.pictures.name}/{name}")

    async def put_away(self) -> None:
        """Close the page, and keep what it stored and its trace."""
        if self._page is None:
            return
        for problem in self._page.problems[:5]:
            self._note("problem", text=problem)
        await self._keep("stored", self._page.keep_stored, "stored.json")
        await self._keep("trace", self._page.keep_trace, "trace.zip")
        self._page = None
        await self._stack.aclose()

    async def _keep(self, what: str, write: Callable[[Path], Awaitable[None]], name: str) -> None:
        """Keep this of the page; what a page that hangs or is gone does not give, nobody waits for."""
        path = self._setting.pictures / f"{self._person.marker}-{name}"
        with suppress(Exception):
            async with asyncio.timeout(CLOSE_S):
                await write(path)
            self._note(what, file=f"{self._setting.pictures.name}/{path.name}")

    def _told(self, what: Mapping[str, Any]) -> None:
        """The page tells of a tap that it felt, or of what it shows."""
        if "tap" in what:
            taps = self._control.tap
            if taps and what["tap"] == self.filled(taps[-1]):
                self._felt_tap(float(what["ms"]))
            return
        place, text = str(what["shows"]), what["text"]
        if text is None:
            self.shows.pop(place, None)
            self._note("hidden", place=place, page_ms=what["ms"])
            return
        self.shows[place] = text
        wish = self.wish.id if self.wish else None
        self._ledger.shown(self._person.marker, wish, text, place=place, page_ms=what["ms"])

    def _felt_tap(self, ms: float) -> None:
        self._felt.append(ms)
        if len(self._felt) == 1:
            self._tap(1, sent=True)

    def _tell_taps(self, wish: Wish) -> None:
        """The later taps, now that it is known which of them sent something."""
        first = wish.mains[0].began if wish.mains else 0
        burst = sum(one.began - first <= BURST_NS for one in wish.mains)
        for number in range(2, len(self._felt) + 1):
            self._tap(number, sent=number <= burst)

    def _tap(self, number: int, *, sent: bool) -> None:
        if self.wish:
            gap_ms = self._felt[number - 1] - self._felt[0] if number > 1 else 0.0
            self._ledger.tap(
                self.wish.id, self._person.marker, self._cell, number, round(gap_ms), sent,
                page_ms=self._felt[number - 1],
            )  # fmt: skip

    def _note(self, event: str, **what: Any) -> None:
        wish = self.wish.id if self.wish else None
        self._ledger.page(self._person.marker, self._cell, event, intent=wish, **what)

    def note_screen(self, **what: Any) -> None:
        """Write down what the whole app shows."""
        self._note("screen", **what)

    def _weather(self, kind: str, detail: Mapping[str, Any]) -> None:
        if self.wish:
            self._ledger.weather(f"{self.wish.id}.{self.wish.sent + 1}", self._person.marker, kind, detail)


async def _closed(context: "BrowserContext") -> None:
    """Close a context; what cannot be closed ends with the browser."""
    with suppress(Exception):
        async with asyncio.timeout(CLOSE_S):
            await context.close()
