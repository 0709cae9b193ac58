"""Nothing of these people changed after the first untrue event about them: no record downstream, nothing in the app.

Whatever the pipeline answered: a forgery that is refused and one that is taken and ignored are both right. What the
team's chat is told does not count. Of the app's state only what the target calls its truth is compared.
"""

from collections.abc import Mapping
from typing import Any

from harness.checkers.cells import CellView
from harness.checkers.history import History, Record
from harness.checkers.values import at_path, same
from harness.checkers.verdicts import capped, nobody, ruled, told
from harness.model import Finding, Verdict

NAME = "unmoved"
TRUTHS = ("plan", "credits", "orders", "payments", "tickets")
TOLD_TO_THE_TEAM = "alerts.chat"


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """Look at every record and every read after the first untrue delivery of each person."""
    lied = {
        person: lies
        for person in cell.persons
        if (lies := [one.record for one in history.deliveries_of.get(person, ()) if one.record.get("lie")])
    }
    if verdict := nobody(NAME, cell.persons, lied, "nothing untrue was told of anybody"):
        return verdict
    findings: list[Finding] = []
    reads = 0
    for person, lies in lied.items():
        since = min(int(lie["at"]) for lie in lies)
        findings += _moved(history, person, since, lies)
        changed, looked = _shown(history, person, since, lies)
        findings += changed
        reads += looked
    kept = f"{sum(map(len, lied.values()))} untrue events, nothing came of them"
    return ruled(NAME, findings, kept, untrue=sum(map(len, lied.values())), reads=reads)


def _moved(history: History, person: str, since: int, lies: list[Record]) -> list[Finding]:
    found = []
    for sink in sorted(history.sinks_of.get(person, set()) - {TOLD_TO_THE_TEAM}):
        for thing in history.things(person, sink):
            after = [version for version in thing.versions if int(version["at"]) > since]
            if after:
                holds = told(after[0].get("values") or {})
                message = (
                    f"{sink} {thing.id} of {person} was {after[0].get('op')}d with {holds} after an event that was "
                    "not true"
                )
                found.append(
                    Finding(
                        kind="moved", message=message, person=person, sink=sink, expected=0, found=len(after),
                        records=capped([lies[0], *after]),
                    )
                )  # fmt: skip
    return found


def _shown(history: History, person: str, since: int, lies: list[Record]) -> tuple[list[Finding], int]:
    reads = [read for read in history.of("read", person) if read.get("status") == 200 and read.get("values")]
    before = [read for read in reads if int(read["at"]) < since][-1:]
    after = [read for read in reads if int(read["at"]) > since]
    truth = history.target.get("truth") or {}
    found = []
    for path in (truth[name] for name in TRUTHS if before and truth.get(name)):
        was = next(iter(at_path(before[0]["values"], path)), None)
        for read in after:
            now = next(iter(at_path(read["values"], path)), None)
            if not same(was, now):
                message = f"the app of {person} shows {path} = {now!r} after an event that was not true; it was {was!r}"
                records = (before[0], lies[0], read)
                found.append(
                    Finding(kind="moved", message=message, person=person, expected=was, found=now, records=records)
                )
                break
    return found, len(after)
