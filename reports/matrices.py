"""The systematic matrices as tables: every way to sign, every route without the right to it, every bad input.

Only puts rows of the verdict in order; what was seen and what it came to was decided by the judge. Called by the page
and the summary.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from reports import words
from reports.material import Data

TITLES = {
    "signatures": ("Signatures", "Each way to sign or send an event, what must come of it, and what was answered; "
                   "what counts is what came of it, not the answer."),
    "access": ("Access", "Every route that needs a token, asked by somebody without the right to it."),
    "input": ("Input", "What no app of ours would send, and what was answered; nothing may come of it."),
}  # fmt: skip


def shown(matrices: Mapping[str, Sequence[Data]]) -> list[Data]:
    """A table for each matrix of which something was tried."""
    made = {"signatures": _signatures, "access": _grid, "input": _list}
    return [
        {"title": TITLES[name][0], "lead": TITLES[name][1], **make(matrices[name])}
        for name, make in made.items()
        if matrices.get(name)
    ]


def _signatures(rows: Sequence[Data]) -> Data:
    vendors = list(dict.fromkeys(row["vendor"] for row in rows))
    lines: dict[str, Data] = {}
    for row in sorted(rows, key=lambda row: row["must"] != "leave nothing"):
        head = words.spaced(row["way"])
        line = lines.setdefault(head, {"head": head, "small": row["text"], "boxes": {}, "must": row["must"]})
        line["boxes"][row["vendor"]] = _box(row)
    boxes = [
        {**line, "boxes": {"must": {"text": line["must"], "tone": ""}, **line["boxes"]}} for line in lines.values()
    ]
    return {"first": "How it is signed or sent", "columns": ["must", *vendors], "lines": boxes}


def _grid(rows: Sequence[Data]) -> Data:
    columns = list(dict.fromkeys(row["how"] for row in rows))
    lines: dict[str, Data] = {}
    for row in rows:
        line = lines.setdefault(row["what"], {"head": row["what"], "small": "", "boxes": {}})
        line["boxes"][row["how"]] = _box(row)
    return {"first": "Route", "columns": columns, "lines": list(lines.values())}


def _list(rows: Sequence[Data]) -> Data:
    lines = [{"head": row["how"], "small": words.spaced(row["what"]), "boxes": {"answered": _box(row)}} for row in rows]
    return {"first": "What was sent", "columns": ["answered"], "lines": lines}


def _box(row: Data) -> Data:
    seen = ", ".join(f"{status} × {count}" if count > 1 else status for status, count in row["seen"].items())
    return {"text": f"{words.SYMBOLS[row['result']]} {seen}", "tone": row["result"], "said": words.SAID[row["result"]]}


def in_short(matrices: Mapping[str, Sequence[Data]]) -> list[tuple[str, str]]:
    """Each matrix by its name, with how many of its cases came to what."""
    told = []
    for name, rows in matrices.items():
        results = Counter(row["result"] for row in rows)
        said = ", ".join(f"{results[one]} {words.SAID[one]}" for one in ("pass", "fail", "unknown") if results[one])
        told.append((TITLES[name][0].lower(), f"{words.plural(len(rows), 'case')}, {said}"))
    return told
