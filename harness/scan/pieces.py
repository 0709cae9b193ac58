"""A public file, unpacked: everything in it that can be looked at, with the way to say where that is.

By content first, by name second. What calls itself something that this cannot read is reported, never passed over.
Knows archives, Hermes bytecode, source maps, recordings of network traffic, JSON, mails, text and plain bytes.
"""

import base64
import email
import email.policy
import gzip
import io
import json
import re
import tarfile
import zipfile
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import brotli

from harness.errors import HarnessError
from harness.scan import hermes
from harness.scan.text import Reading, runs

MOST_BYTES = 1 << 29
MOST_MEMBERS = 20_000
CLUE = 10
DEEPEST = 4
BYTECODE_NAMES = (".hbc", ".jsbundle", ".bundle")
LINES_NAMES = (".jsonl", ".ndjson", ".log")
JSON_NAMES = (".json", ".map", ".har", ".webmanifest")
DATA_URI = re.compile(rb"data:([a-z]+/[a-z0-9.+-]+)[a-z0-9=;.-]*;base64,([A-Za-z0-9+/=]{64,})", re.IGNORECASE)


class Unreadable(HarnessError):
    """Something that is there and cannot be looked into."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes of a file and how to say where in it a place of them is."""

    file: str
    layer: str
    """What they are, as `string table`; empty for the file as it is."""
    data: bytes
    where: Callable[[int], str]
    source: bool = False
    """Whether it is written text, of which there are other readings."""
    tiles: dict[bytes, int] | None = None
    """Its strings, where it is a table of them."""
    unended: bool = False
    """Whether strings stand in it side by side, without an end: what looks like a key there may be parts of two."""


def pieces(file: str, data: bytes, depth: int = 0) -> Iterator[Piece | Unreadable]:
    """Everything in a file, the file itself first; what cannot be looked into comes as an error, not as nothing."""
    if depth > DEEPEST:
        yield Unreadable(f"{file}: packed {depth} times, which is deeper than this looks; unpack it first")
        return
    try:
        yield from _pieces(file, data, depth)
    except hermes.UnknownLayout as problem:
        yield Unreadable(f"{file}: {problem}")
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, zlib.error, brotli.error, RuntimeError) as problem:
        yield Unreadable(f"{file}: cannot be unpacked: {problem}")


def _pieces(file: str, data: bytes, depth: int) -> Iterator[Piece | Unreadable]:
    name = file.lower()
    if hermes.is_hermes(data):
        yield from _bytecode(file, data)
    elif data[:4] == b"PK\x03\x04":
        yield from _zip(file, data, depth)
    elif data[:2] == b"\x1f\x8b":
        yield from pieces(
            f"{file.removesuffix('.gz')} (gzip)", _bounded(gzip.GzipFile(fileobj=io.BytesIO(data))), depth + 1
        )
    elif name.endswith(".br"):
        yield from pieces(f"{file.removesuffix('.br')} (brotli)", brotli.decompress(data), depth + 1)
    elif data[257:262] == b"ustar":
        yield from _tar(file, data, depth)
    else:
        text = _text_of(data)
        if text is None:
            yield from _binary(file, name, data)
        else:
            yield from _written(file, name, data, text, depth)


def _written(file: str, name: str, data: bytes, text: bytes, depth: int) -> Iterator[Piece | Unreadable]:
    where = line_and_path(text) if name.endswith(LINES_NAMES) else line_and_column(text)
    yield Piece(file, "", text, where, source=True)
    if name.endswith(".eml"):
        yield from _mail(file, data, depth)
    if name.endswith(JSON_NAMES) or text[:1] in b"{[":
        try:
            value = json.loads(text)
        except ValueError:
            # A file of lines, or no JSON after all: it is looked at as text.
            value = None
        yield from _json(file, value, depth)
    for number, match in enumerate(DATA_URI.finditer(text)):
        inner = f"{file} > data URI {number + 1} ({where(match.start())})"
        yield from pieces(inner, _base64(match[2]), depth + 1)


