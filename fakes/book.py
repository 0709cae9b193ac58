"""The fakes' own journal: the shared one, whose records may have a field called `kind`, written with fewer steps."""

import os
from typing import Any

import orjson

from harness.errors import MachineError
from harness.journal import Journal


class Book(Journal):
    """As `Journal`, in the same format."""

    def write(self, kind: str, /, **fields: Any) -> int:  # type: ignore[override]
        """Append one record and return its number in this file; it has left this process when this returns."""
        self._count += 1
        fields = {"k": kind, "n": self._count, "at": self._clock.at_ns(), **fields}
        line = orjson.dumps(fields, default=str, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE)
        try:
            os.write(self._file, line)
        except OSError as problem:
            raise MachineError(f"cannot write the journal {self.path}: {problem.strerror}") from problem
        return self._count
