"""Webhook signatures: `Stripe-Signature: t=...,v1=...`, one `v1` for each secret that is valid; and the wrong ones."""

import hashlib
import hmac
from collections.abc import Callable, Sequence

from harness.rng import fresh_token

HEADER = "Stripe-Signature"
TOLERANCE_S = 300
"""How old the provider's own SDKs let a signature be."""
FORGERIES = {
    "missing": "No signature at all.",
    "garbage": "A signature header that is not one.",
    "wrong_secret": "Signed with a secret that nobody has.",
    "altered_byte": "Signed well, then one byte of the body was changed.",
    "other_endpoint_secret": "Signed with the well-formed secret of another endpoint.",
    "only_v0": "A signature of the test scheme v0 only, which must not be trusted.",
    "expired": "Signed well, but 15 minutes ago: a replay.",
    "valid": "Signed well.",
}


def signature(body: bytes, t_s: int, secret: str) -> str:
    """The hex digest over time and body."""
    return hmac.new(secret.encode(), f"{t_s}.".encode() + body, hashlib.sha256).hexdigest()


def header(body: bytes, t_s: int, secrets: Sequence[str], scheme: str = "v1") -> dict[str, str]:
    """The header with a signature for each secret."""
    signed = [f"{scheme}={signature(body, t_s, secret)}" for secret in secrets]
    return {HEADER: ",".join([f"t={t_s}", *signed])}


def altered(body: bytes) -> bytes:
    """The body with one byte changed, still JSON and still understood."""
    place = body.find(b'"api_version": "')
    if place < 0:
        return body + b" "
    end = body.index(b'"', place + len(b'"api_version": "')) - 1
    return body[:end] + bytes([body[end] ^ 1]) + body[end + 1 :]


_Forger = Callable[[bytes, int, Sequence[str]], tuple[dict[str, str], bytes]]
_WAYS: dict[str, _Forger] = {
    "missing": lambda body, _t_s, _secrets: ({}, body),
    "garbage": lambda body, _t_s, _secrets: ({HEADER: "not,a=signature"}, body),
    "wrong_secret": lambda body, t_s, _secrets: (header(body, t_s, [fresh_token()]), body),
    "altered_byte": lambda body, t_s, secrets: (header(body, t_s, secrets), altered(body)),
    "other_endpoint_secret": lambda body, t_s, _secrets: (header(body, t_s, [fresh_token("whsec_")]), body),
    "only_v0": lambda body, t_s, secrets: (header(body, t_s, secrets, "v0"), body),
    "expired": lambda body, t_s, secrets: (header(body, t_s - 3 * TOLERANCE_S, secrets), body),
    "valid": lambda body, t_s, secrets: (header(body, t_s, secrets), body),
}


def forge(name: str, body: bytes, t_s: int, secrets: Sequence[str]) -> tuple[dict[str, str], bytes]:
    """Headers and body, signed in the named way."""
    return _WAYS[name](body, t_s, secrets)