def _text_of(data: bytes) -> bytes | None:
    """The file as UTF-8, None when it is no text."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16").encode()
        except UnicodeError:
            return None
    if b"\0" in data[:8192]:
        return None
    try:
        data.decode()
    except UnicodeDecodeError:
        return None
    return data


def _binary(file: str, name: str, data: bytes) -> Iterator[Piece | Unreadable]:
    yield Piece(file, "", data, byte_place)
    if name.endswith(BYTECODE_NAMES):
        yield Unreadable(
            f"{file}: neither JavaScript nor Hermes bytecode: it begins with {data[:8].hex()}, "
            f"expected {hermes.MAGIC.hex()}"
        )
    readable = runs(data)
    if readable is not None:
        yield Piece(file, readable.how, readable.data, lambda place: byte_place(readable.origin(place)))


def _bytecode(file: str, data: bytes) -> Iterator[Piece]:
    yield Piece(file, "", data, byte_place, unended=True)
    table = hermes.strings(data)
    texts = [one.text.encode("utf-8", "surrogatepass") for one in table]
    strings, index = _lined(texts)
    yield Piece(
        file, "string table", strings, lambda place: f"string {index(place)}", source=True,
        tiles={text: number for number, text in enumerate(texts)},
    )  # fmt: skip
    spelled = list(hermes.spelled(data))
    if spelled:
        read = Reading("", b"", _ways([text for _, text in spelled], [place for place, _ in spelled]))
        yield Piece(
            file, "arguments that are character codes", b"\n".join(text for _, text in spelled),
            lambda place: f"instructions near byte {read.origin(place)}",
        )  # fmt: skip
    for first, column in hermes.numbers(data):
        yield Piece(file, "arrays of character codes", column, _every_fourth(first))


def _every_fourth(first: int) -> Callable[[int], str]:
    return lambda place: byte_place(first + 4 * place)


def _ways(texts: list[bytes], places: list[int]) -> list[tuple[int, int]]:
    ways, size = [], 0
    for text, place in zip(texts, places, strict=True):
        ways.append((size, place))
        size += len(text) + 1
    return ways


def _lined(texts: list[bytes]) -> tuple[bytes, Callable[[int], int]]:
    """Texts as one, with the number of the text at a place of it."""
    starts = [start for start, _ in _ways(texts, [0] * len(texts))]
    return b"\n".join(texts), lambda place: max(0, bisect_right(starts, place) - 1)


def _zip(file: str, data: bytes, depth: int) -> Iterator[Piece | Unreadable]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [one for one in archive.infolist() if not one.is_dir()]
        _count(file, len(members))
        if archive.comment:
            yield Piece(file, "comment of the archive", archive.comment, byte_place, source=True)
        for one in members:
            inner = f"{file} > {one.filename}"
            if one.flag_bits & 1:
                yield Unreadable(f"{inner}: is encrypted; unpack it first")
            else:
                with archive.open(one) as opened:
                    yield from pieces(inner, _bounded(opened), depth + 1)


def _tar(file: str, data: bytes, depth: int) -> Iterator[Piece | Unreadable]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        members = [one for one in archive.getmembers() if one.isfile()]
        _count(file, len(members))
        for one in members:
            opened = archive.extractfile(one)
            assert opened is not None
            yield from pieces(f"{file} > {one.name}", _bounded(opened), depth + 1)


def _count(file: str, members: int) -> None:
    if members > MOST_MEMBERS:
        raise OSError(f"{members} files in one archive, at most {MOST_MEMBERS}")


def _bounded(opened: Any) -> bytes:
    data: bytes = opened.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise OSError(f"unpacks to more than {MOST_BYTES >> 20} MB")
    return data


def _json(file: str, value: Any, depth: int) -> Iterator[Piece | Unreadable]:
    if not isinstance(value, dict | list):
        return
    # What is unpacked as a file of its own is told as that.
    texts = list(texts_in({**value, "sourcesContent": []} if isinstance(value, dict) else value))
    blob, index = _lined([text.encode("utf-8", "surrogatepass") for _, text in texts])
    yield Piece(file, "JSON", blob, lambda place: texts[index(place)][0] if texts else "$")
    if isinstance(value, dict):
        yield from _source_map(file, value, depth)
        yield from _traffic(file, value, depth)


def texts_in(value: Any, path: str = "$") -> Iterator[tuple[str, str]]:
    """Every text in JSON data, keys too, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            step = f"{path}.{name}" if re.fullmatch(r"[A-Za-z_]\w{0,40}", name) else f"{path}[{json.dumps(name[:40])}]"
            if len(name) > 7:
                yield f"a key of {path}", name
            yield from texts_in(inner, step)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from texts_in(inner, f"{path}[{number}]")


