"""`harness explore` as a user starts it: it learns, sweeps, crashes, and finds what is planted."""

import json

import pytest

from tests.gate.conftest import Gate


def test_a_sweep_of_one_flow_is_green_and_shows_what_it_tried(gate: Gate) -> None:
    """Every pair of the flow is kept; its calls are written down, and the pipeline was killed where it had to be."""
    code, said = gate.say("explore", "[help_text", "--seed", "3")
    assert code == 0, said
    assert "Sweep: calls and events by ways to disturb them" in said
    swept = gate.verdict()["sweep"]
    tried = {(row["scenario"], row["how"]) for row in swept if row["flow"] == "help_text" and row["result"] == "kept"}
    assert {
        ("call_trouble", "loses_reply"), ("crash", "everything killed"), ("crash", "worker killed"),
        ("crash", "everything restarted"), ("crash", "everything paused"),
    } <= tried  # fmt: skip
    calls = json.loads((gate.folder / "calls.json").read_text())
    assert [call["fake"] for call in calls["help_text"]["calls"]] == ["helpdesk"]
    assert gate.survivors() == []


@pytest.mark.slow
@pytest.mark.drawn
def test_a_sweep_finds_a_key_that_is_made_for_each_attempt(gate: Gate) -> None:
    """A lost answer and a kill both lead to a second ticket; each is named with the command that replays it."""
    code, said = gate.say("explore", "[help_text", "--seed", "3", "--flaw", "ticket_dup")
    assert code == 1, said
    broken = {row["how"] for row in gate.verdict()["sweep"] if row["result"] == "broken"}
    assert {"loses_reply", "hangs_after", "everything killed"} <= broken
    assert "harness explore 'call_trouble[help_text-helpdesk: POST /api/v2/tickets: loses_reply]'" in said


def test_a_pattern_that_matches_no_cell_is_refused(gate: Gate) -> None:
    """After learning, when it is known what cells there are: exit 2, and the pattern named."""
    code, said = gate.say("explore", "call_trouble[buy-nowhere", "--seed", "3")
    assert code == 2, said
    assert "none of the cells of this sweep matches call_trouble[buy-nowhere" in said


@pytest.mark.slow
@pytest.mark.drawn
def test_the_whole_sweep_is_green_on_the_pipeline_that_ships(gate: Gate) -> None:
    """Every call, every event, every point: nothing broken, nothing undecided, few not reached."""
    code, said = gate.say("explore", "--seed", "5", within_s=500)
    assert code == 0, said
    swept = gate.verdict()["sweep"]
    for scenario in ("call_trouble", "notice_trouble", "notice_orders", "crash"):
        results = [row["result"] for row in swept if row["scenario"] == scenario]
        assert results.count("kept") > len(results) / 2, scenario
        assert results.count("not reached") < len(results) / 4, scenario
