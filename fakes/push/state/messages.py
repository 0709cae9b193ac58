"""What a message may hold: field by field, and its size. Pure functions.

Unknown fields are refused. Sentences name the field by its place, as the service does; their exact words are a guess.
"""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from fakes.push.state.problem import Problem

MESSAGES_MAX = 100
PAYLOAD_MAX = 4_096
PAYLOAD = ("title", "subtitle", "body", "data")
PRIORITIES = ("default", "normal", "high")
INTERRUPTIONS = ("active", "critical", "passive", "time-sensitive")


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _sound(value: Any) -> bool:
    return value is None or isinstance(value, str | Mapping)


def _to(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and bool(value) and all(map(_text, value)))


def _either(*choices: str) -> Callable[[Any], bool]:
    return lambda value: value in choices


FIELDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "to": (_to, "must be a push token or an array of them"),
    "data": (lambda value: isinstance(value, Mapping), "must be of type object"),
    "title": (_text, "must be a string"),
    "subtitle": (_text, "must be a string"),
    "body": (_text, "must be a string"),
    "sound": (_sound, "must be a string, an object or null"),
    "ttl": (_whole, "must be a whole number of seconds"),
    "expiration": (_whole, "must be a whole number of seconds"),
    "priority": (_either(*PRIORITIES), f"must be one of [{', '.join(PRIORITIES)}]"),
    "interruptionLevel": (_either(*INTERRUPTIONS), f"must be one of [{', '.join(INTERRUPTIONS)}]"),
    "badge": (_whole, "must be a whole number"),
    "channelId": (_text, "must be a string"),
    "icon": (_text, "must be a string"),
    "richContent": (lambda value: isinstance(value, Mapping), "must be of type object"),
    "categoryId": (_text, "must be a string"),
    "mutableContent": (lambda value: isinstance(value, bool), "must be a boolean"),
    "_contentAvailable": (lambda value: isinstance(value, bool), "must be a boolean"),
    "collapseId": (_text, "must be a string"),
    "tag": (_text, "must be a string"),
}
NULLABLE = frozenset(FIELDS) - {"to"}


def checked(asked: Any) -> list[Mapping[str, Any]]:
    """The messages of a request, one or many; `Problem` names the first mistake."""
    many = asked if isinstance(asked, list) else [asked]
    if not many:
        raise _invalid('"value" must contain at least 1 items')
    for place, message in enumerate(many):
        _check(message, f"[{place}]" if isinstance(asked, list) else "")
    number = sum(len(recipients(message)) for message in many)
    if number > MESSAGES_MAX:
        raise Problem(
            "PUSH_TOO_MANY_NOTIFICATIONS",
            f"The request contained {number} notifications, which is over the limit of {MESSAGES_MAX}.",
        )
    return many


def recipients(message: Mapping[str, Any]) -> list[str]:
    """The devices a message is for; each gets a notification and a ticket of its own."""
    to = message["to"]
    return list(to) if isinstance(to, list) else [to]


def too_big(message: Mapping[str, Any]) -> bool:
    """Whether what the device would get is larger than the phones' makers take."""
    told = {name: message[name] for name in PAYLOAD if message.get(name) is not None}
    return len(orjson.dumps(told, default=str)) > PAYLOAD_MAX


def _check(message: Any, where: str) -> None:
    if not isinstance(message, Mapping):
        raise _invalid(f'"{where or "value"}" must be of type object')
    prefix = f"{where}." if where else ""
    if "to" not in message:
        raise _invalid(f'"{prefix}to" is required')
    for name, value in message.items():
        if name not in FIELDS:
            raise _invalid(f'"{prefix}{name}" is not allowed')
        fits, said = FIELDS[name]
        if not (value is None and name in NULLABLE) and not fits(value):
            raise _invalid(f'"{prefix}{name}" {said}')


def _invalid(message: str) -> Problem:
    return Problem("VALIDATION_ERROR", message + ".")
