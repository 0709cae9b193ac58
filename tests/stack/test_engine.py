"""Containers without an engine, or without a word about them in the target file: a clear message, nothing started."""

import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer

import pytest

from harness.errors import MachineError
from harness.stack import engine
from harness.stack.guardian import Charge
from tests.gate.conftest import ROOT


def run(folder: Path, *words: str, engine_at: str) -> tuple[int, str]:
    """A run in containers; answers the exit code and what was said."""
    done = subprocess.run(
        [sys.executable, "-m", "harness", "run", "double_tap", "--stack", "docker", "--out", str(folder), *words],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "DOCKER_HOST": engine_at},
    )  # fmt: skip
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def test_without_an_engine_it_says_how_to_get_one(tmp_path: Path) -> None:
    """Exit code 2: where it was looked for, how to start one, and the way without."""
    code, said = run(tmp_path, engine_at=f"unix://{tmp_path}/none.sock")
    assert code == 2, said
    assert f"no container engine answers at unix://{tmp_path}/none.sock" in said
    assert "apt-get install docker.io" in said
    assert "run without --stack docker" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ("--target", "WITHOUT"),
            "has no [containers] table, so it cannot run with --stack docker",
        ),
        (("--flaw", "ticket_dup"), "a flaw is planted by the launcher, which containers do not use"),
        (("--stack", "podman"), "--stack podman: expected processes or docker"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, words: tuple[str, ...], expected: str) -> None:
    """Exit code 2, before an engine is looked for."""
    text = (ROOT / "tests/stack/plain/target.toml").read_text()
    without = tmp_path / "without.toml"
    without.write_text(re.sub(r"\[containers\]\n.*\n.*\n", "", text))
    words = tuple(str(without) if word == "WITHOUT" else word for word in words)
    code, said = run(tmp_path, *words, engine_at="unix:///none.sock")
    assert code == 2
    assert expected in said
    assert "Traceback" not in said


def test_an_engine_elsewhere_is_none_of_the_guardians(monkeypatch: pytest.MonkeyPatch) -> None:
    """It speaks to a socket of this machine only; the next run sweeps the rest."""
    monkeypatch.setenv("DOCKER_HOST", "tcp://192.0.2.1:2375")
    assert engine.socket_path() is None
    monkeypatch.delenv("DOCKER_HOST")
    assert engine.socket_path() == "/var/run/docker.sock"


def test_a_docker_host_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A typing mistake is told, not shown as a traceback."""
    monkeypatch.setenv("DOCKER_HOST", "nonsense://x")
    with pytest.raises(MachineError, match="no container engine answers at nonsense://x"):
        engine.connect()


def test_the_guardian_asks_the_engine_without_a_library(tmp_path: Path) -> None:
    """What carries the run's label is removed, containers before networks, over the engine's own socket."""
    asked: list[str] = []

    class Engine(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = b'[{"Id": "abc"}]'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_DELETE = do_GET  # noqa: N815

        def address_string(self) -> str:
            return "harness"

        def log_message(self, *_: object) -> None:
            pass

    path = tmp_path / "engine.sock"
    with UnixStreamServer(str(path), Engine) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        charge = Charge("run_x")
        charge.hear(f"engine {path}")
        charge.end()
        server.shutdown()
        serving.join()
    assert [one.partition("?")[0] for one in asked] == [
        "/containers/json", "/containers/abc", "/networks", "/networks/abc",
    ]  # fmt: skip
    assert "harness.run%3Drun_x" in asked[0]
    charge.engine = str(tmp_path / "gone.sock")
    charge.end()
