"""The harness's side of the guardian: starts it, tells it things, notices when it is gone.

Not the guardian itself, which shares nothing with a living harness but a pipe. Used by the stack only.
"""

import asyncio
import contextlib
import sys
from pathlib import Path

from harness.errors import StackError
from harness.stack import guardian

START_S = 15.0
END_S = 8.0


class Guard:
    """One running guardian."""

    def __init__(self, process: asyncio.subprocess.Process, run: str) -> None:
        self._process = process
        self.run = run

    @classmethod
    async def start(cls, run: str, log: Path) -> "Guard":
        """Start a guardian in a session of its own and wait until it guards; raises `StackError` if it does not."""
        with log.open("ab") as errors:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-I", "-S", guardian.__file__, run,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors, start_new_session=True,
                cwd="/",
            )  # fmt: skip
        assert process.stdout is not None
        try:
            async with asyncio.timeout(START_S):
                said = await process.stdout.readline()
        except TimeoutError:
            said = b""
        if said.strip() != b"ready":
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise StackError(f"the guardian did not start, so nothing was started; see {log}")
        return cls(process, run)

    @property
    def pid(self) -> int:
        """The guardian's own process."""
        return self._process.pid

    def tell(self, word: str, value: object) -> None:
        """One line to the guardian; lost if it is gone, which `gone` reports."""
        assert self._process.stdin is not None
        if self._process.returncode is None:
            with contextlib.suppress(BrokenPipeError, ConnectionError):
                self._process.stdin.write(f"{word} {value}\n".encode())

    async def gone(self) -> int:
        """Wait until the guardian is no more; answers its exit code."""
        return await self._process.wait()

    async def end(self) -> None:
        """Let go of the pipe and wait for the guardian's own sweep; one that does not end is killed."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(END_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
