"""Webhook signatures: base64 of an HMAC over the time and the body, and the wrong ones.

Called by `slice` for the delivery engine.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from fakes.dressing import rewritten
from fakes.helpdesk.state.account import stamp
from harness.rng import fresh_token

SIGNATURE = "X-Zendesk-Webhook-Signature"
TIMESTAMP = "X-Zendesk-Webhook-Signature-Timestamp"
OLD_S = 900
TESTING_SECRET = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
"""What the vendor signs the tests of webhooks with that do not exist yet."""
FORGERIES = {
    "missing": "No signature at all.",
    "garbage": "A signature that is not one.",
    "wrong_secret": "Signed with a secret that nobody has.",
    "altered_byte": "Signed well, then one byte of the body was changed.",
    "empty": "An empty signature.",
    "truncated": "Signed well, then the end of the body was lost.",
    "reserialised": "Signed well, then the body was written anew: the same content, other bytes.",
    "no_time": "Signed well, but the time is not told.",
    "time_not_a_number": "Signed well, for a time that is none.",
    "truncated_digest": "The first eight letters of the right signature.",
    "longer_digest": "The right signature and more letters.",
    "without_time": "Signed over the body alone, without the time.",
    "other_time": "Signed well, but with another time in the header than in the signature.",
    "expired": "Signed well, but 15 minutes ago: a replay.",
    "valid": "Signed well.",
}
_Forger = Callable[[bytes, int, str], tuple[dict[str, str], bytes]]


def signature(text: bytes, secret: str) -> str:
    """The signature over these bytes."""
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()


def headers(body: bytes, t_s: int, secret: str) -> dict[str, str]:
    """The headers of a delivery that is signed well."""
    written = stamp(datetime.fromtimestamp(t_s, UTC))
    return {SIGNATURE: signature(written.encode() + body, secret), TIMESTAMP: written}


def _cut(body: bytes, t_s: int, secret: str, change: Callable[[str], str]) -> tuple[dict[str, str], bytes]:
    told = headers(body, t_s, secret)
    return {**told, SIGNATURE: change(told[SIGNATURE])}, body


_WAYS: dict[str, _Forger] = {
    "missing": lambda body, t_s, secret: ({}, body),
    "garbage": lambda body, t_s, secret: ({**headers(body, t_s, secret), SIGNATURE: "bm9uZQ"}, body),
    "wrong_secret": lambda body, t_s, secret: (headers(body, t_s, fresh_token()), body),
    "altered_byte": lambda body, t_s, secret: (headers(body, t_s, secret), body[:-1] + bytes([body[-1] ^ 1])),
    "without_time": lambda body, t_s, secret: (
        {**headers(body, t_s, secret), SIGNATURE: signature(body, secret)},
        body,
    ),
    "other_time": lambda body, t_s, secret: (
        {**headers(body, t_s, secret), TIMESTAMP: headers(body, t_s - 1, secret)[TIMESTAMP]},
        body,
    ),
    "expired": lambda body, t_s, secret: (headers(body, t_s - OLD_S, secret), body),
    "empty": lambda body, t_s, secret: ({**headers(body, t_s, secret), SIGNATURE: ""}, body),
    "truncated": lambda body, t_s, secret: (headers(body, t_s, secret), body[:-2]),
    "reserialised": lambda body, t_s, secret: (headers(body, t_s, secret), rewritten(body) + b"\n"),
    "no_time": lambda body, t_s, secret: ({SIGNATURE: headers(body, t_s, secret)[SIGNATURE]}, body),
    "time_not_a_number": lambda body, t_s, secret: (
        {SIGNATURE: signature(b"now" + body, secret), TIMESTAMP: "now"},
        body,
    ),
    "truncated_digest": lambda body, t_s, secret: _cut(body, t_s, secret, lambda right: right[:8]),
    "longer_digest": lambda body, t_s, secret: _cut(body, t_s, secret, lambda right: right + "AAAA"),
    "valid": lambda body, t_s, secret: (headers(body, t_s, secret), body),
}


def forge(name: str, body: bytes, t_s: int, secrets: Sequence[str]) -> tuple[dict[str, str], bytes]:
    """Headers and body, signed in the named way."""
    return _WAYS[name](body or b" ", t_s, secrets[0])


def fresh_secret() -> str:
    """A new signing secret in the vendor's form; never from the seed."""
    return base64.b64encode(bytes.fromhex(fresh_token() + fresh_token())).decode()
