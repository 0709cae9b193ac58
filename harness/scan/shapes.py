"""Rules for what keys look like: data from a file, applied where their first letters stand.

A match is a key by its looks alone; a key without a known look is not found here. Which vendor has which key is not
known here: see `fakes/key_shapes.toml`, and `[[scan.shapes]]` in a target file.
"""

import base64
import binascii
import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ahocorasick_rs import BytesAhoCorasick

from harness.errors import TargetError
from harness.scan.needles import redacted

if TYPE_CHECKING:
    from harness.target.model import Target

SHIPPED = Path(__file__).resolve().parents[2] / "fakes" / "key_shapes.toml"
BEFORE_MAX = 128
KNOWN = ("id", "text", "starts", "pattern", "before", "entropy", "claims")


@dataclass(frozen=True, slots=True)
class Shape:
    """What one kind of key looks like."""

    id: str
    text: str
    starts: tuple[bytes, ...]
    pattern: re.Pattern[bytes]
    before: re.Pattern[bytes] | None = None
    """What may not end where the key begins."""
    entropy: float = 0.0
    claims: tuple[str, ...] = ()
    allowed: bool = False

    def at(self, data: bytes, place: int) -> re.Match[bytes] | None:
        """The key that begins at this place, if one does."""
        if self.before and self.before.search(data, max(0, place - BEFORE_MAX), place):
            return None
        match = self.pattern.match(data, place)
        if match is None:
            return None
        inner = match[1] if self.pattern.groups else match[0]
        if self.entropy and entropy(inner) < self.entropy:
            return None
        return match if not self.claims or _claims(inner, self.claims) else None


@dataclass(frozen=True, slots=True)
class Match:
    """A key by its looks: which shape, from where to where, and what may be shown of it."""

    shape: Shape
    start: int
    end: int
    shown: str
    text: bytes


class Shapes:
    """All shapes at once."""

    def __init__(self, shapes: Sequence[Shape], allow: Sequence[re.Pattern[str]] = ()) -> None:
        self.shapes = tuple(shapes)
        self._allow = tuple(allow)
        self._owners = [(start, shape) for shape in shapes for start in shape.starts]
        self._automaton = BytesAhoCorasick([start for start, _ in self._owners]) if self._owners else None

    @property
    def wanted(self) -> list[Shape]:
        """The shapes that nobody outside may have."""
        return [shape for shape in self.shapes if not shape.allowed]

    def find(self, data: bytes) -> list[Match]:
        """Every key in these bytes, allowed ones too; each place at most once for each shape."""
        found: dict[tuple[str, int], Match] = {}
        if self._automaton is None or not data:
            return []
        for number, start, _ in self._automaton.find_matches_as_indexes(data, overlapping=True):
            shape = self._owners[number][1]
            match = shape.at(data, start)
            if match is None or self._allowed(match[0]):
                continue
            shown = redacted(match[0].decode(errors="replace"))
            found.setdefault((shape.id, match.end()), Match(shape, match.start(), match.end(), shown, match[0]))
        return list(found.values())

    def publishable(self, value: str) -> bool:
        """Whether this value is of a shape that clients may have."""
        return any(match.shape.allowed for match in self.find(value.encode()))

    def _allowed(self, text: bytes) -> bool:
        return any(one.search(text.decode(errors="replace")) for one in self._allow)


def shipped() -> list[Shape]:
    """The shapes that come with the harness."""
    data = tomllib.loads(SHIPPED.read_text())
    return [
        *shapes_of(data.get("shape", ()), SHIPPED.name),
        *shapes_of(data.get("allowed", ()), SHIPPED.name, allowed=True),
    ]


def shapes_for(target: "Target | None") -> Shapes:
    """The shipped shapes with those of a target file; raises `TargetError` for one that cannot be."""
    if target is None:
        return Shapes(shipped())
    allow = []
    for pattern in target.scan.allow:
        try:
            allow.append(re.compile(pattern))
        except re.error as problem:
            raise TargetError(f"scan.allow: {pattern!r} is not a regular expression: {problem}") from None
    return Shapes([*shipped(), *shapes_of(target.scan.shapes, "scan.shapes")], allow)


def shapes_of(tables: Iterable[Mapping[str, Any]], file: str, *, allowed: bool = False) -> Iterator[Shape]:
    """Shapes from tables of a file; raises `TargetError` for what cannot be one."""
    for number, table in enumerate(tables):
        where = f"{file}: shape {number + 1} ({table.get('id', 'without an id')})"
        unknown = sorted(set(table) - set(KNOWN))
        if unknown:
            raise TargetError(f"{where}: found {', '.join(unknown)}, expected {', '.join(KNOWN)}")
        starts = [str(one).encode() for one in table.get("starts") or ()]
        if not table.get("id") or not table.get("pattern") or not all(starts) or not starts:
            raise TargetError(f"{where}: a shape needs `id`, `pattern`, and in `starts` the letters it begins with")
        yield Shape(
            id=str(table["id"]),
            text=str(table.get("text") or table["id"]),
            starts=tuple(starts),
            pattern=_compiled(table["pattern"], where),
            before=_compiled(f"(?:{table['before']})\\Z", where) if table.get("before") else None,
            entropy=float(table.get("entropy", 0.0)),
            claims=tuple(map(str, table.get("claims", ()))),
            allowed=allowed,
        )


def entropy(text: bytes) -> float:
    """Bits for each character, by how often each occurs."""
    counts = Counter(text)
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values()) if text else 0.0


def _claims(payload: bytes, claims: tuple[str, ...]) -> bool:
    try:
        text = base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)).decode(errors="replace")
    except (binascii.Error, ValueError):
        return False
    return any(re.search(rf'"{re.escape(claim)}[@"]', text) for claim in claims)


def _compiled(pattern: Any, where: str) -> re.Pattern[bytes]:
    try:
        return re.compile(str(pattern).encode())
    except re.error as problem:
        raise TargetError(f"{where}: {pattern!r} is not a regular expression: {problem}") from None
