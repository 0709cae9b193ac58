"""What was tried of the systematic matrices, and what was seen: signatures, access, input. Facts for the report.

Rows of plain data from the same records that the promises were judged by; decides nothing itself. Pure; called by the
judge.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.checkers.history import Delivery, History
from harness.model import Ruling, worst

if TYPE_CHECKING:
    from harness.checkers import Decision

Data = dict[str, Any]
NO_ANSWER = "no answer"


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
        return {"seen": dict(self.seen.most_common()), "result": str(worst(list(self.cells.values()))),
                "cells": list(self.cells)}  # fmt: skip


def signatures(history: History, decisions: Iterable["Decision"], manifest: Mapping[str, Any]) -> list[Data]:
    """One row for each vendor and way to sign or send an event: what it is, what must come of it, what was answered."""
    rows: dict[tuple[str, str], Row] = {}
    for decision in decisions:
        for person in decision.cell.persons:
            for delivery in history.deliveries_of.get(person, ()):
                way = delivery.record.get("dress") or delivery.record.get("forgery")
                if way:
                    row = rows.setdefault((str(delivery.record.get("fake")), str(way)), Row())
                    row.add(decision, _status(delivery))
    return [
        {"vendor": fake, "way": way, **_told_of(manifest.get(fake) or {}, way), **row.as_data()}
        for (fake, way), row in sorted(rows.items())
    ]


def _status(delivery: Delivery) -> object:
    return delivery.delivered.get("status") if delivery.delivered else None


def _told_of(manifest: Mapping[str, Any], way: str) -> Data:
    forgeries: Mapping[str, str] = manifest.get("forgeries") or {}
    dresses: Mapping[str, str] = manifest.get("dresses") or {}
    genuine = way in dresses or way in (manifest.get("genuine") or ())
    return {"text": dresses.get(way) or forgeries.get(way) or "", "must": "be taken" if genuine else "leave nothing"}


def probes(history: History, decisions: Iterable["Decision"], matrix: str) -> list[Data]:
    """One row for each route (or flow) and case of this matrix: what was sent, what was answered."""
    rows: dict[tuple[str, str], Row] = {}
    for decision in decisions:
        for probe in history.probes_of.get(decision.cell.id, ()):
            if probe.get("matrix") == matrix:
                row = rows.setdefault((str(probe.get("what")), str(probe.get("how"))), Row())
                row.add(decision, probe.get("status"))
    return [{"what": what, "how": how, **row.as_data()} for (what, how), row in rows.items()]


def of(history: History, decisions: Sequence["Decision"], manifest: Mapping[str, Any]) -> dict[str, list[Data]]:
    """Every matrix of which something was tried."""
    found = {
        "signatures": signatures(history, decisions, manifest),
        "access": probes(history, decisions, "access"),
        "input": probes(history, decisions, "input"),
    }
    return {name: rows for name, rows in found.items() if rows}
