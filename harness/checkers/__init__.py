"""Pure functions from journals and promises to verdicts: no file, no clock, no network, no scenario.

`history.build` indexes the records of a run once; `decide` judges one cell: every promise by the checker of its name,
every fact by the function of its name. A checker that crashes is `unknown`, with its traceback; so is a word that
nobody knows.
"""

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness.checkers import (
    access,
    acknowledged,
    alerted,
    attachment_intact,
    converges,
    discreet,
    exactly_once,
    fresh,
    gives_up,
    guarded,
    isolated,
    kept,
    never,
    no_herd,
    no_secrets,
    one_wish,
    polite,
    refused,
    screen_true,
    shown,
    shown_in_time,
    synced,
    taken,
    told_first,
    unmoved,
)
from harness.checkers.cells import CellView
from harness.checkers.facts import FACTS, Fact
from harness.checkers.history import History
from harness.checkers.verdicts import unknown
from harness.model import Ruling, Verdict, worst

Check = Callable[[History, CellView, Mapping[str, Any]], Verdict]
MODULES = (
    access, acknowledged, alerted, attachment_intact, converges, discreet, exactly_once, fresh, gives_up, guarded,
    isolated, kept, never, no_herd, no_secrets, one_wish, polite, refused, screen_true, shown, shown_in_time, synced,
    taken, told_first, unmoved,
)  # fmt: skip
CHECKERS: dict[str, Check] = {module.NAME: module.check for module in MODULES}
WHOLE_RUN = frozenset(module.NAME for module in MODULES if getattr(module, "WHOLE_RUN", False))
"""Promises whose checkers look at more than the cell's people."""


@dataclass(frozen=True, slots=True)
class Occurred:
    """Whether a fact occurred, and how that is known."""

    fact: str
    occurred: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A cell, judged: fail over unknown over pass; unknown when a fact is missing or its script broke off."""

    cell: CellView
    ruling: Ruling
    verdicts: Sequence[Verdict]
    facts: Sequence[Occurred]


def decide(
    history: History,
    cell: CellView,
    checkers: Mapping[str, Check] = CHECKERS,
    facts: Mapping[str, Fact] = FACTS,
) -> Decision:
    """Judge every promise and every fact of a cell; never raises for what a journal or a checker holds."""
    verdicts = [_verdict(history, cell, words, checkers) for words in cell.promises]
    occurred = [_fact(history, cell, words, facts) for words in cell.facts]
    rulings = [verdict.ruling for verdict in verdicts]
    if cell.error or not cell.ended or not all(one.occurred for one in occurred):
        rulings.append(Ruling.UNKNOWN)
    return Decision(cell, worst(rulings), verdicts, occurred)


def _verdict(history: History, cell: CellView, words: Mapping[str, Any], checkers: Mapping[str, Check]) -> Verdict:
    name = str(words.get("promise"))
    if "of" in words:
        cell, words = _narrowed(history, cell, words)
    if name not in checkers:
        return unknown(name, f"nobody knows the promise {name!r}; known: {', '.join(sorted(checkers))}")
    try:
        return checkers[name](history, cell, {key: value for key, value in words.items() if key != "promise"})
    except Exception as problem:  # noqa: BLE001 - a mistake of ours must not pass for a verdict on the pipeline.
        return unknown(name, f"the checker itself failed: {problem!r}\n{traceback.format_exc(limit=-5)}")


def _narrowed(history: History, cell: CellView, words: Mapping[str, Any]) -> tuple[CellView, Mapping[str, Any]]:
    """A promise about some of a cell's people: those whose own calls met a fault, or those who were spared."""
    faulted = words["of"] == "faulted"
    persons = [person for person in cell.persons if bool(history.of("fault", person)) is faulted]
    return replace(cell, persons=persons), {name: value for name, value in words.items() if name != "of"}


def _fact(history: History, cell: CellView, words: Mapping[str, Any], facts: Mapping[str, Fact]) -> Occurred:
    name = str(words.get("fact"))
    if name not in facts:
        return Occurred(name, False, f"nobody knows the fact {name!r}; known: {', '.join(sorted(facts))}")
    try:
        return Occurred(name, *facts[name](history, cell, words))
    except Exception as problem:  # noqa: BLE001 - as above: what cannot be looked at did not occur.
        return Occurred(name, False, f"could not be looked at: {problem!r}\n{traceback.format_exc(limit=-5)}")
