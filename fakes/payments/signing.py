"""Webhook signatures: `Stripe-Signature: t=...,v1=...`, one `v1` for each secret that is valid; and the wrong ones."""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from harness.rng import fresh_token

Headers = Mapping[str, str | tuple[str, ...]]
HEADER = "Stripe-Signature"
OLD_EVENT_S = 3 * 86_400
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
    "empty": "A signature header with nothing in it.",
    "time_zero": "Signed well, but for the beginning of 1970.",
    "time_not_a_number": "Signed well, for a time that is no number.",
    "two_times": "Two times, of which the old one was signed.",
    "other_time": "Signed well long ago, then the time in the header was replaced.",
    "truncated_digest": "The first eight letters of the right signature.",
    "longer_digest": "The right signature and eight letters more.",
    "no_time": "A signature without the time that it was made for.",
    "reserialised": "Signed well, then the body was written anew: the same content, other bytes.",
    "truncated": "Signed well, then the end of the body was lost.",
    "two_headers": "The signature header twice: one made with a wrong secret, one for another time.",
    "other_account": "Signed well, about somebody else's account.",
    "other_mode": "Signed well, and of live mode.",
    "old_event": "Signed well just now, about something that happened three days ago: a late retry.",
    "valid": "Signed well.",
    "future": "Signed well for a time that is still to come.",
    "second_v1": "Two signatures of the same scheme, of which the second is right: as while a secret is rolled.",
    "unknown_scheme": "Signed well, beside a signature of a scheme that does not exist yet.",
}
"""Ways to sign; all but those in `ACCEPTED` are wrong."""
GENUINE = ("second_v1", "unknown_scheme", "old_event")
"""Unusual, and right for every receiver."""
ACCEPTED = frozenset({*GENUINE, "valid", "future", "other_account", "other_mode"})
"""What the provider's own clients accept; they look at the age of a signature alone, not at its future."""


def signature(body: bytes, t_s: int, secret: str) -> str:
    """The hex digest over time and body."""
    return digest(body, str(t_s), secret)


def digest(body: bytes, time: str, secret: str) -> str:
    """The same for a time as it is told."""
    return hmac.new(secret.encode(), f"{time}.".encode() + body, hashlib.sha256).hexdigest()


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


def _reserialised(body: bytes) -> bytes:
    compact = orjson.dumps(orjson.loads(body))
    return compact if compact != body else body + b"\n"


def _twice(body: bytes, t_s: int, secrets: Sequence[str]) -> tuple[Headers, bytes]:
    stranger = header(body, t_s, [fresh_token("whsec_")])[HEADER]
    moved = f"t={t_s + 1},v1={signature(body, t_s, secrets[0])}"
    return {HEADER: (stranger, moved)}, body


def _marked(body: bytes, **fields: Any) -> bytes:
    return orjson.dumps({**orjson.loads(body), **fields}, option=orjson.OPT_INDENT_2)


def _well(body: bytes, t_s: int, secrets: Sequence[str]) -> tuple[Headers, bytes]:
    return header(body, t_s, secrets), body


def _at(told: str, signed: str) -> "_Forger":
    """A header that tells these times, and a signature for this one; `{now}` and `{old}` stand for numbers."""

    def forge(body: bytes, t_s: int, secrets: Sequence[str]) -> tuple[Headers, bytes]:
        times = {"now": str(t_s), "old": str(t_s - 3 * TOLERANCE_S)}
        right = digest(body, signed.format(**times), secrets[0])
        return {HEADER: f"{told.format(**times)},v1={right}"}, body

    return forge


def _cut(body: bytes, t_s: int, secrets: Sequence[str], change: Callable[[str], str]) -> tuple[Headers, bytes]:
    return {HEADER: f"t={t_s},v1={change(signature(body, t_s, secrets[0]))}"}, body


def _beside(body: bytes, t_s: int, secrets: Sequence[str], scheme: str) -> tuple[Headers, bytes]:
    right = header(body, t_s, secrets)[HEADER].partition(",")[2]
    return {HEADER: f"t={t_s},{scheme}={signature(body, t_s, fresh_token())},{right}"}, body


_Forger = Callable[[bytes, int, Sequence[str]], tuple[Headers, bytes]]
_WAYS: dict[str, _Forger] = {
    "empty": lambda body, _t_s, _secrets: ({HEADER: ""}, body),
    "time_zero": _at("t=0", "0"),
    "time_not_a_number": _at("t=now", "now"),
    "two_times": _at("t={now},t={old}", "{old}"),
    "other_time": _at("t={now}", "{old}"),
    "truncated_digest": lambda body, t_s, secrets: _cut(body, t_s, secrets, lambda right: right[:8]),
    "longer_digest": lambda body, t_s, secrets: _cut(body, t_s, secrets, lambda right: right + "00000000"),
    "other_account": lambda body, t_s, secrets: _well(_marked(body, account="acct_somebodyelses"), t_s, secrets),
    "other_mode": lambda body, t_s, secrets: _well(_marked(body, livemode=True), t_s, secrets),
    "missing": lambda body, _t_s, _secrets: ({}, body),
    "garbage": lambda body, _t_s, _secrets: ({HEADER: "not,a=signature"}, body),
    "wrong_secret": lambda body, t_s, _secrets: (header(body, t_s, [fresh_token()]), body),
    "altered_byte": lambda body, t_s, secrets: (header(body, t_s, secrets), altered(body)),
    "other_endpoint_secret": lambda body, t_s, _secrets: (header(body, t_s, [fresh_token("whsec_")]), body),
    "only_v0": lambda body, t_s, secrets: (header(body, t_s, secrets, "v0"), body),
    "expired": lambda body, t_s, secrets: (header(body, t_s - 3 * TOLERANCE_S, secrets), body),
    "no_time": lambda body, t_s, secrets: ({HEADER: header(body, t_s, secrets)[HEADER].partition(",")[2]}, body),
    "reserialised": lambda body, t_s, secrets: (header(body, t_s, secrets), _reserialised(body)),
    "truncated": lambda body, t_s, secrets: (header(body, t_s, secrets), body[:-2]),
    "two_headers": _twice,
    "old_event": lambda body, t_s, secrets: _well(_marked(body, created=t_s - OLD_EVENT_S), t_s, secrets),
    "valid": _well,
    "future": lambda body, t_s, secrets: (header(body, t_s + 3 * TOLERANCE_S, secrets), body),
    "second_v1": lambda body, t_s, secrets: _beside(body, t_s, secrets, "v1"),
    "unknown_scheme": lambda body, t_s, secrets: _beside(body, t_s, secrets, "v9"),
}


def forge(name: str, body: bytes, t_s: int, secrets: Sequence[str]) -> tuple[Headers, bytes]:
    """Headers and body, signed in the named way."""
    return _WAYS[name](body, t_s, secrets)
