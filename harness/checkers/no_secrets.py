"""No secret of the server was seen where clients or the public can look: answers, logs, records of mails and tickets.

Judges what the run wrote down when it looked (`leak`, `scanned`); looks at no file itself. A run that did not look, or
whose look was blind, is unknown.
"""

from collections.abc import Mapping
from typing import Any

from harness.checkers.cells import CellView
from harness.checkers.history import History, Record
from harness.checkers.verdicts import ruled, unknown
from harness.model import Finding, Ruling, Verdict

NAME = "no_secrets"
MOST = 20
CLAIM = "no known secret, in these forms, in these places, and no match of these rules"
NOT_CLAIMED = (
    "that there is no secret: one that nobody named and that looks like no known key is not found",
    "anything about encrypted, hashed or compressed copies inside files of unknown kinds",
)
NOT_OF_A_RUN = (
    "answers to the load's people and to webhooks; only those to the scenarios' phones pass the search",
    "what is kept inside the pipeline: its database, its memory, logs that it writes elsewhere",
)
WHERE = {
    "answer": "a client was told it",
    "log": "it is in a log",
    "journal": "it reached a vendor or another record",
    "file": "it is in a file of the run",
}


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """No leak in this run; unknown when nothing was searched, or when what was planted as a test was not seen."""
    findings = [_finding(leak) for leak in _leaks(history)[:MOST]]
    if not history.scans:
        return unknown(NAME, "this run was not searched for secrets")
    scan = history.scans[-1]
    if not findings and scan.get("blind"):
        return unknown(NAME, f"the search was blind for what it planted itself: {', '.join(scan['blind'])}")
    if not findings and scan.get("unreadable"):
        return unknown(NAME, f"could not be looked into: {scan['unreadable'][0]}")
    return ruled(NAME, findings, CLAIM, **_counts(history))


def to_tell(history: History) -> CellView | None:
    """A cell of its own when something secret was seen, or when the look failed; None when all was well."""
    if not history.scans and not history.leaks:
        return None
    cell = CellView(
        id="no_secrets", scenario="no_secrets", title="Nothing secret in answers, logs and records", origin="scan",
        promises=({"promise": NAME},), ended=True,
    )  # fmt: skip
    return None if check(history, cell, {}).ruling is Ruling.PASS else cell


def section(history: History) -> dict[str, Any] | None:
    """What was looked for, where, and what may and may not be said of it; None for a run that did not look."""
    if not history.scans:
        return None
    scan = history.scans[-1]
    return {
        "looked_for": [{"name": one["name"], "shown": one["shown"]} for one in scan["secrets"]],
        "shapes": scan["shapes"],
        "files": scan["files"],
        "answers": scan["answers"],
        "ms": scan["ms"],
        "leaks": len(_leaks(history)),
        "claim": CLAIM,
        "not_claimed": [*NOT_CLAIMED, *NOT_OF_A_RUN],
    }


def _leaks(history: History) -> list[Record]:
    """Each once, by where it is and what it is; a route that leaks does so at every call."""
    seen: dict[tuple[Any, ...], Record] = {}
    for leak in history.leaks:
        seen.setdefault((leak["name"], leak["form"], leak["file"]), leak)
    return list(seen.values())


def _finding(leak: Record) -> Finding:
    what = f"{leak['name']}, {leak['shown']}" if leak["kind"] == "secret" else f"{leak['text']}, {leak['shown']}"
    return Finding(
        kind="exposed",
        message=f"{what}: {WHERE[leak['where']]}: {leak['file']}, {leak['place']} ({leak['form']})",
        expected="nowhere",
        found=f"{leak['file']}, {leak['place']}",
        records=(leak,),
    )


def _counts(history: History) -> dict[str, Any]:
    scan = history.scans[-1]
    return {
        "secrets": len(scan["secrets"]),
        "files": len(scan["files"]),
        "bytes": sum(one["bytes"] for one in scan["files"]),
        "answers": scan["answers"],
    }
