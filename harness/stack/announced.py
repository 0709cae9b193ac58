"""What was planted on purpose says in its process's log that its line ran; here that becomes a record of the journal.

Reads logs as they grow and writes `ran`, once for each process and name: whoever judges then needs no log to know that
a flaw which nothing caught was there at all. Knows nothing of what is planted. Called by the stack and by containers.
"""

import re
from pathlib import Path

from harness.journal import Journal

LINE = re.compile(rb"(?m)^(flaw|control) ([\w.-]{1,80}) ran\r?\n")


class Announced:
    """What the processes of one run have announced so far."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._told: set[tuple[str, str, str]] = set()
        self._read: dict[Path, int] = {}

    def look(self, process: str, log: Path) -> None:
        """Take in the whole lines that a log has gained since the last look; none when there is no log yet."""
        begin = self._read.get(log, 0)
        if not log.is_file() or log.stat().st_size <= begin:
            return
        with log.open("rb") as file:
            file.seek(begin)
            said = file.read()
        whole = said.rfind(b"\n") + 1
        self._read[log] = begin + whole
        self.take(process, said[:whole])

    def take(self, process: str, said: bytes) -> None:
        """Take in whole lines of a log."""
        for kind, name in LINE.findall(said):
            one = (process, kind.decode(), name.decode())
            if one not in self._told:
                self._told.add(one)
                self._journal.write("ran", what=one[1], name=one[2], process=process)
