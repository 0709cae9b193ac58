"""The append-only record of a run, and the only evidence a verdict may rest on.

One JSONL file per writing process; each record is written before the answer leaves, so that any writer may be killed at
any moment and what it did stays readable (not so after a loss of power). A torn last line is tolerated, a torn line
elsewhere is an error. Order is total within a file; across files of one host it is that of `at`, the host's monotonic
nanoseconds. The vocabulary of records is `journal.schema.json` beside this module.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from harness.clock import SYSTEM, Clock
from harness.errors import DiskFullError, JournalError, cannot

VERSION = 1
_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE
Record = dict[str, Any]


class Journal:
    """One process's own file of records; safe to use from one thread, or from many under their own lock."""

    def __init__(self, path: Path, writer: str, clock: Clock = SYSTEM) -> None:
        self.path = path
        self._clock = clock
        self._count = 0
        self._held: list[bytes] | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as problem:
            raise cannot(f"open the journal {path}", problem) from problem
        self.write("journal", version=VERSION, writer=writer, pid=os.getpid(), wall=clock.wall().isoformat())

    def write(self, kind: str, /, **fields: Any) -> int:
        """Append one record and return its number; unless records are held, it has left this process by then."""
        self._count += 1
        record = {"k": kind, "n": self._count, "at": self._clock.at_ns(), **fields}
        line = orjson.dumps(record, default=str, option=_OPTIONS)
        if self._held is None:
            self._out(line)
        else:
            self._held.append(line)
        return self._count

    def hold(self) -> bool:
        """Keep what is written back until `let_go`, to write it at once; only for work that waits for nothing.

        Answers whether it began here: who holds within what is held already leaves the letting go to the other.
        """
        begins = self._held is None
        if begins:
            self._held = []
        return begins

    def let_go(self) -> None:
        """Write what was held, if anything was; it has left this process when this returns."""
        held, self._held = self._held, None
        if held:
            self._out(held[0] if len(held) == 1 else b"".join(held))

    def _out(self, lines: bytes) -> None:
        try:
            written = os.write(self._file, lines)
        except OSError as problem:
            raise cannot(f"write the journal {self.path}", problem) from problem
        if written < len(lines):
            raise DiskFullError(f"cannot write the journal {self.path}: the disk is full; make room for it")

    def close(self) -> None:
        """Close the file; further writes fail."""
        os.close(self._file)


def read(path: Path) -> Iterator[Record]:
    """Every record of one file, in order, each with `w`, the name of the file's writer."""
    with path.open("rb") as file:
        writer = ""
        pending: bytes | None = None
        number = 0
        for line in file:
            if pending is not None:
                raise JournalError(f"{path}:{number}: not a record: {pending[:60]!r}; the file was altered")
            number += 1
            try:
                record: Record = orjson.loads(line)
            except orjson.JSONDecodeError:
                pending = line
                continue
            if number == 1:
                writer = _writer_of(path, record)
            if not isinstance(record.get("at"), int) or "n" not in record:
                raise JournalError(f"{path}:{number}: a record has no moment or number; the file was altered")
            record["w"] = writer
            yield record


def _writer_of(path: Path, first: Record) -> str:
    if first.get("k") != "journal":
        raise JournalError(f"{path}:1: a journal begins with its own header, found a record of kind {first.get('k')!r}")
    if first.get("version") != VERSION:
        raise JournalError(
            f"{path}:1: written in journal version {first.get('version')!r}, this program reads {VERSION}; "
            "judge it with the release that wrote it"
        )
    return str(first["writer"])


def read_folder(folder: Path) -> list[Record]:
    """Every record of every `*.jsonl` journal in a run folder, in the order of the host's monotonic clock."""
    records = [record for path in sorted(folder.glob("*.jsonl")) for record in read(path)]
    records.sort(key=lambda record: (record["at"], record["n"]))
    return records
