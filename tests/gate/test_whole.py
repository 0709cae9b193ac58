"""The whole gate, as `make run` plays it: every scenario under load, on a seed that changes with every commit."""

import pytest

from harness.judge import judge
from tests.checkers.test_shares import same
from tests.drawing import number_of_this_commit
from tests.gate.conftest import Gate

SEEDS = 10**8


@pytest.mark.slow
def test_the_whole_gate_is_green_on_the_seed_of_this_commit(gate: Gate) -> None:
    """Any other verdict would be a false alarm, or a flaw that got in; every limit in time is decided."""
    code, said = gate.say("run", "--seed", str(number_of_this_commit() % SEEDS), within_s=400)
    assert code == 0, said
    verdict = gate.verdict()
    assert verdict["counts"]["cells"] > 200
    assert {slo["verdict"] for slo in verdict["slos"]} == {"pass"}
    assert verdict["load"]["people"] > 100
    assert same(judge(gate.folder, 5_000)) == same(judge(gate.folder)), "read in shares, the run came to something else"
