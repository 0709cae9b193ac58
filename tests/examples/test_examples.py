"""Every example is green with its target file alone, and each of its own flaws is caught by the promise it breaks."""

from pathlib import Path

import pytest

from tests.examples.examples import FIRST, NAMES, Flaw, flaws, left_out, run

EVERY = [flaw for name in NAMES for flaw in flaws(name)]
FASTER = [flaws(name)[0] for name in NAMES]
"""One of each example with `make test`, the others with `make slow`."""


@pytest.mark.parametrize("name", NAMES)
def test_an_example_keeps_its_promises(name: str, tmp_path: Path) -> None:
    """The first selection passes, and what the example has nothing for is listed with the reason instead of passed."""
    said = run(name, tmp_path, *FIRST, "--load", "0")
    assert said.exit_code == 0, said.output
    played = {cell["cell"] for cell in said.verdict["cells"]}
    left = left_out(said)
    assert left
    assert not played & set(left)
    uncovered = {one["why"] for one in said.verdict["not_covered"]}
    assert set(left.values()) <= uncovered


@pytest.mark.slow
@pytest.mark.drawn
@pytest.mark.parametrize("name", NAMES)
def test_an_example_keeps_its_promises_in_everything(name: str, tmp_path: Path) -> None:
    """The whole suite under the example's own load passes: cells, controls and limits in time."""
    said = run(name, tmp_path)
    assert said.exit_code == 0, said.output
    assert said.verdict["counts"]["unknown"] == 0
    assert all(slo["verdict"] == "pass" for slo in said.verdict["slos"])
    assert said.verdict["slos"]


def _caught(flaw: Flaw, out: Path) -> None:
    said = run(flaw.example, out, *flaw.cells, "--flaw", flaw.name)
    assert said.exit_code == 1, said.output
    kinds = {
        (promise["promise"], finding["kind"])
        for cell in said.verdict["cells"]
        if cell["cell"] in flaw.cells
        for promise in cell["promises"]
        for finding in promise["findings"]
    }
    assert (flaw.promise, flaw.finding) in kinds, said.output


@pytest.mark.parametrize("flaw", FASTER, ids=lambda flaw: f"{flaw.example}-{flaw.name}")
def test_an_examples_flaw_is_caught(flaw: Flaw, tmp_path: Path) -> None:
    """By the promise, and as the kind of finding, that its catalogue names."""
    _caught(flaw, tmp_path)


@pytest.mark.slow
@pytest.mark.drawn
@pytest.mark.parametrize(
    "flaw", [one for one in EVERY if one not in FASTER], ids=lambda flaw: f"{flaw.example}-{flaw.name}"
)
def test_an_examples_other_flaws_are_caught(flaw: Flaw, tmp_path: Path) -> None:
    """By the promise, and as the kind of finding, that its catalogue names."""
    _caught(flaw, tmp_path)


def test_each_example_has_two_flaws_of_its_own() -> None:
    """With names of their own, and cells that are green without them in the whole suite."""
    for name in NAMES:
        assert len({flaw.name for flaw in flaws(name)}) >= 2
