"""What a sweep exercised: each call and each event of each flow, by each way in which it was disturbed.

A generated cell whose fault met nothing says nothing about the pipeline: it did not make that call again. It is listed
as not reached, and is neither a pass nor missing evidence.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from harness.model import Ruling

if TYPE_CHECKING:
    from harness.checkers import Decision

KEPT, BROKEN, UNDECIDED, NOT_REACHED, LEFT_OUT = "kept", "broken", "undecided", "not reached", "left out"
RESULTS = {Ruling.PASS: KEPT, Ruling.FAIL: BROKEN, Ruling.UNKNOWN: UNDECIDED}


def unreached(decision: "Decision") -> bool:
    """Whether a generated cell was played to its end, broke nothing, and its fault met nothing."""
    cell = decision.cell
    if not cell.generated or cell.error or not cell.ended or decision.ruling is not Ruling.UNKNOWN:
        return False
    return any(one.fact == "fault_fired" and not one.occurred for one in decision.facts)


def coverage(decisions: Iterable["Decision"], left_out: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row for each pair of a call (or an event) and a way to disturb it, with what came of it."""
    rows = [
        {"scenario": cell.scenario, "title": cell.title, "flow": cell.flow, "what": what, "how": how, "result": result}
        for decision in decisions
        if (cell := decision.cell).generated
        for what, _, how in [cell.variant.rpartition(": ")]
        for result in [NOT_REACHED if unreached(decision) else RESULTS[decision.ruling]]
    ]
    titles = {row["scenario"]: row["title"] for row in rows}
    return [
        *rows,
        *(
            {**one, "title": titles[one["scenario"]], "result": LEFT_OUT}
            for one in left_out
            if one["scenario"] in titles
        ),
    ]
