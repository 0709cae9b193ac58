"""What an app has stored in the browser, as one file: all that somebody finds who gets hold of the phone.

Local and session storage, databases, caches and cookies of the open page. Files of the app itself that a service worker
keeps are named and not copied: they are the export, which has a scan of its own. Reads and judges nothing; the run's
search for secrets does, as of everything else in the run's folder. Called when a page is put away.
"""

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from harness.phone.browser.shell import Shell

if TYPE_CHECKING:
    from playwright.async_api import Page as Tab

SCRIPT = (Path(__file__).parent / "stored.js").read_text()


async def keep_stored(tab: "Tab", shell: Shell, path: Path) -> None:
    """Write down what the origin of this page keeps; what Playwright raises for a page that is gone, passes."""
    stored: dict[str, Any] = await tab.evaluate(SCRIPT)
    stored["cookies"] = await tab.context.cookies()
    for name, entries in stored["caches"].items():
        stored["caches"][name] = [_of_cache(entry, shell) for entry in entries]
    _write(path, stored)


def _write(path: Path, stored: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(stored, option=orjson.OPT_INDENT_2))


def _of_cache(entry: dict[str, Any], shell: Shell) -> dict[str, Any]:
    """A cached answer with its body in words; only its address, if it is a file of the app as it ships."""
    body = base64.b64decode(entry.pop("base64"))
    asset = shell.find(urlsplit(entry["url"]).path)
    if asset and asset.content == body:
        return {**entry, "body": "(a file of the app)"}
    try:
        return {**entry, "body": body.decode()}
    except UnicodeDecodeError:
        return {**entry, "body": {"base64": base64.b64encode(body).decode()}}
