"""A run's records in shares that fit into memory, each enough to judge the people in it.

Reads journals and answers records; judges nothing. A run of ordinary length is one share, read straight. A long one is
read three times: who takes part, which id is whose, and at last each record to the shares of its owners, in files of a
temporary folder, with the owners written beside. What stays in memory meanwhile grows with people and ids, not with
records. Called by `harness.judge` alone.
"""

import heapq
import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from harness.checkers import WHOLE_RUN
from harness.checkers.history import COPY, OWNERS, Owning, Whole
from harness.checkers.owners import NAMES_OWNERS, Owners
from harness.errors import UsageError
from harness.journal import read

Record = dict[str, Any]
MOST = 100_000
"""Records in a share, about; some 2 KB each once they are read."""
FIRST = 0
"""The share of all that is not one person's: calm people, what belongs to nobody, cells that look at the whole run."""
TO_ALL = frozenset({"phase", "process", "stalled", "settled", "unsettled"})
TO_FIRST = frozenset({"leak", "scanned", "ran"})
ERASURE, STILL = "erasure", frozenset({"phase", "leak", "scanned", "ran"})
"""The phase in which people are erased, and what still counts then."""
BEGINS = {"received": "call", "news": "event", "delivery": "delivery"}
"""What later records refer to: a kind of record, and the name of the thread that it begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Some of a run's records, in order; `owners` and `whole` only where there are others."""

    records: list[Record]
    owners: Owning | None = None
    whole: Whole | None = None


class Written:
    """Owners as they were found out from the whole run and written beside each record."""

    def of(self, record: Mapping[str, Any]) -> frozenset[str]:
        """The owners of a record of a share."""
        return frozenset(record[OWNERS])


def shares(folder: Path, most: int = MOST) -> Generator[Share, None, None]:
    """The shares of a run, the first one (which holds the calm people) first; each is read when it is asked for.

    Raises `UsageError` when there is no journal, `JournalError` when one was altered.
    """
    paths = [path for path in sorted(folder.glob("*.jsonl")) if not path.name.startswith("samples")]
    if not paths:
        raise UsageError(f"{folder} holds no journal (*.jsonl); copy the whole folder of the run")
    lines = _lines(paths)
    if lines <= most:
        yield Share(records=list(_in_order(paths)))
    else:
        yield from _Splitting(paths, -(-lines // most)).shares()


def _lines(paths: Iterable[Path]) -> int:
    number = 0
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                number += block.count(b"\n")
    return number


def _in_order(paths: Iterable[Path]) -> Iterator[Record]:
    """Every record in order; once the run begins to erase its people, only what is no consequence of that."""
    over = False
    for record in heapq.merge(*(read(path) for path in paths), key=lambda record: (record["at"], record["n"])):
        over = over or (record["k"] == "phase" and record.get("name") == ERASURE)
        if not over or record["k"] in STILL:
            yield record


class _Splitting:
    """A long run on its way into files, one for each share."""

    def __init__(self, paths: list[Path], number: int) -> None:
        self._paths = paths
        self._number = number
        self._of_person: dict[str, int] = {}
        self._of_cell: dict[str, int] = {}
        self._heard: set[str] = set()
        """Sinks whose effects the cells of the first share want to see, whoever owns them."""
        self._places: dict[str, frozenset[int]] = {}
        """The shares to which the records of a call, event or delivery go."""
        self._moments: list[int] = []
        """The first and the last of the run."""

    def shares(self) -> Iterator[Share]:
        """Split, then read share after share."""
        self._meet()
        began, ended = self._moments
        whole = Whole(frozenset(self._of_person), began, ended)
        with tempfile.TemporaryDirectory(prefix="harness-shares-") as folder:
            files = [Path(folder) / f"{number}.jsonl" for number in range(self._number)]
            self._spill(Owners(_in_order(self._paths), whole.people), files)
            for file in files:
                with file.open("rb") as lines:
                    yield Share(records=[orjson.loads(line) for line in lines], owners=Written(), whole=whole)
                file.unlink()

    def _meet(self) -> None:
        """Learn who takes part, and give each cell, and each person without one, a share."""
        for record in _in_order(self._paths):
            self._moments = [*self._moments[:1], record["at"]] if self._moments else [record["at"]] * 2
            if record["k"] == "cell":
                self._meet_cell(record)
            elif record["k"] == "person":
                place = self._of_cell.get(record.get("cell") or "")
                if place is None:
                    place = FIRST if record.get("origin") == "control" else len(self._of_person) % self._number
                self._of_person[record["person"]] = place

    def _meet_cell(self, record: Record) -> None:
        curious = [promise for promise in record.get("promises") or () if promise.get("promise") in WHOLE_RUN]
        for promise in curious:
            self._heard.update(promise.get("sinks") or ())
        first = curious or record.get("origin") == "control"
        place = self._of_cell[record["cell"]] = FIRST if first else len(self._of_cell) % self._number
        for person in record.get("persons") or ():
            self._of_person[person] = place

    def _spill(self, owners: Owners, files: list[Path]) -> None:
        with ExitStack() as held:
            out = [held.enter_context(file.open("wb", buffering=1 << 18)) for file in files]
            for record in _in_order(self._paths):
                if record["k"] in NAMES_OWNERS:
                    record[OWNERS] = list(owners.of(record))
                for place in sorted(self._places_of(record)):
                    out[place].write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
                    record[COPY] = True

    def _places_of(self, record: Record) -> Iterable[int]:
        kind = record["k"]
        if kind in TO_ALL and not record.get("person"):
            return range(self._number)
        if kind in TO_FIRST:
            return (FIRST,)
        people = [*record.get(OWNERS, ()), record.get("person") or ""]
        found = {self._of_person[person] for person in people if person in self._of_person}
        if (cell := self._of_cell.get(record.get("cell") or "")) is not None:
            found.add(cell)
        for thread in ("call", "event", "delivery"):
            found |= self._places.get(f"{thread} {record.get(thread)}", frozenset())
        if not found or (kind == "effect" and record["sink"] in self._heard):
            found.add(FIRST)
        if begun := BEGINS.get(kind):
            self._places[f"{begun} {record.get(begun)}"] = frozenset(found)
        return found
