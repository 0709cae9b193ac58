"""The load as a real process against a tiny pipeline in another: what it sent is what arrived, and what it wrote."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from harness.clock import SYSTEM, block
from harness.errors import UsageError
from harness.journal import read_folder
from load.__main__ import command
from load.plan import Plan, arrivals
from load.tally import Tally
from tests.phone.bench import shipped

ROOT = Path(__file__).parents[2]


@contextmanager
def pipeline() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The tiny pipeline's URL, and its process."""
    words = [sys.executable, "-m", "tests.load.pipeline"]
    serving = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert serving.stdout
    try:
        yield serving.stdout.readline().strip(), serving
    finally:
        serving.kill()
        serving.communicate()


def received(serving: subprocess.Popen[str]) -> dict[str, Any]:
    """What the tiny pipeline says it received; it ends with this."""
    out, _ = serving.communicate(timeout=20)
    return dict(json.loads(out))


def plan_in(folder: Path, url: str, **changes: Any) -> Path:
    """A plan for a few people."""
    data = {
        "seed": 3,
        "people_per_s": 4.0,
        "duration_s": 2.0,
        "base_url": url,
        "wallet_url": url + "/wallet/pay",
        "target": shipped().as_data(),
        "journal": str(folder),
        "samples": str(folder / "samples.jsonl"),
        **changes,
    }
    path = folder / "plan.json"
    path.write_text(json.dumps(data))
    return path


def started(plan: Path, workers: int = 1) -> subprocess.Popen[bytes]:
    """The load, started as the harness starts it."""
    words = [sys.executable, "-m", "load", "--plan", str(plan), "--workers", str(workers)]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_sent_is_what_arrived(tmp_path: Path, workers: int) -> None:
    """Every person of the plan is sent once; every attempt and sample is journaled; the server counts the same."""
    with pipeline() as (url, serving):
        plan = plan_in(tmp_path, url)
        assert started(plan, workers).wait(timeout=180) == 0
        seen = received(serving)
    records = read_folder(tmp_path)
    told = json.loads((tmp_path / "load.json").read_text())
    attempts = [record for record in records if record["k"] == "attempt"]
    pays = [record for record in records if record["k"] == "pay"]
    expected = arrivals(Plan.read(plan))
    assert [told["people"], told["complete"], told["failed"], told["unknown"]] == [8, True, 0, 0]
    assert told["intents"] == sum(len(one.flows) for one in expected)
    assert len(attempts) + len(pays) == len(seen["seen"]) == told["requests"]
    assert sum(record["k"] == "sample" for record in records) == told["requests"]
    assert {record["w"] for record in records} == {"load", "samples"}
    assert len(list(tmp_path.glob("load-*.jsonl"))) == workers


def test_time_counts_from_when_a_request_was_due(tmp_path: Path) -> None:
    """The first attempt of each intent bears its scheduled moment, and its outcome's time counts from it."""
    with pipeline() as (url, _):
        assert started(plan_in(tmp_path, url)).wait(timeout=180) == 0
    records = read_folder(tmp_path)
    mains = {record["attempt"]: record for record in records if record["k"] == "attempt" and record["main"]}
    outcomes = [record for record in records if record["k"] == "outcome" and record["attempt"] in mains]
    assert all(isinstance(record["scheduled"], int) for record in mains.values())
    since_due = [(one["at"] - mains[one["attempt"]]["scheduled"]) / 1e6 - one["ms"] for one in outcomes]
    assert all(0 <= writing_ms < 2000 for writing_ms in since_due)


def test_stopped_early_it_leaves_a_readable_journal(tmp_path: Path) -> None:
    """On SIGTERM it ends within seconds and says how far it came."""
    with pipeline() as (url, _):
        running = started(plan_in(tmp_path, url, duration_s=60.0))
        deadline = SYSTEM.at_ns() + 120 * 10**9
        while not any(record["k"] == "concluded" for record in _so_far(tmp_path)) and SYSTEM.at_ns() < deadline:
            block(0.1)
        asked = SYSTEM.at_ns()
        running.send_signal(signal.SIGTERM)
        code = running.wait(timeout=20)
        took_s = (SYSTEM.at_ns() - asked) / 1e9
    told = json.loads((tmp_path / "load.json").read_text())
    assert (code, told["complete"]) == (0, False)
    assert 0 < told["people"] < told["intended_people"]
    assert took_s < 8
    assert any(record["k"] == "concluded" for record in read_folder(tmp_path))


def test_workers_end_when_their_master_is_killed(tmp_path: Path) -> None:
    """Nobody goes on loading a pipeline for a master that is gone."""
    with pipeline() as (url, _):
        running = started(plan_in(tmp_path, url, duration_s=60.0), workers=2)
        deadline = SYSTEM.at_ns() + 120 * 10**9
        while len(list(tmp_path.glob("load-*.jsonl"))) < 2 and SYSTEM.at_ns() < deadline:
            block(0.1)
        workers = [int(path.stem.partition("-")[2]) for path in tmp_path.glob("load-*.jsonl")]
        running.kill()
        running.wait(timeout=20)
        while any(map(_lives, workers)) and SYSTEM.at_ns() < deadline:
            block(0.1)
    assert len(workers) == 2
    assert not any(map(_lives, workers))


def test_arrivals_follow_the_seed() -> None:
    """The same plan has the same people at the same moments; the count is fixed, the moments are in order."""
    one, two, other = (arrivals(_plan(seed)) for seed in (1, 1, 2))
    assert one == two
    assert one != other
    assert len(one) == 300
    assert [arrival.at_s for arrival in one] == sorted(arrival.at_s for arrival in one)
    assert all(arrival.flows[0] == "sign_up" and arrival.flows[1].startswith("help") for arrival in one)
    buying = sum(len(arrival.flows) == 3 for arrival in one)
    assert 120 < buying < 180


def test_a_plan_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """A missing key, a missing file: one sentence each."""
    path = plan_in(tmp_path, "http://127.0.0.1:1")
    data = json.loads(path.read_text())
    del data["seed"]
    path.write_text(json.dumps(data))
    with pytest.raises(UsageError, match="the plan has no 'seed'"):
        command(path, 1)
    with pytest.raises(UsageError, match="cannot read the plan"):
        command(tmp_path / "none.json", 1)


def test_tallies_add_up() -> None:
    """The numbers of two processes are those of one that did both."""
    one, two = Tally(people=2, ok=3, worst_start_ms=5.0), Tally(people=1, ok=1, worst_start_ms=9.0, cpu_warning=True)
    one.add(two.as_data())
    assert (one.people, one.ok, one.worst_start_ms, one.cpu_warning) == (3, 4, 9.0, True)


def _plan(seed: int) -> Plan:
    here = Path()
    return Plan(
        seed=seed,
        people_per_s=5.0,
        duration_s=60.0,
        base_url="",
        wallet_url="",
        target=shipped(),
        folder=here,
        samples=here / "samples.jsonl",
    )


def _so_far(folder: Path) -> list[dict[str, Any]]:
    return read_folder(folder) if list(folder.glob("load-*.jsonl")) else []


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:1]
