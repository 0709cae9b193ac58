"""A pipeline that is up already: given its environment, reached, driven, judged; what cannot be had is told."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness import given
from harness.stack import ports
from tests.gate.conftest import ROOT, Gate
from tests.gate.test_wrong_input import refused

TINY = str(ROOT / "tests" / "generic" / "target.toml")
CELLS = ("plain_success[sign_up]", "vendor_trouble[sign_up-crm_losing_replies]")


def free_port() -> int:
    """A port where nobody listens."""
    (port,) = ports.free()
    ports.hand_over(port)
    return port


@contextmanager
def by_hand(command: list[str], env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process of somebody else's."""
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env}, start_new_session=True)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


@contextmanager
def tiny(file: Path, port: int, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """The tiny pipeline, started by hand with what it was given."""
    _, env = given.read(file)
    with by_hand([sys.executable, "-m", "tests.generic.pipeline", str(port)], {**env, **more}) as process:
        yield process


@pytest.fixture
def port() -> int:
    """Where the pipeline will be."""
    return free_port()


@pytest.fixture
def file(gate: Gate, tmp_path: Path, port: int) -> Path:
    """What the pipeline is given, written before it is started."""
    file = tmp_path / "pipeline.env"
    url = f"http://127.0.0.1:{port}"
    code, said = gate.say("env", str(file), "--target", TINY, "--attach", url)
    assert code == 0, said
    assert f"harness run --target {TINY} --attach {url} --write-env {file}" in said
    return file


def attach(gate: Gate, port: int, file: Path, *words: str) -> tuple[int, str]:
    """A run that goes to the pipeline at this port."""
    url = f"http://127.0.0.1:{port}"
    return gate.say("run", *CELLS, "--target", TINY, "--attach", url, "--write-env", str(file), *words)


def test_a_pipeline_that_is_up_passes_twice_and_stays_up(gate: Gate, file: Path, port: int) -> None:
    """The same file serves run after run; what the run may not do is not covered, with the reason; it is left alone."""
    with tiny(file, port) as process:
        for _ in range(2):
            code, said = attach(gate, port, file)
            assert code == 0, said
            assert "written:" not in said
            assert process.poll() is None
    verdict = gate.verdict()
    assert verdict["counts"]["passed"] >= len(CELLS)
    assert {"what": "the logs of the pipeline's processes", "why": "the run did not start them"} in verdict[
        "not_covered"
    ]
    run = json.loads((gate.folder / "run.json").read_text())
    assert "--attach" in run["command"]
    assert "--seed" not in run["command"]
    assert gate.survivors() == []


def test_its_flaw_is_caught(gate: Gate, file: Path, port: int) -> None:
    """Somebody started it with a planted flaw, of which the run knows nothing."""
    with tiny(file, port, FLAW="no_key"):
        code, said = attach(gate, port, file)
    assert code == 1, said
    (cell,) = [one for one in gate.verdict()["cells"] if one["cell"] == CELLS[1]]
    (promise,) = [one for one in cell["promises"] if one["ruling"] == "fail"]
    assert {one["kind"] for one in promise["findings"]} == {"duplicated"}


def test_a_pipeline_that_has_other_vendors_is_not_accused(gate: Gate, file: Path, port: int) -> None:
    """It was not started with what was written: nothing of it reaches the fakes, which is no broken promise."""
    with tiny(file, port, LEADS_API="http://127.0.0.1:9"):
        code, said = attach(gate, port, file)
    assert code == 2, said
    assert "called none of the fakes, so nothing was judged" in said
    assert f"was it started with what is in {file}" in " ".join(said.split())


def test_the_doctor_visits_it(gate: Gate, file: Path, port: int) -> None:
    """Every flow is taken; what cannot be seen of a pipeline that others started is said, not taken for well."""
    words = ("--target", TINY, "--attach", f"http://127.0.0.1:{port}", "--write-env", str(file))
    with tiny(file, port):
        code, said = gate.say("doctor", *words)
    assert code == 0, said
    assert "calls to hosts that are no fake cannot be seen" in said
    assert "no call to a host that is no fake was seen" not in said
    assert "its logs are with whoever started it" in said
    with tiny(file, port, LEADS_API="http://127.0.0.1:9"):
        code, said = gate.say("doctor", *words)
    assert code == 2, said
    assert f"was the pipeline started with what is in {file}?" in " ".join(said.split())
    assert "--intercept needs a pipeline that it starts" in refused(gate, "doctor", "--intercept", *words)


def test_it_is_explored(gate: Gate, file: Path, port: int) -> None:
    """Each call is disturbed, a flaw is found that somebody planted; that nothing was killed is not covered."""
    words = ("--target", TINY, "--attach", f"http://127.0.0.1:{port}", "--write-env", str(file))
    with tiny(file, port, FLAW="no_key"):
        code, said = gate.say("explore", "loses_reply", *words)
    assert code == 1, said
    assert "--attach" in said
    assert "crashes of the pipeline" in {one["what"] for one in gate.verdict()["not_covered"]}


def test_nobody_listens(gate: Gate, file: Path, port: int) -> None:
    """The address, how long it was waited, and what to do."""
    url = f"http://127.0.0.1:{port}"
    words = ("--target", TINY, "--attach", url, "--write-env", str(file), "--wait", "1")
    said = refused(gate, "run", CELLS[0], *words)
    assert f"no pipeline was well at {url}/ within 1 s: nobody listens there" in said
    assert f"Start it, given what is in {file}" in said


def test_kills_are_not_covered(gate: Gate, tmp_path: Path) -> None:
    """A cell that hits the pipeline is left out with the reason; alone, there is nothing to play."""
    words = ("--attach", f"http://127.0.0.1:{free_port()}", "--write-env", str(tmp_path / "x.env"))
    said = refused(gate, "run", "struck[buy-restarted]", "told_after_restart", *words)
    assert "the pipeline was up before this run, which may not hit what it did not start" in said
    assert not (tmp_path / "x.env").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--attach", "nonsense"), "--attach nonsense: expected http://HOST:PORT"),
        (("--attach", "http://127.0.0.1:1"), "add --write-env FILE"),
        (("--attach", "http://api.example.com", "--write-env", "x.env"), 'allow_hosts = ["api.example.com"]'),
        (("--attach", "http://127.0.0.1:1", "--advertise", "http://a:99"), "expected http://HOST by which"),
        (("--attach", "http://127.0.0.1:1", "--advertise", "?"), "expected http://HOST by which"),
        (("--attach", "http://127.0.0.1:1", "--bind", "here"), "--bind here: expected an IP address"),
        (("--attach", "http://127.0.0.1:1", "--flaw", "wh_no_dedupe"), "--flaw plants a flaw in a pipeline that"),
        (("--attach", "http://127.0.0.1:1", "--stack", "docker"), "--stack docker starts the pipeline"),
        (("--write-env", "x.env"), "--write-env is for a pipeline that is up already"),
        (("--advertise", "http://x"), "--advertise is for a pipeline that is up already"),
    ],
)
def test_what_does_not_go_together_is_told(gate: Gate, words: tuple[str, ...], told: str) -> None:
    """Each mistake with what was expected, before anything starts."""
    assert told in refused(gate, "run", "plain_success[sign_up]", *words)
    assert not (ROOT / "x.env").exists()


