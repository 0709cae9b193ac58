"""The command `scan`: what others can see, searched for what only the server may know.

Brings together what to look for (canaries of a fresh build, a run's own secrets, named values), what to look at and how
it is told. Searching is `harness.scan`, telling is `reports.scan`.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from harness.cli.app import app
from harness.clock import SYSTEM
from harness.errors import UsageError
from harness.folder import RunFolder
from harness.rng import fresh_token
from harness.scan.build import build, public
from harness.scan.canaries import env_of, named_secrets, server_secrets
from harness.scan.engine import Scanner, control, files_in
from harness.scan.fingerprints import needles_of
from harness.scan.lookover import KEPT
from harness.scan.needles import Needle, Secret
from harness.scan.opinion import Opinion, installed
from harness.scan.result import told
from harness.scan.shapes import Shapes, shapes_for
from harness.standing import offered
from harness.target import Target, load_target
from reports import scan as telling

NOTHING = (
    "nothing to look at: give files or folders that ship, --run with a finished run's folder, or --target with a file "
    "whose [scan] table says what is public and how it is built"
)


@dataclass(slots=True)
class Asked:
    """What to look at and what to look for, gathered from the words of the command line."""

    paths: list[Path] = field(default_factory=list)
    secrets: list[Secret] = field(default_factory=list)
    kept: list[Needle] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@app.command()
def scan(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="Files and folders that clients or the public get.")
    ] = None,
    run: Annotated[
        Path | None, typer.Option(metavar="RUN", help="A finished run's folder: logs, journals, mails, reports.")
    ] = None,
    target: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A target file: builds what its [scan] says, with canaries for secrets."),
    ] = None,
    secrets: Annotated[
        list[Path] | None,
        typer.Option("--secrets", metavar="FILE", help="NAME=VALUE lines, as in .env: values that must be nowhere."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print scan.json and nothing else.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Also write scan.json and scan.html here.")] = None,
) -> None:
    """Search builds, logs, answers and reports for secrets of the server. Exit 0 none, 1 leak, 2 could not look."""
    began = SYSTEM.at_ns()
    with tempfile.TemporaryDirectory(prefix="harness-scan-") as work:
        contract = load_target(target) if target else None
        shapes = shapes_for(contract)
        asked = Asked(paths=list(paths or ()))
        _named(asked, secrets or ())
        if contract:
            _built(asked, contract, shapes, Path(work))
        if run:
            _finished(asked, run)
        if not asked.paths:
            raise UsageError(NOTHING)
        result = _looked(asked, shapes, expected=bool(run or target or secrets), began=began)
    if out:
        telling.write(result, out)
    if as_json:
        sys.stdout.write(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    else:
        telling.print_scan(result, out)
    raise typer.Exit(int(result["exit_code"]))


def _looked(asked: Asked, shapes: Shapes, *, expected: bool, began: int) -> dict[str, Any]:
    """Search everything that was asked for, and put together what came of it."""
    scanner = Scanner(asked.secrets, shapes, asked.kept)
    opinion = Opinion(installed(), shapes)
    scanner.on_piece = opinion.keep
    looked = scanner.scan(asked.paths)
    known = len({one.name for one in asked.secrets} | {one.secret for one in asked.kept})
    return told(
        looked, scanner, blind=control(shapes), expected=expected, left_out=asked.left_out, opinion=opinion.asked(),
        notes=asked.notes, ms=(SYSTEM.at_ns() - began) / 1e6, known=known,
    )  # fmt: skip


def _named(asked: Asked, files: Sequence[Path]) -> None:
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise UsageError(f"--secrets {file}: cannot be read as text: {problem}") from None
        known, left_out = named_secrets(text, str(file))
        asked.secrets += known
        asked.left_out += left_out


def _built(asked: Asked, target: Target, shapes: Shapes, work: Path) -> None:
    """The target's own build with canaries; without one, what it calls public as it stands."""
    fakes = work / "fakes"
    fakes.mkdir()
    resolved = asyncio.run(_resolved(target, fakes))
    if target.scan.build:
        telling.say(f"building {target.name} with canaries for its secrets")
        made = work / "built"
        made.mkdir()
        asked.secrets += server_secrets(target, resolved, shapes)
        asked.paths += build(target.scan, env_of(resolved, target.scan.env), made)
    else:
        # What was built before knows nothing of canaries: only values that stand in the file itself can be in it.
        asked.secrets += [one for one in server_secrets(target, resolved, shapes) if not one.random]
        asked.paths += public(target.scan, work)
        asked.notes.append("[scan] names no build, so no canary can be in what was looked at; see scan.build")


async def _resolved(target: Target, folder: Path) -> Any:
    async with offered(target, folder) as fakes:
        return target.resolve(fakes=fakes, work=folder, python=sys.executable, secret=fresh_token)


def _finished(asked: Asked, run: Path) -> None:
    """A run's folder: what it wrote, and what it kept to know its secrets by."""
    folder = RunFolder.existing(run)
    asked.paths += [path for path in files_in(folder.path) if path.name != KEPT]
    if (folder.path / KEPT).exists():
        asked.kept += needles_of(folder.load(KEPT))
    else:
        asked.notes.append(f"{folder.path} has no {KEPT}: it was made before runs kept what to know their secrets by")
