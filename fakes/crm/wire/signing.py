"""Webhook signatures: the older one (`v1` or `v2`), the one that knows address and time (v3), and the wrong ones.

No state and no rules; called by `webhooks` for the delivery engine.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable

import orjson

from fakes.dressing import rewritten

STALE_S = 900
"""How old a forged delivery is that is too old."""
OLDER, OLDER_VERSION = "X-HubSpot-Signature", "X-HubSpot-Signature-Version"
NEWER, TIME = "X-HubSpot-Signature-v3", "X-HubSpot-Request-Timestamp"
FORGERIES = {
    "missing": "no signature at all",
    "empty": "empty signatures",
    "garbage": "signatures that are none",
    "wrong_secret": "signed with somebody else's secret",
    "altered_byte": "changed after it was signed",
    "truncated": "signed rightly, then the end of the body was lost",
    "reserialised": "signed rightly, then the body was written anew: the same content, other bytes",
    "expired": "signed rightly, but more than five minutes ago; by the newer signature alone",
    "no_time": "signed rightly, but the time is not told; by the newer signature alone",
    "time_not_a_number": "signed rightly for a time that is none; by the newer signature alone",
    "other_time": "signed rightly, then the time was replaced; by the newer signature alone",
    "truncated_digest": "the first eight letters of the right signatures",
    "longer_digest": "the right signatures and more letters",
    "other_address": "signed for another address; by the newer signature alone",
}
Headers = dict[str, str]


def signatures(body: bytes, url: str, t_s: int, secret: str, version: str) -> dict[str, str]:
    """The headers of a delivery: the older signature (`v1` or `v2`), and the one that knows address and time."""
    text, at_ms = body.decode(), str(t_s * 1000)
    older = f"{secret}{text}" if version == "v1" else f"{secret}POST{url}{text}"
    newer = hmac.new(secret.encode(), f"POST{url}{text}{at_ms}".encode(), hashlib.sha256).digest()
    return {
        "X-HubSpot-Signature": hashlib.sha256(older.encode()).hexdigest(),
        "X-HubSpot-Signature-Version": version,
        "X-HubSpot-Signature-v3": base64.b64encode(newer).decode(),
        "X-HubSpot-Request-Timestamp": at_ms,
    }


def _newer(body: bytes, url: str, time: str, secret: str) -> Headers:
    """The newer signature alone: the older one knows no time and no address, and would still be right."""
    text = f"POST{url}{body.decode()}{time}"
    told = base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).decode()
    return {NEWER: told, TIME: time}


def _each(headers: Headers, change: Callable[[str], str]) -> Headers:
    return {name: change(text) if name in (OLDER, NEWER) else text for name, text in headers.items()}


def _another_portal(body: bytes) -> bytes:
    return orjson.dumps([{**each, "portalId": each["portalId"] + 1} for each in orjson.loads(body)])


_SPOILED: dict[str, Callable[[Headers], Headers]] = {
    "missing": lambda told: {},
    "empty": lambda told: _each(told, lambda right: ""),
    "garbage": lambda told: _each(told, lambda right: "bm9uZQ=="),
    "truncated_digest": lambda told: _each(told, lambda right: right[:8]),
    "longer_digest": lambda told: _each(told, lambda right: right + "AAAA"),
}
_AFTERWARDS: dict[str, Callable[[bytes], bytes]] = {
    "altered_byte": _another_portal,
    "truncated": lambda body: body[:-2],
    "reserialised": rewritten,
}


def signed(way: str, body: bytes, url: str, t_s: int, secret: str, version: str) -> tuple[Headers, bytes]:
    """Headers and body, signed in the named way; well, when the name is none of the wrong ones."""
    if way in ("expired", "other_time", "no_time", "time_not_a_number", "other_address"):
        old = t_s - STALE_S if way in ("expired", "other_time") else t_s
        told = "now" if way == "time_not_a_number" else str(old * 1000)
        headers = _newer(body, f"{url}/elsewhere" if way == "other_address" else url, told, secret)
        if way == "no_time":
            del headers[TIME]
        elif way == "other_time":
            headers[TIME] = str(t_s * 1000)
        return headers, body
    headers = signatures(body, url, t_s, f"not-{secret}" if way == "wrong_secret" else secret, version)
    if way in _SPOILED:
        return _SPOILED[way](headers), body
    return headers, _AFTERWARDS[way](body) if way in _AFTERWARDS else body
