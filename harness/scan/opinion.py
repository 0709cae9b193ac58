"""A second opinion from a scanner that is installed anyway: its rules on everything that was unpacked here.

Told beside our own findings and never instead of them; its absence is told too. It gets text that it can read, since no
such program unpacks bytecode or source maps. Knows how two of them are called; sends nothing anywhere.
"""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from harness.scan.needles import redacted
from harness.scan.pieces import Piece
from harness.scan.shapes import Shapes

KNOWN = ("betterleaks", "gitleaks")
PATIENCE_S = 300.0
MOST = 50


def installed(known: Iterable[str] = KNOWN) -> str | None:
    """The first of these programs that is on the PATH."""
    return next((path for name in known if (path := shutil.which(name))), None)


class Opinion:
    """Gathers pieces while they are scanned, then asks once about all of them."""

    def __init__(self, program: str | None, shapes: Shapes) -> None:
        self._program = program
        self._shapes = shapes
        self._held = tempfile.TemporaryDirectory(prefix="scan-opinion-") if program else None
        self._names: list[str] = []

    def keep(self, piece: Piece) -> None:
        """Put a piece of written text where the program will find it."""
        if self._held and piece.source:
            path = Path(self._held.name) / "pieces" / f"{len(self._names)}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(piece.data)
            self._names.append(f"{piece.file}, {piece.layer}" if piece.layer else piece.file)

    def asked(self) -> dict[str, Any]:
        """What it says, without the values; or why it says nothing."""
        if not self._held or not self._program:
            return {"by": None, "why": f"none of {', '.join(KNOWN)} is on the PATH", "findings": []}
        with self._held:
            return self._ask(Path(self._held.name), self._program)

    def _ask(self, folder: Path, program: str) -> dict[str, Any]:
        name, report = Path(program).name, folder / "report.json"
        command = [
            program, "dir", "--no-banner", "--log-level", "error", "--report-format", "json", "--report-path",
            str(report), "--exit-code", "0", str(folder / "pieces"),
        ]  # fmt: skip
        try:
            subprocess.run(command, capture_output=True, timeout=PATIENCE_S, check=True)
            told = json.loads(report.read_text() or "[]")
        except (OSError, ValueError, subprocess.SubprocessError) as problem:
            return {"by": name, "why": f"it failed: {type(problem).__name__}", "findings": []}
        findings = [self._finding(one) for one in told if not self._shapes.publishable(str(one.get("Secret")))]
        return {"by": name, "why": "", "findings": findings[:MOST], "more": max(0, len(findings) - MOST)}

    def _finding(self, one: dict[str, Any]) -> dict[str, Any]:
        number = re.search(r"(\d+)\.txt$", str(one.get("File")))
        return {
            "rule": one.get("RuleID"),
            "file": self._names[int(number[1])] if number else str(one.get("File")),
            "place": f"line {one.get('StartLine')}, column {one.get('StartColumn')}",
            "shown": redacted(str(one.get("Secret", ""))),
        }
