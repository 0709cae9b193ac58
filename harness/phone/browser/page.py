"""One person's page: opened, tapped, filled in, killed, taken off the net; everything by testID.

Carries out and tells; decides nothing. What the page shows and which taps it felt is told by a script that runs in it
(`watching.js`), with the page's own clock, so that a busy machine's delay is not taken for the app's.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from harness.clock import pause
from harness.errors import HarnessError
from harness.phone.browser.belief import Belief
from harness.phone.browser.relay import Mode, Relay
from harness.phone.browser.shell import Shell
from harness.phone.browser.stored import keep_stored

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, FloatRect, Locator, Route
    from playwright.async_api import Page as Tab

PATIENCE_MS = 45_000
WATCHING = (Path(__file__).parent / "watching.js").read_text()
Told = Callable[[Mapping[str, Any]], None]


class NotThere(HarnessError):
    """Something that a person would look for on the page is not there; says what, and what is there instead."""


class Page:
    """The app in a browser, on a phone's screen."""

    def __init__(
        self, context: "BrowserContext", relay: Relay, shell: Shell, watched: Sequence[str], told: Told
    ) -> None:
        self._context = context
        self._relay = relay
        self._shell = shell
        self._told = told
        self._script = WATCHING.replace("WATCHED", orjson.dumps(list(watched)).decode())
        self._tab: Tab | None = None
        self._belief = Belief()
        self.offline = False
        self.problems: list[str] = []
        """What the page itself complained of."""

    # -- its life -------------------------------------------------------------------------------------------------

    async def prepare(self) -> None:
        """Let every page of this phone tell what it shows."""
        await self._context.expose_function("harnessTold", self._told)
        await self._context.add_init_script(self._script)

    async def open(self, address: str, ready: Sequence[str] = ()) -> None:
        """Open an address of the app, in the page there is or in a new one, and wait until the app has started."""
        if self._tab is None:
            self._tab = await self._context.new_page()
            self._tab.set_default_timeout(PATIENCE_MS)
            self._tab.on("pageerror", lambda error: self.problems.append(str(error)[:500]))
            if self.offline:
                await self._belief.offline(self._tab)
        await self._tab.goto(self._relay.url + address, wait_until="commit")
        await self.there(*ready)

    async def there(self, *names: str) -> None:
        """Wait until one of these is visible."""
        if names:
            await self._find("|".join(names), self._any(names))

    async def kill(self) -> None:
        """End the app as an operating system does: at once, and none of its own handlers for the end is run."""
        tab, self._tab = self.tab, None
        await tab.evaluate("window.harnessKilled = true")
        await tab.close()

    async def reload(self, ready: Sequence[str]) -> None:
        """Load the same address again."""
        await self.tab.reload(wait_until="commit")
        await self.there(*ready)

    @property
    def tab(self) -> "Tab":
        """The page that is open."""
        if self._tab is None:
            raise NotThere("the app is not open")
        return self._tab

    @property
    def is_open(self) -> bool:
        """Whether the app is open."""
        return self._tab is not None

    # -- its network ----------------------------------------------------------------------------------------------

    async def airplane(self, on: bool) -> None:
        """Airplane mode: the page knows that it is offline, and every socket is cut; an installed app still starts."""
        if on:
            self._relay.mode = Mode.CUT
            await self._context.route(self._relay.url + "/**", self._installed)
            await self._context.set_offline(True)
            await self._belief.offline(self._tab)
        else:
            self._relay.mode = Mode.PASS
            await self._context.unroute(self._relay.url + "/**")
            await self._context.set_offline(False)
            await self._belief.online(self._tab)
        self.offline = on

    async def _installed(self, route: "Route") -> None:
        """Without a network the files of the app come from the phone itself, and nothing else comes."""
        path = route.request.url.removeprefix(self._relay.url)
        asset = None if self._relay.goes_on(path.partition("?")[0]) else self._shell.find(path)
        if asset:
            await route.fulfill(status=200, body=asset.content, content_type=asset.kind)
        else:
            await route.abort("internetdisconnected")

    # -- a person's hand ------------------------------------------------------------------------------------------

    async def tap(self, name: str) -> None:
        """Tap what has this testID, as soon as it can be tapped."""
        found = self._one(name)
        await self._find(name, found)
        try:
            await found.tap()
        except _trouble() as problem:
            raise NotThere(f"{name!r} is there and cannot be tapped: {_first_line(problem)}") from None

    async def tap_twice(self, name: str, how: str, times: int = 2) -> None:
        """Tap it so often in one of four ways, or with so many milliseconds between: `50ms`."""
        found = self._one(name)
        await self._find(name, found)
        await found.scroll_into_view_if_needed()
        if how == "one_task":
            await found.evaluate("(one, times) => { for (let n = 0; n < times; n++) one.click() }", times)
            return
        if how == "double_click":
            await found.click(click_count=times, delay=5)
            return
        box = await found.bounding_box()
        assert box is not None
        x, y = _middle(box)
        gap_ms = 30 if how == "two_fingers" else int(how.removesuffix("ms"))
        for number in range(times):
            if number:
                await pause(gap_ms / 1000)
            await self.tab.touchscreen.tap(x, y)

    async def fill(self, name: str, text: str) -> None:
        """Type this into a field."""
        found = self._one(name)
        await self._find(name, found)
        await found.fill(text)

    async def attach(self, name: str, file: Mapping[str, Any], content: bytes) -> None:
        """Give this file to a file field, visible or not."""
        field = self.tab.get_by_test_id(name)
        await field.set_input_files(
            {"name": str(file["name"]), "mimeType": str(file["content_type"]), "buffer": content}
        )

    async def sees(self, name: str) -> bool:
        """Whether it is visible now."""
        return self.is_open and await self._one(name).is_visible()

    async def texts(self, patterns: Sequence[str]) -> dict[str, str]:
        """What everything whose testID fits one of these patterns shows now."""
        found: dict[str, str] = await self.tab.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll('[data-testid]')]
                 .filter(one => one.checkVisibility({checkVisibilityCSS: true}))
                 .map(one => [one.dataset.testid, one.textContent.trim()]))"""
        )
        fits = [re.compile(pattern) for pattern in patterns]
        return {name: text for name, text in found.items() if any(one.search(name) for one in fits)}

    async def unguarded(self, how: str, times: int) -> int:
        """Put a button without any guard on the page, tap it in this way, and say how many taps it felt."""
        name = "harness-unguarded"
        await self.tab.evaluate(
            """name => { const one = document.createElement('button');
                 Object.assign(one.style, {position: 'fixed', left: '30%', top: '40%', width: '40%', height: '64px',
                                           zIndex: 2147483647});
                 one.dataset.testid = name; one.dataset.felt = '0';
                 one.addEventListener('click', event => { event.stopPropagation(); one.dataset.felt++ });
                 document.body.append(one) }""",
            name,
        )
        await self.tap_twice(name, how, times)
        await pause(0.05)
        felt = await self._one(name).get_attribute("data-felt")
        await self._one(name).evaluate("one => one.remove()")
        return int(felt or 0)

    async def picture(self, path: Path) -> None:
        """A picture of the screen; nothing, if there is none to take."""
        with suppress(Exception):
            path.parent.mkdir(parents=True, exist_ok=True)
            await self.tab.screenshot(path=path, type="jpeg", quality=70, timeout=5_000)

    async def keep_trace(self, path: Path) -> None:
        """Write what happened on every page of this phone, its network traffic too, for a trace viewer."""
        await self._context.tracing.stop(path=path)

    async def keep_stored(self, path: Path) -> None:
        """Write what the app has stored in the browser."""
        await keep_stored(self.tab, self._shell, path)

    # -- small parts ----------------------------------------------------------------------------------------------

    def _one(self, name: str) -> "Locator":
        return self.tab.locator(f'[data-testid="{name}"]:visible').first

    def _any(self, names: Sequence[str]) -> "Locator":
        return self.tab.locator(", ".join(f'[data-testid="{name}"]:visible' for name in names)).first

    async def _find(self, name: str, found: "Locator") -> None:
        try:
            await found.wait_for(state="visible")
        except _trouble() as problem:
            here = ", ".join(sorted(await self.texts([""]))[:40]) or "nothing with a testID"
            raise NotThere(
                f"{name!r} is not on the page after {PATIENCE_MS / 1e3:g} s ({here}); {_first_line(problem)}"
            ) from None


def _trouble() -> "type[Exception]":
    """What Playwright raises; imported late, so that a machine without it can be told so."""
    from playwright.async_api import Error

    return Error


def _middle(box: "FloatRect") -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _first_line(problem: Exception) -> str:
    return str(problem).strip().splitlines()[0] if str(problem).strip() else type(problem).__name__
