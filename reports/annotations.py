"""A run as annotations of a CI system: one line for each broken promise, the worst first, in GitHub's form.

The file that a line points at is the target file of the run: that is where somebody can act. Known ones are warnings.
Printed by `harness report RUN --github`.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from reports import words
from reports.material import Data, Material, load
from reports.redact import clean_text

MOST = 10
"""As many as GitHub shows for each step and level."""


def tell_github(folder: Path) -> None:
    """Print the annotations of a run, and append its Markdown to the job's summary where there is one."""
    for line in lines(load(folder, journals=False)):
        sys.stdout.write(line + "\n")
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write((folder / "summary.md").read_text(encoding="utf-8"))


def lines(material: Material) -> Iterator[str]:
    """The annotations; never more of a level than are shown."""
    file = str(material.run.get("target_file") or "")
    broken = [(c, p) for c in material.cells for p in c.get("promises", []) if p["ruling"] == "fail"]
    new = [one for one in broken if not material.known(*one)]
    new.sort(key=lambda one: _badness(one[1]))
    yield from (_line("error", file, f"{c['cell']} {p['promise']}", _said(c, p)) for c, p in new[:MOST])
    for slo in material.verdict.get("slos", []):
        if slo["verdict"] == "fail":
            yield _line("error", file, f"time limit {slo['name']}", words.slo_line(slo))
    for cell, promise in [one for one in broken if material.known(*one)][:MOST]:
        known: Data = material.known(cell, promise) or {}
        title = f"known until {known['expires']}: {cell['cell']} {promise['promise']}"
        yield _line("warning", file, title, f"{known['reason']} ({known['owner']})")
    for entry in material.gate.get("entries", []):
        if entry["stands"] in ("expired", "no longer failing"):
            baseline = material.gate["baseline"]
            yield _line(
                "warning", baseline, f"{entry['stands']}: {entry['about']}", f"{entry['reason']}; {entry['owner']}"
            )
    undecided = [cell for cell in material.cells if cell["verdict"] == "unknown"]
    for cell in undecided[:MOST]:
        yield _line("warning", file, f"not decided: {cell['cell']}", words.undecided(cell)[0])


def _badness(promise: Data) -> int:
    kinds = [one["kind"] for one in promise.get("findings", [])]
    return min((words.WORST.index(kind) for kind in kinds if kind in words.WORST), default=len(words.WORST))


def _said(cell: Data, promise: Data) -> str:
    findings = promise.get("findings", [])
    first = words.clause(findings[0]["message"]) if findings else str(promise.get("reason", "broken"))
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    return f"{first}{more}\nplay it again: {cell.get('replay') or 'harness run'}"


def _line(level: str, file: str, title: str, message: str) -> str:
    at = f"file={_property(file)},line=1," if file else ""
    return f"::{level} {at}title={_property(clean_text(title))}::{_data(clean_text(message))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
