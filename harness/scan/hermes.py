"""What texts a file of Hermes bytecode holds: its string table, and texts that are spelled in numbers.

Strings share bytes and have no separators, so that the raw file proves nothing; this reads the table itself. A layout
that does not add up in every respect is an error that says what was found, never an empty answer. Not a disassembler:
of the instructions it knows two, of one version, which is where compilers put the arguments of `fromCharCode`.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from harness.errors import HarnessError

MAGIC = struct.pack("<Q", 0x1F1903C103BC1FC6)
HEADER = 128
HEADER_SIZES = range(12, 36, 4)
"""Bytes of one function's header; it differs by version, and only the right one makes everything add up."""
IDENTIFIER = 0x8000_0000
OVERFLOW = 255
LOADING = {98: (0x8B, 0x10)}
"""Version -> the instructions that put a small number into a register, and one register into another."""
SHORTEST_SPELLING = 8


class UnknownLayout(HarnessError):
    """Bytecode that is not laid out as this reader knows it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One string of the table."""

    index: int
    text: str
    identifier: bool
    utf16: bool


@dataclass(frozen=True, slots=True)
class Header:
    """The numbers of the header that lead to the strings."""

    version: int
    length: int
    functions: int
    kinds: int
    identifiers: int
    strings: int
    overflow: int
    storage: int


def is_hermes(data: bytes) -> bool:
    """Whether this calls itself Hermes bytecode."""
    return data[:8] == MAGIC


def header_of(data: bytes) -> Header:
    """The header; raises `UnknownLayout` when this is no whole file of bytecode."""
    if not is_hermes(data):
        raise UnknownLayout(f"no Hermes bytecode: it begins with {data[:8].hex()}, expected {MAGIC.hex()}")
    if len(data) < HEADER:
        raise UnknownLayout(f"cut off: {len(data)} bytes, the header alone has {HEADER}")
    (version,) = struct.unpack_from("<I", data, 8)
    length, _, functions, kinds, identifiers, strings, overflow, storage = struct.unpack_from("<8I", data, 32)
    if length != len(data):
        raise UnknownLayout(f"bytecode version {version}: its header says {length} bytes, there are {len(data)}")
    return Header(version, length, functions, kinds, identifiers, strings, overflow, storage)


def strings(data: bytes) -> list[Entry]:
    """The string table, in order; raises `UnknownLayout` when the sections do not add up."""
    header = header_of(data)
    fitting = [runs for size in HEADER_SIZES if (runs := _runs(data, header, size)) is not None]
    if len(fitting) != 1:
        raise UnknownLayout(
            f"bytecode version {header.version}: {len(fitting)} sizes of a function's header fit its {header.strings} "
            f"strings of {header.kinds} kinds, expected one; this layout is not known (98 is)"
        )
    at, kinds = fitting[0]
    small = at + 4 * header.identifiers
    overflow = small + 4 * header.strings
    storage = overflow + 8 * header.overflow
    if storage + header.storage > len(data):
        raise UnknownLayout(
            f"bytecode version {header.version}: its strings end at byte {storage + header.storage} of {len(data)}"
        )
    return list(_entries(data, header, kinds, small, overflow, storage))


def _runs(data: bytes, header: Header, size: int) -> tuple[int, list[bool]] | None:
    """Where the identifiers' hashes begin, and which strings are identifiers; None when the runs do not add up."""
    at = HEADER + size * header.functions
    end = at + 4 * header.kinds
    if end + 4 * (header.identifiers + header.strings) > len(data):
        return None
    kinds: list[bool] = []
    for (run,) in struct.iter_unpack("<I", data[at:end]):
        count = run & ~IDENTIFIER
        if not count or len(kinds) + count > header.strings:
            return None
        kinds += [bool(run & IDENTIFIER)] * count
    return (end, kinds) if len(kinds) == header.strings and sum(kinds) == header.identifiers else None


def _entries(
    data: bytes, header: Header, kinds: list[bool], small: int, overflow: int, storage: int
) -> Iterator[Entry]:
    held = data[storage : storage + header.storage]
    for index, (packed,) in enumerate(struct.iter_unpack("<I", data[small:overflow])):
        utf16, offset, length = bool(packed & 1), packed >> 1 & 0x7FFFFF, packed >> 24
        if length == OVERFLOW:
            if offset >= header.overflow:
                raise UnknownLayout(
                    f"bytecode version {header.version}: string {index} is long, and is not in its table"
                )
            offset, length = struct.unpack_from("<2I", data, overflow + 8 * offset)
        end = offset + length * (2 if utf16 else 1)
        if end > header.storage:
            raise UnknownLayout(
                f"bytecode version {header.version}: string {index} ends at byte {end} of {header.storage} of strings"
            )
        text = held[offset:end].decode("utf-16-le" if utf16 else "latin-1", "surrogatepass")
        yield Entry(index, text, kinds[index], utf16)


def spelled(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Texts that are handed to a call as numbers, with the place of their instructions; for versions that are known."""
    opcodes = LOADING.get(header_of(data).version)
    if opcodes is None:
        return
    load, move = (re.escape(bytes([code])) for code in opcodes)
    run = re.compile(rb"(?s)(?:%s.[\x20-\x7e]|%s..){%d,}" % (load, move, SHORTEST_SPELLING))
    for match in run.finditer(data):
        registers: dict[int, int] = {}
        for place in range(0, len(match[0]), 3):
            code, into, what = match[0][place : place + 3]
            if code == opcodes[0]:
                registers[into] = what
            elif what in registers:
                registers[into] = registers[what]
        # Arguments lie in neighbouring registers, the first one highest.
        text = bytes(registers.get(number, 0) for number in range(255, -1, -1)).strip(b"\0")
        yield match.start(), text


def numbers(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Every fourth byte, four times, with the place of the first: arrays of small numbers are held so."""
    for first in range(4):
        yield first, data[first::4]
