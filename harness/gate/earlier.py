"""Earlier runs in the same place: what did not pass when it was played last, what the last green run had.

Reads what runs left (`run.json`, `verdict.json`, `gate.json`) and changes none of it. Compared are only runs of the
same target, with the same flaw and the same phones. Called by the run; what came of this one is decided without it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import UsageError

Data = dict[str, Any]
BROKEN, OPEN = "fail", "unknown"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A judged run."""

    path: Path
    run: Data
    verdict: Data
    gate: Data

    @property
    def kind(self) -> tuple[str, str, str]:
        """What runs must share to be compared."""
        flaw, phone = self.run.get("flaw") or "", self.run.get("phone") or "http"
        return str(self.verdict.get("target") or ""), str(flaw), str(phone)

    @property
    def whole(self) -> bool:
        """Whether nobody chose among its cells."""
        return not self.run.get("patterns")

    @property
    def cells(self) -> dict[str, str]:
        """What its scenario cells came to."""
        return {one["cell"]: one["verdict"] for one in self.verdict["cells"] if one.get("origin") == "scenario"}


def earlier_runs(runs: Path, kind: tuple[str, str, str], before: Path | None = None) -> Iterator[Earlier]:
    """Judged runs of this kind in this folder, the newest first; those that were interrupted are no evidence."""
    names = sorted(
        (file.parent.name for file in runs.glob("*/verdict.json") if not file.parent.is_symlink()), reverse=True
    )
    for name in names:
        if before and name >= before.name:
            continue
        found = _read(runs / name)
        if found and found.kind == kind:
            yield found


def not_passed(runs: Path, kind: tuple[str, str, str]) -> list[str]:
    """The cells that did not pass when they were played last: since the newest whole run, that one included.

    Raises `UsageError` where no run of this kind is, or where all of it passed.
    """
    latest: dict[str, str] = {}
    newest = ""
    for one in earlier_runs(runs, kind):
        newest = newest or one.path.name
        latest = {**one.cells, **latest}
        if one.whole:
            break
    if not newest:
        raise UsageError(
            f"--last-failed: {runs} has no judged run of {_named(kind)}; run without --last-failed first, "
            "or name the folder of its runs with --out DIR"
        )
    chosen = [cell for cell, verdict in latest.items() if verdict != "pass"]
    if not chosen:
        raise UsageError(
            f"--last-failed: every cell passed when it was played last (the newest run is {runs / newest}); "
            "run without --last-failed"
        )
    return chosen


def since_green(folder: Path) -> Data | None:
    """What is other in this run than in the last whole run that was green before it; None where there is none."""
    now = _read(folder)
    if now is None:
        return None
    green = next((one for one in earlier_runs(folder.parent, now.kind, folder) if one.whole and _is_green(one)), None)
    if green is None:
        return None
    then, here = green.cells, now.cells
    both = [cell for cell in here if cell in then]
    gone = [cell for cell in then if cell not in here] if now.whole else []
    return {
        "run": green.path.name,
        "commit": green.verdict.get("commit") or "",
        "broken": [cell for cell in both if here[cell] == BROKEN and then[cell] != BROKEN],
        "open": [cell for cell in both if here[cell] == OPEN and then[cell] != OPEN],
        "gone": gone,
        "new_count": len([cell for cell in here if cell not in then]),
        "slos": list(_slos(green.verdict, now.verdict)),
    }


def _slos(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Data]:
    """The limits in time that both runs have a figure for."""
    before = {one["name"]: one for one in then.get("slos", [])}
    for one in now.get("slos", []):
        figure = f"p{one.get('quantile', 0) * 100:g}_s"
        values = [each.get(figure) for each in (before.get(one["name"], {}), one)]
        if None not in values:
            yield {"name": one["name"], "figure": figure.removesuffix("_s"), "then_s": values[0], "now_s": values[1]}


def _is_green(one: Earlier) -> bool:
    return one.gate.get("says", one.verdict["verdict"]) == "pass"


def _named(kind: tuple[str, str, str]) -> str:
    target, flaw, phone = kind
    return f"{target}{f' with the flaw {flaw}' if flaw else ''}{f' in a {phone}' if phone != 'http' else ''}"


def _read(folder: Path) -> Earlier | None:
    """What a run left; None for a folder that holds something else."""
    try:
        run, verdict = (json.loads((folder / name).read_text()) for name in ("run.json", "verdict.json"))
        gate = json.loads((folder / "gate.json").read_text()) if (folder / "gate.json").is_file() else {}
        return Earlier(folder, run, verdict, gate) if isinstance(verdict["cells"], list) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
