"""What a vendor finds invalid is tried a few times only: no payload gets better by being sent again.

Counts the calls of these people that the vendor answered with 400 or 422, by operation.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from harness.checkers.cells import CellView
from harness.checkers.history import Call, History
from harness.checkers.verdicts import capped, nobody, ruled
from harness.model import Finding, Verdict

NAME = "gives_up"
INVALID = frozenset({400, 422})


def check(history: History, cell: CellView, args: Mapping[str, Any]) -> Verdict:
    """At most `attempts` calls of one operation to `fake` for one person, when it answers that they are invalid."""
    fake, most = str(args.get("fake")), int(args.get("attempts", 3))
    tried: dict[tuple[str, str], list[Call]] = defaultdict(list)
    for person in cell.persons:
        for call in history.calls_of.get(person, ()):
            invalid = call.answered is not None and call.answered.get("status") in INVALID
            if call.received.get("fake") == fake and call.received.get("writes") and invalid:
                tried[person, str(call.received.get("operation"))].append(call)
    if verdict := nobody(NAME, cell.persons, tried, f"{fake} found nothing of these people invalid"):
        return verdict
    findings = [
        Finding(
            kind="too_many_attempts",
            message=f"{operation} for {person} was sent {len(calls)} times although it was invalid each time; "
            f"at most {most} are promised",
            person=person,
            expected=most,
            found=len(calls),
            records=capped(call.received for call in calls),
        )
        for (person, operation), calls in tried.items()
        if len(calls) > most
    ]
    worst = max(len(calls) for calls in tried.values())
    return ruled(NAME, findings, f"given up after {worst} attempts", operations=len(tried), attempts=worst)
