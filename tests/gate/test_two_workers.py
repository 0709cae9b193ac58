"""Two workers instead of one: each record is there once all the same, also when one of them is killed."""

from pathlib import Path

import pytest

from tests.gate.conftest import ROOT, Gate

CELLS = (
    "duplicate_deliveries[buy-four_at_once]",
    "vendor_trouble[buy-crm_losing_replies]",
    "struck[buy-worker_killed]",
)


@pytest.mark.slow
@pytest.mark.drawn
def test_with_two_workers_nothing_is_done_twice(gate: Gate, tmp_path: Path) -> None:
    """The target that ships, with `count = 2` for its worker."""
    text = (ROOT / "staging" / "target.toml").read_text()
    target = tmp_path / "two.toml"
    target.write_text(text.replace('command = ["{launcher}", "work"]', 'command = ["{launcher}", "work"]\ncount = 2'))
    code, said = gate.say("run", *CELLS, "--target", str(target), "--seed", "4", within_s=400)
    assert code == 0, said
    assert gate.pid_of("worker", 1) != gate.pid_of("worker-2", 1)
