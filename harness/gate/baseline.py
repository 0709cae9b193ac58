"""Failures that a team knows of: each with a reason, an owner and an end, in a TOML file of theirs.

    [[known]]
    cell = "plain_success[buy-*]"      a cell, or a shell pattern
    promise = "exactly_once"
    kind = "duplicated"                only findings of this kind; all if absent
    sink = "crm.deal"                  only findings about this sink; all if absent
    reason = "deals are made twice until the new sync is out (TICKET-17)"
    owner = "ann@example.com"
    expires = 2026-12-31

or `slo = "sync"` instead of cell and promise. Pure but for reading the file.
"""

import datetime as dt
import fnmatch
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from harness.clock import SYSTEM
from harness.errors import UsageError
from harness.target.parts import Table
from harness.target.wrong import Wrong, in_words, refuse

LONGEST_DAYS = 366
Named = Annotated[str, Field(min_length=1)]


class Known(Table):
    """One entry."""

    cell: Named | None = None
    promise: Named | None = None
    slo: Named | None = None
    kind: Named | None = None
    sink: Named | None = None
    reason: Named
    owner: Named
    expires: dt.date

    @property
    def about(self) -> str:
        """What it is about, in one line."""
        if self.slo:
            return f"the limit {self.slo}"
        more = " ".join(filter(None, (self.kind, self.sink)))
        return f"{self.cell} {self.promise}{f' ({more})' if more else ''}"

    def expired(self, today: dt.date) -> bool:
        """Whether its last day is over."""
        return today > self.expires

    def names(self, cell: str) -> bool:
        """Whether it is about this cell."""
        pattern = (self.cell or "").replace("[", "[[]")
        return self.cell == cell or (bool(self.cell) and fnmatch.fnmatchcase(cell, pattern))

    def covers(self, cell: str, promise: str, finding: Mapping[str, Any]) -> bool:
        """Whether it knows this finding."""
        if not self.names(cell) or promise != self.promise:
            return False
        return self.kind in (None, finding.get("kind")) and self.sink in (None, finding.get("sink"))


class _File(Table):
    known: Annotated[tuple[Known, ...], Field(strict=False)] = ()


def read_baseline(path: Path) -> tuple[Known, ...]:
    """The entries of a file; raises `UsageError` with every mistake and its line."""
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except OSError as problem:
        raise UsageError(f"cannot read the baseline {path}: {problem.strerror}") from problem
    except ValueError as problem:
        raise UsageError(f"{path}: is not TOML: {problem}") from None
    try:
        entries = _File.model_validate(data).known
    except ValidationError as problem:
        raise _refused(path, text, data, [in_words(one, _File) for one in problem.errors(include_url=False)]) from None
    if wrongs := [wrong for number, one in enumerate(entries) for wrong in _wrong(number, one)]:
        raise _refused(path, text, data, wrongs)
    return entries


def _refused(path: Path, text: str, data: Mapping[str, Any], wrongs: list[Wrong]) -> UsageError:
    told = str(refuse(str(path), text, data, wrongs)).splitlines()[:-1]
    return UsageError("\n".join([*told, "mend the baseline; what it must hold is in integrations/README.md"]))


def _wrong(number: int, one: Known) -> Iterator[Wrong]:
    if bool(one.slo) == bool(one.cell and one.promise):
        yield Wrong(("known", number), 'needs either slo = "NAME", or both cell = "..." and promise = "..."')
    if (one.expires - SYSTEM.wall().date()).days > LONGEST_DAYS:
        yield Wrong(
            ("known", number, "expires"),
            f"found {one.expires}, expected a day within a year: what lasts is none",
        )
