"""What a sweep exercised: each call and each event of each flow, by each way in which it was disturbed.

A generated cell in which nothing happened of what it was made for says nothing about the pipeline: the call was not
made again, or not in time. It is listed as not reached, and is neither a pass nor missing evidence. A sweep that
reached nothing at all is no evidence either, and is not passed over (`reached_nothing`).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from harness.model import Ruling

if TYPE_CHECKING:
    from harness.checkers import Decision

KEPT, BROKEN, UNDECIDED, NOT_REACHED, LEFT_OUT = "kept", "broken", "undecided", "not reached", "left out"
STIMULI = frozenset({"fault_fired", "tapped_while_held", "out_of_order", "crashed_while_parked"})
"""Facts about what was done to the pipeline; others are about whether it could be judged."""
RESULTS = {Ruling.PASS: KEPT, Ruling.FAIL: BROKEN, Ruling.UNKNOWN: UNDECIDED}


def unreached(decision: "Decision") -> str | None:
    """What did not happen in a generated cell that was made for it, was played to its end and broke nothing."""
    cell = decision.cell
    if not cell.generated or cell.error or not cell.ended or decision.ruling is not Ruling.UNKNOWN:
        return None
    return next((one.detail for one in decision.facts if one.fact in STIMULI and not one.occurred), None)


def reached_nothing(decisions: Sequence["Decision"]) -> bool:
    """Whether cells were generated, and not one of them was reached."""
    generated = [decision for decision in decisions if decision.cell.generated]
    return bool(generated) and all(unreached(decision) for decision in generated)


def coverage(decisions: Iterable["Decision"], left_out: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row for each pair of a call (or an event) and a way to disturb it, with what came of it."""
    rows = [_row(decision) for decision in decisions if decision.cell.generated]
    titles = {row["scenario"]: row["title"] for row in rows}
    return [
        *rows,
        *(
            {**one, "title": titles[one["scenario"]], "result": LEFT_OUT}
            for one in left_out
            if one["scenario"] in titles
        ),
    ]


def _row(decision: "Decision") -> dict[str, Any]:
    cell, why = decision.cell, unreached(decision)
    what, _, how = cell.variant.rpartition(": ")
    return {
        "scenario": cell.scenario, "title": cell.title, "flow": cell.flow, "what": what, "how": how,
        "result": NOT_REACHED if why else RESULTS[decision.ruling], "why": why,
    }  # fmt: skip
