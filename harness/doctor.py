"""`harness doctor`: what this machine and this target file lack, before a run finds out the hard way.

Starts nothing and judges nothing; each line says what was looked at, what was found and what to do next.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from harness.errors import HarnessError
from harness.folder import ENOUGH_DISK_MB
from harness.stack.ports import free
from harness.target import load_target

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that was looked at."""

    what: str
    well: bool
    found: str
    remedy: str = ""
    needed: bool = True


def _no_chromium() -> str:
    named = os.environ.get("CHROMIUM")
    return f"CHROMIUM names {named}, which is not there" if named else f"none on the PATH ({', '.join(CHROMIUM_NAMES)})"


def find_chromium() -> str | None:
    """A Chromium to drive: `$CHROMIUM`, or the first one on the PATH."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def _machine() -> Iterator[Sign]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Sign("Python", sys.version_info >= (3, 11), version, "install Python 3.11 or newer")
    free_mb = shutil.disk_usage(Path.cwd()).free // 2**20
    yield Sign("disk", free_mb >= ENOUGH_DISK_MB, f"{free_mb} MB free", f"a run wants {ENOUGH_DISK_MB} MB")
    try:
        free(1)
        yield Sign("ports", True, "loopback ports can be bound")
    except (OSError, HarnessError) as problem:
        yield Sign("ports", False, str(problem), "allow this user to listen on 127.0.0.1")
    chromium = find_chromium()
    yield Sign(
        "Chromium",
        chromium is not None,
        chromium or _no_chromium(),
        "only the browser tests of the report need it: install Debian's `chromium`, or set CHROMIUM=/path/to/it",
        needed=False,
    )


def _target(path: Path) -> Iterator[Sign]:
    try:
        target = load_target(path)
    except HarnessError as problem:
        yield Sign("target", False, str(problem), "mend the target file")
        return
    yield Sign("target", True, f"{path}: {target.name}, {len(target.processes)} processes, {len(target.flows)} flows")


def examine(target: Path) -> int:
    """Print every sign; 0 when all that is needed is there, else 2."""
    console = Console(soft_wrap=True, highlight=False)
    looks: tuple[Callable[[], Iterator[Sign]], ...] = (_machine, lambda: _target(target))
    signs = [sign for look in looks for sign in look()]
    for sign in signs:
        mark = "ok  " if sign.well else ("LACK" if sign.needed else "note")
        console.print(f"{mark}  {sign.what}: {sign.found}", markup=False)
        if not sign.well:
            console.print(f"      {sign.remedy}", markup=False)
    return 0 if all(sign.well or not sign.needed for sign in signs) else 2
