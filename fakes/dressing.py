"""Odd ways in which a genuine webhook may be dressed: rightly signed, and every receiver must take it.

None of them is a vendor's: they change the bytes before they are signed, or the request around them. Ways that belong
to a vendor's own signature are that fake's (`Manifest.genuine`). Called by the delivery engine.
"""

import json
from collections.abc import Iterator, Sequence

DRESSES = {
    "charset": "Its content type names a character set.",
    "shouted_type": "Its content type is written in capitals.",
    "header_case": "The names of its headers are written in odd case.",
    "chunked": "It comes in chunks, its length untold.",
    "odd_bytes": "Written anew before it was signed: spaces, escapes, an end of line; the same content.",
}
_TYPES = {"charset": "application/json; charset=utf-8", "shouted_type": "Application/JSON"}
Pairs = list[tuple[str, str]]


def rewritten(body: bytes) -> bytes:
    """The same JSON in bytes that do not survive being read and written again; what is no JSON stays as it is."""
    try:
        content = json.loads(body)
    except ValueError:
        return body
    text = json.dumps(content, indent=3, separators=(" ,", " : "), ensure_ascii=True)
    return text.replace("/", "\\/").encode() + b"\r\n"


def dressed(dress: str | None, headers: Sequence[tuple[str, str]]) -> Pairs:
    """The headers of a request in this dress."""
    if dress in _TYPES:
        rest = [pair for pair in headers if pair[0].lower() != "content-type"]
        return [*rest, ("content-type", _TYPES[dress])]
    if dress == "header_case":
        return [("".join(_odd(name)), value) for name, value in headers]
    if dress == "chunked":
        return [pair for pair in headers if pair[0].lower() != "content-length"]
    return list(headers)


def _odd(name: str) -> Iterator[str]:
    return (letter.upper() if place % 2 else letter.lower() for place, letter in enumerate(name))
