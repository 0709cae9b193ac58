"""A stack in a temporary run folder."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from harness.journal import Journal
from harness.stack import ProcessSpec, Stack

CHILD = str(Path(__file__).with_name("child.py"))
Child = Callable[..., ProcessSpec]


def alive_with(token: str) -> list[str]:
    """The living processes that have this word in their command line, whoever their parents are."""
    said = subprocess.run(["ps", "axww", "-o", "stat=,pid=,command="], capture_output=True, text=True, check=True)
    lines = [line for line in said.stdout.splitlines() if token in line and not line.startswith("Z")]
    return [line for line in lines if "child.py" in line]


@pytest.fixture
async def stack(tmp_path: Path) -> AsyncIterator[Stack]:
    """An open stack whose run folder is `tmp_path`."""
    journal = Journal(tmp_path / "stack.jsonl", "stack")
    async with Stack.open(tmp_path, journal) as opened:
        yield opened
    journal.close()
    assert alive_with(str(tmp_path)) == []


@pytest.fixture
def child() -> Child:
    """Makes the spec of a child process that behaves in the named way."""

    def make(*words: object, name: str = "child", ready: str = "line", **more: Any) -> ProcessSpec:
        command = [sys.executable, CHILD, *map(str, words)]
        return ProcessSpec(**{"name": name, "command": command, "ready": ready, "stop_s": 0.3, **more})

    return make
