"""How checkers say what they found: verdicts from findings, and records shown side by side, both capped.

Words only; decides nothing. Used by every checker.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness.checkers.history import Intent, Record, Thing
from harness.model import Finding, Ruling, Verdict

SHOWN_AT_MOST = 8


def passed(promise: str, reason: str, **counts: Any) -> Verdict:
    """The promise was kept, and `counts` say on what that rests."""
    return Verdict(promise=promise, ruling=Ruling.PASS, reason=reason, counts=counts)


def unknown(promise: str, reason: str, **counts: Any) -> Verdict:
    """There is not enough evidence, and `reason` says which is missing."""
    return Verdict(promise=promise, ruling=Ruling.UNKNOWN, reason=reason, counts=counts)


def ruled(promise: str, findings: Sequence[Finding], kept: str, **counts: Any) -> Verdict:
    """Fail with these findings, or pass with the reason `kept`."""
    if not findings:
        return passed(promise, kept, **counts)
    kinds = Counter(finding.kind for finding in findings)
    reason = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items(), key=lambda one: (-one[1], one[0])))
    return Verdict(promise=promise, ruling=Ruling.FAIL, reason=reason, findings=tuple(findings), counts=counts)


def nobody(promise: str, persons: Sequence[str], evidence: object, what: str) -> Verdict | None:
    """The verdict `unknown` when there is nobody, or nothing of the needed kind, to judge; else None."""
    if not persons:
        return unknown(promise, "nobody took part in this cell")
    if not evidence:
        return unknown(promise, what)
    return None


def capped(records: Iterable[Record]) -> tuple[Record, ...]:
    """The first few records, so that a report stays readable."""
    return tuple(record for record, _ in zip(records, range(SHOWN_AT_MOST), strict=False))


def names(things: Iterable[Thing]) -> str:
    """Their ids, at most five."""
    ids = [thing.id for thing in things]
    return ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")


def asked(intents: Iterable[Intent]) -> str:
    """Intents with their flow and outcome, at most three."""
    them = [f"{intent.flow} {intent.id} ({intent.outcome})" for intent in intents]
    return ", ".join(them[:3]) + (f" and {len(them) - 3} more" if len(them) > 3 else "")


def told(values: Mapping[str, Any]) -> str:
    """Values in one line: `amount=900, currency=usd`."""
    return ", ".join(f"{name}={_short(value)}" for name, value in values.items()) or "anything"


def _short(value: Any) -> str:
    if isinstance(value, Mapping) and len(value) == 1:
        how, part = next(iter(value.items()))
        if how == "contains":
            return f"…{part}…"
        if how == "one_of":
            return " or ".join(map(str, part))
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."
