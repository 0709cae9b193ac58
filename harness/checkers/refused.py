"""Every probe got an expected status, the same way for the same reason, without inner details, and did nothing.

What a refused request left behind is what nobody asked for, made after the first probe of the cell.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from harness.checkers.account import account
from harness.checkers.cells import CellView
from harness.checkers.history import History, Record
from harness.checkers.verdicts import capped, nobody, ruled, told
from harness.model import Finding, Outcome, Verdict

NAME = "refused"
INNER = {
    "a traceback": r"Traceback \(most recent call last\)|\bFile \"[^\"]+\", line \d+|\n\s+at [\w$.<>]+ ?\(",
    "a path of the server": r"/(?:usr|home|app|opt|srv|var)/[\w./-]+\.(?:py|js|ts|rb|go|php|java)\b"
    r"|site-packages|node_modules",
    "an exception's name": r"\b\w*(?:psycopg|sqlalchemy|asyncpg|IntegrityError|NullPointer)\w*"
    r"|\b[A-Z]\w*(?:Error|Exception)\(",
    "SQL": r"\bSELECT\s[^;]{1,200}\sFROM\s|\bINSERT\s+INTO\b|\bUPDATE\s\S+\sSET\b|\bDELETE\s+FROM\b"
    r"|syntax error at or near",
    "a vendor's id or key": r"\b(?:cus|pi|sub|in|ch|re|price|evt|seti|acct|whsec|sk_test|sk_live|rk_test)"
    r"_[A-Za-z0-9]{6,}",
}
PATTERNS = {what: re.compile(pattern) for what, pattern in INNER.items()}


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """Judge the answers to the cell's probes, and what its people have that nobody asked for."""
    probes = history.probes_of.get(cell.id, [])
    if verdict := nobody(NAME, cell.persons, probes, "nothing was tried that should be refused"):
        return verdict
    findings = [finding for probe in probes for finding in _answer(probe)]
    findings += _inconsistent(probes)
    first = min(probe["at"] for probe in probes)
    for person in cell.persons:
        findings += _left_behind(history, person, first, probes)
    return ruled(NAME, findings, f"{len(probes)} probes refused, nothing left behind", probes=len(probes))


def _answer(probe: Record) -> list[Finding]:
    name = f"{probe.get('name')}: {probe.get('method')} {probe.get('path')}"
    statuses = list((probe.get("expect") or {}).get("statuses") or ())
    base: dict[str, Any] = {"person": probe.get("person"), "records": (probe,)}
    found: list[Finding] = []
    status = probe.get("status")
    if status is None:
        message = f"{name} never had an answer, expected was one of {statuses}"
        found.append(Finding(kind="refused", message=message, expected=statuses, **base))
    elif statuses and status not in statuses:
        message = f"{name} was answered with {status}, expected was one of {statuses}"
        found.append(Finding(kind="refused", message=message, expected=statuses, found=status, **base))
    for what, pattern in PATTERNS.items():
        if hit := pattern.search(str(probe.get("body") or "")):
            message = f"{name} was answered with {what}: {hit.group()[:80]!r}"
            found.append(Finding(kind="inner_details", message=message, found=hit.group()[:80], **base))
    return found


def _family(status: int) -> str:
    if status in (401, 403):
        return "401 or 403"
    return "404" if status == 404 else f"another {status // 100}xx"


def _inconsistent(probes: list[Record]) -> list[Finding]:
    by_reason: dict[str, list[Record]] = defaultdict(list)
    for probe in probes:
        if probe.get("status") is not None:
            by_reason[str(probe.get("reason") or probe.get("name"))].append(probe)
    findings = []
    for reason, them in by_reason.items():
        families = sorted({_family(int(probe["status"])) for probe in them})
        if len(families) > 1:
            findings.append(
                Finding(
                    kind="inconsistent",
                    message=f"{reason} was refused in different ways: {', '.join(families)}",
                    expected="one family of statuses",
                    found=families,
                    records=capped(them),
                )
            )
    return findings


def _left_behind(history: History, person: str, first: int, probes: list[Record]) -> list[Finding]:
    books = account(history, person)
    things = [thing for thing in books.strays if thing.at >= first]
    for group in books.groups:
        late = [thing for thing in group.things if thing.at >= first]
        too_many = len(group.things) - group.most
        if too_many > 0 and not group.having(Outcome.UNKNOWN):
            things += late[-too_many:]
    return [
        Finding(
            kind="leaked",
            message=f"{thing.sink} {thing.id} of {person} with {told(thing.values)} was made after requests "
            "that were to be refused, and nobody else asked for it",
            person=person,
            sink=thing.sink,
            expected=0,
            found=1,
            records=capped([*[probe for probe in probes if probe["at"] <= thing.at][-3:], thing.versions[0]]),
        )
        for thing in things
    ]
