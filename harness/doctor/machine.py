"""What this machine lacks for a run. Starts nothing."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from harness.doctor.findings import Finding, Level
from harness.errors import HarnessError
from harness.folder import ENOUGH_DISK_MB
from harness.phone.browser import find_chromium
from harness.phone.browser.chromium import NAMES as CHROMIUM_NAMES
from harness.stack.ports import free


def _no_chromium() -> str:
    named = os.environ.get("CHROMIUM")
    return f"CHROMIUM names {named}, which is not there" if named else f"none on the PATH ({', '.join(CHROMIUM_NAMES)})"


def machine() -> Iterator[Finding]:
    """Python, disk, ports, and a browser for those who want one."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield _look("python", sys.version_info >= (3, 11), version, "install Python 3.11 or newer")
    free_mb = shutil.disk_usage(Path.cwd()).free // 2**20
    yield _look("disk", free_mb >= ENOUGH_DISK_MB, f"{free_mb} MB free", f"a run wants {ENOUGH_DISK_MB} MB")
    try:
        free(1)
        yield _look("ports", True, "loopback ports can be bound", "")
    except (OSError, HarnessError) as problem:
        yield _look("ports", False, str(problem), "allow this user to listen on 127.0.0.1")
    chromium = find_chromium()
    yield Finding(
        kind="chromium",
        level=Level.OK if chromium else Level.NOTE,
        about="Chromium",
        seen=chromium or _no_chromium(),
        remedy=""
        if chromium
        else "only the browser phone and the browser tests of the report need it: install Debian's `chromium`, or set "
        "CHROMIUM=/path/to/it",
    )


def _look(kind: str, well: bool, seen: str, remedy: str) -> Finding:
    level = Level.OK if well else Level.WRONG
    about = {"python": "Python"}.get(kind, kind)
    return Finding(kind=kind, level=level, about=about, seen=seen, remedy="" if well else remedy)
