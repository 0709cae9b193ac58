"""What the app gives access to after the provider acted: still the plan that was paid for, or the free one.

Which of both is right is the target's policy, so only cells of policies promise it. Looks at the reads after the last
act, and needs one from before it that showed a paid plan.
"""

from collections.abc import Mapping
from typing import Any

from harness.checkers.cells import CellView
from harness.checkers.history import History, Record
from harness.checkers.values import at_path, same
from harness.checkers.verdicts import nobody, ruled, unknown
from harness.model import Finding, Verdict

NAME = "access"
KEPT, ENDED = "kept", "ended"


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """After the last act the app shows the plan from before it (`kept`), or the free one (`ended`)."""
    path = str((history.target.get("truth") or {}).get("plan") or "plan")
    free, wanted = history.target.get("free_plan", "free"), str(args.get("access"))
    findings: list[Finding] = []
    judged = 0
    for person in cell.persons:
        acts = history.of("act", person)
        reads = [read for read in history.of("read", person) if read.get("status") == 200 and read.get("values")]
        last = max((int(act["at"]) for act in acts), default=0)
        before = [read for read in reads if int(read["at"]) < last and not same(_plan(read, path), free)]
        after = [read for read in reads if int(read["at"]) > last]
        if last and before and after:
            judged += 1
            expected = _plan(before[-1], path) if wanted == KEPT else free
            found = _plan(after[-1], path)
            if not same(expected, found):
                findings.append(_wrong(person, path, wanted, expected, found, (before[-1], acts[-1], after[-1])))
    if verdict := nobody(NAME, cell.persons, cell.persons, ""):
        return verdict
    if not judged:
        return unknown(NAME, "nobody's app was seen with a paid plan before the provider acted, and again after it")
    return ruled(NAME, findings, f"access was {wanted} for {judged} people", people=judged)


def _plan(read: Record, path: str) -> Any:
    return next(iter(at_path(read["values"], path)), None)


def _wrong(
    person: str, path: str, wanted: str, expected: Any, found: Any, records: tuple[Record, Record, Record]
) -> Finding:
    return Finding(
        kind="wrong_access",
        message=f"the app of {person} shows {path} = {found!r} after {records[1].get('act')}; by the target's policy "
        f"access is {wanted}, so it must be {expected!r}",
        person=person,
        expected=expected,
        found=found,
        records=records,
    )
