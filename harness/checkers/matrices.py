"""What was tried of the systematic matrices, and what was seen: signatures, access, input. Facts for the report.

Rows of plain data from the same records that the promises were judged by; decides nothing itself. Pure; called by the
judge.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.checkers.history import Delivery, History
from harness.model import Ruling, worst

if TYPE_CHECKING:
    from harness.checkers import Decision

Data = dict[str, Any]
NO_ANSWER = "no answer"
WELL = "valid"
"""A lie that is signed well is no case of how events are signed."""


@dataclass(slots=True)
class Row:
    """One case of a matrix."""

    seen: Counter[str] = field(default_factory=Counter)
    cells: dict[str, Ruling] = field(default_factory=dict)

    def add(self, decision: "Decision", status: object) -> None:
        """One more answer, seen in this cell."""
        self.seen[NO_ANSWER if status is None else str(status)] += 1
        self.cells[decision.cell.id] = decision.ruling

    def as_data(self) -> Data:
        """The answers by their number, and the worst verdict of the cells that tried it."""
        seen = dict(sorted(self.seen.items(), key=lambda one: (-one[1], one[0])))
        return {"seen": seen, "result": str(worst(list(self.cells.values()))), "cells": sorted(self.cells)}


@dataclass(slots=True)
class Matrices:
    """Every matrix, as far as histories were taken in."""

    signatures: dict[tuple[str, str], Row] = field(default_factory=dict)
    """Vendor and way to sign or send an event."""
    probes: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    """Matrix (`access` or `input`), route (or flow), and case."""

    def add(self, history: History, decisions: Iterable["Decision"]) -> None:
        """Take in what was tried in one history, in these cells."""
        for decision in decisions:
            for person in decision.cell.persons:
                for delivery in history.deliveries_of.get(person, ()):
                    way = delivery.record.get("dress") or delivery.record.get("forgery")
                    if way and way != WELL:
                        row = self.signatures.setdefault((str(delivery.record.get("fake")), str(way)), Row())
                        row.add(decision, _status(delivery))
            for probe in history.probes_of.get(decision.cell.id, ()):
                if probe.get("matrix") and probe.get("how"):
                    case = (str(probe["matrix"]), str(probe.get("what")), str(probe.get("how")))
                    self.probes.setdefault(case, Row()).add(decision, probe.get("status"))

    def as_data(self, manifest: Mapping[str, Any]) -> dict[str, list[Data]]:
        """Every matrix of which something was tried: what it is, what must come of it, what was answered."""
        found: dict[str, list[Data]] = {}
        for (fake, way), row in sorted(self.signatures.items()):
            told = _told_of(manifest.get(fake) or {}, way)
            found.setdefault("signatures", []).append({"vendor": fake, "way": way, **told, **row.as_data()})
        for (matrix, what, how), row in sorted(self.probes.items()):
            found.setdefault(matrix, []).append({"what": what, "how": how, **row.as_data()})
        return found


def _status(delivery: Delivery) -> object:
    return delivery.delivered.get("status") if delivery.delivered else None


def _told_of(manifest: Mapping[str, Any], way: str) -> Data:
    forgeries: Mapping[str, str] = manifest.get("forgeries") or {}
    dresses: Mapping[str, str] = manifest.get("dresses") or {}
    genuine = way in dresses or way in (manifest.get("genuine") or ())
    return {"text": dresses.get(way) or forgeries.get(way) or "", "must": "be taken" if genuine else "leave nothing"}
