"""The attachment arrived byte for byte: same name, size and SHA-256 as what the phone sent.

Judges intents whose `values` (or whose expected ticket) name an attachment; an intent with an unknown outcome may have
none at all, but not a spoiled one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from harness.checkers.cells import CellView
from harness.checkers.history import History, Intent, Thing
from harness.checkers.values import same
from harness.checkers.verdicts import capped, nobody, ruled
from harness.model import Finding, Outcome, Verdict

NAME = "attachment_intact"
SINK = "helpdesk.ticket"
TOLD = ("name", "size", "sha256")


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """Every attachment sent is at a ticket of its sender, whole, and each ticket has no other."""
    sent = [
        (person, intent, attachment)
        for person in cell.persons
        for intent in history.intents_of.get(person, ())
        for attachment in attachments_of(intent)
        if intent.outcome is not Outcome.FAILED
    ]
    if verdict := nobody(NAME, cell.persons, sent, "nobody in this cell sent an attachment"):
        return verdict
    findings: list[Finding] = []
    arrived = 0
    for person, intent, attachment in sent:
        tickets = history.things(person, SINK)
        there = [one for ticket in tickets for one in ticket.values.get("attachments") or ()]
        if any(_whole(attachment, one) for one in there):
            arrived += 1
        elif there or (intent.outcome is Outcome.OK):
            findings.append(_spoiled(person, intent, attachment, there, tickets))
    if not arrived and not findings:
        return nobody(NAME, cell.persons, None, "no ticket was made, and nobody knows whether one should be") or ruled(
            NAME, [], ""
        )
    return ruled(NAME, findings, f"{arrived} attachments, byte for byte", sent=len(sent), arrived=arrived)


def attachments_of(intent: Intent) -> Sequence[Mapping[str, Any]]:
    """What the intent says it sent along: `attachment`, `attachments`, or its expected ticket's."""
    values = intent.record.get("values") or {}
    if isinstance(values.get("attachment"), Mapping):
        return [values["attachment"]]
    if values.get("attachments"):
        return list(values["attachments"])
    return [
        one
        for expectation in intent.expects
        if expectation["sink"] == SINK
        for one in (expectation.get("values") or {}).get("attachments") or ()
        if isinstance(one, Mapping)
    ]


def _whole(sent: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    return all(same(sent[name], found.get(name)) for name in TOLD if name in sent)


def _spoiled(
    person: str, intent: Intent, sent: Mapping[str, Any], there: Sequence[Mapping[str, Any]], tickets: Sequence[Thing]
) -> Finding:
    expected = {name: sent.get(name) for name in TOLD}
    found = [{name: one.get(name) for name in TOLD} for one in there]
    what = f"{sent.get('name')} ({sent.get('size')} bytes) of {person}"
    return Finding(
        kind="wrong_value" if there else "lost",
        message=f"{what} arrived as {found}" if there else f"{what} is at none of {len(tickets)} tickets",
        person=person,
        sink=SINK,
        expected=expected,
        found=found,
        records=capped([intent.record, *(ticket.versions[-1] for ticket in tickets)]),
    )
