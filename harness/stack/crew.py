"""Who plays the pipeline, as processes or as containers: what a run may do to them by name, and how a blow is dealt.

Not how they are started. `Stack` is one crew, `Containers` the other; called by the stage for scenarios and sweeps.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from harness.clock import pause as wait
from harness.errors import UsageError
from harness.faults import CONTAINERS_ONLY, Blow


class Crew(Protocol):
    """Named members of a pipeline that can be hit, and come back."""

    async def kill(self, name: str) -> None:
        """End it at once, with all it started; its death is expected."""
        ...

    async def stop(self, name: str) -> None:
        """Ask it to end, and end it when its time is over."""
        ...

    async def restart(self, name: str) -> object:
        """Start it again as it was first started, and wait until it is ready."""
        ...

    async def pause(self, name: str) -> None:
        """Stop it where it is."""
        ...

    async def resume(self, name: str) -> None:
        """Let it go on."""
        ...

    async def watch(self) -> None:
        """Raise `StackError` as soon as one that is needed dies; never returns."""
        ...


@runtime_checkable
class Boxed(Protocol):
    """Members that have a network and a processor of their own."""

    async def cut(self, name: str) -> None:
        """Take its network away."""
        ...

    async def join(self, name: str) -> None:
        """Give it back."""
        ...

    async def slow(self, name: str, processors: float) -> None:
        """Give it so much of a processor; 0 is all it wants."""
        ...


class Untouched:
    """A pipeline that nobody may hit: it was up before, and only its address is known."""

    async def kill(self, name: str) -> None:
        """Refused."""
        raise UsageError(f'"{name}" was not started by this run, so it is not hit')

    stop = restart = pause = resume = kill

    async def watch(self) -> None:
        """Nothing to see: never returns."""
        await asyncio.Event().wait()


SLOW_PROCESSORS = 0.05


async def deal(crew: Crew, blow: Blow, names: Sequence[str], seconds: float) -> None:
    """Hit these members at the same moment, and have them back when this returns, whatever happened meanwhile."""
    if blow in CONTAINERS_ONLY and not isinstance(crew, Boxed):
        raise UsageError(f'"{blow}" can only be done to containers; run with --stack docker')
    if blow in (Blow.KILL, Blow.RESTART):
        async with asyncio.TaskGroup() as together:
            for name in names:
                together.create_task(crew.kill(name) if blow is Blow.KILL else crew.stop(name))
        for name in names:
            await crew.restart(name)
        return
    try:
        for name in names:
            await _begin(crew, blow, name)
        await wait(seconds)
    finally:
        for name in names:
            await _end(crew, blow, name)


async def _begin(crew: Crew, blow: Blow, name: str) -> None:
    if blow is Blow.PAUSE:
        await crew.pause(name)
    elif isinstance(crew, Boxed):
        await (crew.cut(name) if blow is Blow.CUT else crew.slow(name, SLOW_PROCESSORS))


async def _end(crew: Crew, blow: Blow, name: str) -> None:
    if blow is Blow.PAUSE:
        await crew.resume(name)
    elif isinstance(crew, Boxed):
        await (crew.join(name) if blow is Blow.CUT else crew.slow(name, 0))
