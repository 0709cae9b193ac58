"""The pieces that users copy into their CI: their shape, and that each command in them runs."""

import datetime as dt
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from harness.clock import SYSTEM
from tests.house.tree import ROOT

PIECES = ROOT / "integrations"
TARGET = str(ROOT / "tests" / "generic" / "target.toml")
STUB = """#!/bin/sh
for word in "$@"; do echo "[$word]"; done
"""


def run(script: str, folder: Path, **env: str) -> tuple[int, str]:
    """Run a piece's own command somewhere else, as a CI does; what it said and its code."""
    usual = {"PATH": os.environ["PATH"], "HOME": str(folder), "HARNESS_PYTHON": sys.executable}
    done = subprocess.run(
        ["sh", "-eu", "-c", script], cwd=folder, env={**usual, **env}, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def stub(folder: Path) -> str:
    """An interpreter that only says what it was asked."""
    path = folder / "python"
    path.write_text(STUB)
    path.chmod(0o755)
    return str(path)


def action() -> dict[str, Any]:
    """The composite action."""
    read: dict[str, Any] = yaml.safe_load((PIECES / "github" / "action.yml").read_text())
    return read


def test_the_action_has_the_shape_of_one() -> None:
    """Name, description, described inputs, composite steps each with a shell; every input is used, none is unknown."""
    read = action()
    assert set(read) == {"name", "description", "inputs", "runs"}
    assert read["runs"]["using"] == "composite"
    for name, given in read["inputs"].items():
        assert given["description"], name
        assert set(given) <= {"description", "required", "default"}
        assert given.get("required") or isinstance(given.get("default"), str), name
    for step in read["runs"]["steps"]:
        assert {"shell", "run"} <= set(step)
        assert set(step) <= {"name", "shell", "run", "env", "if"}
    text = json.dumps(read["runs"])
    used = set(re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", text))
    assert used == set(read["inputs"])
    assert not re.search(r"\$\{\{", read["runs"]["steps"][0]["run"]), "an expression in a script can be injected into"


def step_env(**inputs: str) -> dict[str, str]:
    """The environment of the action's step with these inputs."""
    read = action()
    known = {name: given.get("default", "") for name, given in read["inputs"].items()} | inputs
    env: dict[str, str] = {}
    for name, text in read["runs"]["steps"][0]["env"].items():
        filled = text.replace("${{ github.action_path }}", str(PIECES / "github"))
        env[name] = re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: known[match[1]], filled)
    return env


def test_the_action_passes_on_what_it_is_given(tmp_path: Path) -> None:
    """Each input as one word, but `args`, which are words; nothing of them is run by the shell."""
    env = step_env(target="my target.toml", baseline="$(touch hacked)", args="double_tap --seed 7")
    code, said = run(action()["runs"]["steps"][0]["run"], tmp_path, **env, HARNESS_PYTHON=stub(tmp_path))
    words = re.findall(r"^\[(.*)\]$", said, re.MULTILINE)
    assert code == 0, said
    assert words == [
        "-m", "harness", "run", "--out", "harness-runs", "--target", "my target.toml", "--fail-on",
        "promise,slo,evidence", "--retries", "1", "--keep", "failing", "--junit", "harness-junit.xml", "--baseline",
        "$(touch hacked)", "double_tap", "--seed", "7",
    ]  # fmt: skip
    assert not (tmp_path / "hacked").exists()


def test_the_action_runs_green(tmp_path: Path) -> None:
    """Exit code 0, a summary for the job, JUnit where it is looked for, and only reports are kept."""
    summary = tmp_path / "step.md"
    env = step_env(target=TARGET, args="plain_success[sign_up] --seed 5")
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    code, said = run(action()["runs"]["steps"][0]["run"], tmp_path, **env, GITHUB_STEP_SUMMARY=str(summary))
    assert code == 0, said
    assert summary.read_text().startswith("# ✅ pass: ")
    assert "<testsuites" in (tmp_path / "harness-junit.xml").read_text()
    kept = {path.name for path in (tmp_path / "harness-runs" / "latest").resolve().iterdir()}
    assert kept == {
        "run.json", "verdict.json", "gate.json", "summary.txt", "summary.md", "report.html", "junit.xml"
    }  # fmt: skip


def test_the_action_fails_on_a_broken_promise_and_lets_a_known_one_through(tmp_path: Path) -> None:
    """Exit code 1 with an annotation; with a baseline the same is exit code 0, said as known."""
    cell = "vendor_trouble[sign_up-crm_losing_replies]"
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    env = step_env(target=TARGET, args=f"{cell} --seed 5 --flaw no_key")
    summary = tmp_path / "step.md"
    code, said = run(action()["runs"]["steps"][0]["run"], tmp_path, **env, GITHUB_STEP_SUMMARY=str(summary))
    assert code == 1, said
    assert re.search(r"^::error file=.*target\.toml,line=1,title=vendor_trouble", said, re.MULTILINE), said
    latest = tmp_path / "harness-runs" / "latest"
    assert (latest / "fakes.jsonl").exists(), "a run that failed keeps its journals"
    baseline = tmp_path / "known.toml"
    baseline.write_text(
        f'[[known]]\ncell = "{cell}"\npromise = "exactly_once"\nreason = "r"\nowner = "o"\nexpires = {_soon()}\n'
    )
    words = [sys.executable, "-m", "harness", "check", str(latest), "--baseline", str(baseline)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("KNOWN")
    assert "known  " + cell in done.stdout


def _soon() -> str:
    return (SYSTEM.wall().date() + dt.timedelta(days=9)).isoformat()


def test_the_gitlab_template_has_the_shape_of_one(tmp_path: Path) -> None:
    """A hidden job to extend, with artifacts that are kept for a while; its command runs."""
    read = yaml.safe_load((PIECES / "gitlab" / "template.yml").read_text())
    ((name, job),) = read.items()
    assert name.startswith(".")
    assert set(job) == {"stage", "variables", "script", "artifacts"}
    assert all(isinstance(value, str) for value in job["variables"].values())
    assert job["artifacts"]["when"] == "always"
    assert job["artifacts"]["reports"]["junit"] in job["script"][0]
    assert job["artifacts"]["paths"] == [f"{job['variables']['HARNESS_OUT']}/"]
    env = {**job["variables"], "HARNESS": str(ROOT), "TARGET": "t.toml", "BASELINE": "known.toml"}
    code, said = run(job["script"][0], tmp_path, **env, HARNESS_PYTHON=stub(tmp_path))
    assert code == 0, said
    assert "[--baseline]\n[known.toml]" in said
    assert "[--target]\n[t.toml]" in said


def test_what_the_page_shows_for_github_is_yaml() -> None:
    """Its steps use this action with inputs that it has."""
    (block,) = re.findall(r"^```yaml\n(.*?)^```", (PIECES / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    steps = yaml.safe_load(block)
    (ours,) = [step for step in steps if "integrations/github" in step.get("uses", "")]
    assert set(ours["with"]) <= set(action()["inputs"])


def test_the_exit_code_of_a_script_is_that_of_the_run(tmp_path: Path) -> None:
    """Whatever comes after it."""
    path = Path(stub(tmp_path))
    path.write_text("#!/bin/sh\nexit 4\n")
    code, _ = run(f"sh {PIECES / 'run.sh'} --target x", tmp_path, HARNESS_PYTHON=str(path))
    assert code == 4
