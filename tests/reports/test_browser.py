"""The page in a real browser, from a file, with nothing to talk to."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="there is no Chromium; set CHROMIUM to one")


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all."""
    async with async_playwright() as player:
        chromium = await player.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield chromium
        await chromium.close()


async def _opened(browser: Browser, folder: Path, width: int = 1280) -> tuple[Page, list[str]]:
    page = await browser.new_page(viewport={"width": width, "height": 900})
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: troubles.append(request.url))
    address = (folder / "report.html").as_uri()
    await page.goto(address)
    return page, [trouble for trouble in troubles if trouble not in (address, "data:,")]


async def test_the_page_asks_for_nothing_and_complains_of_nothing(browser: Browser, red: Path) -> None:
    """No request beyond the file itself, no line in the console."""
    page, troubles = await _opened(browser, red)
    assert troubles == []
    assert await page.title() == "Fail: 3 of 8 cells broke a promise: 1 duplicated, 1 lost, 1 stale_overwrite"
    await page.close()


async def test_what_is_folded_opens_by_keyboard(browser: Browser, red: Path) -> None:
    """A timeline's table is there for who cannot see the picture."""
    page, _ = await _opened(browser, red)
    table = page.locator("#broken-1 .events")
    assert not await table.is_visible()
    await page.locator("#broken-1 details summary").focus()
    await page.keyboard.press("Enter")
    assert await table.is_visible()
    await page.close()


@pytest.mark.parametrize("width", [360, 390, 768])
async def test_a_small_screen_never_scrolls_sideways(browser: Browser, red: Path, width: int) -> None:
    """Only pictures and tables do, in their own frames."""
    page, _ = await _opened(browser, red, width)
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    await page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_can_be_read_in_light_and_dark(browser: Browser, red: Path, scheme: str) -> None:
    """Soft text, too, has a contrast of at least 4.5 to 1 on the sheet, the page and what is sunk into it."""
    page, _ = await _opened(browser, red)
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    assert await page.evaluate(CONTRAST) >= 4.5
    await page.close()


CONTRAST = """() => {
  const style = getComputedStyle(document.documentElement);
  const light = name => {
    const hex = style.getPropertyValue(name).trim().slice(1);
    const [r, g, b] = [0, 2, 4].map(at => parseInt(hex.slice(at, at + 2), 16) / 255)
      .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const pairs = [["--ink", "--sheet"], ["--soft", "--page"], ["--faint", "--sheet"], ["--faint", "--page"],
    ["--soft", "--sunk"], ["--fail", "--fail-bg"], ["--pass", "--pass-bg"], ["--unknown", "--unknown-bg"],
    ["--accent", "--page"], ["--ink", "--mark"]];
  return Math.min(...pairs.map(([a, b]) => ratio(a, b)));
}"""
