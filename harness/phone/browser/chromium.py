"""One Chromium for a whole run: found, started, asked for pages that share nothing, and ended.

The only module that starts Playwright. `$CHROMIUM` is taken if set, else one on the PATH, else Playwright's own.
Raises `MachineError` with the command that mends it when there is neither.
"""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import MachineError

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--metrics-recording-only", "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
PROFILES = ("Pixel 7", "iPhone 15")
MEND = "install Debian's `chromium`, or set CHROMIUM=/path/to/it, or run `playwright install chromium`"


def find_chromium() -> str | None:
    """A Chromium to drive: `$CHROMIUM`, or the first one on the PATH."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def profile_of(device: str) -> str:
    """The device profile that stands for this phone: size, touch and user agent of it, in Chromium all the same."""
    return PROFILES[1] if device.startswith("iPhone") else PROFILES[0]


class Chromium:
    """A running browser."""

    def __init__(self, browser: "Browser", devices: dict[str, dict[str, Any]]) -> None:
        self._browser = browser
        self._devices = devices

    async def pocket(self, device: str) -> "BrowserContext":
        """A context with storage of its own, in the shape of this device."""
        shape = {
            name: text for name, text in self._devices[profile_of(device)].items() if name != "default_browser_type"
        }
        return await self._browser.new_context(**shape, reduced_motion="reduce", accept_downloads=False)


@asynccontextmanager
async def chromium() -> AsyncIterator[Chromium]:
    """Start a browser, and end it on the way out."""
    try:
        from playwright.async_api import Error, async_playwright
    except ImportError:
        raise MachineError(
            "Playwright is not installed, so no page can be opened; `make install`, or `pip install playwright`"
        ) from None
    found = find_chromium()
    named = os.environ.get("CHROMIUM")
    if named and not found:
        raise MachineError(f"CHROMIUM names {named}, which is not there, so no page can be opened; {MEND}")
    async with async_playwright() as player:
        try:
            browser = await player.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        except Error as problem:
            first = str(problem).strip().splitlines()[0]
            raise MachineError(f"no Chromium could be started ({first}); {MEND}") from None
        try:
            yield Chromium(browser, player.devices)
        finally:
            await browser.close()
