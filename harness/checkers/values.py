"""How two values are compared, how a place in a structure is named, and what an amount is in minor units.

Pure text and numbers: knows no journal. Used by every checker, so that all of them agree on what "the same" means:
text after NFC, numbers as decimals, e-mail addresses without regard to case, a blank field as good as none.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

ZERO_DECIMAL = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"]
)
THREE_DECIMAL = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
# A leading zero or plus means a code or a phone number, which must arrive digit by digit.
PLAIN_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")


def same(expected: Any, found: Any) -> bool:
    """Whether two values mean the same; lists and mappings are compared part by part."""
    if _blank(expected) or _blank(found):
        return _blank(expected) and _blank(found)
    if isinstance(expected, bool) or isinstance(found, bool):
        return str(expected).lower() == str(found).lower()
    left, right = _number(expected), _number(found)
    if left is not None and right is not None:
        return left == right
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return all(fits(value, found.get(key)) for key, value in expected.items())
    if isinstance(expected, list | tuple) and isinstance(found, list | tuple):
        return len(expected) == len(found) and all(map(fits, expected, found))
    return _text(expected) == _text(found)


def fits(wanted: Any, found: Any) -> bool:
    """Whether `found` is what an expectation wants: a plain value, `{"contains": text}` or `{"one_of": [...]}`."""
    if isinstance(wanted, Mapping):
        if set(wanted) == {"contains"}:
            return _contains(wanted["contains"], found)
        if set(wanted) == {"one_of"}:
            return any(fits(choice, found) for choice in wanted["one_of"])
    return same(wanted, found)


def selects(match: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Whether `values` are meant by `match`: every field named there is present and fits."""
    for name, wanted in match.items():
        places = list(at_path(values, name))
        if not any(fits(wanted, found) for found in places):
            return False
    return True


def misfits(wanted: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields that do not hold what is wanted: name -> (wanted, found); a missing field counts as blank."""
    wrong: dict[str, tuple[Any, Any]] = {}
    for name, value in wanted.items():
        places = list(at_path(values, name)) or [None]
        if not any(fits(value, found) for found in places):
            wrong[name] = (value, places[0])
    return wrong


def at_path(values: Any, path: str) -> Iterable[Any]:
    """Every value at a dotted path, `*` standing for each element of a list; nothing when the place is missing."""
    if isinstance(values, Mapping) and path in values:
        yield values[path]
        return
    head, _, rest = path.partition(".")
    if head == "*" and isinstance(values, list | tuple):
        inner: Iterable[Any] = values
    elif isinstance(values, Mapping) and head in values:
        inner = [values[head]]
    else:
        return
    for value in inner:
        if rest:
            yield from at_path(value, rest)
        else:
            yield value


def minor(amount: Any, currency: Any, unit: str = "minor") -> tuple[int | str, str]:
    """An amount as (minor units, currency in lower case); text that is no amount stays as it is, to be shown."""
    code = str(currency or "").strip().lower()
    try:
        number = Decimal(str(amount).strip())
        if unit == "major":
            number *= Decimal(10) ** (0 if code in ZERO_DECIMAL else 3 if code in THREE_DECIMAL else 2)
        if number == number.to_integral_value():
            return int(number), code
    except InvalidOperation:
        pass
    return f"{amount} ({unit} units)", code


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | tuple | Mapping) and not value)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, int | float):
        return Decimal(str(value))
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str) and PLAIN_NUMBER.fullmatch(value):
        return Decimal(value)
    return None


def _text(value: Any) -> str:
    text = unicodedata.normalize("NFC", str(value))
    return text.casefold() if ADDRESS.fullmatch(text) else text


def _contains(part: Any, found: Any) -> bool:
    if isinstance(found, list | tuple):
        return any(same(part, one) or _contains(part, one) for one in found)
    if _blank(found):
        return False
    return unicodedata.normalize("NFC", str(part)).casefold() in unicodedata.normalize("NFC", str(found)).casefold()


def says(values: Any, words: Sequence[str]) -> bool:
    """Whether these values hold all of these words, wherever they stand."""
    text = orjson.dumps(values or {}, default=str).decode()
    return all(_contains(word, text) for word in words)
