"""What a whole screen shows, beside what the server says at the same time: pure questions, asked by phone and checkers.

The target's `[app]` says which testID shows which value. A phone asks in order to know whether it should wait a little
longer; a checker asks for the verdict.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.checkers.values import at_path

FIELD = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Misfit:
    """A place that shows something else than the server says."""

    place: str
    shown: str
    said: Any
    """What the server says there; a list of words where any of them would do."""


def patterns_of(shows: Mapping[str, str]) -> list[str]:
    """Regular expressions for the testIDs of a target's `app.shows`."""
    return ["^" + ".+".join(re.escape(part) for part in FIELD.split(place)[::2]) + "$" for place in shows]


def misfits(app: Mapping[str, Any], texts: Mapping[str, str], values: Any, words: Sequence[str]) -> list[Misfit]:
    """Every place whose text is not what the server says; a place that is not on the screen shows nothing wrong."""
    found = [
        Misfit(place, texts[place], list(words))
        for place in app.get("states") or ()
        if texts.get(place, "") not in ("", *words)
    ]
    for place, said in _expected(app.get("shows") or {}, values):
        if place in texts and texts[place] != _said(said):
            found.append(Misfit(place, texts[place], said))
    return found


def compared(app: Mapping[str, Any], texts: Mapping[str, str], values: Any) -> int:
    """How many places could be compared at all."""
    places = {place for place, _ in _expected(app.get("shows") or {}, values)} | set(app.get("states") or ())
    return len(places & set(texts))


def _expected(shows: Mapping[str, str], values: Any) -> Iterator[tuple[str, Any]]:
    for place, path in shows.items():
        before, star, after = path.partition(".*.")
        if not star:
            for value in list(at_path(values, path))[:1]:
                yield place, value
            continue
        for item in at_path(values, f"{before}.*"):
            if isinstance(item, Mapping):
                for value in list(at_path(item, after))[:1]:
                    yield FIELD.sub(lambda match, item=item: str(item.get(match[1])), place), value  # type: ignore[misc]


def _said(value: Any) -> str:
    return "" if value is None else str(value)
