"""Whatever ends the harness, nothing of a run stays alive; with real processes and real kills."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.clock import until
from harness.journal import read
from harness.rng import Rng
from harness.stack import guardian
from tests.stack.conftest import alive_with

PARENT = Path(__file__).with_name("parent.py")
ROOT = PARENT.parents[2]
STEPS = 6
MOMENTS = sorted(Rng(20261).stream("moments").sample(range(1, STEPS + 1), 5))
GONE_S = 5.0


class Parent:
    """A running `parent.py` and the lines it printed."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.stack.parent", str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        _, self.run, pid, work = self.line().split()
        self.guardian, self.work = int(pid), Path(work)

    def line(self) -> str:
        """The next line it prints."""
        assert self.process.stdout
        return self.process.stdout.readline()

    def reach(self, step: int) -> None:
        """Wait until it has printed that many lines, the first included."""
        for _ in range(step - 1):
            assert self.line()

    def left(self) -> list[int]:
        """What is alive of its run."""
        charge = guardian.Charge(self.run)
        return [*charge.look(), *(p.pid for p in guardian.processes(self.run) if p.pid == self.guardian)]


@pytest.fixture
def parent(tmp_path: Path) -> Iterator[Parent]:
    """A harness-like process on a run folder of its own."""
    started = Parent(tmp_path)
    yield started
    started.process.kill()
    started.process.wait()
    assert started.process.stdout
    started.process.stdout.close()


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_killed_harness_leaves_nothing(parent: Parent, tmp_path: Path, moment: int) -> None:
    """After `kill -9` at any step, five seconds later no process and no folder is left, and the journal reads."""
    parent.reach(moment)
    assert parent.left()
    os.kill(parent.process.pid, signal.SIGKILL)
    assert await until(lambda: not parent.left(), within_s=GONE_S), parent.left()
    assert alive_with(str(tmp_path)) == []
    assert not parent.work.exists()
    assert next(read(tmp_path / "stack.jsonl"))["w"] == "stack"


async def test_a_killed_guardian_is_noticed(parent: Parent, tmp_path: Path) -> None:
    """The harness says so, stops everything, removes its folder and ends with code 2."""
    parent.reach(STEPS)
    os.kill(parent.guardian, signal.SIGKILL)
    assert parent.line().startswith("error the guardian is gone (process ")
    assert parent.process.wait(timeout=GONE_S) == 2
    assert parent.left() == []
    assert alive_with(str(tmp_path)) == []
    assert not parent.work.exists()


async def test_the_guardian_does_not_listen_to_polite_signals(parent: Parent) -> None:
    """Ctrl-C and SIGTERM meant for a whole terminal do not end it before the harness."""
    os.kill(parent.guardian, signal.SIGTERM)
    os.kill(parent.guardian, signal.SIGINT)
    parent.reach(STEPS)
    assert any(proc.pid == parent.guardian for proc in guardian.processes(parent.run))


def test_a_run_within_a_run_is_known_by_both_names() -> None:
    """A process that carries two runs' marks belongs to both, and to no third."""
    environment = b"A=1\0HARNESS_RUN=outer/inner\0B=2"
    assert guardian._is_marked(environment, "outer")
    assert guardian._is_marked(environment, "inner")
    assert not guardian._is_marked(environment, "inn")


def test_only_folders_of_ours_are_ever_removed(tmp_path: Path) -> None:
    """A line that names another folder, or a relative one, is not obeyed."""
    charge = guardian.Charge("none")
    charge.hear(f"folder {tmp_path}")
    charge.hear("folder harness-x")
    charge.hear("folder /")
    assert charge.folders == []


def test_descent_is_followed_to_the_end() -> None:
    """Children of children are found, strangers are not."""
    procs = [guardian.Proc(pid, ppid, pid, "", False) for pid, ppid in ((2, 1), (3, 2), (4, 3), (9, 1))]
    assert guardian.descendants(procs, [2]) == {3, 4}


@pytest.mark.skipif(shutil.which("ps") is None, reason="this machine has no ps")
def test_ps_tells_the_same_as_proc() -> None:
    """Without /proc the same process is found with the same parent, group and mark."""
    command = [sys.executable, str(PARENT.with_name("child.py")), "say", "here"]
    with subprocess.Popen(
        command, env={"HARNESS_RUN": "runps"}, stdout=subprocess.PIPE, start_new_session=True
    ) as child:
        assert child.stdout
        child.stdout.readline()
        (told,) = [proc for proc in guardian.from_ps("runps") if proc.pid == child.pid]
        child.kill()
    assert (told.ppid, told.pgid, told.marked) == (os.getpid(), child.pid, True)
