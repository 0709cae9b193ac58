"""When each expected effect arrived: the moments that `synced` and the SLOs measure.

Deals each ok intent's expectations out to the objects of its person, in order of time. Says nothing about right or
wrong: an effect that never came has no moment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.checkers.history import History, Intent, Thing
from harness.checkers.values import misfits, selects
from harness.model import Outcome


@dataclass(frozen=True, slots=True)
class Arrival:
    """An expected effect and when it was there; `at` is None when it never was."""

    intent: Intent
    expectation: Mapping[str, Any]
    at: int | None
    thing: Thing | None

    @property
    def seconds(self) -> float | None:
        """From the first main attempt (or the moment it was meant to be sent) to the effect."""
        return None if self.at is None else max(0, self.at - self.intent.at) / 1e9


def arrivals(history: History, person: str) -> list[Arrival]:
    """Every expected effect of every ok intent of this person."""
    found: list[Arrival] = []
    used: set[int] = set()
    sure = [intent for intent in history.intents_of.get(person, ()) if intent.outcome is Outcome.OK]
    for intent in sorted(sure, key=lambda one: one.at):
        for expectation in intent.expects:
            things = history.things(person, expectation["sink"])
            if expectation.get("per") == "person":
                found.append(_of_person(intent, expectation, things))
            else:
                found.append(_of_intent(intent, expectation, things, used))
    return found


def _of_intent(intent: Intent, expectation: Mapping[str, Any], things: Sequence[Thing], used: set[int]) -> Arrival:
    for thing in things:
        if id(thing) in used or thing.at < intent.at:
            continue
        for version in thing.versions:
            if selects(expectation.get("match") or {}, version.get("values") or {}):
                used.add(id(thing))
                return Arrival(intent, expectation, int(version["at"]), thing)
    return Arrival(intent, expectation, None, None)


def _of_person(intent: Intent, expectation: Mapping[str, Any], things: Sequence[Thing]) -> Arrival:
    match, wanted = expectation.get("match") or {}, expectation.get("values") or {}
    meant: tuple[int, Thing] | None = None
    for thing in things:
        already = False
        for version in thing.versions:
            values = version.get("values") or {}
            right = selects(match, values) and not misfits(wanted, values)
            if version["at"] < intent.at:
                already = right
                continue
            if already or right:
                return Arrival(intent, expectation, intent.at if already else int(version["at"]), thing)
            if meant is None and selects(match, values):
                meant = int(version["at"]), thing
        if already:
            return Arrival(intent, expectation, intent.at, thing)
    # Several wishes may rightly be written at once: then only the last one's values were ever there.
    return Arrival(intent, expectation, meant[0], meant[1]) if meant else Arrival(intent, expectation, None, None)
