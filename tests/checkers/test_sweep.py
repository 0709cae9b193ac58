"""The sweep's coverage: what met nothing is not reached, what broke stays broken, and neither passes for the other."""

import json
from typing import Any

from harness import judge
from tests.checkers.story import ANN, BEN, CHARGE, Story
from tests.checkers.test_judge import ONCE, folder

FIRED = {"fact": "fault_fired", "fake": "payments", "kind": "lost_reply", "min": 1}
WHAT = "payments: POST /charges #2"
CAT = "hxcccccccccccc"
CELLS = {"call_trouble[buy]": (ANN, [FIRED]), "plain[buy]": (BEN, []), "call_trouble[cancel]": (CAT, [FIRED])}


def swept(*, fired: bool, twice: bool = False, generated: bool = True, other: bool = True) -> Story:
    """Ann bought in a generated cell whose fault fired, or met nothing; Ben in an ordinary one; Cat's fired."""
    story = Story()
    for cell, (person, facts) in CELLS.items():
        story.add(
            "cell", cell=cell, scenario=cell.partition("[")[0], title="Each call", flow="buy",
            variant=f"{WHAT}: loses_reply", origin="scenario", promises=[ONCE], facts=facts, persons=[person],
            replay=None, generated=generated and bool(facts),
        )  # fmt: skip
        story.person(person, cell=cell)
        story.ok(person, CHARGE)
        story.charge(person, f"ch_{person}")
    if twice:
        story.charge(ANN, "ch_again")
    if fired:
        story.fault(ANN, "lost_reply", fake="payments", committed=True)
    if other:
        story.fault(CAT, "lost_reply", fake="payments", committed=True)
    for cell in CELLS:
        story.add("cell_end", cell=cell, error=None)
    return story


def verdict(tmp_path: Any, story: Story) -> dict[str, Any]:
    """What the judge makes of it."""
    return judge.judge(folder(tmp_path, story))


def test_a_fault_that_fired_makes_a_pass(tmp_path: Any) -> None:
    """The pair counts as kept."""
    told = verdict(tmp_path, swept(fired=True))
    assert [(row["what"], row["how"], row["result"]) for row in told["sweep"]] == [(WHAT, "loses_reply", "kept")] * 2
    assert told["exit_code"] == 0


def test_a_fault_that_met_nothing_is_not_reached_and_decides_nothing(tmp_path: Any) -> None:
    """It is neither a pass nor missing evidence; the cell is listed in the sweep only."""
    told = verdict(tmp_path, swept(fired=False))
    assert [row["result"] for row in told["sweep"]] == ["not reached", "kept"]
    assert told["sweep"][0]["why"] == "0 faults lost_reply at payments, 1 needed"
    assert [cell["cell"] for cell in told["cells"]] == ["plain[buy]", "call_trouble[cancel]"]
    assert told["exit_code"] == 0


def test_a_sweep_that_reached_nothing_is_no_evidence(tmp_path: Any) -> None:
    """A replay of a cell that is not reached is not passed: what was asked for did not happen."""
    told = verdict(tmp_path, swept(fired=False, other=False))
    assert [row["result"] for row in told["sweep"]] == ["not reached", "not reached"]
    assert told["exit_code"] == 3


def test_a_broken_promise_stands_whether_the_fault_fired_or_not(tmp_path: Any) -> None:
    """Two charges are two charges (planted violation)."""
    told = verdict(tmp_path, swept(fired=False, twice=True))
    assert [row["result"] for row in told["sweep"]] == ["broken", "kept"]
    assert told["exit_code"] == 1


def test_an_ordinary_cell_whose_fault_met_nothing_stays_undecided(tmp_path: Any) -> None:
    """Only what was generated may be unreachable: a scenario's own fault was meant to happen."""
    told = verdict(tmp_path, swept(fired=False, generated=False))
    assert [cell["verdict"] for cell in told["cells"]] == ["unknown", "pass", "pass"]
    assert told["sweep"] == []
    assert told["exit_code"] == 3


def test_what_was_left_out_is_listed_with_its_reason(tmp_path: Any) -> None:
    """Beside what was tried, in the same table."""
    left = {"scenario": "call_trouble", "flow": "buy", "what": "crm: GET /x", "how": "held", "why": "it only reads"}
    (tmp_path / "sweep.json").write_text(json.dumps({"left_out": [left]}))
    told = verdict(tmp_path, swept(fired=True))
    assert told["sweep"][2] == {**left, "title": "Each call", "result": "left out"}
