"""A cell as the run wrote it down: what it promised, what must have occurred, and who took part.

Plain data, read from one record; everything that happened to its people is in `history`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, kw_only=True)
class CellView:
    """A cell as it was written down, or an aggregate of people who were in none."""

    id: str
    promises: Sequence[Mapping[str, Any]] = ()
    facts: Sequence[Mapping[str, Any]] = ()
    persons: list[str] = field(default_factory=list)
    scenario: str = ""
    title: str = ""
    flow: str = ""
    variant: str = ""
    origin: str = "scenario"
    replay: str | None = None
    generated: bool = False
    at: int = 0
    """When its script began."""
    ended: bool = False
    error: str | None = None


def written_down(record: Mapping[str, Any]) -> CellView:
    """The cell of a `cell` record; its end comes later."""
    return CellView(
        id=record["cell"],
        promises=record.get("promises") or (),
        facts=record.get("facts") or (),
        persons=list(record.get("persons") or ()),
        scenario=record.get("scenario") or "",
        title=record.get("title") or "",
        flow=record.get("flow") or "",
        variant=record.get("variant") or "",
        origin=record.get("origin") or "scenario",
        replay=record.get("replay"),
        generated=bool(record.get("generated")),
        at=int(record["at"]),
    )
