"""Every planted flaw is caught: exit 1, by the promise its catalogue entry names, with the records shown."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from staging.flaws import __main__ as planted
from staging.flaws.plant import FLAWS
from tools.kill_matrix import Flaw, Kill, flaws, table, try_flaw

AT_ONCE = 2
SEED = 1


@pytest.fixture(scope="session")
def kills(request: pytest.FixtureRequest) -> Iterator[dict[str, Future[Kill]]]:
    """The run of every flaw that was selected, a few side by side, in the order of the catalogue."""
    chosen = {item.callspec.params.get("name") for item in request.session.items if hasattr(item, "callspec")}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {flaw.name: pool.submit(try_flaw, flaw, SEED) for flaw in flaws() if flaw.name in chosen}


@pytest.mark.slow
@pytest.mark.parametrize("name", [flaw.name for flaw in flaws()])
def test_a_planted_flaw_is_caught(name: str, kills: dict[str, Future[Kill]]) -> None:
    """A flaw that nobody catches is a hole in the gate."""
    kill = kills[name].result(timeout=1800)
    assert kill.killed, f"{kill.exit_code}: {kill.caught}\n{kill.output[-3000:]}"
    assert kill.ran, f"{name} was never reached, so whatever was found is not about it"


def test_the_catalogue_and_the_flaws_are_the_same() -> None:
    """Every flaw has an entry, every entry a flaw."""
    assert planted.FAMILIES
    assert {flaw.name for flaw in flaws()} == set(FLAWS)


def test_a_survivor_is_told_from_a_kill() -> None:
    """Exit 1 is not enough: the promise and the kind of finding must be the ones expected."""
    flaw = Flaw("x", "text", ("a[b]",), "exactly_once", "duplicated")
    caught = (("a[b]", "exactly_once", "duplicated", 2),)
    assert Kill(flaw, 1, caught, "", ran=True).killed
    assert not Kill(flaw, 0, (), "", ran=True).killed
    assert not Kill(flaw, 1, (("a[b]", "converges", "disagree", 2),), "", ran=True).killed


def test_the_table_has_a_row_for_each_flaw() -> None:
    """The committed table is made from the kills alone."""
    flaw = Flaw("x", "text", ("a[b]",), "exactly_once", "duplicated")
    text = table([Kill(flaw, 1, (("a[b]", "exactly_once", "duplicated", 2),), "", ran=True)])
    assert "| `x` | text | duplicated |" in text


def test_the_committed_table_is_complete() -> None:
    """The kill matrix names every flaw of the catalogue."""
    text = (Path(__file__).resolve().parents[2] / "docs" / "kill-matrix.md").read_text()
    assert [flaw.name for flaw in flaws() if f"`{flaw.name}`" not in text] == []
    assert tempfile.gettempdir() not in text
