"""Running the gate as a process and reading what it said; used by the kill matrix and the soak, decides nothing."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 1800


@dataclass(frozen=True, slots=True)
class Said:
    """What one run of the gate came to."""

    exit_code: int
    verdict: dict[str, Any]
    folder: Path | None
    output: str
    ran: frozenset[str] = field(default=frozenset())
    """What was planted and has announced that it was reached: by the journals, not by the logs."""
    ended: int | None = None
    """When the last look began, on the journals' clock: what had not come by then never came."""


def run_gate(*words: str, out: Path) -> Said:
    """`harness run WORDS --out OUT`, to its end; the verdict is empty when it wrote none."""
    line = [sys.executable, "-m", "harness", "run", *words, "--out", str(out)]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    folders = sorted(file for file in out.glob("*/run.json") if not file.parent.is_symlink())
    folder = folders[-1].parent if folders else None
    file = folder / "verdict.json" if folder else None
    verdict = json.loads(file.read_text()) if file and file.is_file() else {}
    said = done.stdout + done.stderr
    if folder is None:
        return Said(done.returncode, verdict, None, said)
    return Said(done.returncode, verdict, folder, said, announced(verdict), _ended(folder))


def announced(verdict: Mapping[str, Any]) -> frozenset[str]:
    """The names of what was planted and reached, as the judge read them in the journals."""
    return frozenset(one["name"] for one in verdict.get("announced", ()))


def _ended(folder: Path) -> int | None:
    for line in (folder / "stack.jsonl").read_text().splitlines():
        record = json.loads(line)
        if record["k"] == "phase" and (record["name"], record["event"]) == ("window", "end"):
            return int(record["at"])
    return None
