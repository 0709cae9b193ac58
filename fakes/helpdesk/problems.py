"""What the helpdesk refuses, in its own words; `wire` turns them into statuses and bodies.

Raised by `state`, which knows no HTTP. A problem means that nothing was committed.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Problem(Exception):
    """A refusal: the helpdesk's error word, its sentence, and the faults by field."""

    error: str
    description: str
    details: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """By field: sentences, each with its error word."""
    also: dict[str, Any] = field(default_factory=dict)
    """Further parts of each fault."""
    beside: dict[str, Any] = field(default_factory=dict)
    """Further parts of the whole error."""

    def __str__(self) -> str:
        """The error word and the sentence."""
        return f"{self.error}: {self.description}"


def invalid(details: dict[str, list[tuple[str, str]]]) -> Problem:
    """A record that cannot be kept as it was given."""
    return Problem("RecordInvalid", "Record validation errors", details)


def one_invalid(name: str, sentence: str, word: str = "InvalidValue") -> Problem:
    """A record with one fault."""
    return invalid({name: [(sentence, word)]})


def not_found() -> Problem:
    """There is no such record."""
    return Problem("RecordNotFound", "Not found")


def bad_parameter(name: str, why: str) -> Problem:
    """A part of the call is missing or of the wrong type."""
    return Problem("Invalid attribute", f"You passed an invalid value for the {name} attribute. {why}")


def too_many_values(most: int) -> Problem:
    """More records in one call than the helpdesk takes."""
    sentence = f"Parameter  cannot specify more than {most} values"
    return Problem("TooManyValues", sentence, beside={"max_count": most})


def forbidden() -> Problem:
    """The caller's role may not do this."""
    return Problem(
        "Forbidden", "You do not have access to this page. Please contact the account owner of this help desk"
    )
