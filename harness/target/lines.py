"""On which line of a TOML text a key stands, as well as a reader without a full parser can tell.

For error messages only: an inline table is found by the key that holds it, an absent key by its nearest table.
"""

import re
from collections.abc import Sequence

HEADER = re.compile(r"^\s*\[(\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
ASSIGNMENT = re.compile(
    r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
Step = str | int


def line_of(text: str, path: Sequence[Step]) -> int | None:
    """The line, from 1, of the key at `path`, or of the nearest table above it; None when nothing of it is there."""
    lines = _lines(text)
    for length in range(len(path), 0, -1):
        found = lines.get(tuple(path[:length]))
        if found:
            return found
    return None


def _lines(text: str) -> dict[tuple[Step, ...], int]:
    found: dict[tuple[Step, ...], int] = {}
    counts: dict[tuple[Step, ...], int] = {}
    table: tuple[Step, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        header = HEADER.match(line)
        if header:
            table = _table(_steps(header[2]), bool(header[1]), counts)
            for length in range(1, len(table) + 1):
                found.setdefault(table[:length], number)
            continue
        assignment = ASSIGNMENT.match(line)
        if assignment:
            path = (*table, *_steps(assignment[1]))
            for length in range(len(table) + 1, len(path) + 1):
                found.setdefault(path[:length], number)
    return found


def _table(steps: list[str], repeated: bool, counts: dict[tuple[Step, ...], int]) -> tuple[Step, ...]:
    """The path of a table's header, with the number of each `[[list of tables]]` on the way."""
    path: tuple[Step, ...] = ()
    for place, step in enumerate(steps):
        path = (*path, step)
        last = place == len(steps) - 1
        if last and repeated:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _steps(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in re.findall(r"""\s*("[^"]*"|'[^']*'|[^.]+)""", dotted)]
