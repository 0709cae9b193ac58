"""Running the gate as a process and reading what it said; used by the kill matrix and the soak, decides nothing."""

import json
import subprocess
import sys
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
    """What was planted and has announced that it was reached."""
    ended: int | None = None
    """When the last look began, on the journals' clock: what had not come by then never came."""


def run_gate(*words: str, out: Path) -> Said:
    """`harness run WORDS --out OUT`, to its end; the verdict is empty when it wrote none."""
    line = [sys.executable, "-m", "harness", "run", *words, "--out", str(out)]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    folders = sorted(out.glob("*/run.json"))
    folder = folders[-1].parent if folders else None
    file = folder / "verdict.json" if folder else None
    verdict = json.loads(file.read_text()) if file and file.is_file() else {}
    said = done.stdout + done.stderr
    if folder is None:
        return Said(done.returncode, verdict, None, said)
    return Said(done.returncode, verdict, folder, said, _announced(folder), _ended(folder))


def _announced(folder: Path) -> frozenset[str]:
    """The names in `flaw NAME ran` and `control NAME ran` of the processes' logs."""
    lines = [line for log in (folder / "logs").glob("*.log") for line in log.read_text(errors="replace").splitlines()]
    words = [line.split() for line in lines if line.endswith(" ran")]
    return frozenset(
        name for kind, name, _ in (word for word in words if len(word) == 3) if kind in ("flaw", "control")
    )


def _ended(folder: Path) -> int | None:
    for line in (folder / "stack.jsonl").read_text().splitlines():
        record = json.loads(line)
        if record["k"] == "phase" and (record["name"], record["event"]) == ("window", "end"):
            return int(record["at"])
    return None
