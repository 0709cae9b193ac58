"""Running the gate as a process and reading what it said; used by the kill matrix and the soak, decides nothing."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 600


@dataclass(frozen=True, slots=True)
class Said:
    """What one run of the gate came to."""

    exit_code: int
    verdict: dict[str, Any]
    folder: Path | None
    output: str


def run_gate(*words: str, out: Path) -> Said:
    """`harness run WORDS --out OUT`, to its end; the verdict is empty when it wrote none."""
    command = [sys.executable, "-m", "harness", "run", *words, "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    folders = sorted(out.glob("*/run.json"))
    folder = folders[-1].parent if folders else None
    file = folder / "verdict.json" if folder else None
    verdict = json.loads(file.read_text()) if file and file.is_file() else {}
    return Said(done.returncode, verdict, folder, done.stdout + done.stderr)
