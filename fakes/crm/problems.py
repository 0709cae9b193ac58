"""What the CRM refuses, in its own categories; `wire` turns them into statuses and bodies.

Raised by `state`, which knows no HTTP. A problem means that nothing was committed for the input concerned.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One fault of one input; `name` is the property it is about."""

    message: str
    code: str
    name: str = ""
    listed: bool = True
    """Whether the message repeats it in the list of invalid property values."""

    def as_json(self) -> dict[str, Any]:
        """The entry of `errors` in the CRM's bodies."""
        entry: dict[str, Any] = {"message": self.message, "code": self.code}
        if self.name:
            entry["context"] = {"propertyName": [self.name]}
        return entry


@dataclass(slots=True)
class Problem(Exception):
    """A refusal: its category, its sentence, and what it is about."""

    category: str
    message: str
    sub_category: str | None = None
    details: Sequence[Detail] = ()
    context: dict[str, list[str]] = field(default_factory=dict)

    def __str__(self) -> str:
        """The category and the sentence."""
        return f"{self.category}: {self.message}"


def malformed(message: str) -> Problem:
    """The input is not of the shape that the call takes."""
    return Problem("VALIDATION_ERROR", message)


def not_found(message: str = "resource not found") -> Problem:
    """There is no such record."""
    return Problem("OBJECT_NOT_FOUND", message)


def too_fast() -> Problem:
    """The search's own limit was reached."""
    return Problem("RATE_LIMITS", "You have reached your secondly limit.")
