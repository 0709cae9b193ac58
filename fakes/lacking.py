"""What a pipeline called although no fake has it, counted, so that it can be told at the end and asked for meanwhile.

The evidence is in the journal (`unknown_route`); this is the short of it, bounded in size.
"""

from collections import Counter

from typing_extensions import TypedDict

MOST = 1000
"""How many different calls are told apart; a pipeline that calls more of them has shown what it wants to show."""


class UnknownCall(TypedDict):
    """A call that a fake lacks, and how often it came."""

    fake: str
    method: str
    path: str
    count: int


class Lacking:
    """The calls of one process of fakes that had no route."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def seen(self, fake: str, method: str, path: str) -> None:
        """Count one."""
        if len(self._counts) < MOST or (fake, method, path) in self._counts:
            self._counts[(fake, method, path)] += 1

    def told(self) -> list[UnknownCall]:
        """All of them, the most frequent first."""
        return [
            {"fake": fake, "method": method, "path": path, "count": count}
            for (fake, method, path), count in self._counts.most_common()
        ]

    def lines(self) -> list[str]:
        """What people read at the end; nothing when there is nothing."""
        found = [f"  {one['fake']}: {one['method']} {one['path']} (x {one['count']})" for one in self.told()]
        return ["your pipeline called what the fakes lack:", *found] if found else []

    def clear(self) -> None:
        """Forget them."""
        self._counts.clear()
