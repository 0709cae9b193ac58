"""Target files of variants differ from the one that ships in what they should, and are target files."""

from pathlib import Path

import pytest

from harness.target import load_target
from tools import planted


def test_a_control_gets_a_target_of_its_own(tmp_path: Path) -> None:
    """Its pipeline is started by the package of controls, and nothing else is different."""
    control = planted.Control("some_name", "text", ("a[b]",))
    target, ships = load_target(planted.target_of(control, tmp_path)), load_target(planted.TARGET)
    assert target.launcher is not None
    assert target.launcher.normal[-2:] == ("staging.controls", "some_name")
    assert [process.name for process in target.processes] == [process.name for process in ships.processes]
    assert (target.flows, target.policies, target.env) == (ships.flows, ships.policies, ships.env)


def test_two_workers_have_two_workers(tmp_path: Path) -> None:
    """What a control adds to the processes is there, and stays there where others are put in one process."""
    control = planted.controls(["two_workers"])[0]
    target = load_target(planted.target_of(control, tmp_path, together=True))
    assert [process.name for process in target.processes][-2:] == ["worker", "second_worker"]


def test_one_process_is_the_same_pipeline(tmp_path: Path) -> None:
    """In one process: the database stays, what is asked and promised stays."""
    target, ships = load_target(planted.target_in_one_process(tmp_path)), load_target(planted.TARGET)
    assert [process.name for process in target.processes] == ["database", "api"]
    assert (target.flows, target.operations, target.slo) == (ships.flows, ships.operations, ships.slo)


def test_a_target_that_changed_is_told_of() -> None:
    """Nothing is replaced silently in a file that no longer looks as expected."""
    with pytest.raises(SystemExit, match="expected"):
        planted.in_one_process("name = 'nothing'")


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    """A typing mistake is answered with what there is."""
    with pytest.raises(SystemExit, match="no such control: nobody; known: "):
        planted.controls(["nobody"])
