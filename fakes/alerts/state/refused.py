"""The one way in which the chat workspace says no: a word of the vendor's, and details where it gives some."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Refused(Exception):
    """The vendor's own word for what is wrong."""

    word: str
    messages: tuple[str, ...] = ()
    """What the API adds, one sentence for each mistake; the webhook says the word alone."""
    wait_s: float = 0.0
    """When to come back, if it is a matter of time."""
    more: dict[str, Any] = field(default_factory=dict)
    """Further fields of the API's answer."""

    def __str__(self) -> str:
        """The word."""
        return self.word
