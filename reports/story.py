"""The shortest story that shows a broken promise: what was wanted, what was done on purpose, and what came of it.

Picks a few lines of one person's timeline; a line is left out, never put into other words. What really caused an effect
cannot be seen from outside: the mischief nearest before it is shown. Called by the summary.
"""

from dataclasses import dataclass, replace

from reports import timeline
from reports.material import Data, Material
from reports.telling import Entry

MISCHIEF = frozenset({"delivery", "fault", "weather", "act", "news", "barrier", "tap", "process"})
MOST_MISCHIEF, MOST_EVIDENCE = 3, 4
MOST_LOOKED_AT = 25


@dataclass(frozen=True, slots=True)
class Story:
    """A broken cell, one finding of it, and the lines that show it."""

    cell: Data
    finding: Data
    lines: timeline.Timeline


def shortest(material: Material) -> Story | None:
    """The story with the least in it, of the first broken cells; None when nothing with a person in it is broken."""
    stories = [
        Story(cell, finding, _cut(built))
        for cell in _broken(material)
        for finding in _findings(cell)[:1]
        if (built := timeline.build(material, finding["person"], finding.get("records") or [])).entries
    ]
    return min(stories, key=lambda one: (_mischief_in(one.lines), len(one.lines.entries)), default=None)


def _broken(material: Material) -> list[Data]:
    return [cell for cell in material.cells if _findings(cell)][:MOST_LOOKED_AT]


def _findings(cell: Data) -> list[Data]:
    """Those that the evidence of one person shows."""
    broken = [promise for promise in cell.get("promises", []) if promise["ruling"] == "fail"]
    return [finding for promise in broken for finding in promise["findings"] if finding.get("person")]


def _mischief_in(told: timeline.Timeline) -> int:
    return sum(_is_mischief(entry) for entry in told.entries)


def _is_mischief(entry: Entry) -> bool:
    return entry.kind in MISCHIEF and entry.tone == "warn"


def _cut(told: timeline.Timeline) -> timeline.Timeline:
    """The wish, how it was asked for, the mischief nearest before what came of it, and the evidence."""
    entries = told.entries
    evidence = [at for at, entry in enumerate(entries) if entry.guilty]
    intents = [at for at, entry in enumerate(entries) if entry.kind == "intent"]
    first = evidence[0] if evidence else len(entries)
    wish = max((at for at in intents if at <= first), default=0)
    asked = next((at for at in range(wish, len(entries)) if entries[at].kind == "attempt"), wish)
    came = [at for at in evidence if at > wish]
    # Of two records that should be one, the second is the one too many.
    last = came[:2][-1] if came else len(entries)
    mischief = [at for at in range(wish, last) if _is_mischief(entries[at])]
    told_of = [at for at in range(wish, last) if entries[at].kind == "delivery"]
    near = (mischief or told_of)[-MOST_MISCHIEF:]
    kept = sorted({wish, asked, *near, *came[:MOST_EVIDENCE]})
    return replace(told, entries=tuple(entries[at] for at in kept), dropped=0)
