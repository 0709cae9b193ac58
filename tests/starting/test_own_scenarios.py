"""Scenarios of somebody's own: found, listed and named beside ours; a mistake is one message with its place."""

import re
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.own import with_own
from scenarios import CATALOGUE
from tests.gate.conftest import ROOT, Gate, gate

__all__ = ["gate"]
README = ROOT / "README.md"
MINE = next(
    block
    for block in re.findall(r"^```python\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    if "bad_day" in block
)
"""The one in README."""
BARE = MINE[: MINE.index('    """A bad day')] + "    pass\n"
SHARED = "VARIANTS = ('', )\n"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder of one scenario and what it shares."""
    folder = tmp_path / "my-scenarios"
    folder.mkdir()
    (folder / "bad_day.py").write_text(
        "from _shared import VARIANTS\nfrom scenarios.plain_success import plain_success\n" + MINE
    )
    (folder / "_shared.py").write_text(SHARED)
    return folder


def test_they_stand_behind_ours(mine: Path) -> None:
    """Once each, and without those that a file only imports."""
    assert [one.name for one in with_own(CATALOGUE, mine)] == [*(one.name for one in CATALOGUE), "bad_day"]
    assert with_own(CATALOGUE, None) == CATALOGUE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def broken(:\n", r"bad_day.py:1: invalid syntax"),
        ("x = 1\n\nimport nothing_like_that\n", r"bad_day.py:3: ModuleNotFoundError"),
        ("from harness.scenario import scenario\n\n1 / 0\n", r"bad_day.py:3: ZeroDivisionError: division by zero"),
        ("x = 1\n", r"has no scenario \(1 Python files looked at\); a scenario is an async function"),
        (MINE.replace("def bad_day", "def plain_success"), r"'plain_success' has the name of one of ours"),
        (BARE, r"the scenario 'bad_day' has no docstring"),
    ],
)  # fmt: skip
def test_a_mistake_in_one_is_told_with_its_place(mine: Path, text: str, said: str) -> None:
    """File and line, what is wrong, what was expected."""
    (mine / "bad_day.py").write_text(text)
    with pytest.raises(UsageError, match=said):
        with_own(CATALOGUE, mine)


def test_two_of_one_name_are_refused(mine: Path) -> None:
    """Whose verdict would it be?"""
    (mine / "worse_day.py").write_text(MINE)
    with pytest.raises(
        UsageError, match=r"worse_day.py: the scenario 'bad_day' has the name of the one in .*bad_day.py"
    ):
        with_own(CATALOGUE, mine)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Not silently nothing."""
    with pytest.raises(UsageError, match="is not a folder"):
        with_own(CATALOGUE, tmp_path / "nowhere")


def test_one_is_listed_played_and_can_be_played_again(gate: Gate, mine: Path) -> None:
    """By its name, against a pipeline that is right and one that is not; the command for it names the folder."""
    code, said = gate.say("list", "bad_day", "--scenarios", str(mine))
    assert (code, "bad_day[sign_up]" in said) == (0, True)
    asked = ("run", "bad_day", "--scenarios", str(mine), "--target", "tests/generic/target.toml", "--seed", "5")
    code, said = gate.say(*asked)
    assert code == 0, said
    code, said = gate.say(*asked, "--flaw", "no_key")
    assert code == 1, said
    (cell,) = [one for one in gate.verdict()["cells"] if one["cell"] == "bad_day[sign_up]"]
    assert f"--scenarios {mine}" in cell["replay"]
