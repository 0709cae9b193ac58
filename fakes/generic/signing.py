"""How a declared vendor signs what it tells, rightly and wrongly.

The wrong ways are those that a receiver can tell: a secret that is shown as it is says nothing of the body, and only a
signed time can be too old. No state; called by the slice for the delivery engine.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence

from fakes.dressing import rewritten
from harness.target.declared import Hooks

STALE_S = 3600
TEXTS = {
    "missing": "no signature at all",
    "empty": "an empty signature",
    "garbage": "a signature that is none",
    "wrong_secret": "a signature made with another secret",
    "truncated_digest": "the first eight letters of the right signature",
    "longer_digest": "the right signature and more letters",
    "altered_byte": "changed after it was signed",
    "truncated": "signed well, then the end of the body was lost",
    "reserialised": "signed well, then the body was written anew: the same content, other bytes",
    "expired": "signed well, but an hour ago: a replay",
    "no_time": "signed well, but the time is not told",
    "time_not_a_number": "signed well for a time that is none",
    "other_time": "signed well, then the time was replaced",
}
_SPOILED: dict[str, Callable[[str], str]] = {
    "empty": lambda right: "",
    "garbage": lambda right: "none",
    "truncated_digest": lambda right: right[:8],
    "longer_digest": lambda right: right + "AAAA",
}
_AFTERWARDS: dict[str, Callable[[bytes], bytes]] = {
    "altered_byte": lambda body: body.replace(b'"id":"evt', b'"id":"evu', 1),
    "truncated": lambda body: body[:-2],
    "reserialised": rewritten,
}


def forgeries(hooks: Hooks) -> dict[str, str]:
    """The ways in which this vendor's signature can be wrong, each with what it is."""
    return {name: TEXTS[name] for name in hooks.forgeries}


def signed(hooks: Hooks, body: bytes, t_s: int, secret: str) -> dict[str, str]:
    """The header that proves who told it."""
    return _header(hooks, body, str(t_s), secret, str(t_s))


def forged(name: str, hooks: Hooks, body: bytes, t_s: int, secrets: Sequence[str]) -> tuple[dict[str, str], bytes]:
    """Headers and body, signed in one of the ways of `TEXTS`."""
    if name == "missing":
        return {}, body
    now, old = str(t_s), str(t_s - STALE_S)
    signed_for, told = {
        "expired": (old, old),
        "other_time": (old, now),
        "time_not_a_number": ("now", "now"),
        "no_time": (now, ""),
    }.get(name, (now, now))
    secret = "not-the-secret" if name == "wrong_secret" else secrets[0]
    spoil = _SPOILED.get(name, str)
    headers = _header(hooks, body, signed_for, secret, told, spoil)
    return headers, _AFTERWARDS[name](body) if name in _AFTERWARDS else body


def _header(
    hooks: Hooks, body: bytes, signed_for: str, secret: str, told: str, spoil: Callable[[str], str] = str
) -> dict[str, str]:
    if hooks.scheme == "token":
        return {hooks.header: hooks.prefix + spoil(secret)}
    text = f"{signed_for}.".encode() + body if hooks.scheme == "timestamped" else body
    digest = hmac.new(secret.encode(), text, hashlib.sha256)
    base64_shown = base64.b64encode(digest.digest()).decode()
    shown = spoil(base64_shown if hooks.scheme == "hmac_base64" else digest.hexdigest())
    if hooks.scheme != "timestamped":
        return {hooks.header: hooks.prefix + shown}
    time = f"t={told}," if told else ""
    return {hooks.header: f"{hooks.prefix}{time}v1={shown}"}
