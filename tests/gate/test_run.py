"""One run of the gate, and what its user has in hand afterwards."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gate.conftest import ROOT, Gate

LEFT = ("run.json", "target.json", "cells.jsonl", "phone.jsonl", "fakes.jsonl", "stack.jsonl")
MADE = ("verdict.json", "report.html", "junit.xml", "summary.txt")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gate, int, str]]:
    """One short run, shared by these tests, with what it said."""
    gate = Gate(tmp_path_factory.mktemp("runs"), "gaterun")
    code, said = gate.say("run", "plain_success[buy-yen]", "declined_card[buy-declined_card]", "--seed", "11")
    yield gate, code, said
    gate.put_down()


def test_the_run_passes_and_prints_its_seed_first(done: tuple[Gate, int, str]) -> None:
    """Exit 0, the seed in the first line, where the report is in the last."""
    _, code, said = done
    assert code == 0, said
    assert said.startswith("seed 11")
    assert "report.html" in said.strip().splitlines()[-1]


def test_the_run_folder_holds_the_evidence_and_the_reports(done: tuple[Gate, int, str]) -> None:
    """Journals, the data they are judged with, and the three reports."""
    gate, _, _ = done
    assert [name for name in (*LEFT, *MADE) if not (gate.folder / name).is_file()] == []
    assert (gate.out / "latest").resolve() == gate.folder.resolve()


def test_no_secret_reaches_the_run_folder(done: tuple[Gate, int, str]) -> None:
    """No key of this run stands in any journal, report or log; what kind of key was looked for may be said."""
    gate, _, _ = done
    texts = [path.read_text(errors="replace") for path in gate.folder.rglob("*") if path.is_file()]
    for key in (r"sk_test_\w", r"whsec_\w", r"Bearer ey"):
        assert [text[max(0, at.start() - 60) :][:100] for text in texts if (at := re.search(key, text))] == []


def test_an_old_run_is_judged_the_same_from_its_journals_alone(done: tuple[Gate, int, str]) -> None:
    """`harness check` gives the same verdict without running anything."""
    gate, _, _ = done
    before = gate.verdict()
    code, said = gate.say("check", str(gate.folder))
    assert code == 0, said
    assert gate.verdict() == before


def test_an_old_run_is_reported_again(done: tuple[Gate, int, str]) -> None:
    """`harness report` writes what was deleted."""
    gate, _, _ = done
    (gate.folder / "report.html").unlink()
    code, said = gate.say("report", str(gate.folder))
    assert code == 0, said
    assert (gate.folder / "report.html").is_file()


def test_a_flaw_is_reported_with_both_records_and_a_replay(gate: Gate) -> None:
    """Exit 1, scenario and promise named, two records side by side, its story, and a command that repeats it."""
    code, said = gate.say("run", "duplicate_deliveries[buy-identical]", "--flaw", "wh_no_dedupe", "--seed", "2")
    assert code == 1, said
    cell = next(cell for cell in gate.verdict()["cells"] if cell["cell"] == "duplicate_deliveries[buy-identical]")
    broken = next(promise for promise in cell["promises"] if promise["promise"] == "exactly_once")
    twice = [finding for finding in broken["findings"] if finding["kind"] == "duplicated"]
    assert twice
    assert len(twice[0]["records"]) >= 2
    assert "--flaw wh_no_dedupe" in cell["replay"]
    assert "The shortest story that shows it" in said
    code, said = gate.say(*shlex.split(cell["replay"])[1:])
    assert code == 1, said
    again = [finding for cell in gate.verdict()["cells"] for one in cell["promises"] for finding in one["findings"]]
    assert {finding["kind"] for finding in again} == {finding["kind"] for finding in broken["findings"]}


def test_pytest_selects_and_reports_cells() -> None:
    """`pytest scenarios` has an item for each cell and starts nothing when only asked to list."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "scenarios", "--collect-only", "-q", "-k", "double_tap and subscribe"],
        cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert len([line for line in done.stdout.splitlines() if "::double_tap[subscribe" in line]) == 6


def test_pytest_plays_the_selected_cells(tmp_path: Path) -> None:
    """The items answer with their cells' verdicts, and pytest's own report has them."""
    report = tmp_path / "junit.xml"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "scenarios", "-q", "-k", "plain_success and sign_in", f"--junit-xml={report}"],
        cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "plain_success[sign_in]" in report.read_text()


def test_the_list_names_every_scenario() -> None:
    """`harness list` prints what there is, without starting anything."""
    done = subprocess.run(
        [sys.executable, "-m", "harness", "list"], cwd=ROOT, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0
    assert "airplane_mode" in done.stdout


def test_the_fuzzer_runs_and_finds_nothing(gate: Gate) -> None:
    """`harness fuzz` ends 0 on the shipped pipeline, with Schemathesis' own reports in the run folder."""
    code, said = gate.say("fuzz", "--examples", "3", "--seconds", "10", "--seed", "1")
    assert code == 0, said
    results = list((gate.folder / "fuzz").glob("*.json"))
    assert results
    assert json.loads(results[0].read_text())


def test_the_fuzzer_finds_what_is_refused_and_done_all_the_same(gate: Gate) -> None:
    """A ticket that was answered with 422 and opened is named, and the exit code is 1."""
    code, said = gate.say("fuzz", "--flaw", "refused_but_done", "--examples", "5", "--seconds", "15", "--seed", "3")
    assert code == 1, said
    assert "effect(s) of refused requests" in said
    assert "POST /v1/tickets answered 422, but helpdesk.ticket" in said
