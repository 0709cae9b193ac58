"""A compose project that others started, in a real engine: found, hit, logged, and left as it was.

Its containers are made here as compose makes them, by their labels. Skipped without an engine, as all such tests are.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from harness import given
from harness.clock import SYSTEM, block
from harness.errors import StackError, UsageError
from harness.faults import Blow
from harness.journal import Journal, read
from harness.stack import Stack, engine, guardian
from harness.stack.crew import deal
from harness.stack.project import PROJECT, SERVICE, Project, find, opened
from tests.gate.conftest import ROOT, Gate, gate
from tests.gate.test_attached import free_port
from tests.gate.test_where import SECTIONS, TINY, play
from tests.gate.test_wrong_input import refused
from tests.house.test_documents import commands_in
from tests.stack.test_containers import base

__all__ = ["base", "gate"]  # fixtures
pytestmark = pytest.mark.slow
NAME = "shop-of-others"
SERVE = "import http.server as h, sys; print('serving', flush=True); h.test(h.SimpleHTTPRequestHandler, port=8000)"


@pytest.fixture
def boxes(base: None) -> Iterator[dict[str, Any]]:
    """An API that publishes its port, a worker, and a step that has ended, by service."""
    client = engine.connect()
    made: dict[str, Any] = {}

    def make(service: str, command: list[str], **how: Any) -> None:
        labels = {PROJECT: NAME, SERVICE: service}
        made[service] = client.containers.run(os.environ["BASE"], command, labels=labels, detach=True, init=True, **how)

    try:
        make("api", ["python3", "-c", SERVE], ports={"8000/tcp": ("127.0.0.1", None)})
        make("worker", ["sleep", "600"])
        make("provision", ["true"])
        made["provision"].wait(timeout=30)
        states(made)
        yield made
    finally:
        for box in made.values():
            box.remove(force=True)
        client.close()


def states(boxes: dict[str, Any]) -> dict[str, str]:
    """What the engine says of each."""
    for box in boxes.values():
        box.reload()
    return {name: str(box.status) for name, box in boxes.items()}


@asynccontextmanager
async def crew(folder: Path, looks: list[str] | None = None) -> AsyncIterator[Project]:
    """The project, as a run has it; it answers at the third look after a restart."""
    journal = Journal(folder / "stack.jsonl", "stack")
    looks = [] if looks is None else looks

    async def well() -> bool:
        looks.append("look")
        return len(looks) % 3 == 0

    async with Stack.open(folder, journal) as stack, opened(NAME, folder, journal, stack.guard, well) as project:
        yield project


def test_it_is_found_where_it_publishes_its_port(boxes: dict[str, Any]) -> None:
    """By the entrance, or by its only port; a wrong name, service or port says what there is."""
    found = find(NAME, "api:8000")
    assert found == find(NAME, None)
    assert found.services == ("api", "worker")
    assert found.url == f"http://127.0.0.1:{boxes['api'].ports['8000/tcp'][0]['HostPort']}"
    with pytest.raises(UsageError, match=f"no compose project is called 'nowhere'; there are: {NAME}"):
        find("nowhere", None)
    with pytest.raises(UsageError, match=r"runs no service 'web' .* it runs api, worker"):
        find(NAME, "web:8000")
    with pytest.raises(UsageError, match="api does not publish port 9 on this machine"):
        find(NAME, "api:9")


def test_it_is_hit_and_left_as_it_was(boxes: dict[str, Any], tmp_path: Path) -> None:
    """Killed, restarted and paused, each back again; what was left paused or dead goes on; what had ended stays so."""

    looks: list[str] = []

    async def visit() -> None:
        async with crew(tmp_path, looks) as project:
            watch = asyncio.create_task(project.watch())
            for blow in (Blow.KILL, Blow.RESTART, Blow.PAUSE):
                await deal(project, blow, ["api", "worker"], 0.5)
                assert states(boxes) == {"api": "running", "worker": "running", "provision": "exited"}
            await project.step("provision")
            await project.pause("worker")
            await project.kill("api")
            assert states(boxes)["worker"] == "paused"
            assert not watch.done()
            watch.cancel()

    asyncio.run(visit())
    assert len(looks) == 6, "killed and restarted: each time waited for, once, when all were back"
    assert states(boxes) == {"api": "running", "worker": "running", "provision": "exited"}
    events = {(r["name"], r["event"]) for r in read(tmp_path / "stack.jsonl") if r["k"] == "process"}
    assert {("api", "killed"), ("api", "started"), ("worker", "paused"), ("worker", "resumed")} <= events
    assert "serving" in (tmp_path / "logs" / "api.log").read_text()


def test_a_container_that_ends_by_itself_ends_the_run(boxes: dict[str, Any], tmp_path: Path) -> None:
    """Its death was not the run's, so it is a trouble with its last words."""

    async def visit() -> None:
        async with crew(tmp_path) as project:
            watch = asyncio.create_task(project.watch())
            await asyncio.to_thread(boxes["api"].kill)
            async with asyncio.timeout(20):
                await watch

    with pytest.raises(StackError, match=r'the container of "api" ended while it was needed(.|\n)*serving'):
        asyncio.run(visit())
    assert states(boxes)["api"] == "running"


