"""What has been tried already at this commit, so that a kill matrix that was stopped goes on where it was.

A file of JSON lines that nobody commits. Keeps only what came out as it should: whatever did not is tried again, and
shows again. Called by the kill matrix.
"""

import json
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tools.gate import ROOT
from tools.kill_table import Kill, Sight, Spared, Tried
from tools.planted import Control, Flaw

BASELINE = "without a flaw"


def commit() -> str:
    """The commit under test, with a plus when the tree is changed."""
    head = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    return subprocess.run(head, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


class Book:
    """The results of one commit, and of others that count `also`; without a file it remembers nothing."""

    def __init__(self, file: Path | None, at: str, also: Sequence[str] = ()) -> None:
        self._file, self._at = file, at
        self._lock = threading.Lock()
        self._known: dict[str, dict[str, Any]] = {}
        if file is not None and file.is_file():
            lines = [json.loads(line) for line in file.read_text().splitlines()]
            self._known = {line["name"]: line for line in lines if line["at"] in (at, *also)}

    def has(self, name: str) -> bool:
        """Whether this is known."""
        return name in self._known

    def write(self, name: str, result: dict[str, Any]) -> None:
        """Remember a result."""
        if self._file is not None:
            with self._lock, self._file.open("a") as file:
                file.write(json.dumps({"name": name, "at": self._at, **result}) + "\n")

    def keep(self, tried: Tried) -> None:
        """Remember what came of a flaw or a control."""
        if isinstance(tried, Kill):
            self.write(tried.flaw.name, {"exit": tried.exit_code, "caught": [asdict(one) for one in tried.caught]})
        else:
            self.write(tried.control.name, {"exit": tried.exit_code})

    def of(self, what: Flaw | Control) -> Tried | None:
        """What came of it before; None when it has to be tried."""
        known = self._known.get(what.name)
        if known is None:
            return None
        if isinstance(what, Flaw):
            return Kill(what, known["exit"], tuple(Sight(**one) for one in known["caught"]), "", True, known["at"])
        return Spared(what, known["exit"], "", True, known["at"])
