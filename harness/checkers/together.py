"""One decision on a cell whose people were judged in several shares of a long run.

Findings and counts add up, the worse ruling stands; a share without evidence leaves the whole without it. Pure; used
for people who are judged by no facts (calm people and the load).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.checkers import exactly_once, isolated
from harness.checkers.verdicts import ruled, unknown
from harness.model import Ruling, Verdict, worst

if TYPE_CHECKING:
    from harness.checkers import Decision

KEPT: dict[str, Callable[[Mapping[str, Any]], str]] = {module.NAME: module.kept for module in (exactly_once, isolated)}
"""What a checker says of counts when its promise was kept."""


def both(one: "Decision", other: "Decision") -> "Decision":
    """One decision from those on two shares of a cell; `KeyError` for a promise that is not judged in shares."""
    verdicts = [_both(*pair) for pair in zip(one.verdicts, other.verdicts, strict=True)]
    persons = [*one.cell.persons, *other.cell.persons]
    ruling = worst([one.ruling, other.ruling])
    return replace(one, cell=replace(one.cell, persons=persons), ruling=ruling, verdicts=verdicts)


def _both(one: Verdict, other: Verdict) -> Verdict:
    counts = {name: one.counts.get(name, 0) + other.counts.get(name, 0) for name in {**one.counts, **other.counts}}
    findings = (*one.findings, *other.findings)
    if not findings and Ruling.UNKNOWN in (one.ruling, other.ruling):
        return unknown(one.promise, one.reason if one.ruling is Ruling.UNKNOWN else other.reason, **counts)
    return ruled(one.promise, findings, KEPT[one.promise](counts), **counts)
