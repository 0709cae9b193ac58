"""Blows to processes: paused and resumed, restarted in good order, killed; and what only containers can suffer."""

import asyncio
from pathlib import Path

import pytest

from harness.clock import until
from harness.errors import UsageError
from harness.faults import Blow
from harness.stack import Stack
from harness.stack.crew import deal
from tests.stack.conftest import Child
from tests.stack.test_stack import events


def stopped(pid: int) -> bool:
    """Whether a process stands still."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


async def test_a_paused_process_stands_still_with_all_it_started(stack: Stack, child: Child) -> None:
    """It and its estranged grandchild stop where they are, go on together, and the journal says when."""
    running = await stack.start(child("estranged", stack.folder))
    pids = [int(pid) for pid in (running.line or "").split()]
    await stack.pause("child")
    assert await until(lambda: all(map(stopped, pids)), within_s=20)
    await stack.resume("child")
    assert await until(lambda: not any(map(stopped, pids)), within_s=20)
    assert [event for event, _ in events(stack.folder, "child")] == ["started", "ready", "paused", "resumed"]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(stack.watch(), 0.1)


async def test_a_paused_process_can_be_stopped_and_killed(stack: Stack, child: Child) -> None:
    """A process that stands still hears no SIGTERM: it is let go on first; a kill needs no such thing."""
    await stack.start(child("say", "x"))
    await stack.pause("child")
    await stack.stop("child")
    await stack.restart("child")
    await stack.pause("child")
    await stack.kill("child")
    again = await stack.restart("child")
    assert not stopped(again.pid)


@pytest.mark.parametrize("blow", [Blow.KILL, Blow.RESTART, Blow.PAUSE])
async def test_after_a_blow_everything_is_there_again(stack: Stack, child: Child, blow: Blow) -> None:
    """Whatever it was, everybody lives and nobody stands still."""
    for name in ("one", "two"):
        await stack.start(child("say", "x", name=name))
    before = {name: stack.running(name).pid for name in ("one", "two")}
    await deal(stack, blow, ["one", "two"], 0.2)
    after = {name: stack.running(name).pid for name in ("one", "two")}
    assert (before == after) == (blow is Blow.PAUSE)
    assert all(stack.running(name).alive and not stopped(pid) for name, pid in after.items())


async def test_what_only_containers_can_suffer_is_refused(stack: Stack, child: Child) -> None:
    """A process has no network or processor of its own to take away."""
    await stack.start(child("say", "x"))
    with pytest.raises(UsageError, match='"cut" can only be done to containers; run with --stack docker'):
        await deal(stack, Blow.CUT, ["child"], 0.1)
