"""The sweep as tables: a row for each call or event of a flow, a column for each way in which it was disturbed.

Only puts rows of the verdict in order; what each came to was decided by the judge. Called by the page and the summary.
"""

from collections import Counter
from collections.abc import Sequence

from reports.material import Data

MARKS = {"kept": "✓", "broken": "✕", "undecided": "?", "not reached": "–", "left out": "·"}
TONES = {"kept": "pass", "broken": "fail", "undecided": "unknown"}


def shown(rows: Sequence[Data]) -> Data | None:
    """A table for each scenario of the sweep, and what the marks mean; nothing when there was no sweep."""
    if not rows:
        return None
    scenarios = dict.fromkeys(row["scenario"] for row in rows)
    return {
        "counts": counts(rows),
        "tables": [_table([row for row in rows if row["scenario"] == name]) for name in scenarios],
        "legend": [{"mark": mark, "said": said} for said, mark in MARKS.items()],
    }


def _table(rows: Sequence[Data]) -> Data:
    lines: dict[tuple[str, str], dict[str, Data]] = {}
    for row in rows:
        lines.setdefault((row["flow"], row["what"]), {})[row["how"]] = {
            "mark": MARKS[row["result"]],
            "tone": TONES.get(row["result"], ""),
            "said": row.get("why") or row["result"],
        }
    return {
        "title": rows[0]["title"],
        "hows": list(dict.fromkeys(row["how"] for row in rows)),
        "lines": [{"flow": flow, "what": what, "boxes": boxes} for (flow, what), boxes in lines.items()],
    }


def counts(rows: Sequence[Data]) -> str:
    """How many pairs came to what, in words."""
    found = Counter(row["result"] for row in rows)
    return ", ".join(f"{found[said]:,} {said}" for said in MARKS if found[said])


def by_flow(rows: Sequence[Data]) -> list[tuple[str, str]]:
    """Each flow, with how many of its calls and events came to what."""
    flows = dict.fromkeys(row["flow"] for row in rows)
    return [(flow, counts([row for row in rows if row["flow"] == flow])) for flow in flows]
