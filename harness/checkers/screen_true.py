"""Once all is quiet, no screen says anything that the server contradicts.

Judges the last look at each person's screens, beside the truth that was read at the same time: the target's
`app.states` must be words that the server says somewhere, its `app.shows` must be equal. Places that were not to be
seen are not judged.
"""

from collections.abc import Mapping
from typing import Any

from harness.checkers.cells import CellView
from harness.checkers.history import History, Record
from harness.checkers.screens import compared, misfits
from harness.checkers.verdicts import capped, nobody, ruled
from harness.model import Finding, Verdict

NAME = "screen_true"


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """Every place of the last screen shows what the server says."""
    app = history.target.get("app") or {}
    looked = [(person, screen) for person in cell.persons if (screen := last_screen(history, person))]
    places = sum(compared(app, screen["texts"], screen["values"]) for _, screen in looked)
    if verdict := nobody(NAME, cell.persons, places, "no screen was looked at that shows anything to compare"):
        return verdict
    findings = [
        Finding(
            kind="contradicts",
            message=f"the page of {person} shows {one.shown!r} at {one.place} after all is quiet; the server says "
            + (" or ".join(map(repr, one.said)) if isinstance(one.said, list) else repr(one.said)),
            person=person,
            expected=one.said,
            found=one.shown,
            records=capped([screen, *_how_it_came(history, person, one.place)]),
        )
        for person, screen in looked
        for one in misfits(app, screen["texts"], screen["values"], screen["words"])
    ]
    return ruled(
        NAME, findings, f"{places} places on {len(looked)} people's screens, all as the server says", places=places
    )


def last_screen(history: History, person: str) -> Record | None:
    """The last whole look at somebody's screens."""
    screens = [one for one in history.of("page", person) if one.get("event") == "screen"]
    return screens[-1] if screens else None


def _how_it_came(history: History, person: str, place: str) -> list[Record]:
    return [one for one in history.of("shown", person) if one.get("place") == place][-3:]