def test_the_guardian_lets_them_go_on(boxes: dict[str, Any]) -> None:
    """After kill -9 of the harness, what it had paused or killed runs again; a stranger's word is passed over."""
    charge = guardian.Charge("run_nobody")
    path = engine.socket_path()
    assert path
    for line in (f"engine {path}", f"restore {boxes['api'].id}", f"restore {boxes['worker'].id}", "restore ../x"):
        charge.hear(line)
    assert len(charge.others) == 2
    boxes["api"].kill()
    boxes["worker"].pause()
    charge.end()
    deadline = SYSTEM.at_ns() + 20 * 10**9
    while set(states(boxes).values()) != {"running", "exited"} and SYSTEM.at_ns() < deadline:
        block(0.2)
    assert states(boxes) == {"api": "running", "worker": "running", "provision": "exited"}


def test_a_run_goes_to_it(boxes: dict[str, Any], gate: Gate, tmp_path: Path) -> None:
    """`--attach compose:NAME` drives what is published; this one serves files only, and calls nobody."""
    words = ("--target", "tests/generic/target.toml", "--write-env", str(tmp_path / "x.env"), "--wait", "5")
    code, said = gate.say("run", "plain_success[sign_up]", "--attach", f"compose:{NAME}", *words)
    assert code == 2, said
    assert "called none of the fakes, so nothing was judged" in said
    assert states(boxes)["api"] == "running"
    assert "POST /sign-up" in (gate.folder / "logs" / "api.log").read_text()
    what = {one["what"] for one in json.loads((gate.folder / "out-of-reach.json").read_text())}
    assert what == {"planted flaws"}
    assert "no compose project is called 'nowhere'" in refused(
        gate, "run", "plain_success[sign_up]", "--attach", "compose:nowhere", *words
    )


def test_my_compose_file(base: None, tmp_path: Path) -> None:
    """The commands of `docs/where.md`: a container that is given the fakes at the engine's bridge passes and stays."""
    port = free_port()
    (tmp_path / "my-pipeline.toml").write_text(TINY)
    _, env, attached = commands_in(SECTIONS["My compose file"])
    client = engine.connect()
    try:
        gateway = str(ip_network(client.networks.get("bridge").attrs["IPAM"]["Config"][0]["Subnet"])[1])
        play(tmp_path, env.replace("172.17.0.1", gateway), port)
        _, environment = given.read(tmp_path / "pipeline.env")
        assert environment["LEADS_API"].startswith(f"http://{gateway}:")
        image = engine.image(client, "harness-fakes", engine.fakes_build(), tmp_path / "build.log")
        box = client.containers.run(
            image, ["python3", "-m", "tests.generic.pipeline", "8000"], detach=True, init=True,
            labels={PROJECT: "shop", SERVICE: "api"}, ports={"8000/tcp": ("127.0.0.1", port)},
            environment={**environment, "HOST": "0.0.0.0"},
            volumes=[f"{ROOT / 'tests' / 'generic'}:/app/tests/generic:ro"],
        )  # fmt: skip
        try:
            play(tmp_path, attached, port)
            assert states({"api": box}) == {"api": "running"}
        finally:
            box.remove(force=True)
    finally:
        client.close()
