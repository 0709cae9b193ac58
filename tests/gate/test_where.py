"""`docs/where.md`, played: each of its commands, as it stands there, with a tiny pipeline for the reader's.

Only places are put in for places: a free port for 8000, this machine under another name for the staging host, an
address of this machine for the engine's. One cell is played. `tests/stack/test_project.py` has containers.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from harness.attaching import ROW
from harness.stack import ports
from tests.gate.conftest import ROOT
from tests.gate.test_attached import free_port, tiny
from tests.gate.test_shared import ELSEWHERE
from tests.house.test_documents import commands_in

PAGE = (ROOT / "docs" / "where.md").read_text()
SECTIONS = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
TINY = (ROOT / "tests" / "generic" / "target.toml").read_text()


@pytest.fixture
def port() -> int:
    """Where the pipeline that is up already will be."""
    return free_port()


def target_with(section: str) -> str:
    """The tiny pipeline's file with the TOML of a section: its keys first, then its tables."""
    said = "\n".join(re.findall(r"^```toml\n(.*?)^```", SECTIONS[section], re.MULTILINE | re.DOTALL))
    keys, bracket, tables = said.partition("\n[")
    return TINY.replace("words =", f"{keys}\nwords =", 1) + bracket + tables


def play(tmp_path: Path, command: str, port: int) -> None:
    """Play one command in a folder of the reader's; it must end well."""
    places = {
        "https://staging.example.com": f"http://{ELSEWHERE}:{port}",
        "http://fakes.example.com": f"http://{ELSEWHERE}",
        "http://127.0.0.1:8000": f"http://127.0.0.1:{port}",
        "0.0.0.0": "127.0.0.1",
        "18000": str(ports.row(ROW)),
        "integrations/run.sh": str(ROOT / "integrations" / "run.sh"),
    }
    for said, meant in places.items():
        command = command.replace(said, meant)
    words = shlex.split(command)
    words = [sys.executable, "-m", *words] if words[0] == "harness" else words
    if "run" in words or words[0] == "sh":
        words.append("plain_success[sign_up]")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HARNESS_PYTHON": sys.executable}
    done = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def test_my_laptop(tmp_path: Path, port: int) -> None:
    """Started by the run; then started by hand with what was written, and gone to."""
    (tmp_path / "my-pipeline.toml").write_text(TINY)
    alone, env, attached = commands_in(SECTIONS["My laptop"])
    play(tmp_path, alone, port)
    play(tmp_path, env, port)
    with tiny(tmp_path / "pipeline.env", port):
        play(tmp_path, attached, port)


def test_my_staging_url(tmp_path: Path, port: int) -> None:
    """Named by the target file, told by which host it finds the fakes, cleaned up."""
    text = target_with("My staging URL").replace("staging.example.com", ELSEWHERE)
    (tmp_path / "my-pipeline.toml").write_text(text)
    env, attached = commands_in(SECTIONS["My staging URL"])
    play(tmp_path, env, port)
    assert f"LEADS_API=http://{ELSEWHERE}:" in (tmp_path / "pipeline.env").read_text()
    with tiny(tmp_path / "pipeline.env", port):
        play(tmp_path, attached, port)
    (erasure,) = (tmp_path / "reports" / "runs" / "latest").resolve().glob("erasure.json")
    assert '"left": []' in erasure.read_text()


def test_my_ci(tmp_path: Path, port: int) -> None:
    """The plain script, with its JUnit file."""
    (tmp_path / "my-pipeline.toml").write_text(TINY)
    (script,) = commands_in(SECTIONS["My CI"])
    play(tmp_path, script, port)
    assert (tmp_path / "junit.xml").is_file()


def test_every_section_is_played() -> None:
    """A fifth one would want a test."""
    assert list(SECTIONS) == ["My laptop", "My compose file", "My staging URL", "My CI"]
    assert len(commands_in(SECTIONS["My compose file"])) == 3
