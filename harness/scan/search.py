"""All needles at once in one pass over bytes, whatever their number.

The automaton is a library's; here is what becomes of its matches: parts that hang together are one finding, and a part
of what was found whole is none. Needles whose whole is not known are checked by their hash.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

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
    hits.sort(key=lambda hit: (hit.start, -hit.end))
    whole = [hit for hit in hits if hit.form != A_PART]
    kept = list(whole)
    last: dict[str, Hit] = {}
    for hit in hits:
        if hit.form != A_PART or any(one.start <= hit.start and hit.end <= one.end for one in whole):
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
