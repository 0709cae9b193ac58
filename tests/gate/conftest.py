"""Starting the command line as a user would, and looking for what it left behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.clock import SYSTEM, block
from harness.journal import read, read_folder
from harness.stack.guardian import MARK, processes

ROOT = Path(__file__).resolve().parents[2]


def _hears_ctrl_c() -> None:
    """As in a terminal: what a shell starts in its background is born deaf to Ctrl-C, and hands that on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Gate:
    """One `harness ...` process, in a folder of runs of its own."""

    def __init__(self, out: Path, mark: str) -> None:
        self.out = out
        self.mark = mark
        self._process: subprocess.Popen[str] | None = None

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start it; `--out` is added for the commands that have it."""
        more = ["--out", str(self.out)] if words[0] in ("run", "explore", "fuzz") else []
        self.put_down()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "harness", *words, *more],
            cwd=ROOT,
            env={**os.environ, MARK: self.mark},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=_hears_ctrl_c,
        )
        return self._process

    def end(self, within_s: float) -> tuple[int, str]:
        """Wait for its end; answers the exit code and all it said."""
        assert self._process
        output, _ = self._process.communicate(timeout=within_s)
        return self._process.returncode, output

    def say(self, *words: str, within_s: float = 240) -> tuple[int, str]:
        """Start it and wait for its end."""
        self.start(*words)
        return self.end(within_s)

    @property
    def folder(self) -> Path:
        """The run folder of the last run."""
        return max(path.parent for path in self.out.glob("*/run.json") if not path.parent.is_symlink())

    def verdict(self) -> dict[str, Any]:
        """What the last run came to."""
        data: dict[str, Any] = json.loads((self.folder / "verdict.json").read_text())
        return data

    def pid_of(self, name: str, within_s: float) -> int:
        """The process of this name, as soon as the run says that it is ready."""
        deadline = SYSTEM.at_ns() + int(within_s * 1e9)
        while SYSTEM.at_ns() < deadline:
            for file in self.out.glob("*/stack.jsonl"):
                for record in list(read(file)):
                    if record["k"] == "process" and record["name"] == name and record["event"] == "ready":
                        return int(record["pid"])
            block(0.05)
        raise AssertionError(f"{name} was not ready within {within_s} s")

    def survivors(self) -> list[int]:
        """Processes of this run that still live."""
        return [proc.pid for proc in processes(self.mark) if proc.marked and proc.pid != os.getpid()]

    def readable(self) -> int:
        """How many records the journals of the last run hold; raises when one cannot be read."""
        return len(read_folder(self.folder))

    def put_down(self) -> None:
        """End it whatever it is doing."""
        if self._process is None:
            return
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
        if self._process.stdout:
            self._process.stdout.close()


@pytest.fixture
def gate(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Gate]:
    """A gate whose processes can be told from everybody else's."""
    gate = Gate(tmp_path / "runs", f"gate{abs(hash(request.node.nodeid))}")
    yield gate
    gate.put_down()
