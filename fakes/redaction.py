"""What of a call's parameters may be journaled: no secrets, no card numbers, at most 4 kB.

A guard for the journals only; the slice itself sees everything.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

PARAMS_MAX = 4_000
TEXT_MAX = 400
CARD_MIN = 13
"""How many digits the shortest card number has."""
HIDDEN = "***"
_SECRET_KEY = re.compile(
    r"passw|secret|token|authoriz|api_?key|cvc|cvv|credential|private_?key|card.*number|^pan$", re.IGNORECASE
)
_CARDISH = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w.])")
_DIGIT = re.compile(r"\d")
_SCHEMES = ("Bearer", "Basic")
_KEYS = ("sk_", "rk_", "whsec_")
_MIDDLE = "_secret_"
_SECRET_TEXT = re.compile(rf"\b(?:{'|'.join(_SCHEMES)})\s+\S+|\b(?:{'|'.join(_KEYS)})\w{{8,}}|\w+{_MIDDLE}\w+")
_SECRET_MARK = re.compile("|".join((*_SCHEMES, *_KEYS, _MIDDLE)))


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _hide_card(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match.group())
    return HIDDEN if _luhn(digits) else match.group()


def hide_in_text(text: str) -> str:
    """The text without card numbers, bearer tokens and keys, cut to a readable length."""
    shown = text if len(text) <= TEXT_MAX else f"{text[:TEXT_MAX]}... ({len(text)} characters)"
    # Looking for what every such text has in it is much cheaper than looking for the whole of it everywhere.
    if len(shown) >= CARD_MIN and _DIGIT.search(shown):
        shown = _CARDISH.sub(_hide_card, shown)
    return _SECRET_TEXT.sub(HIDDEN, shown) if _SECRET_MARK.search(shown) else shown


@lru_cache(4096)
def _is_secret(name: str) -> bool:
    return _SECRET_KEY.search(name) is not None


def redacted(value: Any, key: str = "") -> Any:
    """The value with everything secret replaced by `***`; structure and other values stay."""
    if isinstance(value, str):
        return hide_in_text(value)
    if isinstance(value, dict):
        card, shown = "card" in key.lower(), {}
        for given, inner in value.items():
            name = str(given)
            if _is_secret(name) or (card and name == "number"):
                shown[name] = HIDDEN
            else:
                shown[name] = hide_in_text(inner) if isinstance(inner, str) else redacted(inner, name)
        return shown
    if isinstance(value, list | tuple):
        return [redacted(inner, key) for inner in value[:100]]
    if isinstance(value, bytes | bytearray):
        return f"({len(value)} bytes)"
    return redacted(dict(value), key) if isinstance(value, Mapping) else value


def without_secrets(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """An effect's values with those of secret names hidden; everything else verbatim, because it is judged."""
    if not any(map(_is_secret, values)):
        return values
    return {name: HIDDEN if _is_secret(name) else value for name, value in values.items()}


def for_journal(params: Mapping[str, Any]) -> Any:
    """Parameters as `received` holds them."""
    if not params:
        return {}
    shown = redacted(params)
    text = orjson.dumps(shown, default=str, option=orjson.OPT_NON_STR_KEYS)
    if len(text) > PARAMS_MAX:
        return {"cut": text[:PARAMS_MAX].decode("utf-8", "replace"), "bytes": len(text)}
    # Handed on as finished JSON, so that it is not encoded twice.
    return orjson.Fragment(text)
