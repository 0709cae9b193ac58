"""A phone with the app's page open: the hand that taps and types, and the eyes that look. By testID only."""

import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.app.builds import APP

AXE = APP / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE_MS = 30_000
EXPECTED = ("402", "net::ERR", "Password field is not contained")
"""What a console may say: a declined card, no network; and a hint that browsers give."""

_numbers = itertools.count(1)


class Phone:
    """One page on one device."""

    def __init__(self, context: BrowserContext, page: Page, url: str) -> None:
        self.context, self.page, self.url = context, page, url
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._heard(message.type, message.text))

    @classmethod
    @asynccontextmanager
    async def opened(
        cls,
        browser: Browser,
        url: str,
        device: dict[str, Any],
        *,
        scheme: str = "light",
        letters_px: int = 16,
        query: str = "",
    ) -> AsyncIterator["Phone"]:
        """The app, just opened, on this device."""
        traits = {name: trait for name, trait in device.items() if name != "default_browser_type"}
        context = await browser.new_context(**traits, color_scheme=scheme)  # type: ignore[arg-type]
        page = await context.new_page()
        if letters_px != 16:
            session = await context.new_cdp_session(page)
            await session.send("Page.enable")
            await session.send("Page.setFontSizes", {"fontSizes": {"standard": letters_px, "fixed": letters_px}})
        phone = cls(context, page, url)
        await page.goto(url + query)
        yield phone
        await context.close()

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(word in text for word in EXPECTED):
            self.complaints.append(text)

    def find(self, name: str) -> Locator:
        """What has this testID."""
        return self.page.get_by_test_id(name)

    async def tap(self, *names: str) -> None:
        """Tap one after the other."""
        for name in names:
            await self.find(name).tap()

    async def type(self, **fields: str) -> None:
        """Fill in fields; an underscore in a name is a hyphen."""
        for name, text in fields.items():
            await self.find(name.replace("_", "-")).fill(text)

    async def shows(self, name: str, text: str) -> None:
        """Wait until it shows exactly this; how soon it does is the browser phone's to judge."""
        await expect(self.find(name)).to_have_text(text, timeout=PATIENCE_MS)

    async def stays(self, name: str, text: str, for_ms: int = 3_000) -> None:
        """Wait until it shows exactly this, and see that it still does a few readings of the server later."""
        await self.shows(name, text)
        await self.page.wait_for_timeout(for_ms)
        assert await self.find(name).text_content() == text

    async def gone(self, name: str) -> None:
        """Wait until it is not there."""
        await expect(self.find(name)).to_have_count(0, timeout=PATIENCE_MS)

    async def sign_up(self) -> str:
        """A new account; answers its e-mail."""
        email = f"ada.{os.getpid()}.{next(_numbers)}@people.example.com"
        await self.type(signup_name="Ada Fox", signup_email=email, signup_password="Kiwi-0123456789")
        await self.tap("signup-submit")
        await self.find("buy-credits_10").wait_for()
        return email

    async def pay(self) -> None:
        """Pay what the sheet asks for with a card that pays."""
        await self.find("pay-sheet").wait_for()
        await self.tap("pay-card-good_card", "pay-confirm")
        await self.gone("pay-sheet")

    async def orders(self) -> int:
        """How many orders the app lists."""
        return await self.page.locator("[data-testid^=order-][data-testid$=-state]").count()

    async def barriers(self) -> list[str]:
        """What axe finds on this screen that is serious or worse, and whether the page scrolls sideways."""
        await self.page.add_script_tag(path=AXE)
        found = await self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        serious = [
            f"{one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes']][:3]}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        width, room = await self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        return serious + ([f"the page is {width} px wide on a screen of {room} px"] if width > room else [])
