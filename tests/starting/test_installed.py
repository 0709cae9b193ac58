"""The harness as an installed application: a wheel in an environment of its own, used from somebody's repository."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tests.starting.test_own_scenarios import MINE

pytestmark = pytest.mark.slow
PARTS = ("harness", "fakes", "scenarios", "load", "reports")
IN_THE_WAY = "raise SystemExit('the package of the same name in the repository was taken')\n"


def built(folder: Path) -> Path:
    """The wheel, built from a copy of what is in the repository."""
    source = folder / "source"
    source.mkdir()
    for part in PARTS:
        shutil.copytree(ROOT / part, source / part, ignore=shutil.ignore_patterns("__pycache__", "runs"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    words = [
        "-m",
        "pip",
        "wheel",
        str(source),
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        "-q",
        "-w",
        str(folder),
    ]
    done = subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built once."""
    return built(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def harness(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, installed with nothing but the wheel; what it depends on is taken from where it is already."""
    place = tmp_path_factory.mktemp("tool") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    python = place / "bin" / "python"
    told = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    (Path(told.stdout.strip()) / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    words = ["--python", str(python), "install", "--no-deps", "--no-index", "-q", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    return place / "bin" / "harness"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Somebody's own: a pipeline, its target file, a scenario, and folders with the names of our packages."""
    (tmp_path / "shop.py").write_text((ROOT / "tests" / "generic" / "pipeline.py").read_text())
    target = (ROOT / "tests" / "generic" / "target.toml").read_text()
    (tmp_path / "target.toml").write_text(target.replace("tests.generic.pipeline", "shop"))
    (tmp_path / "my-scenarios").mkdir()
    (tmp_path / "my-scenarios" / "bad_day.py").write_text(MINE)
    for name in PARTS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(IN_THE_WAY)
    return tmp_path


def say(harness: Path, repository: Path, *words: str) -> tuple[int, str]:
    """What it says there."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [harness, *words], cwd=repository, env=env, capture_output=True, text=True, check=False, timeout=300
    )
    return done.returncode, done.stdout + done.stderr


def test_the_wheel_has_every_file_that_the_packages_read(wheel: Path) -> None:
    """Templates, schemas, tables, scripts and pages on fidelity; neither tests nor the pipeline that ships."""
    with zipfile.ZipFile(wheel) as archive:
        there = set(archive.namelist())
    tracked = subprocess.run(["git", "ls-files", *PARTS], cwd=ROOT, capture_output=True, text=True, check=True)
    wanted = {name for name in tracked.stdout.splitlines() if not name.endswith("README.md")}
    assert wanted - there == set()
    assert {name.partition("/")[0] for name in there if ".dist-info" not in name} == set(PARTS)


def test_the_gate_is_run_from_somebodys_own_repository(harness: Path, repository: Path) -> None:
    """A scenario of theirs and one of ours pass under load, and fail with the flaw; their packages are left alone."""
    asked = ("run", "bad_day", "plain_success", "--scenarios", "my-scenarios", "--target", "target.toml", "--load", "2")
    code, said = say(harness, repository, *asked)
    assert code == 0, said
    run = max((repository / "reports" / "runs").glob("*/verdict.json"))
    judged = json.loads(run.read_text())
    assert {"bad_day[sign_up]", "plain_success[sign_up]"} <= {one["cell"] for one in judged["cells"]}
    assert judged["load"]["people"] > 0
    assert (run.parent / "report.html").is_file()
    code, said = say(harness, repository, *asked, "--flaw", "no_key")
    assert code == 1, said


def test_without_a_target_file_it_says_what_to_do(harness: Path, tmp_path: Path) -> None:
    """No traceback, and nothing is taken for the pipeline that ships."""
    code, said = say(harness, tmp_path, "run")
    assert code == 2
    assert "name yours with --target FILE, `harness init` proposes one" in said
