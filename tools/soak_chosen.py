"""`make soak ARGS="--controls --chosen"`: each control on the cells where it differs, on many seeds, several at once.

The whole suite on every control and every seed takes two days; on the cells that its catalogue entry names, as in CI,
it takes two hours. Says so in its table, which stands in `docs/soak.md` before that of whole suites. Goes on where it
was: what a row has counts for as long as nothing that is run was changed, whatever the commit.
"""

import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from tools import planted
from tools.gate import ROOT, Said, run_gate
from tools.kill_matrix import say
from tools.planted import Control

RUN = ("harness", "fakes", "scenarios", "staging")
"""What decides how a control fares; a result of another state of it says nothing."""
BEGIN, END = "<!-- chosen cells: written by the soak -->", "<!-- chosen cells: end -->"
BEFORE = "| pipeline | seed |"
UNDECIDED = "unknown"
HEAD = """## Controls on their chosen cells

**Not the whole suite**: each control is played on the cells that show what it does otherwise (the last column), as in
CI, without load, in one process, several controls side by side (`make soak ARGS="--controls --chosen"`). A seed that
stayed undecided beside others is played once more. `code` names the state of everything that is run, so rows of one
`code` belong together whatever the commit.

| control | green seeds | which | not green | code | commit | cells |
|---|---|---|---|---|---|---|"""
ROW = re.compile(r"^\| `(\w+)` \| \d+ \| ([\d, -]*) \| ([^|]*) \| (\w+) \| (\w+) \|", re.MULTILINE)


@dataclass(slots=True)
class Row:
    """What is known of one control in this state of the code."""

    green: set[int] = field(default_factory=set)
    others: dict[int, str] = field(default_factory=dict)
    """Seed -> what came of it instead."""
    at: str = ""

    def lacks(self, seed: int) -> bool:
        """Whether this seed is to be played: an alarm is never played away, what stayed undecided is."""
        return seed not in self.green and self.others.get(seed, UNDECIDED) == UNDECIDED

    def take(self, seed: int, came_of_it: str | None) -> None:
        """Keep what came of a seed; None: green."""
        self.others.pop(seed, None)
        if came_of_it is None:
            self.green.add(seed)
        else:
            self.others[seed] = came_of_it


class Page:
    """The table in the page; written anew after every run, by one thread at a time."""

    def __init__(self, file: Path, code: str, at: str) -> None:
        self._file, self._code, self._at = file, code, at
        self._lock = threading.Lock()
        self.rows = self._read()

    def keep(self, control: Control, seed: int, came_of_it: str | None) -> None:
        """Write down what came of one run."""
        with self._lock:
            row = self.rows.setdefault(control.name, Row())
            row.take(seed, came_of_it)
            row.at = self._at
            self._write()

    def row(self, name: str) -> Row:
        """What is known of a control."""
        return self.rows.get(name, Row())

    def _read(self) -> dict[str, Row]:
        found = {}
        for name, which, others, code, at in ROW.findall(self._file.read_text()):
            if code == self._code:
                told = dict(part.split(": ", 1) for part in others.strip().split("; ") if part)
                found[name] = Row(numbers(which), {int(seed): word for seed, word in told.items()}, at)
        return found

    def _write(self) -> None:
        text = self._file.read_text()
        if BEGIN in text:
            text = text[: text.index(BEGIN)] + text[text.index(END) + len(END) :].lstrip("\n")
        place = text.index(BEFORE) if BEFORE in text else len(text)
        self._file.write_text(f"{text[:place]}{BEGIN}\n{self._table()}\n{END}\n\n{text[place:]}")

    def _table(self) -> str:
        cells = {control.name: control.cells for control in planted.controls()}
        lines = [
            f"| `{name}` | {len(row.green)} | {ranges(row.green)} | {_others(row)} | {self._code} | {row.at} "
            f"| {', '.join(f'`{cell}`' for cell in cells.get(name, ()))} |"
            for name, row in sorted(self.rows.items())
        ]
        return "\n".join([HEAD, *lines])


def _others(row: Row) -> str:
    return "; ".join(f"{seed}: {word}" for seed, word in sorted(row.others.items()))


def ranges(seeds: Iterable[int]) -> str:
    """`1-3, 7` of 1, 2, 3, 7."""
    parts: list[list[int]] = []
    for seed in sorted(seeds):
        if parts and seed == parts[-1][-1] + 1:
            parts[-1].append(seed)
        else:
            parts.append([seed])
    return ", ".join(str(part[0]) if len(part) == 1 else f"{part[0]}-{part[-1]}" for part in parts)


def numbers(text: str) -> set[int]:
    """1, 2, 3, 7 of `1-3, 7`."""
    found: set[int] = set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def code() -> str:
    """A name for the committed state of all that is run."""
    trees = ["git", "rev-parse", *(f"HEAD:{folder}" for folder in RUN)]
    said = subprocess.run(trees, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sha256(said.encode()).hexdigest()[:10]


def play(control: Control, seed: int, kept: Path) -> str | None:
    """One control on its cells; None when it was green and really different, else what it was. Keeps such a folder."""
    with tempfile.TemporaryDirectory(prefix="soak-chosen-") as out:
        target = planted.target_of(control, Path(out), together=True)
        said = run_gate(*control.cells, "--target", str(target), "--seed", str(seed), "--load", "0", out=Path(out))
        came_of_it = verdict(control, said)
        say(f"{control.name} seed {seed}: {came_of_it or 'green'}")
        if came_of_it and said.folder:
            place = kept / f"{control.name}-{said.folder.name}"
            say(f"kept: {shutil.copytree(said.folder, place, dirs_exist_ok=True)}")
        return came_of_it


def verdict(control: Control, said: Said) -> str | None:
    """What a run came to, in a word or two; None when it is green, and the journal says that the control differed."""
    if said.exit_code:
        return str(said.verdict.get("verdict", f"exit {said.exit_code}"))
    return None if control.name in said.ran else "never differed"


def soak(file: Path, at: str, kept: Path, controls: Sequence[Control], seeds: Sequence[int], at_once: int,
         minutes: float) -> int:  # fmt: skip
    """Play what each control lacks, seed after seed, then once more what stayed undecided; 0 when all is green."""
    page, until = Page(file, code(), at), time.monotonic() + minutes * 60

    def one(control: Control, seed: int) -> None:
        if time.monotonic() < until:
            page.keep(control, seed, play(control, seed, kept))

    for side_by_side in (at_once, 1):
        with ThreadPoolExecutor(side_by_side) as pool:
            lacking = [(control, seed) for seed in seeds for control in controls if page.row(control.name).lacks(seed)]
            list(pool.map(lambda both: one(*both), lacking))
    if time.monotonic() >= until:
        say("the time is over")
    red = {control.name: _others(page.row(control.name)) for control in controls if page.row(control.name).others}
    for name, others in red.items():
        say(f"{name}: {others}")
    return 1 if red else 0
