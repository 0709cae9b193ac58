"""Whether a delivery is the provider's: checked on the raw bytes, before anything else is done with them."""

import hashlib
import hmac
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Header:
    """What a signature header says."""

    timestamp: int
    signatures: tuple[str, ...]


def parse(header: str | None) -> Header | None:
    """The timestamp and the signatures of the one scheme that counts; nothing when the header is not of this shape."""
    pairs = [part.strip().partition("=")[::2] for part in (header or "").split(",")]
    times = [value for name, value in pairs if name == "t"]
    signatures = tuple(value for name, value in pairs if name == "v1" and value)
    if len(times) != 1 or not times[0].isascii() or not times[0].isdigit() or len(times[0]) > 12 or not signatures:
        return None
    return Header(int(times[0]), signatures)


def signed(raw: bytes, header: Header, secrets: tuple[str, ...]) -> bool:
    """Whether any of the signatures fits any of the secrets in force; several are while one is being rolled."""
    payload = str(header.timestamp).encode() + b"." + raw
    expected = [hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest().encode() for secret in secrets]
    return any(hmac.compare_digest(own, sent.encode()) for own in expected for sent in header.signatures)


def recent(timestamp: int, now: float, tolerance_s: float) -> bool:
    """Whether a signature was made just now: an old one is a replay."""
    return abs(now - timestamp) <= tolerance_s


def genuine(raw: bytes, header: str | None, secrets: tuple[str, ...], now: float, tolerance_s: float) -> bool:
    """Whether this delivery may be believed."""
    found = parse(header)
    return found is not None and signed(raw, found, secrets) and recent(found.timestamp, now, tolerance_s)
