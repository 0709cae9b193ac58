"""Makes what the tests look for, at run time, so that nothing that looks like a key is ever committed."""

import struct
from collections.abc import Sequence

from harness.rng import fresh_token
from harness.scan.engine import Found, Looked, Scanner
from harness.scan.hermes import MAGIC
from harness.scan.needles import Secret
from harness.scan.shapes import Shapes, shipped

SHAPES = Shapes(shipped())
SECRET_KEY = "s" + "k_test_"
PUBLISHABLE_KEY = "p" + "k_test_"


def canary(prefix: str = SECRET_KEY, name: str = "PAYMENTS_KEY") -> Secret:
    """A fresh secret of the server."""
    return Secret(name, fresh_token(prefix), random=True)


def looked(secret: Secret | Sequence[Secret], name: str, data: bytes | str) -> Looked:
    """What a scan of one file with this content comes to."""
    secrets = [secret] if isinstance(secret, Secret) else secret
    return Scanner(secrets, SHAPES).scan_bytes(name, data if isinstance(data, bytes) else data.encode())


def seen(secret: Secret, name: str, data: bytes | str) -> Found:
    """The one most telling finding of this secret; fails when it was not found, or its value is told."""
    result = looked(secret, name, data)
    mine = [one for one in result.findings if one.secret == secret.name]
    assert mine, f"{name}: {secret.name} was not found; found {result.findings}, unreadable {result.unreadable}"
    for one in result.findings:
        assert secret.value not in str(one.as_data()), "the value itself was told"
    return mine[-1]


def bytecode(
    strings: Sequence[str], *, identifiers: int = 0, version: int = 98, code: bytes = b"", header_size: int = 12,
    functions: int = 2, packed: bool = True,
) -> bytes:  # fmt: skip
    """A file of Hermes bytecode as its layout is described, with these strings; the last ones are identifiers."""
    storage = b""
    entries: list[int] = []
    overflow: list[tuple[int, int]] = []
    for text in strings:
        wide = not text.isascii()
        raw = text.encode("utf-16-le" if wide else "ascii")
        # Strings share bytes, as the compiler makes them do.
        at = storage.find(raw) if packed and raw in storage else len(storage)
        storage += b"" if at < len(storage) else raw
        length = len(raw) // (2 if wide else 1)
        if length >= 255:
            entries.append(int(wide) | len(overflow) << 1 | 255 << 24)
            overflow.append((at, length))
        else:
            entries.append(int(wide) | at << 1 | length << 24)
    runs = [(len(strings) - identifiers, 0), (identifiers, 1 << 31)]
    kinds = [count | bit for count, bit in runs if count]
    body = b"\1" * header_size * functions
    body += struct.pack(f"<{len(kinds)}I", *kinds)
    body += b"\2\3\4\5" * identifiers
    body += struct.pack(f"<{len(entries)}I", *entries)
    body += b"".join(struct.pack("<2I", *one) for one in overflow)
    body += storage + bytes(-len(storage) % 4) + code
    numbers = (128 + len(body), 0, functions, len(kinds), identifiers, len(strings), len(overflow), len(storage))
    head = MAGIC + struct.pack("<I", version) + bytes(20) + struct.pack("<8I", *numbers)
    return head.ljust(128, b"\0") + body


def character_arguments(text: str) -> bytes:
    """The instructions with which version 98 hands characters to a call: each once, last first, then copies."""
    loaded: dict[str, int] = {}
    code = b""
    top = 60
    for number, letter in reversed(list(enumerate(text))):
        register = top - number
        code += bytes([0x10, register, loaded[letter]]) if letter in loaded else bytes([0x8B, register, ord(letter)])
        loaded.setdefault(letter, register)
    return b"\x48\x13\x11\x00" + code + b"\x6a\x12\x12\x15"
