"""The run folder: the only hand-over between driving and judging.

Made before anything starts, filled by the writers of journals, read by `harness.judge` and `reports`. Any old run
folder can be judged and reported again without running anything.
"""

import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from harness.clock import SYSTEM
from harness.errors import MachineError, UsageError
from harness.journal import Journal

RUNS = Path("reports/runs")
ENOUGH_DISK_MB = 200
REPORTS = (
    "run.json",
    "verdict.json",
    "gate.json",
    "since-green.json",
    "summary.txt",
    "summary.md",
    "report.html",
    "junit.xml",
)
MANIFEST = "manifest.json"
"""What the fakes offer: their ways to sign, their lies, their acts."""
OPEN_ROUTES = "open-routes.json"
"""The routes that the pipeline's own document leaves open to everybody."""
LEFT_OUT = "left-out.json"
"""The cells that the target could not be asked."""
SINCE_GREEN = "since-green.json"
"""What is other than in the last green run; only where there was one."""
OUT_OF_REACH = "out-of-reach.json"
"""What could not be looked at, because others started the pipeline."""
VERSIONS_OF = ("locust", "schemathesis", "pytest", "uvicorn", "httpx")


@dataclass(frozen=True, slots=True)
class RunFolder:
    """One run's folder and the names of what is in it."""

    path: Path

    @classmethod
    def make(cls, out: Path | None, seed: int) -> "RunFolder":
        """A new folder under `out` (default `reports/runs`), with `latest` beside it pointing there.

        Raises `MachineError` when it cannot be written, or when its disk is nearly full.
        """
        runs = out or RUNS
        name = f"{SYSTEM.wall():%Y%m%d-%H%M%S}-{seed}"
        path = (runs / name).resolve()
        check_room(runs)
        (path / "logs").mkdir(parents=True)
        latest = runs / "latest"
        try:
            latest.unlink(missing_ok=True)
            latest.symlink_to(name)
        except OSError:
            pass  # A convenience only; some file systems have no links.
        return cls(path)

    @classmethod
    def existing(cls, path: Path) -> "RunFolder":
        """The folder of an old run; raises `UsageError` if it is none."""
        if not (path / "run.json").is_file():
            runs = sorted(RUNS.glob("*/run.json"))
            near = f"; the newest run is {runs[-1].parent}" if runs else ""
            raise UsageError(f"{path} is not a run folder: it has no run.json{near}")
        return cls(path.resolve())

    def journal(self, name: str) -> Journal:
        """A new journal of this run, written by this process."""
        return Journal(self.path / f"{name}.jsonl", name)

    def save(self, name: str, data: Any) -> None:
        """Write a JSON file of this run."""
        (self.path / name).write_text(json.dumps(data, indent=2, ensure_ascii=False, default=str) + "\n")

    def kept(self, name: str, default: Any) -> Any:
        """A JSON file of this run that not every run has, or the default."""
        return self.load(name) if (self.path / name).exists() else default

    def keep_reports(self) -> None:
        """Remove journals, samples and logs; what a reader wants of a run that passed stays."""
        for path in self.path.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name not in REPORTS:
                path.unlink(missing_ok=True)

    def load(self, name: str) -> Any:
        """Read a JSON file of this run; raises `UsageError` when it is missing or broken."""
        file = self.path / name
        try:
            return json.loads(file.read_text())
        except FileNotFoundError as problem:
            raise UsageError(f"{file} is missing; was the run interrupted? `harness check {self.path}`") from problem
        except json.JSONDecodeError as problem:
            raise UsageError(f"{file}:{problem.lineno}: not JSON ({problem.msg}); the file was altered") from problem


def check_room(runs: Path, *, enough_mb: int = ENOUGH_DISK_MB) -> None:
    """Raise `MachineError` when no run folder can be made here, or when the disk is nearly full."""
    try:
        runs.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=runs, prefix=".writable-"):
            free_mb = shutil.disk_usage(runs).free // 2**20
    except OSError as problem:
        raise MachineError(
            f"cannot make a run folder in {runs}: {problem.strerror}; choose another place with --out DIR"
        ) from problem
    if free_mb < enough_mb:
        raise MachineError(
            f"only {free_mb} MB are free where run folders go ({runs}), a run wants {enough_mb} MB; "
            "remove old runs or choose another place with --out DIR"
        )


def commit() -> str:
    """The commit this program runs from, with `+` when files were changed; empty outside a repository."""
    here = Path(__file__).parent
    try:
        head = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=here, capture_output=True, text=True, timeout=10, check=True
        ).stdout.strip()
        changed = subprocess.run(
            ["git", "status", "--porcelain", "--untracked-files=no"],
            cwd=here, capture_output=True, text=True, timeout=20, check=True,
        ).stdout.strip()  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return head + ("+" if changed else "")


def versions() -> dict[str, str]:
    """The versions of the packages a verdict may depend on."""
    found = {}
    for name in VERSIONS_OF:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
