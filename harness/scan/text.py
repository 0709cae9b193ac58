"""What else a text says: escapes undone, joints taken out, numbers and base64 read, literals laid side by side.

Each reading is a text of its own with the way back to the place it came from. Pure; knows syntax that JavaScript, JSON,
HTML and mail have in common, and parses none of them.
"""

import base64
import binascii
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

ESCAPE = re.compile(
    rb"\\u\{[0-9a-fA-F]{1,6}\}|(?:\\u[0-9a-fA-F]{4})+|(?:\\x[0-9a-fA-F]{2})+|(?:%[0-9a-fA-F]{2})+|&#[0-9]{1,7};"
    rb"|&#[xX][0-9a-fA-F]{1,6};|&(?:amp|quot|apos|lt|gt);|\\[/\"'\\]|=\r?\n"
)
ENTITIES = {b"&amp;": b"&", b"&quot;": b'"', b"&apos;": b"'", b"&lt;": b"<", b"&gt;": b">"}
JOINED = "pieces joined"
QUOTE = rb"""\\?["'`]"""
JOINT = re.compile(rb"%s\s*(?:\+\s*(?:\\n\s*)?|,\s*|\.concat\(\s*)%s" % (QUOTE, QUOTE))
NUMBER = rb"(?:0[xX][0-9a-fA-F]{2}|1?[0-9]{2})"
NUMBERS = re.compile(rb"%s(?:\s*,\s*%s){7,}" % (NUMBER, NUMBER))
CODED = re.compile(rb"(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/]{24,}|[A-Za-z0-9_-]{24,})={0,2}")
WRAPPED = re.compile(rb"(?<=[A-Za-z0-9+/]{16})\r?\n(?=[A-Za-z0-9+/])")
LITERAL = re.compile(rb""""((?:[^"\\\r\n]|\\.){0,128})"|'((?:[^'\\\r\n]|\\.){0,128})'|`((?:[^`\\\r\n]|\\.){0,128})`""")
PRINTABLE = bytes(range(32, 127)) + b"\t\r\n"
SHORTEST_TILE, MOST_TILES = 3, 24
RUN = re.compile(rb"[\x20-\x7e\t]{6,}")
WIDE_RUN = re.compile(rb"(?:[\x20-\x7e]\x00){6,}")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text that was made of another: how, its bytes, and pairs of (place in it, place in the other)."""

    how: str
    data: bytes
    ways: list[tuple[int, int]]

    def origin(self, place: int) -> int:
        """The place in the text it was made of."""
        known = self.ways[max(0, bisect_right(self.ways, (place, 1 << 62)) - 1)] if self.ways else (0, 0)
        return known[1] + max(0, place - known[0])

    def place(self, origin: int) -> int:
        """The place here of one in the text it was made of; -1 where that has been put together with others."""
        known = self.ways[max(0, bisect_right(self.ways, origin, key=lambda way: way[1]) - 1)] if self.ways else (0, 0)
        return known[0] + origin - known[1] if origin >= known[1] else -1


def readings(data: bytes) -> Iterator[Reading]:
    """Every other reading of a text; none where there is nothing to read otherwise."""
    for how, pattern, put in (
        ("escapes undone", ESCAPE, _unescaped),
        (JOINED, JOINT, lambda match: b""),
        ("wrapped lines joined", WRAPPED, lambda match: b""),
    ):
        reading = _rewritten(how, data, pattern, put)
        if reading is not None:
            yield reading
    for how, pattern, read in (("character codes", NUMBERS, _codes), ("decoded base64", CODED, _decoded)):
        reading = _gathered(how, data, pattern, read)
        if reading is not None:
            yield reading


def runs(data: bytes) -> Reading | None:
    """What is printable in a file of no known kind, in ASCII and in UTF-16; None when there is nothing."""
    narrow = [(match.start(), match[0]) for match in RUN.finditer(data)]
    wide = [(match.start(), match[0][::2]) for match in WIDE_RUN.finditer(data)]
    return _joined("printable runs", narrow + wide)


def literals(data: bytes) -> dict[bytes, int]:
    """Every short literal of a text, with the place of the first."""
    found: dict[bytes, int] = {}
    for match in LITERAL.finditer(data):
        text = match[1] or match[2] or match[3] or b""
        found.setdefault(text, match.start())
    return found


def tiled(value: bytes, tiles: dict[bytes, int]) -> list[bytes] | None:
    """The fewest literals that make `value` when laid side by side; None when none do, or too many are needed."""
    best: list[list[bytes] | None] = [[]] + [None] * len(value)
    for end in range(SHORTEST_TILE, len(value) + 1):
        for begin in range(end - SHORTEST_TILE + 1):
            before = best[begin]
            if before is None or (begin, end) == (0, len(value)) or value[begin:end] not in tiles:
                continue
            so_far = best[end]
            if so_far is None or len(before) + 1 < len(so_far):
                best[end] = [*before, value[begin:end]]
    whole = best[-1]
    return whole if whole and len(whole) <= MOST_TILES else None


def _rewritten(
    how: str, data: bytes, pattern: re.Pattern[bytes], put: Callable[[re.Match[bytes]], bytes]
) -> Reading | None:
    out: list[bytes] = []
    ways, size, copied = [(0, 0)], 0, 0
    for match in pattern.finditer(data):
        text = put(match)
        out += (data[copied : match.start()], text)
        size += match.start() - copied
        ways.append((size, match.start()))
        size += len(text)
        ways.append((size, match.end()))
        copied = match.end()
    if not copied:
        return None
    out.append(data[copied:])
    return Reading(how, b"".join(out), ways)


def _gathered(
    how: str, data: bytes, pattern: re.Pattern[bytes], read: Callable[[bytes], bytes | None]
) -> Reading | None:
    found = [(match.start(), text) for match in pattern.finditer(data) if (text := read(match[0]))]
    return _joined(how, found)


def _joined(how: str, found: list[tuple[int, bytes]]) -> Reading | None:
    ways, size = [], 0
    for place, text in found:
        ways.append((size, place))
        size += len(text) + 1
    return Reading(how, b"\n".join(text for _, text in found), ways) if found else None


def _unescaped(match: re.Match[bytes]) -> bytes:
    text = match[0]
    if text in ENTITIES:
        return ENTITIES[text]
    if text[:1] == b"=":
        return b""
    if text[:1] == b"%":
        return unquote_to_bytes(text)
    if text[:2] == b"&#":
        digits = text[2:-1].decode()
        return _character(int(digits[1:], 16) if digits[0] in "xX" else int(digits))
    if text[:3] == b"\\u{":
        return _character(int(text[3:-1], 16))
    if text[:2] == b"\\u":
        units = bytes.fromhex(text.replace(b"\\u", b"").decode())
        return units.decode("utf-16-be", "replace").encode()
    if text[:2] == b"\\x":
        return bytes.fromhex(text.replace(b"\\x", b"").decode())
    return text[1:]


def _character(number: int) -> bytes:
    return chr(number).encode("utf-8", "replace") if number < 0x110000 else b""


def _codes(text: bytes) -> bytes | None:
    numbers = [int(one, 16 if one[:2].lower() == b"0x" else 10) for one in re.split(rb"\s*,\s*", text)]
    return bytes(numbers) if all(number in PRINTABLE for number in numbers) else None


def _decoded(text: bytes) -> bytes | None:
    whole = text.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        plain = base64.b64decode(whole + b"=" * (-len(whole) % 4))
    except (binascii.Error, ValueError):
        return None
    return plain if not plain.translate(None, PRINTABLE) else None
