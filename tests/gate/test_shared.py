"""A pipeline on another machine, which others use too: asked politely, marked, cleaned up; what is rude is not covered.

The other machine is this one under a name that nobody can know for it: every rule goes by the name alone.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.gate.conftest import ROOT, Gate
from tests.gate.test_attached import free_port, tiny
from tests.gate.test_wrong_input import refused

ELSEWHERE = "127.1"
CELLS = ("plain_success[sign_up]", "vendor_trouble[sign_up-crm_failing]", "vendor_trouble[sign_up-crm_losing_replies]")
RATE = 6.0
ERASE = """
[operations.forget]
method = "DELETE"
path = "/me"

[safety]
erase = "forget"

[limits]
requests_per_s = 6.0
"""


@pytest.fixture
def port() -> int:
    """Where the pipeline will be."""
    return free_port()


def target(tmp_path: Path, more: str = ERASE) -> str:
    """The tiny pipeline's file, which names the other machine."""
    text = (ROOT / "tests" / "generic" / "target.toml").read_text()
    file = tmp_path / "shared.toml"
    file.write_text(text.replace("words =", f'allow_hosts = ["{ELSEWHERE}"]\nwords =', 1) + more)
    return str(file)


def visited(
    gate: Gate, tmp_path: Path, port: int, *cells: str, more: str = ERASE
) -> tuple[int, str, list[dict[str, Any]]]:
    """A run at the other machine: its exit code, what it said, and what the run asked of the pipeline."""
    file, log, url = tmp_path / "pipeline.env", tmp_path / "asked.jsonl", f"http://{ELSEWHERE}:{port}"
    words = ("--target", target(tmp_path, more))
    code, said = gate.say("env", str(file), *words, "--attach", url)
    assert code == 0, said
    with tiny(file, port, LOG=str(log)):
        code, said = gate.say("run", *cells, *words, "--attach", url, "--write-env", str(file))
    assert log.exists(), said
    asked = [json.loads(line) for line in log.read_text().splitlines()]
    return code, said, [one for one in asked if one["what"] not in ("GET /", "POST /hooks/leads")]


def test_it_is_asked_politely_and_cleaned_up(gate: Gate, tmp_path: Path, port: int) -> None:
    """Each request says whose it is, none comes too fast, and nobody is left; what erasing does is no harm."""
    code, said, asked = visited(gate, tmp_path, port, *CELLS)
    assert code == 0, said
    run = gate.folder.name
    assert asked
    for one in asked:
        assert one["headers"]["X-Staging-Harness"] == run
        assert one["headers"]["User-Agent"].startswith("staging-harness/")
    moments = [one["at"] for one in asked]
    for begin in moments:
        within = sum(begin <= moment < begin + 2.0 for moment in moments)
        assert within <= 3 * RATE + 2, "a second's worth at once, and two seconds' after it"
    erased = sum(one["what"] == "DELETE /me" for one in asked)
    assert erased >= len(CELLS)
    assert f"erased {erased} of {erased} people" in said
    assert json.loads((gate.folder / "erasure.json").read_text()) == {"erased": erased, "left": []}


@pytest.mark.slow
@pytest.mark.drawn
def test_who_cannot_be_erased_is_told(gate: Gate, tmp_path: Path, port: int) -> None:
    """A refused erasure leaves the person, whose marker is kept; without a request for it everybody stays."""
    in_vain = ERASE.replace('path = "/me"', 'path = "/me"\nauth = false').replace("6.0", "60.0")
    code, said, _ = visited(gate, tmp_path, port, CELLS[0], more=in_vain)
    assert code == 0, said
    left = json.loads((gate.folder / "erasure.json").read_text())
    assert left["erased"] == 0
    assert left["left"]
    assert f"erased 0 of {len(left['left'])} people; left {len(left['left'])}:" in said
    (tmp_path / "pipeline.env").unlink()
    code, said, _ = visited(gate, tmp_path, port, CELLS[0], more="\n[limits]\nrequests_per_s = 60.0\n")
    assert code == 0, said
    assert "people stay where they were made: the target file names no request (`safety.erase`)" in said


def test_what_is_rude_is_not_covered(gate: Gate, tmp_path: Path, port: int) -> None:
    """No broken or huge requests, no pages, no fuzzing, no sweep without the address named."""
    words = ("--target", target(tmp_path), "--attach", f"http://{ELSEWHERE}:{port}", "--write-env", str(tmp_path / "e"))
    said = refused(gate, "run", "malformed[sign_up", *words)
    assert "broken and oversized requests are not sent to a pipeline on another machine" in said
    assert "leave out --phone" in refused(gate, "run", *words, "--phone", "browser")
    text = Path(target(tmp_path)).read_text().replace("127.0.0.1:{port:api}", f"{ELSEWHERE}:{port}", 1)
    fixed = tmp_path / "fixed.toml"
    fixed.write_text(text.replace("words =", 'openapi = "/openapi.json"\nwords =', 1))
    assert "no fuzzing there" in refused(gate, "fuzz", "--target", str(fixed))


def test_an_erasure_that_is_no_operation_is_named(gate: Gate, tmp_path: Path) -> None:
    """With its line, and the operations that there are."""
    file = target(tmp_path, ERASE.replace('erase = "forget"', 'erase = "forgets"'))
    said = refused(gate, "doctor", "--static", "--target", file)
    assert 'safety.erase: found "forgets", expected an operation of this file' in said
