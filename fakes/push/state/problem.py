"""Why the push service refuses a whole request; what fails for one notification is a ticket or a receipt instead."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Problem(Exception):
    """One error of a request."""

    code: str
    message: str
    status: int = 400
    details: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Code and message."""
        return f"{self.code}: {self.message}"
