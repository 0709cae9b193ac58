"""kill -9 of any process of ours, at seeded moments: readable journals, a clear last word, nobody left, a next run."""

import os
import signal

import pytest

from harness.clock import SYSTEM, block
from harness.rng import Rng
from tests.gate.conftest import Gate

MOMENTS = 5
VICTIMS = ("fakes", "database", "api", "worker", "load")
GONE_WITHIN_S = 5.0


def moment_s(victim: str, number: int) -> float:
    """When to kill: seeded, so that a failure can be tried again."""
    return Rng(17).stream(f"{victim}/{number}").uniform(0.0, 6.0)


def nobody_left(gate: Gate) -> list[int]:
    """Who is still alive five seconds later."""
    deadline = SYSTEM.at_ns() + int(GONE_WITHIN_S * 1e9)
    while (alive := gate.survivors()) and SYSTEM.at_ns() < deadline:
        block(0.1)
    return alive


def kill(victim: str, number: int, gate: Gate) -> None:
    """Kill one process of a run and look at what that run left."""
    gate.start("run", "plain_success", "--load", "2", "--seed", str(number))
    pid = gate.pid_of(victim, within_s=120)
    block(moment_s(victim, number))
    os.kill(pid, signal.SIGKILL)
    code, said = gate.end(within_s=120)
    assert code == 2, said
    assert victim in said.splitlines()[-1] or f'"{victim}" was killed by SIGKILL' in said, said
    assert "Traceback" not in said
    assert nobody_left(gate) == []
    assert gate.readable() > 0


@pytest.mark.parametrize("victim", VICTIMS)
def test_killing_a_process_ends_the_run_with_its_name(victim: str, gate: Gate) -> None:
    """A process that dies while it is needed ends the run, which says who died."""
    kill(victim, 0, gate)


@pytest.mark.slow
@pytest.mark.drawn
@pytest.mark.parametrize("number", range(1, MOMENTS))
@pytest.mark.parametrize("victim", VICTIMS)
def test_killing_a_process_at_any_moment(victim: str, number: int, gate: Gate) -> None:
    """The same at four more moments."""
    kill(victim, number, gate)


def kill_harness(number: int, gate: Gate) -> None:
    """Kill the harness itself and look at what it left."""
    process = gate.start("run", "plain_success", "--load", "2", "--seed", str(number))
    gate.pid_of("fakes", within_s=120)
    block(moment_s("harness", number))
    os.kill(process.pid, signal.SIGKILL)
    process.wait(30)
    assert nobody_left(gate) == []
    assert gate.readable() > 0


def test_killing_the_harness_leaves_nobody(gate: Gate) -> None:
    """The guardian ends everything that a killed harness left, and the next run works."""
    kill_harness(0, gate)
    code, said = gate.say("run", "plain_success[sign_up]")
    assert code == 0, said


@pytest.mark.slow
@pytest.mark.drawn
@pytest.mark.parametrize("number", range(1, MOMENTS))
def test_killing_the_harness_at_any_moment(number: int, gate: Gate) -> None:
    """The same at four more moments."""
    kill_harness(number, gate)


def test_ctrl_c_stops_everything(gate: Gate) -> None:
    """Ctrl-C ends with 130, says where the journals are, and leaves nobody."""
    process = gate.start("run", "plain_success", "--load", "2")
    gate.pid_of("api", within_s=120)
    os.kill(process.pid, signal.SIGINT)
    code, said = gate.end(within_s=120)
    assert code == 130, said
    assert "interrupted" in said
    assert str(gate.folder) in said.replace("\n", "")
    assert nobody_left(gate) == []