def _source_map(file: str, value: dict[str, Any], depth: int) -> Iterator[Piece | Unreadable]:
    contents = value.get("sourcesContent")
    names = value.get("sources")
    for number, content in enumerate(contents if isinstance(contents, list) else ()):
        if isinstance(content, str):
            name = names[number] if isinstance(names, list) and number < len(names) else number
            yield from pieces(f"{file} > {name}", content.encode("utf-8", "surrogatepass"), depth + 1)
    for section in value.get("sections") or () if isinstance(value.get("sections"), list) else ():
        if isinstance(section, dict) and isinstance(section.get("map"), dict):
            yield from _source_map(file, section["map"], depth + 1)


def _traffic(file: str, value: dict[str, Any], depth: int) -> Iterator[Piece | Unreadable]:
    """The bodies of a HAR that are in base64; all others are texts of its JSON already."""
    log = value.get("log")
    entries = log.get("entries") if isinstance(log, dict) else None
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        response = entry.get("response") if isinstance(entry, dict) else None
        content = response.get("content") if isinstance(response, dict) else None
        if isinstance(content, dict) and isinstance(content.get("text"), str):
            text = content["text"].encode("utf-8", "surrogatepass")
            body = _base64(text) if content.get("encoding") == "base64" else text
            yield from pieces(f"{file} > $.log.entries[{number}].response.content", body, depth + 1)


def _mail(file: str, data: bytes, depth: int) -> Iterator[Piece | Unreadable]:
    message = email.message_from_bytes(data, policy=email.policy.default)
    for number, part in enumerate(message.walk()):
        body = part.get_payload(decode=True)
        if isinstance(body, bytes):
            yield from pieces(f"{file} > part {number} ({part.get_content_type()})", body, depth + 1)


def _base64(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), validate=False)


def byte_place(place: int) -> str:
    """A place in bytes, in words."""
    return f"byte {place}"


def line_and_column(text: bytes) -> Callable[[int], str]:
    """How places of this text are told: line and column, both from 1."""

    def where(place: int) -> str:
        line = text.count(b"\n", 0, place) + 1
        before = text.rfind(b"\n", 0, place)
        return f"line {line}, column {place - before}"

    return where


def line_and_path(text: bytes) -> Callable[[int], str]:
    """How places are told in a file of JSON lines: the line, and the path in it where the line is JSON."""
    by_column = line_and_column(text)

    def where(place: int) -> str:
        begin = text.rfind(b"\n", 0, place) + 1
        end = text.find(b"\n", place)
        line = text[begin : end if end >= 0 else len(text)]
        try:
            value = json.loads(line)
        except ValueError:
            return by_column(place)
        clue = text[place : place + CLUE].decode(errors="replace")
        path = next((path for path, inner in texts_in(value) if clue in inner), None)
        number = text.count(b"\n", 0, place) + 1
        return f"line {number}, {path}" if path else by_column(place)

    return where
