"""The sweep's coverage: what met nothing is not reached, what broke stays broken, and neither passes for the other."""

import json
from typing import Any

from harness import judge
from tests.checkers.story import ANN, BEN, CHARGE, Story
from tests.checkers.test_judge import ONCE, folder

FIRED = {"fact": "fault_fired", "fake": "payments", "kind": "lost_reply", "min": 1}
WHAT = "payments: POST /charges #2"


def swept(*, fired: bool, twice: bool = False, generated: bool = True) -> Story:
    """Ann bought in a generated cell whose fault fired, or met nothing; Ben bought in an ordinary one."""
    story = Story()
    for cell, person, facts in (("call_trouble[buy]", ANN, [FIRED]), ("plain[buy]", BEN, [])):
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
    for cell in ("call_trouble[buy]", "plain[buy]"):
        story.add("cell_end", cell=cell, error=None)
    return story


def verdict(tmp_path: Any, story: Story) -> dict[str, Any]:
    """What the judge makes of it."""
    return judge.judge(folder(tmp_path, story))


def test_a_fault_that_fired_makes_a_pass(tmp_path: Any) -> None:
    """The pair counts as kept."""
    told = verdict(tmp_path, swept(fired=True))
    assert [(row["what"], row["how"], row["result"]) for row in told["sweep"]] == [(WHAT, "loses_reply", "kept")]
    assert told["exit_code"] == 0


def test_a_fault_that_met_nothing_is_not_reached_and_decides_nothing(tmp_path: Any) -> None:
    """It is neither a pass nor missing evidence; the cell is listed in the sweep only."""
    told = verdict(tmp_path, swept(fired=False))
    assert [row["result"] for row in told["sweep"]] == ["not reached"]
    assert [cell["cell"] for cell in told["cells"]] == ["plain[buy]"]
    assert told["exit_code"] == 0


def test_a_broken_promise_stands_whether_the_fault_fired_or_not(tmp_path: Any) -> None:
    """Two charges are two charges (planted violation)."""
    told = verdict(tmp_path, swept(fired=False, twice=True))
    assert [row["result"] for row in told["sweep"]] == ["broken"]
    assert told["exit_code"] == 1


def test_an_ordinary_cell_whose_fault_met_nothing_stays_undecided(tmp_path: Any) -> None:
    """Only what was generated may be unreachable: a scenario's own fault was meant to happen."""
    told = verdict(tmp_path, swept(fired=False, generated=False))
    assert told["sweep"] == []
    assert told["exit_code"] == 3


def test_what_was_left_out_is_listed_with_its_reason(tmp_path: Any) -> None:
    """Beside what was tried, in the same table."""
    left = {"scenario": "call_trouble", "flow": "buy", "what": "crm: GET /x", "how": "held", "why": "it only reads"}
    (tmp_path / "sweep.json").write_text(json.dumps({"left_out": [left]}))
    told = verdict(tmp_path, swept(fired=True))
    assert told["sweep"][1] == {**left, "title": "Each call", "result": "left out"}
