"""A process that holds a stack as the harness does; the tests kill it at a chosen step.

Prints a line for each step it reached, the first with the run, the guardian and the work folder.
"""

# ruff: noqa: T201 - what it prints is how the tests hear of it
import asyncio
import sys
from pathlib import Path

from harness.errors import HarnessError
from harness.journal import Journal
from harness.stack import ProcessSpec, Stack

CHILD = str(Path(__file__).with_name("child.py"))


def spec(name: str, ready: str, *words: str) -> ProcessSpec:
    """A child of this kind."""
    return ProcessSpec(name=name, command=[sys.executable, CHILD, *words], ready=ready, stop_s=0.3)


async def hold(folder: Path) -> None:
    """Start everything, a line for each step, then watch."""
    journal = Journal(folder / "stack.jsonl", "stack")
    async with Stack.open(folder, journal) as stack:
        (stack.work / "database").write_text("x")
        print("opened", stack.run, stack.guardian, stack.work, flush=True)
        for wanted in (
            spec("stubborn", "line", "stubborn", str(folder)),
            spec("estranged", "line", "estranged", str(folder)),
            spec("orphan", "exit", "orphan", str(folder)),
            spec("talker", "line", "say", "hello"),
        ):
            print("starting", wanted.name, flush=True)
            await stack.start(wanted)
        print("watching", flush=True)
        await stack.watch()


if __name__ == "__main__":
    try:
        asyncio.run(hold(Path(sys.argv[1])))
    except HarnessError as problem:
        print("error", problem, flush=True)
        raise SystemExit(2) from None
