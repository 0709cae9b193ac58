"""All needles at once in one pass over bytes, whatever their number.

The automaton is a library's; here is what becomes of its matches: parts that hang together are one finding, and a part
of what was found whole is none. Needles whose whole is not known are checked by their hash.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from ahocorasick_rs import BytesAhoCorasick

from harness.scan.needles import A_PART, Needle


@dataclass(frozen=True, slots=True)
class Hit:
    """A secret in some bytes: which, in which form, from where to where."""

    secret: str
    shown: str
    form: str
    start: int
    end: int


class Searcher:
    """Looks for many needles in one pass."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        self.needles: Sequence[Needle] = tuple(needles)
        self._automaton = BytesAhoCorasick([one.pattern for one in self.needles]) if self.needles else None

    @property
    def secrets(self) -> list[str]:
        """The names of all secrets that are looked for."""
        return list(dict.fromkeys(one.secret for one in self.needles))

    def find(self, data: bytes | memoryview) -> list[Hit]:
        """Every secret in these bytes, in order; empty when there is none."""
        if self._automaton is None or not data:
            return []
        found = []
        for number, start, end in self._automaton.find_matches_as_indexes(data, overlapping=True):
            needle = self.needles[number]
            start -= needle.lead
            if needle.digest:
                end = start + needle.size
                if start < 0 or digest(bytes(data[start:end])) != needle.digest:
                    continue
            found.append(Hit(needle.secret, needle.shown, needle.form, start, end))
        return _merged(found) if found else []


def digest(whole: bytes) -> str:
    """What a run keeps of a whole value instead of the value."""
    return hashlib.sha256(b"staging harness/" + whole).hexdigest()


def _merged(hits: list[Hit]) -> list[Hit]:
    """Without what lies within a whole, and with neighbouring parts as one."""
    hits.sort(key=lambda hit: (hit.start, hit.form == A_PART, -hit.end))
    kept: list[Hit] = []
    last: dict[str, Hit] = {}
    whole_until = 0
    for hit in hits:
        if hit.form != A_PART:
            whole_until = max(whole_until, hit.end)
            kept.append(hit)
            continue
        if hit.end <= whole_until:
            continue
        before = last.get(hit.secret)
        if before is not None and hit.start <= before.end:
            last[hit.secret] = replace(before, end=max(before.end, hit.end))
            continue
        if before is not None:
            kept.append(before)
        last[hit.secret] = hit
    kept += last.values()
    return sorted(kept, key=lambda hit: (hit.start, hit.end))


class Covered:
    """Which places lie within hits; asked about many places, in any order."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self._starts = [hit.start for hit in hits]
        self._until = list(accumulate((hit.end for hit in hits), max))

    def meets(self, start: int, end: int) -> bool:
        """Whether any hit shares a byte with this range."""
        before = bisect_left(self._starts, end)
        return before > 0 and self._until[before - 1] > start
