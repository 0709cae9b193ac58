"""Every planted flaw is caught as its catalogue entry says, and every control is green; each announced that it ran."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.clock import SYSTEM
from harness.scenario import select
from scenarios import CATALOGUE
from tools import planted
from tools.gate import ROOT
from tools.kill_matrix import try_control, try_flaw
from tools.kill_table import Kill, Spared, Tried

AT_ONCE = 4
SEED = 1
UNDECIDED = 3
A_DAY_S = 86_400
FLAW_NAMES = [flaw.name for flaw in planted.flaws()]
CONTROL_NAMES = [control.name for control in planted.controls()]


def todays_seed() -> int:
    """A seed that is another one every day, so that controls meet ever new people and moments."""
    return int(SYSTEM.wall().timestamp()) // A_DAY_S


@pytest.fixture(scope="session")
def tried(request: pytest.FixtureRequest) -> Iterator[dict[str, Future[Tried]]]:
    """The run of everything that was selected, several pipelines side by side, in the order of the catalogues."""
    chosen = {item.callspec.params.get("name") for item in request.session.items if hasattr(item, "callspec")}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs: dict[str, Future[Tried]] = {
            flaw.name: pool.submit(try_flaw, flaw, SEED) for flaw in planted.flaws() if flaw.name in chosen
        }
        for control in planted.controls():
            if control.name in chosen:
                runs[control.name] = pool.submit(try_control, control, todays_seed())
        yield runs


@pytest.mark.slow
@pytest.mark.drawn
@pytest.mark.parametrize("name", FLAW_NAMES)
def test_a_planted_flaw_is_caught(name: str, tried: dict[str, Future[Tried]]) -> None:
    """A flaw that nobody catches is a hole in the gate; one that was never reached proves nothing."""
    kill = tried[name].result(timeout=1800)
    if kill.exit_code == UNDECIDED:  # Beside so many others an answer may be late for everybody, which excuses it.
        (flaw,) = planted.flaws([name])
        kill = try_flaw(flaw, SEED)
    assert isinstance(kill, Kill)
    assert kill.good, f"{kill.told}\n{kill.output[-3000:]}"


@pytest.mark.slow
@pytest.mark.drawn
@pytest.mark.parametrize("name", CONTROL_NAMES)
def test_a_control_is_green(name: str, tried: dict[str, Future[Tried]]) -> None:
    """An alarm about a pipeline that is right is an alarm about nothing; the seed changes every day."""
    spared = tried[name].result(timeout=1800)
    if spared.exit_code == UNDECIDED:
        (control,) = planted.controls([name])
        spared = try_control(control, todays_seed())
    assert isinstance(spared, Spared)
    assert spared.good, f"seed {todays_seed()}: {spared.told}\n{spared.output[-3000:]}"


def known_to(kind: str) -> set[str]:
    """The names of everything of this kind that can be planted."""
    code = f"from staging.{kind}s.__main__ import PLANTS; print(*PLANTS.known)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_catalogues_and_what_can_be_planted_are_the_same() -> None:
    """Every flaw and every control has an entry, and every entry stands for one."""
    assert known_to("flaw") == set(FLAW_NAMES)
    assert known_to("control") == set(CONTROL_NAMES)
    assert len(set(FLAW_NAMES + CONTROL_NAMES)) == len(FLAW_NAMES) + len(CONTROL_NAMES)


@pytest.mark.parametrize("kind", ["flaw", "control"])
def test_planting_announces_nothing(kind: str) -> None:
    """The word that a line ran comes from that line: planting alone says nothing, for any of them."""
    code = f"from staging.{kind}s.__main__ import PLANTS\nfor plant in PLANTS.known.values():\n    plant()\n"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_class_is_planted_or_left_out_with_a_reason() -> None:
    """No class of the list is forgotten, none is both, and no flaw is of a class that the list does not have."""
    classes = planted.classes()
    shown = {flaw.kind for flaw in planted.flaws()}
    assert len(set(classes.names)) == len(classes.names) > 100
    assert shown <= set(classes.names)
    assert set(classes.left_out) <= set(classes.names)
    assert shown & set(classes.left_out) == set()
    assert [name for name in classes.names if name not in shown and not classes.left_out.get(name, "").strip()] == []


def test_a_forgotten_class_is_noticed() -> None:
    """The proof above can fail: a class without a flaw and without a reason is one too many."""
    classes = planted.classes()
    shown = {flaw.kind for flaw in planted.flaws()}
    forgotten = [name for name in (*classes.names, "made-up") if name not in shown and name not in classes.left_out]
    assert forgotten == ["made-up"]


def test_every_cell_that_a_catalogue_names_exists() -> None:
    """A pattern that selects nothing would be a kill, or a green control, on no evidence."""
    known = {case.id for one in CATALOGUE for case in one.cells()}
    patterns = {cell for flaw in planted.flaws() for cell in flaw.cells}
    patterns |= {cell for control in planted.controls() for cell in control.cells}
    chosen = {pattern: {case.id for case in select(CATALOGUE, [pattern])} for pattern in patterns}
    assert [pattern for pattern, found in chosen.items() if not found or not found <= known] == []


def test_the_committed_page_is_complete() -> None:
    """The kill matrix names every flaw, every control and every class, and nothing of the machine it was made on."""
    text = (ROOT / "docs" / "kill-matrix.md").read_text()
    names = [f"`{name}`" for name in (*FLAW_NAMES, *CONTROL_NAMES)] + [
        f"| {name} |" for name in planted.classes().names
    ]
    assert [name for name in names if name not in text] == []
    assert str(Path(sys.prefix)) not in text
    assert "**nothing**" not in text
    assert "**ALARM**" not in text
