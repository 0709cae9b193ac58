"""The examples as tests see them: their target files, their own flaws, and one run of the gate over each."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.gate import Said, run_gate

FOLDER = Path(__file__).resolve().parents[2] / "staging" / "examples"
NAMES = ("flask", "graphql", "express")
FIRST = (
    "plain_success", "declined_card", "malformed", "unauthorised", "duplicate_deliveries", "double_tap",
    "airplane_mode[*-reply_lost]", "invalid_signatures[buy-*]",
)  # fmt: skip
"""What `make test` plays on each; the whole suite is for `make slow`."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One entry of an example's `flaws.toml`."""

    example: str
    name: str
    cells: tuple[str, ...]
    promise: str
    finding: str


def target(name: str) -> Path:
    """The example's target file."""
    return FOLDER / name / "target.toml"


def flaws(name: str) -> list[Flaw]:
    """The example's own flaws."""
    entries = tomllib.loads((FOLDER / name / "flaws.toml").read_text())["flaw"]
    return [Flaw(name, one["name"], tuple(one["cells"]), one["promise"], one["finding"]) for one in entries]


def run(name: str, out: Path, *words: str) -> Said:
    """The gate over an example."""
    return run_gate(*words, "--target", str(target(name)), "--seed", "1", out=out)


def left_out(said: Said) -> dict[str, str]:
    """The cells that the example could not be asked, with the reasons."""
    assert said.folder
    rows: list[dict[str, Any]] = json.loads((said.folder / "left-out.json").read_text())
    return {row["cell"]: row["why"] for row in rows}
