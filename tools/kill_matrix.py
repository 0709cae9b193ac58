"""`make kill-matrix`: plant each flaw, run the cells that should catch it, and write who did to `docs/kill-matrix.md`.

The table is generated, never edited. Ends 1 when a flaw survives, when it is caught by something else than its
catalogue entry says, when its line was never reached, or when a pipeline without a flaw is not green: the one that
ships on the same cells, and every control on its own.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import planted
from tools.gate import ROOT, Said, run_gate
from tools.kill_book import BASELINE, Book, commit
from tools.kill_table import UNTRIED, Kill, Sight, Spared, Tried, table
from tools.planted import Control, Flaw

TABLE = ROOT / "docs" / "kill-matrix.md"
NEVER = frozenset({"lost", "late"})
"""Findings about something that did not come: decided when the last look began."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Whatever is run side by side: a flaw or a control, and the seed."""

    what: Flaw | Control
    seed: int


def try_flaw(flaw: Flaw, seed: int) -> Kill:
    """Run the flaw's cells with the flaw planted."""
    words = [*flaw.cells, "--flaw", flaw.name, "--seed", str(seed), "--load", "0"]
    with tempfile.TemporaryDirectory(prefix="kill-") as out:
        said = run_gate(*words, "--target", str(planted.target_in_one_process(Path(out))), out=Path(out))
    return Kill(flaw, said.exit_code, tuple(sights(said)), said.output, flaw.name in said.ran, commit())


def sights(said: Said) -> Iterator[Sight]:
    """Everything that a run found, with the seconds from the wish to the record that decides."""
    for cell in said.verdict.get("cells", ()):
        for promise in cell["promises"]:
            if promise["ruling"] == "fail":
                for finding in promise["findings"]:
                    seconds = _seconds(finding, said.ended)
                    yield Sight(cell["cell"], promise["promise"], finding["kind"], seconds)


def _seconds(finding: dict[str, Any], ended: int | None) -> float | None:
    wishes = [record["at"] for record in finding["records"] if record["k"] == "intent"]
    found = [record["at"] for record in finding["records"] if record["k"] != "intent"]
    last = ended if finding["kind"] in NEVER else max(found, default=ended)
    if last is None or not (wishes or found):
        return None
    return max(0.0, (int(last) - int(min(wishes or found))) / 1e9)


def try_control(control: Control, seed: int, cells: Sequence[str] | None = None) -> Spared:
    """Run a control on its cells (or these): whatever is not green is an alarm about nothing."""
    with tempfile.TemporaryDirectory(prefix="control-") as out:
        target = planted.target_of(control, Path(out), together=True)
        chosen = control.cells if cells is None else cells
        said = run_gate(*chosen, "--target", str(target), "--seed", str(seed), "--load", "0", out=Path(out))
    return Spared(control, said.exit_code, said.output, control.name in said.ran, commit())


def baseline(chosen: Sequence[Flaw], seed: int) -> Said:
    """The same cells without any flaw: they must be green, or the kills mean nothing."""
    cells = sorted({cell for flaw in chosen for cell in flaw.cells})
    if not cells:
        return Said(0, {}, None, "")
    with tempfile.TemporaryDirectory(prefix="kill-baseline-") as out:
        return run_gate(*cells, "--seed", str(seed), "--load", "0", out=Path(out))


def main(words: Sequence[str] | None = None) -> int:
    """Try every flaw and control (or the named ones), write the table when all were tried; 0 when all is well."""
    parser = argparse.ArgumentParser(prog="make kill-matrix", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these flaws and controls")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=4, help="pipelines side by side")
    parser.add_argument("--book", type=Path, help="go on where a run at this commit was stopped that wrote this file")
    parser.add_argument("--also", nargs="*", default=[], help="commits whose results in that file count as well")
    parser.add_argument("--page", action="store_true", help="try nothing: write the page from what the book has")
    options = parser.parse_args(words)
    flaws, controls = chosen(options.names)
    book = Book(options.book, commit(), options.also)
    if options.page:
        trials = [*_trials(flaws, options.seed), *_trials(controls, options.seed)]
        return write([book.of(trial.what) or untried(trial.what) for trial in trials])
    if not book.has(BASELINE):
        green = baseline(flaws, options.seed)
        if green.exit_code != 0:
            say(f"without a flaw: exit {green.exit_code}\n{green.output[-3000:]}")
            return 1
        book.write(BASELINE, {})
    trials = [*_trials(flaws, options.seed), *_trials(controls, options.seed)]
    with ThreadPoolExecutor(options.at_once) as pool:
        tried: list[Tried] = list(pool.map(lambda trial: _told(trial, book), trials))
    if not options.names:
        return write(tried)
    return 0 if all(one.good for one in tried) else 1


def write(tried: Sequence[Tried]) -> int:
    """Write the page; 0 when everything was tried and came out as it should."""
    kills = [one for one in tried if isinstance(one, Kill)]
    spared = [one for one in tried if isinstance(one, Spared)]
    TABLE.write_text(table(kills, spared, planted.classes(), planted.first_try()))
    say(f"written: {TABLE.relative_to(ROOT)}")
    return 0 if all(one.good for one in tried) else 1


def untried(what: Flaw | Control) -> Tried:
    """What the page says of something that the book does not have."""
    return Kill(what, UNTRIED, (), "") if isinstance(what, Flaw) else Spared(what, UNTRIED, "")


def chosen(names: Sequence[str]) -> tuple[list[Flaw], list[Control]]:
    """Flaws and controls of these names; all of both without any."""
    flaws, controls = planted.flaws(), planted.controls()
    known = {flaw.name for flaw in flaws} | {control.name for control in controls}
    if unknown := set(names) - known:
        raise SystemExit(f"no such flaw or control: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
    if not names:
        return flaws, controls
    return [one for one in flaws if one.name in names], [one for one in controls if one.name in names]


def _trials(what: Sequence[Flaw] | Sequence[Control], seed: int) -> list[Trial]:
    return [Trial(one, seed) for one in what]


def _told(trial: Trial, book: Book) -> Tried:
    what = trial.what
    if (known := book.of(what)) is not None:
        return known
    tried: Tried = try_flaw(what, trial.seed) if isinstance(what, Flaw) else try_control(what, trial.seed)
    say(tried.told)
    if tried.good:
        book.keep(tried)
    else:
        say(tried.output[-2000:])
    return tried


def say(text: str) -> None:
    """A line for whoever waits."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
