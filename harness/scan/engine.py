"""Files in, findings out: each is unpacked, every piece searched for known secrets and for key shapes.

Answers what was found, what was looked at, and what could not be looked at; decides nothing about exit codes. Before it
says that nothing is there it has to find what it planted itself: see `control`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.rng import fresh_token
from harness.scan.needles import Needle, Secret, forms, needles
from harness.scan.pieces import MOST_BYTES, Piece, Unreadable, pieces
from harness.scan.search import Covered, Searcher
from harness.scan.shapes import Shapes
from harness.scan.text import JOINED, Reading, literals, readings, tiled

MOST_PLACES = 5
LAID = "split into pieces"
NO_SHAPES = Shapes(())
READ, RAW, UNPACKED = range(3)
"""How telling a place is: of another reading of a text, of the file as it is, of what was unpacked."""


@dataclass(slots=True)
class Found:
    """One secret, or one key by its looks, in one file in one form."""

    file: str
    kind: str
    """`secret`: its value is known; `shape`: it looks like a key."""
    secret: str
    """The secret's name, or the shape's."""
    shown: str
    form: str
    places: list[str] = field(default_factory=list)
    count: int = 0
    text: str = ""
    rank: int = RAW

    def as_data(self) -> dict[str, Any]:
        """As `scan.json` holds it."""
        return {
            "kind": self.kind, "name": self.secret, "shown": self.shown, "form": self.form, "file": self.file,
            "place": self.places[0], "places": self.places, "count": self.count, "text": self.text,
        }  # fmt: skip


@dataclass(slots=True)
class Looked:
    """What came of a scan."""

    findings: list[Found] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    allowed: Counter[str] = field(default_factory=Counter)
    bytes: int = 0

    def add(self, other: "Looked") -> None:
        """Take in what another scan came to."""
        self.findings += other.findings
        self.files += other.files
        self.unreadable += other.unreadable
        self.allowed += other.allowed
        self.bytes += other.bytes


class Scanner:
    """Looks for these secrets, and for these shapes, in whatever it is given."""

    def __init__(self, secrets: Sequence[Secret], shapes: Shapes, kept: Sequence[Needle] = ()) -> None:
        self.secrets = tuple(secrets)
        self.shapes = shapes
        self.searcher = Searcher([*needles(secrets), *kept])
        self.on_piece: Callable[[Piece], None] = lambda piece: None
        """Called with every piece that is looked at."""

    def scan(self, paths: Iterable[Path]) -> Looked:
        """Everything in these files and folders; raises `UsageError` for a path that is not there."""
        looked = Looked()
        for path in paths:
            for file in files_in(path):
                looked.add(self.scan_file(file, _name(file)))
        return looked

    def scan_file(self, path: Path, name: str, deep: bool = True) -> Looked:
        """One file under the name that findings call it."""
        try:
            size = path.stat().st_size
            if size > MOST_BYTES:
                return Looked(unreadable=[f"{name}: {size >> 20} MB, more than {MOST_BYTES >> 20} MB; split it"])
            data = path.read_bytes()
        except OSError as problem:
            return Looked(unreadable=[f"{name}: cannot be read: {problem.strerror}"])
        return self.scan_bytes(name, data, deep)

    def scan_bytes(self, name: str, data: bytes, deep: bool = True) -> Looked:
        """These bytes as a file of this name; not deep: without the other readings of its texts."""
        looked = Looked(bytes=len(data))
        layers: dict[str, None] = {}
        found: dict[tuple[str, ...], Found] = {}
        for piece in pieces(name, data):
            if isinstance(piece, Unreadable):
                looked.unreadable.append(str(piece))
                continue
            layers[piece.layer or "as it is"] = None
            self.on_piece(piece)
            for layer, one in self._in_piece(piece, looked.allowed, deep):
                layers[layer or "as it is"] = None
                key = (one.file, one.kind, one.secret, one.form, one.shown)
                known = found.setdefault(key, one)
                known.count = max(known.count, one.count)
                _place(known, one)
        looked.files.append({"file": name, "bytes": len(data), "layers": list(layers)})
        looked.findings += _telling(found.values())
        return looked

    def _in_piece(self, piece: Piece, allowed: Counter[str], deep: bool) -> Iterator[tuple[str, Found]]:
        """Each finding of a piece and of its other readings, with the name of the layer it was in."""
        seen: set[tuple[str, int]] = set()
        rank = UNPACKED if piece.layer else RAW
        shapes = NO_SHAPES if piece.unended else self.shapes
        yield from self._search(piece.file, piece.layer, piece.data, piece.where, allowed, rank, seen, shapes)
        if not (piece.source and deep):
            return
        for reading in readings(piece.data):
            layer = f"{piece.layer}, {reading.how}" if piece.layer else reading.how
            # What begins where something was seen as it stands is the same, with its neighbours taken in.
            known = {(name, reading.place(place)) for name, place in seen}
            back = _back(piece, reading)
            yield from self._search(piece.file, layer, reading.data, back, Counter(), READ, known, self.shapes)
        yield from self._laid(piece)

    def _search(
        self, file: str, layer: str, data: bytes, where: Callable[[int], str], allowed: Counter[str], rank: int,
        seen: set[tuple[str, int]], shapes: Shapes,
    ) -> Iterator[tuple[str, Found]]:  # fmt: skip
        hits = self.searcher.find(data)
        gathered: dict[tuple[str, ...], tuple[Found, list[int]]] = {}

        def gather(one: Found, start: int) -> None:
            gathered.setdefault((one.kind, one.secret, one.form, one.shown), (one, []))[1].append(start)

        for hit in hits:
            gather(Found(file, "secret", hit.secret, hit.shown, hit.form, rank=rank), hit.start)
        known = Covered(hits)
        for match in shapes.find(data):
            shape = match.shape
            if shape.allowed:
                allowed[shape.id] += 1
            elif (shape.id, match.start) not in seen and not known.meets(match.start, match.end):
                seen.add((shape.id, match.start))
                one = Found(file, "shape", shape.id, match.shown, "by its looks", text=shape.text, rank=rank)
                gather(one, match.start)
        for one, starts in gathered.values():
            # To say where is dear in a large file, and nobody reads the thousandth place.
            places = dict.fromkeys(where(start) for start in starts[:MOST_PLACES])
            one.places = [f"{layer}, {place}" if layer else place for place in places]
            one.count = len(starts)
            yield layer, one

    def _laid(self, piece: Piece) -> Iterator[tuple[str, Found]]:
        """Secrets of ours that literals of a text make when laid side by side, in whatever order they stand there."""
        values = [secret for secret in self.secrets if secret.random]
        if not values:
            return
        tiles = literals(piece.data) if piece.tiles is None else piece.tiles
        for secret in values:
            used = tiled(secret.value.encode(), tiles)
            if used:
                word = "string" if piece.tiles is not None else "literal"
                first = tiles[used[0]]
                at = f"string {first}" if piece.tiles is not None else piece.where(first)
                place = f"{len(used)} {word}s that make it, the first at {at}"
                yield piece.layer, Found(piece.file, "secret", secret.name, secret.shown, LAID, [place], 1)


def _back(piece: Piece, reading: Reading) -> Callable[[int], str]:
    """How places of a reading are told: as those of the piece that they came from."""
    return lambda place: piece.where(reading.origin(place))


def _place(found: Found, other: Found) -> None:
    """Keep more places of what was found already; one in what was unpacked says more than one in the raw file."""
    if other.rank > found.rank:
        found.places, found.rank = [], other.rank
    if other.rank == found.rank:
        found.places = list(dict.fromkeys([*found.places, *other.places]))[:MOST_PLACES]


def _telling(found: Iterable[Found]) -> list[Found]:
    """Without "laid side by side" where joining the same pieces found the whole."""
    found = list(found)
    joined = {(one.file, one.secret) for one in found if one.form != LAID and JOINED in one.places[0]}
    return [one for one in found if one.form != LAID or (one.file, one.secret) not in joined]


def _name(path: Path) -> str:
    """The path as somebody standing here would write it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def files_in(path: Path) -> list[Path]:
    """The files of a folder and below, or this one file; raises `UsageError` when there is nothing."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise UsageError(f"{path} is not there; give a file or a folder that ships")
    return sorted(file for file in path.rglob("*") if file.is_file() and not file.is_symlink())


def control(shapes: Shapes) -> list[str]:
    """What this scanner does not see of what it plants itself: one fresh secret in every form. Must be empty."""
    secret = Secret("control", fresh_token("control_") + "+/é", random=True)
    scanner = Scanner([secret], shapes)
    blind = []
    for pattern, form in forms(secret.value).items():
        around = b"\x01\xff" + pattern + b"\xfe\x02"
        if not any(one.form == form for one in scanner.scan_bytes("control", around).findings):
            blind.append(form)
    return blind
