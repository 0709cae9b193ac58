"""The pages of a run: one Chromium, the app's export, and a phone for each person who comes.

Opened by the run when it was asked for pages; says what is missing before anything is started.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import UsageError
from harness.model import Person
from harness.phone.browser.chromium import Chromium, chromium
from harness.phone.browser.hand import Setting
from harness.phone.browser.phone import BrowserPhone
from harness.phone.browser.relay import Server
from harness.phone.browser.shell import Shell
from harness.phone.phone import Phone
from harness.target import App, Target

if TYPE_CHECKING:
    from harness.stage import Stage

PICTURES = "pages"
Maker = Callable[["Stage"], Callable[[Person, str | None], Phone]]


def app_of(target: Target) -> App:
    """The target's app; raises `UsageError` when it has none."""
    if target.app is None:
        raise UsageError(
            f"{target.name} has no [app] table, so there is no page to play in; name its web export and its controls "
            "there, or leave --phone browser out"
        )
    return target.app


def shell_of(target: Target, flaw: str | None) -> Shell:
    """The files of the app; raises `MachineError`, with the command that makes them, when they are not there."""
    app = app_of(target)
    if flaw and not app.test_export:
        raise UsageError(f"{target.name} has no `app.test_export`, so no flaw can be planted in its app")
    return Shell(Path(app.test_export if flaw else app.export), app.build)


@asynccontextmanager
async def pages(target: Target, flaw: str | None) -> AsyncIterator[Maker]:
    """Open a Chromium; answers what makes a stage's phones of it."""
    shell = shell_of(target, flaw)
    async with chromium() as browser:
        yield lambda stage: _maker(stage, browser, shell, flaw)


def _maker(stage: "Stage", browser: Chromium, shell: Shell, flaw: str | None) -> Callable[[Person, str | None], Phone]:
    setting = Setting(
        app=app_of(stage.target), shell=shell, servers=servers(stage.target, stage.urls.base, stage.proxies),
        chromium=browser, client=stage.client, pictures=stage.folder.path / PICTURES, flaw=flaw,
    )  # fmt: skip

    def phone(person: Person, cell: str | None) -> Phone:
        return BrowserPhone(
            stage.target, stage.urls, stage.ledger, person, cell, stage.client, stage.rng, stage.flows, setting
        )  # fmt: skip

    return phone


def thin_out(folder: Path, verdict: Mapping[str, Any]) -> None:
    """Remove traces and stores of people whose cells passed: each is large, and nobody will look at it."""
    for cell in verdict["cells"]:
        if cell["verdict"] == "pass":
            for person in cell["persons"]:
                for what in ("trace.zip", "stored.json"):
                    (folder / PICTURES / f"{person}-{what}").unlink(missing_ok=True)


def servers(target: Target, base: str, proxies: Mapping[str, str]) -> tuple[Server, ...]:
    """Who serves which paths of the app's own origin: the other servers it names, then the pipeline."""
    firsts = dict.fromkeys("/" + operation.path.split("/")[1] for operation in target.operations.values())
    return (
        *(Server(prefix, address, strips=True) for prefix, address in proxies.items()),
        *(Server(first, base) for first in firsts),
    )
