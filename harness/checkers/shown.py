"""The app was given one of these words to show, as soon as the request was accepted.

Judges the ok intents of the cell's own flow (of any flow, when none bears its name): a polite answer without a state
leaves people looking at a spinner.
"""

from collections.abc import Mapping
from typing import Any

from harness.checkers.cells import CellView
from harness.checkers.history import History, Intent
from harness.checkers.verdicts import nobody, ruled
from harness.model import Finding, Outcome, Verdict

NAME = "shown"


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """An accepted answer, or what the app showed next, is one of `one_of`."""
    words = list(args.get("one_of") or ())
    sure = [
        (person, intent)
        for person in cell.persons
        for intent in history.intents_of.get(person, ())
        if intent.outcome is Outcome.OK
    ]
    own = [pair for pair in sure if pair[1].flow == cell.flow] or sure
    if verdict := nobody(NAME, cell.persons, own, "no intent was accepted"):
        return verdict
    findings = [_missing(person, intent, words) for person, intent in own if not set(words) & set(states_of(intent))]
    return ruled(NAME, findings, f"{len(own)} intents were shown as {' or '.join(words)}", intents=len(own))


def states_of(intent: Intent) -> list[str]:
    """Every word that the app could show for this intent."""
    answers = [attempt.outcome.get("state") for attempt in intent.mains if attempt.outcome]
    return [str(state) for state in (*answers, *(record.get("state") for record in intent.shown)) if state]


def _missing(person: str, intent: Intent, words: list[str]) -> Finding:
    found = states_of(intent)
    return Finding(
        kind="not_shown",
        message=f"{intent.flow} {intent.id} of {person} was accepted, and the app could show "
        f"{', '.join(map(repr, found)) or 'nothing'} instead of {' or '.join(map(repr, words))}",
        person=person,
        expected=words,
        found=found,
        records=(intent.record, *(attempt.outcome for attempt in intent.mains if attempt.outcome)),
    )
