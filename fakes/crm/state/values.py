"""What a value must look like and how it is kept: text only, checked by the type of its property.

An empty text clears. Pure functions; called by `schema`.
"""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from fakes.crm.problems import Detail, Problem

EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}")
TEXT_MAX = 65_536
EMAILS = ("email", "hs_additional_emails")


def invalid_values(details: Sequence[Detail]) -> Problem:
    """The CRM's refusal of property values; the list is repeated inside the sentence, as text."""
    listed = [
        {
            "isValid": False,
            "message": each.message,
            "error": each.code,
            "name": each.name,
            "localizedErrorMessage": each.message,
        }
        for each in details
    ]
    message = f"Property values were not valid: {json.dumps(listed, separators=(',', ':'))}"
    return Problem("VALIDATION_ERROR", message, None, details)


def as_text(value: Any) -> str:
    """A JSON value as the CRM keeps it; null is an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def addresses(text: str) -> list[str]:
    """The addresses in a list of them, once each, as they are kept."""
    return list(dict.fromkeys(each.strip().lower() for each in text.split(";") if each.strip()))


def fit(name: str, type_: str, field_type: str, allowed: Iterable[str], text: str) -> str | Detail:
    """The text as a property of this type keeps it, or why it cannot."""

    def wrong(message: str, code: str) -> Detail:
        return Detail(message=message, code=code, name=name)

    if len(text) > TEXT_MAX:
        return wrong(f"Value exceeds the limit of {TEXT_MAX} characters", "VALUE_TOO_LONG")
    if name in EMAILS:
        given = addresses(text) if name == "hs_additional_emails" else [text.strip().lower()]
        bad = next((each for each in given if not EMAIL.fullmatch(each)), None)
        return ";".join(given) if bad is None else wrong(f"Email address {bad} is invalid", "INVALID_EMAIL")
    if type_ == "number":
        return text.strip() if _is_number(text) else wrong(f"{text} was not a valid long.", "INVALID_LONG")
    if type_ in ("date", "datetime"):
        return moment_text(text, type_) or wrong(f"{text} was not a valid date.", "INVALID_DATE")
    if type_ in ("enumeration", "bool"):
        known = list(allowed) or ["true", "false"]
        chosen = text.split(";") if field_type == "checkbox" else [text]
        if not all(each in known for each in chosen if each):
            return wrong(f"{text} was not one of the allowed options: [{', '.join(known)}]", "INVALID_OPTION")
    return text


def _is_number(text: str) -> bool:
    try:
        return Decimal(text.strip()).is_finite() and "_" not in text
    except InvalidOperation:
        return False


def moment_of(text: str) -> datetime | None:
    """The moment that a text names, in milliseconds or in ISO 8601; None when it names none."""
    try:
        if text.lstrip("-").isdecimal():
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def moment_text(text: str, type_: str) -> str | None:
    """Dates are kept as `YYYY-MM-DD`, moments as ISO 8601 in UTC; None when the text is neither."""
    if type_ == "date" and len(text) == 10:
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            pass
    moment = moment_of(text)
    if moment is None:
        return None
    return moment.date().isoformat() if type_ == "date" else iso(moment)


def iso(moment: datetime) -> str:
    """A moment as the CRM writes it: UTC, milliseconds, Z."""
    known = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return known.isoformat("T", "milliseconds")[:-6] + "Z"
