"""A real engine, real containers: the gate, blows, a crash of the harness, vendors' hosts; nothing is left behind.

Without an engine these are skipped with what is missing; CI has one (.ci/run), where a skip is a failure.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.clock import SYSTEM, block
from harness.errors import MachineError, StackError
from harness.journal import read
from harness.stack import engine
from harness.stack.compose import Build
from tests.gate.conftest import ROOT, Gate, gate
from tests.stack.test_vendor_hosts import assert_intercepted

__all__ = ["gate"]  # a fixture
pytestmark = pytest.mark.slow
GONE_WITHIN_S = 60
IN_TIME = {"acknowledged", "synced"}
"""What a busy machine may leave undecided; broken it is in no case."""


@pytest.fixture(scope="module", autouse=True)
def base() -> None:
    """What images are built on, made here if nobody named one; skipped with the reason where there is no engine."""
    try:
        engine.connect().close()
    except MachineError as problem:
        pytest.skip(str(problem))
    if not os.environ.get("BASE"):
        made = subprocess.run(
            [sys.executable, "-m", "tools.base_image"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert made.returncode == 0, made.stderr
        os.environ["BASE"] = made.stdout.strip()


@pytest.fixture
def client() -> Iterator[Any]:
    """A client of the engine."""
    opened = engine.connect()
    yield opened
    opened.close()


def left(client: Any) -> list[str]:
    """Every container and network that any run has."""
    containers = client.containers.list(all=True, filters={"label": engine.RUN_LABEL}, ignore_removed=True)
    return [one.name for one in (*containers, *client.networks.list(filters={"label": engine.RUN_LABEL}))]


def test_the_gate_in_containers(gate: Gate, client: Any) -> None:
    """The pipeline that ships keeps its promises there too, whatever it is hit with; logs are kept, nothing else is."""
    code, said = gate.say(
        "run", "plain_success", "duplicate_deliveries[buy", "struck", "--stack", "docker", "--seed", "4", within_s=600
    )
    verdict = gate.verdict()
    open_ones = {one["promise"] for cell in verdict["cells"] for one in cell["promises"] if one["ruling"] != "pass"}
    assert open_ones <= IN_TIME, said
    assert verdict["verdict"] != "fail", said
    assert code == (3 if open_ones else 0), said
    played = {cell["cell"] for cell in verdict["cells"]}
    assert {f"struck[buy-{how}]" for how in ("restarted", "paused", "cut_off", "slow")} <= played
    events = {(r["name"], r["event"]) for r in read(gate.folder / "stack.jsonl") if r["k"] == "process"}
    for event in ("killed", "paused", "resumed", "cut", "joined", "slowed", "sped"):
        assert {("api", event), ("worker", event)} <= events
    for name in ("fakes", "database", "provision", "api", "worker", "door"):
        assert (gate.folder / "logs" / f"{name}.log").is_file()
    assert "sk_test_" not in (gate.folder / "logs" / "fakes.log").read_text()
    assert left(client) == []


@pytest.mark.drawn
def test_the_fuzzer_in_containers(gate: Gate, client: Any) -> None:
    """It sends through the one door, and its check reads what the fakes in their container wrote down."""
    code, said = gate.say(
        "fuzz", "--stack", "docker", "--examples", "2", "--seconds", "10", "--seed", "1", within_s=400
    )
    assert code == 0, said
    assert any(record["k"] == "received" for record in read(gate.folder / "fakes.jsonl"))
    assert list((gate.folder / "fuzz").glob("*.json"))
    assert left(client) == []


def test_a_harness_that_is_killed_leaves_no_container(gate: Gate, client: Any) -> None:
    """Ports are published on loopback alone; after kill -9 of the harness the guardian removes everything."""
    process = gate.start("run", "plain_success", "--stack", "docker", "--seed", "4")
    deadline = SYSTEM.at_ns() + 300 * 10**9
    while not any(name.endswith("-door") for name in left(client)):
        assert process.poll() is None, process.communicate()
        assert SYSTEM.at_ns() < deadline
        block(0.3)
    published = {
        place["HostIp"]
        for box in client.containers.list(filters={"label": engine.RUN_LABEL}, ignore_removed=True)
        for places in box.ports.values()
        for place in places or []
    }
    assert published <= {"127.0.0.1"}
    process.kill()
    process.wait(10)
    deadline = SYSTEM.at_ns() + GONE_WITHIN_S * 10**9
    while left(client) and SYSTEM.at_ns() < deadline:
        block(0.3)
    assert left(client) == []


def test_vendors_hosts_in_containers(gate: Gate, client: Any) -> None:
    """A client that brings its own authorities reaches its vendor's name; a stranger is blocked; nothing to set."""
    _, said = gate.say(
        "run", "double_tap[buy-server_guard_0ms]", "--target", "tests/stack/plain/target.toml", "--stack", "docker",
        within_s=400,
    )  # fmt: skip
    assert_intercepted(said, gate.verdict())
    assert left(client) == []


def test_what_an_earlier_run_left_is_swept(client: Any) -> None:
    """Only what belongs to a guardian that is dead: a living run's containers are its own."""
    mine = {engine.RUN_LABEL: "run_alive", engine.OWNER_LABEL: engine.owner(os.getpid())}
    dead = {engine.RUN_LABEL: "run_dead", engine.OWNER_LABEL: "1.0"}
    image = os.environ["BASE"]
    boxes = [client.containers.create(image, ["true"], labels=labels) for labels in (mine, dead)]
    networks = [client.networks.create(f"harness-{labels[engine.RUN_LABEL]}", labels=labels) for labels in (mine, dead)]
    try:
        assert engine.sweep(client) == ["run_dead"]
        assert set(left(client)) == {boxes[0].name, networks[0].name}
    finally:
        engine.remove(client, "run_alive")
    assert left(client) == []


def test_a_build_that_fails_says_its_last_words(client: Any, tmp_path: Path) -> None:
    """Which file, what it said, where the whole of it is."""
    (tmp_path / "Dockerfile").write_text(f"FROM {os.environ['BASE']}\nRUN echo no such thing as this; exit 3\n")
    with pytest.raises(StackError, match=r"Dockerfile could not be built .*\n(.|\n)*no such thing as this"):
        engine.image(client, "harness-test", Build(context=tmp_path), tmp_path / "build.log")
    assert "no such thing" in (tmp_path / "build.log").read_text()
