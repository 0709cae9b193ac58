"""A secret that is known, and everything it may look like once it has been written down somewhere.

Pure. Forms are whole values; `parts` are proof only for values that were made at random. What is shown of a secret is
its name and a head, never the value.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

SHORTEST = 8
"""Characters below which a value is found everywhere by chance, and is not looked for."""
PART = 12
"""Characters in a row of a random value that are proof enough: 48 bits of hexadecimal digits."""
RANDOM = re.compile(r"[A-Za-z0-9]{20,}")
HEAD = 4
PLAIN = "plain"
A_PART = "a part of it"
SEPARATORS = "-_."


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that only the server may know, under the name it has there."""

    name: str
    value: str = field(repr=False)
    random: bool = False
    """Made at random by us, so that a part of it proves as much as the whole."""

    @property
    def shown(self) -> str:
        """A head that tells which it is, and the length."""
        return redacted(self.value)

    @property
    def random_part(self) -> tuple[int, int]:
        """From where to where it is random; empty for what we did not make."""
        found = max(RANDOM.finditer(self.value), key=lambda match: len(match[0]), default=None)
        return found.span() if found and self.random else (0, 0)


@dataclass(frozen=True, slots=True)
class Needle:
    """One pattern of bytes that stands for a secret in one form."""

    secret: str
    shown: str
    form: str
    pattern: bytes = field(repr=False)
    lead: int = 0
    """Bytes of the whole before the pattern, where the pattern is not the whole."""
    size: int = 0
    digest: str = ""
    """What the whole must hash to, where the whole itself is not known."""


def redacted(value: str) -> str:
    """The first characters, and how many there are: a short prefix such as vendors give, and at most four more."""
    prefixes = [match.end() for match in re.finditer(r"(?<=[A-Za-z])[_-]", value[: len(value) // 4])]
    kept = prefixes[-1] if prefixes and re.fullmatch(r"(?:[A-Za-z]{1,10}[_-])+", value[: prefixes[-1]]) else 0
    # Of what is short, little may be told: a quarter at most.
    head = value[kept : kept + min(HEAD, (len(value) - kept) // 4)]
    # The space keeps a report from taking what is shown for the secret itself.
    return f"{value[:kept]}{' ' if kept else ''}{head}… ({len(value)} characters)"


def forms(value: str) -> dict[bytes, str]:
    """Every form in which the whole value is looked for, with its name; the plainest name wins."""
    raw = value.encode()
    found: dict[bytes, str] = {raw: PLAIN}

    def add(name: str, pattern: bytes) -> None:
        if len(pattern) >= SHORTEST:
            found.setdefault(pattern, name)

    escaped = json.dumps(value)[1:-1]
    add("JSON-escaped", escaped.encode())
    add("JSON-escaped", json.dumps(value, ensure_ascii=False)[1:-1].encode())
    add("JSON-escaped", escaped.replace("/", "\\/").encode())
    for encode in (quote, quote_plus):
        text = encode(value, safe="")
        add("URL-encoded", text.encode())
        add("URL-encoded", re.sub("%..", lambda match: match[0].lower(), text).encode())
    for alignment in range(3):
        add("base64", base64_alone(raw, alignment))
        add("base64, URL-safe", base64_alone(raw, alignment).translate(bytes.maketrans(b"+/", b"-_")))
    add("hexadecimal", raw.hex().encode())
    add("hexadecimal", raw.hex().upper().encode())
    add("UTF-16LE", value.encode("utf-16-le"))
    add("UTF-16BE", value.encode("utf-16-be"))
    add("reversed", value[::-1].encode())
    for separator in SEPARATORS:
        if separator in value:
            add("without its separators", value.replace(separator, "").encode())
    return found


def base64_alone(raw: bytes, alignment: int) -> bytes:
    """The letters that stand for `raw` alone when so many bytes, modulo three, come before it."""
    whole = base64.b64encode(bytes(alignment) + raw)
    return whole[-(-alignment * 8 // 6) : (alignment + len(raw)) * 8 // 6]


def parts(secret: Secret) -> Iterator[bytes]:
    """Every run of `PART` characters within what is random of it."""
    begin, end = secret.random_part
    for place in range(begin, end - PART + 1):
        yield secret.value[place : place + PART].encode()


def needles(secrets: Iterable[Secret]) -> list[Needle]:
    """Every pattern for these secrets; those that are too short to mean anything have none."""
    found = []
    for secret in secrets:
        if len(secret.value) < SHORTEST:
            continue
        for pattern, form in forms(secret.value).items():
            found.append(Needle(secret.name, secret.shown, form, pattern, size=len(pattern)))
        found += [Needle(secret.name, secret.shown, A_PART, part, size=len(part)) for part in parts(secret)]
    return found
