"""Nothing of these people is in other people's records, nor the other way round.

Looks for another known person's marker in every effect, in every state the app was given, and in the answers to probes.
A message to the team's chat may name several people.
"""

from collections.abc import Mapping
from typing import Any

from harness.checkers.cells import CellView
from harness.checkers.exactly_once import mixed_up
from harness.checkers.history import History, strangers_in
from harness.checkers.verdicts import nobody, ruled
from harness.model import Finding, Verdict

NAME = "isolated"


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """No effect, read or probe of the cell's people carries another person's marker."""
    findings: list[Finding] = []
    effects = reads = 0
    for person in cell.persons:
        effects += sum(len(history.things(person, sink)) for sink in history.sinks_of.get(person, ()))
        findings += [mixed_up(person, effect, others) for effect, others in history.mixed_of.get(person, ())]
        for read in history.of("read", person):
            reads += 1
            if others := strangers_in(history, person, read.get("values")):
                findings.append(_seen(person, read, others, f"the app of {person} was given"))
    probes = [probe for probe in history.probes_of.get(cell.id, ()) if probe.get("person") in history.persons]
    for probe in probes:
        if others := strangers_in(history, probe["person"], probe.get("body")):
            findings.append(_seen(probe["person"], probe, others, f"the probe {probe.get('name')!r} was answered with"))
    if verdict := nobody(NAME, cell.persons, effects + reads + len(probes), "no effect and no read of these people"):
        return verdict
    counts = {"effects": effects, "reads": reads, "probes": len(probes)}
    return ruled(NAME, findings, kept(counts), **counts)


def kept(counts: Mapping[str, int]) -> str:
    """What a kept promise rests on."""
    return f"{counts['effects']} objects and {counts['reads']} reads, none with another person's marker"


def _seen(person: str, record: Mapping[str, Any], others: set[str], where: str) -> Finding:
    return Finding(
        kind="mixed_up",
        message=f"{where} what belongs to {', '.join(sorted(others))}",
        person=person,
        expected=[person],
        found=sorted(others),
        records=(record,),
    )
