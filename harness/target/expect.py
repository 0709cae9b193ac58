"""What an intent should leave downstream: a flow's effects with everything known before the first request filled in.

Pure. Called by the phone when an intent is declared; the checkers read the result from the journal.
"""

from collections.abc import Mapping
from typing import Any

from harness.model import Expectation
from harness.target.asking import Effect, Flow
from harness.target.words import fill, known_in


def expectations(flow: Flow, scope: Mapping[str, Any]) -> list[Expectation]:
    """The effects of this flow whose conditions hold for these choices; raises `Unfilled` for what is not known."""
    return [_expectation(effect, scope) for effect in flow.effects if _holds(effect, scope)]


def _holds(effect: Effect, scope: Mapping[str, Any]) -> bool:
    known = known_in(scope)
    for name, wanted in effect.when.items():
        try:
            found = known(name)
        except KeyError:
            return False
        if found not in (wanted if isinstance(wanted, list | tuple) else (wanted,)):
            return False
    return True


def _expectation(effect: Effect, scope: Mapping[str, Any]) -> Expectation:
    known = known_in(scope)
    return Expectation(
        sink=effect.sink,
        match=fill(effect.match, known),
        values=fill(effect.values, known),
        per=effect.per,
        within_s=effect.within_s,
    )
