"""The phone in the hand: the app's web export in a real Chromium, behind a relay that can cut its network.

`pages` opens it for a run, `BrowserPhone` is what a scenario holds. Playwright is imported nowhere else in `harness`.
"""

from harness.phone.browser.chromium import find_chromium
from harness.phone.browser.pages import Maker, app_of, pages, shell_of, thin_out
from harness.phone.browser.phone import BrowserPhone

__all__ = ["BrowserPhone", "Maker", "app_of", "find_chromium", "pages", "shell_of", "thin_out"]
