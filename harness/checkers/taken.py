"""Every genuine event about these people was acknowledged in the end, however unusual its bytes and its headers.

A refusal in between is a retry's business. An event that is still under way when the run ends was not acknowledged.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from harness.checkers.cells import CellView
from harness.checkers.history import Delivery, History
from harness.checkers.verdicts import capped, nobody, ruled
from harness.model import Finding, Verdict

NAME = "taken"


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """Of the deliveries of each true, rightly signed event at least one was answered with 2xx."""
    told: dict[tuple[str, str], list[Delivery]] = defaultdict(list)
    for person in cell.persons:
        for delivery in history.deliveries_of.get(person, ()):
            if not delivery.record.get("lie") and not delivery.record.get("forgery"):
                told[person, str(delivery.record.get("event"))].append(delivery)
    if verdict := nobody(NAME, cell.persons, told, "nothing true was told of anybody"):
        return verdict
    findings = [_refused(person, event, them) for (person, event), them in told.items() if not any(map(_taken, them))]
    return ruled(NAME, findings, f"{len(told)} events, each acknowledged", events=len(told))


def _taken(delivery: Delivery) -> bool:
    status = delivery.delivered.get("status") if delivery.delivered else None
    return status is not None and 200 <= int(status) < 300


def _refused(person: str, event: str, them: list[Delivery]) -> Finding:
    statuses = [one.delivered.get("status") if one.delivered else None for one in them]
    first = them[0].record
    dress = f", told as {first['dress']}" if first.get("dress") else ""
    said = ", ".join(str(status or "no answer") for status in statuses[:6])
    return Finding(
        kind="turned_away",
        message=f"{first.get('type')} {event} of {person} is genuine{dress}, and was never acknowledged: {said}",
        person=person,
        expected="2xx",
        found=said,
        records=capped(record for one in them for record in (one.record, one.delivered) if record),
    )