def test_somebody_elses_file_is_left_alone(gate: Gate, tmp_path: Path) -> None:
    """A file of the user's own is neither written over nor taken for ours."""
    mine = tmp_path / ".env"
    mine.write_text("MINE=1\n")
    said = refused(gate, "run", CELLS[0], "--attach", "http://127.0.0.1:1", "--write-env", str(mine))
    assert "is no file of the harness" in said
    assert "never written over" in refused(gate, "env", str(mine))
    assert mine.read_text() == "MINE=1\n"


def test_a_port_of_the_fakes_that_is_taken_is_named(gate: Gate, file: Path, port: int) -> None:
    """Another program listens where the fakes must be again."""
    kept, _ = given.read(file)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", kept.ports_from + 1))
        taken.listen()
        code, said = attach(gate, port, file, "--wait", "1")
    assert code == 2, said
    assert f"cannot listen on 127.0.0.1:{kept.ports_from + 1}" in said


def test_a_target_that_has_changed_since_is_told(gate: Gate, file: Path, port: int) -> None:
    """The pipeline holds what the file said then; the names that differ, never the values."""
    file.write_text(file.read_text().replace("LEADS_KEY=", "LEADS_KEY=other"))
    code, said = attach(gate, port, file, "--wait", "1")
    assert code == 2, said
    assert "says otherwise than this run: LEADS_KEY;" in said
    code, said = attach(gate, port, file, "--fakes-port", "31000")
    assert code == 2, said
    assert "--fakes-port 31000, but the pipeline was given" in said


@contextmanager
def shipped(file: Path, flaw: str = "") -> Iterator[str]:
    """The pipeline that ships, started by hand with what it was given; answers its URL."""
    kept, env = given.read(file)
    launcher = [sys.executable, "-m", "staging.flaws", flaw] if flaw else [sys.executable, "-m", "staging.pipeline"]
    data = str(file.parent / "database")
    database = [*launcher, "database", "--port", str(kept.ports["database"]), "--data", data]
    with by_hand(database, env), by_hand([*launcher, "serve"], env), by_hand([*launcher, "work"], env):
        yield f"http://127.0.0.1:{kept.ports['api']}"


@pytest.mark.parametrize(("flaw", "verdict"), [("", 0), ("wh_no_dedupe", 1)])
def test_the_pipeline_that_ships_attached_to(gate: Gate, tmp_path: Path, flaw: str, verdict: int) -> None:
    """Its step that sets up the vendors is taken; it passes, and a flaw that somebody planted in it is caught."""
    file = tmp_path / "pipeline.env"
    code, said = gate.say("env", str(file))
    assert code == 0, said
    with shipped(file, flaw) as url:
        words = ("--attach", url, "--write-env", str(file))
        for _ in range(1 if flaw else 2):  # What it remembers of the vendors is still true in the second run.
            code, said = gate.say("run", "plain_success[buy-euros]", "duplicate_deliveries[buy-identical]", *words)
            assert code == verdict, said


def test_the_pipeline_that_ships_is_fuzzed_where_it_is(gate: Gate, tmp_path: Path) -> None:
    """Its own document, over there; on another machine there is no fuzzing."""
    file = tmp_path / "pipeline.env"
    code, said = gate.say("env", str(file))
    assert code == 0, said
    with shipped(file) as url:
        words = ("--attach", url, "--write-env", str(file))
        code, said = gate.say("fuzz", "--examples", "1", "--seconds", "10", "--seed", "1", *words)
    assert code == 0, said
    assert "--attach" in json.loads((gate.folder / "run.json").read_text())["command"]
    assert "no fuzzing there" in refused(gate, "fuzz", "--attach", "http://api.example.com", "--write-env", str(file))
