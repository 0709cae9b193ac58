"""Airplane mode holds for every document of a phone, whichever Chromium: loaded again, killed and opened, and back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.phone.browser.chromium import Chromium
from harness.phone.browser.page import Page
from harness.phone.browser.relay import Relay, Server
from harness.phone.browser.shell import Shell
from tests.browser.test_relay import Notebook
from tests.phone.tiny import Answer, Seen, tiny

INDEX = """<!doctype html><meta charset="utf-8"><title>What do I believe?</title><b data-testid="ready">ready</b>
<script>
  const heard = [navigator.onLine];
  for (const what of ['online', 'offline']) window.addEventListener(what, () => heard.push(what));
</script>"""
HEARD = "() => [...heard, navigator.onLine]"


@asynccontextmanager
async def phone(browser: Chromium, folder: Path) -> AsyncIterator[Page]:
    """A phone with a page that notes what it is told of its network."""
    (folder / "index.html").write_text(INDEX)

    def say(seen: Seen) -> Answer:
        return 200, {}

    async with tiny(say) as server, httpx.AsyncClient(trust_env=False) as client:
        shell = Shell(folder)
        relay = Relay(client, shell, [Server("/v1", server.url)], Notebook())
        async with relay.listening():
            context = await browser.pocket("Pixel 8")
            page = Page(context, relay, shell, [], lambda told: None)
            await page.prepare()
            await page.open("/", ["ready"])
            yield page
            await context.close()


async def asks(page: Page) -> str:
    """What comes of a request: `answered` or `failed`."""
    said: Any = await page.tab.evaluate("fetch('/v1/me').then(() => 'answered', () => 'failed')")
    return str(said)


@pytest.mark.parametrize("how", ["stays", "reload", "kill"])
async def test_a_page_in_airplane_mode_knows_it_from_its_first_script(
    browser: Chromium, tmp_path: Path, how: str
) -> None:
    """And hears once that the network is back; then it is what it was."""
    async with phone(browser, tmp_path) as page:
        assert await asks(page) == "answered"
        await page.airplane(True)
        if how == "reload":
            await page.reload(["ready"])
        if how == "kill":
            await page.kill()
            await page.open("/", ["ready"])
        before: list[Any] = [True, "offline"] if how == "stays" else [False]
        assert await page.tab.evaluate(HEARD) == [*before, False]
        assert await asks(page) == "failed"
        await page.airplane(False)
        await page.tab.wait_for_function("navigator.onLine")
        assert await page.tab.evaluate(HEARD) == [*before, "online", True]
        assert await asks(page) == "answered"
        await page.reload(["ready"])
        assert await page.tab.evaluate(HEARD) == [True, True]


async def test_a_phone_that_was_killed_before_it_lost_its_signal_opens_without_one(
    browser: Chromium, tmp_path: Path
) -> None:
    """Airplane mode is the phone's, not a page's."""
    async with phone(browser, tmp_path) as page:
        await page.kill()
        await page.airplane(True)
        await page.open("/", ["ready"])
        assert await page.tab.evaluate(HEARD) == [False, False]
        await page.airplane(False)
        assert await page.tab.evaluate(HEARD) == [False, "online", True]
