"""What is meant for one person, nobody else may keep on its way, and no stranger's page may read.

Judges what the phone noted of the answers that it heard (`indiscreet`). A missing header is no finding: between an app
with a token and its server, nobody keeps anything unless told to.
"""

from collections.abc import Mapping
from typing import Any

from harness.checkers.cells import CellView
from harness.checkers.history import History
from harness.checkers.verdicts import nobody, ruled
from harness.model import Finding, Verdict

NAME = "discreet"
WORDS = {
    "may_be_kept": "may be kept by anybody on its way",
    "strangers_may_read": "may be read by any page, with this person's credentials",
}


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """No answer to these people allows what it should not."""
    heard: list[Any] = [attempt for person in cell.persons for attempt in history.attempts_of.get(person, ())]
    heard += history.probes_of.get(cell.id, [])
    if verdict := nobody(NAME, cell.persons, heard, "no answer was ever heard"):
        return verdict
    findings = [_heard(person, record) for person in cell.persons for record in history.of("indiscreet", person)]
    return ruled(NAME, findings, f"{len(heard)} answers, each for one person alone", answers=len(heard))


def _heard(person: str, record: Mapping[str, Any]) -> Finding:
    kind = str(record.get("kind"))
    where = f"{record.get('method')} {record.get('path')}"
    return Finding(
        kind=kind,
        message=f"the answer to {where} of {person} {WORDS.get(kind, kind)} ({record.get('what')})",
        person=person,
        expected="an answer for this person alone",
        found=record.get("what"),
        records=(record,),
    )
