"""Documents cannot rot: every command and link in them is tried.

A `console` block is a promise that its `$ ` lines work: a make target must exist, a harness command must know every
option it is given. What cannot be tried so cheaply is listed here with the test that plays it.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

WRITTEN = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "staging").rglob("*.md")]
DOCUMENTS = sorted(path for path in WRITTEN if "node_modules" not in path.parts)
HARNESS = [".venv/bin/python", "-m", "harness"]
PLAYED_ELSEWHERE: dict[str, str] = {
    "sh integrations/run.sh --target my-pipeline.toml --retries 1 --keep failing --junit junit.xml": "gate/test_where",
    "pipx install .": "starting/test_installed",
}
"""Command line to the test that plays it; for what is neither make nor harness."""


def commands_in(text: str) -> list[str]:
    """The lines after `$ ` in console blocks."""
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line[2:].strip() for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def links_in(text: str) -> list[str]:
    """Relative links, without their anchors."""
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    return [link for link in links if not re.match(r"[a-z]+:", link)]


def mistake_in(command: str) -> str | None:
    """Why this command would not work, None if it would."""
    words = shlex.split(command, comments=True)
    if words[0] == "make":
        targets = [word for word in words[1:] if "=" not in word]
        tried = subprocess.run(["make", "-n", *targets], cwd=ROOT, capture_output=True, text=True, check=False)
        return tried.stderr if tried.returncode else None
    words = [*HARNESS, *words[1:]] if words[0] == "harness" else words
    if words[:3] == HARNESS:
        return _harness_mistake(words[3:])
    if words[0] == "cd" or command in PLAYED_ELSEWHERE:
        return None
    return f"neither make nor harness, and not listed in {Path(__file__).name}"


def _harness_mistake(words: list[str]) -> str | None:
    command = [sys.executable, "-m", "harness", *words[:1], "--help"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=_wide())
    if said.returncode:
        return said.stderr or said.stdout
    unknown = [word for word in words if word.startswith("--") and word.split("=")[0] not in said.stdout]
    return f"no such option: {', '.join(unknown)}" if unknown else None


def _wide() -> dict[str, str]:
    return {**os.environ, "COLUMNS": "300", "NO_COLOR": "1", "TERM": "dumb"}


EXAMPLES = sorted({command for path in DOCUMENTS for command in commands_in(path.read_text())})


@pytest.mark.parametrize("command", EXAMPLES)
def test_a_command_in_a_document_works(command: str) -> None:
    """Its make target exists, or its harness command knows every option."""
    assert mistake_in(command) is None, mistake_in(command)


@pytest.mark.parametrize("path", DOCUMENTS, ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS])
def test_links_in_a_document_lead_somewhere(path: Path) -> None:
    """Every relative link names a file that is there."""
    broken = [link for link in links_in(path.read_text()) if not (path.parent / link).exists()]
    assert broken == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS])
def test_python_in_a_document_is_python(path: Path) -> None:
    """Every python block compiles."""
    for block in re.findall(r"^```python\n(.*?)^```", path.read_text(), re.MULTILINE | re.DOTALL):
        compile(block, str(path), "exec")


def test_a_planted_mistake_is_noticed() -> None:
    """A target, an option and a program that are not there are each told."""
    assert "no-such-target" in (mistake_in("make no-such-target") or "")
    assert mistake_in("harness run --no-such-option") is not None
    assert "neither make nor harness" in (mistake_in("curl example.com") or "")
    assert commands_in("```console\n$ one\nits answer\n$ two\n```\n$ three\n") == ["one", "two"]
    assert links_in("[a](b.md#c) [d](https://example.com)") == ["b.md"]
