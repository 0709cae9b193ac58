"""A pipeline that makes a new key for each attempt is found when it stands still in the middle of one."""

from tests.gate.conftest import Gate


def test_a_key_for_each_attempt_is_found_by_a_pause(gate: Gate) -> None:
    """The vendor had opened the ticket; after the pause the pipeline opened another."""
    code, said = gate.say("run", "struck[buy-paused]", "--seed", "3", "--flaw", "ticket_dup")
    assert code == 1, said
    (cell,) = [one for one in gate.verdict()["cells"] if one["cell"] == "struck[buy-paused]"]
    kinds = {finding["kind"] for promise in cell["promises"] for finding in promise["findings"]}
    assert "duplicated" in kinds
    assert all(fact["occurred"] for fact in cell["facts"])
    assert gate.survivors() == []
