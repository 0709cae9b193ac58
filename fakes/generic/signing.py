"""How a declared vendor signs what it tells, rightly and wrongly."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from harness.target.declared import Hooks

FORGERIES = {
    "missing": "no signature at all",
    "wrong_secret": "a signature made with another secret",
    "other_body": "a signature of another body",
}
TIMED = {"expired": "signed well, but an hour ago: a replay"}
"""Where the time is signed as well."""
STALE_S = 3600


def signed(hooks: Hooks, body: bytes, t_s: int, secret: str) -> dict[str, str]:
    """The header that proves who told it."""
    if hooks.scheme == "token":
        return {hooks.header: hooks.prefix + secret}
    text = b"%d.%b" % (t_s, body) if hooks.scheme == "timestamped" else body
    digest = hmac.new(secret.encode(), text, hashlib.sha256)
    if hooks.scheme == "hmac_base64":
        return {hooks.header: hooks.prefix + base64.b64encode(digest.digest()).decode()}
    shown = digest.hexdigest()
    return {hooks.header: hooks.prefix + (f"t={t_s},v1={shown}" if hooks.scheme == "timestamped" else shown)}


def forged(name: str, hooks: Hooks, body: bytes, t_s: int, secrets: Sequence[str]) -> tuple[dict[str, str], bytes]:
    """Headers and body, signed in one of the ways of `FORGERIES`, or of `TIMED`."""
    if name == "missing":
        return {}, body
    if name == "wrong_secret" or hooks.scheme == "token":
        return signed(hooks, body, t_s, "not-the-secret"), body
    if name == "expired":
        return signed(hooks, body, t_s - STALE_S, secrets[0]), body
    return signed(hooks, body + b" ", t_s, secrets[0]), body
