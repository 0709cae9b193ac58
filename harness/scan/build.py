"""Builds what ships, with canaries where the server's secrets would be; what comes out of it is then searched.

The build sees every secret under its own name, as it would on a machine where both are built. Runs commands of the
target file and nothing else. Called by `harness scan`.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import MachineError, TargetError
from harness.target.words import Unfilled, fill

if TYPE_CHECKING:
    from harness.target.parts import Scan

TAIL = 15


def build(scan: "Scan", secrets: Mapping[str, str], work: Path) -> list[Path]:
    """Run the build and answer everything it made public, its own words too.

    Raises `MachineError` when a command cannot be run or fails, `TargetError` when it leaves nothing that was named.
    """
    words = {"work": str(work), "python": sys.executable}
    env = {**os.environ, **scan.env, **secrets}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    said = []
    for number, command in enumerate(scan.build, 1):
        log = work / f"build-{number}.log"
        said.append(log)
        _run([_filled(word, words, "scan.build") for word in command], scan, env, log)
    return [*public(scan, work), *said]


def public(scan: "Scan", work: Path) -> list[Path]:
    """The files and folders that ship; raises `TargetError` for one that is not there."""
    found = []
    for text in scan.public:
        path = Path(_filled(text, {"work": str(work)}, "scan.public"))
        if not path.exists():
            raise TargetError(f"scan.public: {path} is not there; build it first, or name in scan.build how it is made")
        found.append(path)
    return found


def _run(command: Sequence[str], scan: "Scan", env: Mapping[str, str], log: Path) -> None:
    try:
        with log.open("wb") as out:
            done = subprocess.run(
                command, cwd=scan.folder, env=dict(env), stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT, timeout=scan.build_s, check=False,
            )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise MachineError(f"scan.build: {command[0]} took more than {scan.build_s:g} s (scan.build_s)") from None
    except OSError as problem:
        raise MachineError(f"scan.build: {command[0]} cannot be run in {scan.folder}: {problem.strerror}") from None
    if done.returncode:
        lines = log.read_text(errors="replace").splitlines()[-TAIL:]
        words = "\n".join(f"    {line}" for line in lines) or "    nothing"
        raise MachineError(f"scan.build: {' '.join(command)} ended with exit code {done.returncode}; it said:\n{words}")


def _filled(text: str, words: Mapping[str, str], where: str) -> str:
    try:
        return str(fill(text, words.__getitem__))
    except Unfilled as problem:
        raise TargetError(f"{where}: nothing to put in for {{{problem}}}; there are {{work}} and {{python}}") from None
