"""A process that was started: whether it lives, what it said first, how it ended, what its log's end says.

Starts and reads one process; decides nothing about when or why. Used by the stack; `Running` is what callers hold.
"""

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path

from harness.errors import StackError
from harness.stack.guardian import MARK
from harness.stack.spec import ProcessSpec

TAIL_LINES = 20
TAIL_BYTES = 64 * 1024
NO_ROOM_BYTES = 4096
"""Less than a block: a process that cannot write a line may end without a word, and that looks like its own fault."""
FIRST_LINE_MAX = 1024 * 1024
LOOPBACK_NAMES = "127.0.0.1,localhost,::1"


class Running:
    """One started process and what is known of it."""

    def __init__(
        self, spec: ProcessSpec, process: asyncio.subprocess.Process, log: Path, log_start: int, out: int | None
    ) -> None:
        self.spec = spec
        self.log = log
        self.line: str | None = None
        self.is_ready = False
        self.expected = False
        self._process = process
        self._log_start = log_start
        self._out = out

    @property
    def name(self) -> str:
        """The name it was started under."""
        return self.spec.name

    @property
    def pid(self) -> int:
        """Its process, which is also its process group."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """True until it has ended."""
        return self._process.returncode is None

    @property
    def exit_code(self) -> int | None:
        """None while it lives; minus the signal's number if one ended it."""
        return self._process.returncode

    @property
    def end(self) -> str:
        """How it ended, in words."""
        code = self.exit_code
        if code is None:
            return "is still running"
        if code >= 0:
            return f"ended with exit code {code}"
        try:
            return f"was killed by {signal.Signals(-code).name}"
        except ValueError:
            return f"was killed by signal {-code}"

    def tail(self) -> str:
        """The last lines of its log since it was started, with the log's path; and that its disk is full, if so."""
        with self.log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(self._log_start, size - TAIL_BYTES))
            lines = file.read().decode(errors="replace").splitlines()[-TAIL_LINES:]
        said = [f"the last lines of its log, {self.log}:", *("    " + line for line in lines)]
        if not lines:
            said = [f"it wrote nothing to its log, {self.log}"]
        if shutil.disk_usage(self.log).free < NO_ROOM_BYTES:
            said.append("the disk that its log is on is full; make room, or choose another place with --out DIR")
        return "\n".join(said)

    async def ended(self) -> int:
        """Wait until it has ended; answers the exit code."""
        return await self._process.wait()

    async def pump(self) -> None:
        """Hand over the first line of stdout and append the rest to the log; for processes ready by `line`."""
        if self._out is None:
            return
        out = asyncio.StreamReader()
        pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(out), os.fdopen(self._out, "rb", buffering=0)
        )
        first = b""
        with contextlib.closing(pipe), self.log.open("ab", buffering=0) as log:
            while chunk := await out.read(65536):
                if self.line is not None:
                    log.write(chunk)
                    continue
                first += chunk
                if b"\n" in first or len(first) > FIRST_LINE_MAX:
                    line, _, rest = first.partition(b"\n")
                    self.line = line.decode(errors="replace").strip()
                    log.write(rest)
            if self.line is None:
                log.write(first)


async def spawn(spec: ProcessSpec, folder: Path, mark: str) -> Running:
    """Start the process in a group of its own, with its log in the run folder; raises `StackError` if it cannot be."""
    log = spec.log or folder / "logs" / f"{spec.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    env = environment(spec.env, mark)
    if spec.cwd and not spec.cwd.is_dir():
        raise StackError(f'"{spec.name}" cannot be started: its folder {spec.cwd} is not there')
    # A pipe of our own: asyncio's would keep a dead process waiting for whoever else still holds its stdout.
    reading, writing = os.pipe() if spec.ready == "line" else (None, None)
    with log.open("ab") as out:
        size = log.stat().st_size
        try:
            process = await asyncio.create_subprocess_exec(
                *spec.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out if writing is None else writing,
                stderr=out,
                cwd=spec.cwd,
                env=env,
                start_new_session=True,
            )
        except OSError as problem:
            if reading is not None:
                os.close(reading)
            raise StackError(_cannot(spec, env, problem)) from problem
        finally:
            if writing is not None:
                os.close(writing)
    return Running(spec, process, log, size, reading)


def environment(more: Mapping[str, str], mark: str) -> dict[str, str]:
    """This process's environment, the spec's own names, the run's mark, and no proxy for loopback."""
    outer = os.environ.get(MARK)
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    for name in ("NO_PROXY", "no_proxy"):
        env[name] = ",".join(filter(None, (os.environ.get(name), LOOPBACK_NAMES)))
    return {**env, **more, MARK: f"{outer}/{mark}" if outer else mark}


def _cannot(spec: ProcessSpec, env: Mapping[str, str], problem: OSError) -> str:
    program = spec.command[0]
    text = f'"{spec.name}" cannot be started: {program}: {problem.strerror}'
    if isinstance(problem, FileNotFoundError) and shutil.which(program, path=env.get("PATH")) is None:
        return f"{text}; there is no such program on the PATH, install it or write its full path"
    return text
