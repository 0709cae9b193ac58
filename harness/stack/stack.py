"""The stack: every process of a run, in the order it was started.

Starts one after the other, watches all of them and the guardian, stops them in reverse order. Whatever happens to the
harness, nothing it started outlives it by more than a few seconds. Used by `harness.stage`; records into `stack.jsonl`.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from harness.clock import pause, until
from harness.errors import StackError
from harness.journal import Journal
from harness.rng import fresh_token
from harness.stack import guardian, ports, ready
from harness.stack.announced import Announced
from harness.stack.guard import Guard
from harness.stack.running import Running, spawn
from harness.stack.spec import ProcessSpec
from harness.stack.work import make_work_folder, remove

LOOK_EVERY_S = 0.03
KILL_S = 5.0
LISTEN_EVERY_S = 0.25


class Stack:
    """The processes of one run; made by `Stack.open`."""

    def __init__(self, folder: Path, journal: Journal, guard: Guard, work: Path) -> None:
        self.folder = folder
        self.work = work
        self.run = guard.run
        self._journal = journal
        self._guard = guard
        self._order: list[Running] = []
        self._paused: dict[str, list[int]] = {}
        self._trouble: asyncio.Future[StackError] = asyncio.get_running_loop().create_future()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._charge = guardian.Charge(guard.run, spared=(guard.pid,))
        self._announced = Announced(journal)
        self._closing = False

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, journal: Journal) -> AsyncIterator["Stack"]:
        """An empty stack with a guardian and a work folder; everything is stopped and removed on the way out."""
        (folder / "logs").mkdir(exist_ok=True)
        guard = await Guard.start(fresh_token("run"), folder / "logs" / "guardian.log")
        work: Path | None = None
        try:
            work = make_work_folder()
            guard.tell("folder", work)
            stack = cls(folder, journal, guard, work)
            stack._keep(stack._attend_guardian())
            stack._keep(stack._listen())
            try:
                yield stack
            finally:
                await stack._close()
        finally:
            await guard.end()
            if work is not None:
                remove(work)

    @property
    def guard(self) -> Guard:
        """Who sweeps after this process, and can be told of more to sweep."""
        return self._guard

    @property
    def guardian(self) -> int:
        """The guardian's process."""
        return self._guard.pid

    async def start(self, spec: ProcessSpec) -> Running:
        """Start a process and wait until it is ready; raises `StackError` when it dies or does not become so in time.

        A port that another program listens on is a `MachineError`. A trouble elsewhere in the stack ends the wait.
        """
        self._raise_trouble()
        if any(running.name == spec.name and running.alive for running in self._order):
            raise StackError(f'"{spec.name}" is running already; two processes of one stack need two names')
        ready.refuse_taken_port(spec)
        ports.hand_over_named_in([*spec.command, *spec.env.values(), spec.ready])
        running = await spawn(spec, self.folder, self.run)
        self._guard.tell("group", running.pid)
        self._charge.hear(f"group {running.pid}")
        self._order = [other for other in self._order if other.name != spec.name] + [running]
        self._journal.write("process", name=spec.name, event="started", pid=running.pid, code=None)
        self._keep(self._attend(running))
        self._keep(running.pump())
        await self._wait_ready(running)
        running.is_ready = True
        if spec.ready != "exit":
            self._journal.write("process", name=spec.name, event="ready", pid=running.pid, code=None)
        return running

    def running(self, name: str) -> Running:
        """The process last started under this name; raises `StackError` when there is none."""
        for running in self._order:
            if running.name == name:
                return running
        known = ", ".join(running.name for running in self._order) or "none"
        raise StackError(f'no process called "{name}" was started; started: {known}')

    async def kill(self, name: str, sig: signal.Signals = signal.SIGKILL) -> None:
        """Crash a process and all its descendants with a signal; its death is expected and no trouble."""
        running = self.running(name)
        running.expected = True
        self._paused.pop(name, None)
        tree = await asyncio.to_thread(guardian.freeze_tree, running.pid, self.run)
        # Only now: until it was frozen it went on, and what it did then counts as done before.
        self._journal.write("process", name=name, event="killed", pid=running.pid, code=None)
        guardian.send(sig, tree)
        guardian.send(signal.SIGCONT, tree)
        if await until(lambda: not running.alive, within_s=KILL_S, every_s=LOOK_EVERY_S) is None:
            raise StackError(f'"{name}" (process {running.pid}) is still alive {KILL_S:.0f} s after {sig.name}')

    async def restart(self, name: str) -> Running:
        """Start a process again as it was first started, killing it before if it lives; its log is continued."""
        running = self.running(name)
        if running.alive:
            await self.kill(name)
        return await self.start(running.spec)

    async def pause(self, name: str) -> None:
        """Stop a process and all its descendants where they are (SIGSTOP), until `resume`."""
        running = self.running(name)
        if name not in self._paused:
            self._paused[name] = await asyncio.to_thread(guardian.freeze_tree, running.pid, self.run)
            self._journal.write("process", name=name, event="paused", pid=running.pid, code=None)

    async def resume(self, name: str) -> None:
        """Let a paused process go on; nothing happens to one that is not paused."""
        if frozen := self._paused.pop(name, None):
            guardian.send(signal.SIGCONT, frozen)
            self._journal.write("process", name=name, event="resumed", pid=self.running(name).pid, code=None)

    async def stop(self, name: str) -> None:
        """Stop one process: SIGTERM to its group, and SIGKILL when its own time is over."""
        running = self.running(name)
        running.expected = True
        await self.resume(name)  # A process that is stopped hears no SIGTERM.
        # Known before they lose their parents: what a stopped process leaves behind is swept by these numbers.
        await asyncio.to_thread(self._charge.look)
        self._signal_group(running, signal.SIGTERM)
        if await until(lambda: not running.alive, within_s=running.spec.stop_s, every_s=LOOK_EVERY_S) is None:
            self._journal.write("process", name=name, event="killed", pid=running.pid, code=None)
        self._signal_group(running, signal.SIGKILL)
        await running.ended()

    async def stop_all(self) -> None:
        """Stop every process, the last started first, then whatever they left behind."""
        for running in self._order:
            running.expected = True
        for running in reversed(self._order):
            await self.stop(running.name)
        self._hear()
        self._order.clear()
        await asyncio.to_thread(self._charge.sweep)

    async def watch(self) -> None:
        """Wait until a process that is needed dies, or the guardian, and raise that as `StackError`; never returns."""
        raise await asyncio.shield(self._trouble)

    async def _wait_ready(self, running: Running) -> None:
        spec = running.spec

        async def look() -> bool | None:
            self._raise_trouble()
            if not running.alive and not (spec.ready in ("exit", "started") and running.exit_code == 0):
                if spec.ready == "exit":
                    raise StackError(f'"{spec.name}" {running.end}, expected exit code 0\n{running.tail()}')
                raise StackError(f'"{spec.name}" {running.end} before it was ready ({spec.ready})\n{running.tail()}')
            return await ready.is_ready(running)

        became_ready: bool | None = await until(look, within_s=spec.ready_s, every_s=LOOK_EVERY_S)
        if not became_ready:
            raise StackError(
                f'"{spec.name}" was not ready within {spec.ready_s:g} s: {ready.why_not(running)}\n{running.tail()}'
            )

    async def _attend(self, running: Running) -> None:
        """Stay with a process until it ends, and say so."""
        code = await running.ended()
        self._journal.write("process", name=running.name, event="exited", pid=running.pid, code=code)
        if not _group_exists(running.pid):
            self._guard.tell("forget", running.pid)
            self._charge.hear(f"forget {running.pid}")
        may_end = running.spec.ready == "exit" or (running.spec.ready == "started" and code == 0)
        if running.is_ready and not running.expected and not may_end:
            self._report(StackError(f'"{running.name}" {running.end} while it was needed\n{running.tail()}'))

    async def _attend_guardian(self) -> None:
        code = await self._guard.gone()
        if not self._closing:
            self._report(
                StackError(
                    f"the guardian is gone (process {self._guard.pid}, exit code {code}): without it a crash would "
                    "leave processes behind, so everything is stopped; find out who killed it, then run again"
                )
            )

    async def _listen(self) -> None:
        """Hear what is announced in the logs, for as long as the stack stands."""
        while True:
            self._hear()
            await pause(LISTEN_EVERY_S)

    def _hear(self) -> None:
        for running in self._order:
            self._announced.look(running.name, running.log)

    def _report(self, problem: StackError) -> None:
        if not self._trouble.done():
            self._trouble.set_result(problem)

    def _raise_trouble(self) -> None:
        if self._trouble.done():
            raise self._trouble.result()

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside; `_close` waits for it, and a mistake in it becomes a trouble rather than silence."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._kept)

    def _kept(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()):
            self._report(StackError(f"the stack's own watch failed: {problem!r}"))

    def _signal_group(self, running: Running, sig: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(running.pid, sig)

    async def _close(self) -> None:
        self._closing = True
        try:
            await self.stop_all()
        finally:
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)


def _group_exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
