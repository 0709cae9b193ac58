"""What the load did, counted: how much of the plan was sent, when it was late, and whether the machine kept up.

Counts only; whether the pipeline kept its promises is judged from the journals. Sums over worker processes.
"""

from dataclasses import asdict, dataclass
from typing import Any

from harness.model import Outcome

LATE_MS = 100.0


@dataclass(slots=True)
class Tally:
    """Numbers of one process, or of all."""

    people: int = 0
    intents: int = 0
    requests: int = 0
    ok: int = 0
    failed: int = 0
    unknown: int = 0
    late_starts: int = 0
    worst_start_ms: float = 0.0
    cut_short: int = 0
    cpu_warning: bool = False

    def started(self, late_ms: float) -> None:
        """Somebody was sent, so much after their time."""
        self.people += 1
        self.late_starts += late_ms > LATE_MS
        self.worst_start_ms = max(self.worst_start_ms, round(late_ms, 1))

    def came_to(self, outcome: Outcome) -> None:
        """An intent ended."""
        self.intents += 1
        setattr(self, outcome.value, getattr(self, outcome.value) + 1)

    def add(self, data: dict[str, Any]) -> None:
        """Add another process's numbers, as `as_data` gave them."""
        for name in ("people", "intents", "requests", "ok", "failed", "unknown", "late_starts", "cut_short"):
            setattr(self, name, getattr(self, name) + int(data[name]))
        self.worst_start_ms = max(self.worst_start_ms, float(data["worst_start_ms"]))
        self.cpu_warning = self.cpu_warning or bool(data["cpu_warning"])

    def as_data(self) -> dict[str, Any]:
        """Plain numbers."""
        return asdict(self)
