"""Every genuine event about these people was acknowledged in the end, however unusual its bytes and its headers,
and none was left without an answer for as long as the vendor waits.

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
GAVE_UP = "no answer within"
"""How a delivery ends that nobody answered while the vendor waited."""


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
    findings += [_unheard(person, one) for (person, _), them in told.items() for one in them if _given_up(history, one)]
    return ruled(NAME, findings, f"{len(told)} events, each acknowledged", events=len(told))


def _taken(delivery: Delivery) -> bool:
    status = delivery.delivered.get("status") if delivery.delivered else None
    return status is not None and 200 <= int(status) < 300


def _given_up(history: History, one: Delivery) -> bool:
    """Whether the vendor waited for an answer as long as it waits, and nobody had killed who was to answer."""
    error = str((one.delivered or {}).get("error") or "")
    return error.startswith(GAVE_UP) and not any(crash["at"] >= one.record["at"] for crash in history.killed)


def _unheard(person: str, one: Delivery) -> Finding:
    error = str((one.delivered or {}).get("error"))
    return Finding(
        kind="too_slow",
        message=f"{one.record.get('type')} {one.record.get('event')} of {person}: {error}; the vendor gave up waiting",
        person=person,
        expected="an answer while the vendor waits",
        found=error,
        records=tuple(record for record in (one.record, one.delivered) if record),
    )


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
