"""When cells are played: all together, by phases of the same name at once, alone one by one."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from harness.cell import Cell
from harness.clock import pause
from harness.drive import Driver
from harness.promises import exactly_once, fact
from harness.scenario import Scenario, scenario
from tests.harness.test_needs import small

LOG: list[str] = []


def told(name: str, phase: Any) -> Scenario:
    """A scenario whose two cells say when they begin and end."""

    async def script(cell: Cell) -> None:
        """Says so."""
        LOG.append(f"+{name}")
        await pause(0.02)
        LOG.append(f"-{name}")

    script.__name__ = name
    return scenario(
        flows=("sign_up",), variants=("a", "b"), promises=[exactly_once()], facts=[fact("attempts")], phase=phase
    )(script)


@pytest.fixture
def driver() -> Driver:
    """On a stage where nothing stands."""
    stage: Any = SimpleNamespace(target=small(), at_once=9, phone=None, people=None)
    nobody: Any = SimpleNamespace(
        cell_started=lambda cell: None, cell_done=lambda cell, note: None, write=lambda *what, **fields: None
    )
    return Driver(stage, nobody, nobody, lambda case: "again")


def test_phases_follow_one_another(driver: Driver) -> None:
    """Those of one name at once, those that are alone one by one, and never two phases at a time."""
    LOG.clear()
    made = [told("x", "alone"), told("y", {"a": "rails", "b": "together"}), told("z", "rails")]
    asyncio.run(driver.play_all([case for one in made for case in one.cells()]))
    assert LOG[:2] == ["+y", "-y"], "together comes first"
    assert LOG[2:6] == ["+x", "-x", "+x", "-x"]
    assert sorted(LOG[6:9]) == ["+y", "+z", "+z"]
    assert sorted(LOG[9:]) == ["-y", "-z", "-z"]
