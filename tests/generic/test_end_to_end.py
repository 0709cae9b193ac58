"""A pipeline with a CRM that nobody copied: declared in its target file, judged like any other."""

from harness.target.declared import Hooks
from tests.gate.conftest import ROOT, Gate

TARGET = str(ROOT / "tests" / "generic" / "target.toml")
CELLS = ("plain_success[sign_up]", "vendor_trouble[sign_up-crm_losing_replies]", "vendor_trouble[sign_up-crm_failing]")


def test_a_pipeline_with_a_declared_crm_passes(gate: Gate) -> None:
    """Its leads are journaled, its faults met, and each person is one lead."""
    code, said = gate.say("run", *CELLS, "--target", TARGET, "--seed", "5")
    assert code == 0, said
    verdict = gate.verdict()
    assert verdict["counts"]["passed"] >= len(CELLS)
    assert verdict["unknown_routes"] == []


def test_what_its_crm_never_signed_changes_nothing(gate: Gate) -> None:
    """What it signed in an unusual way is taken; wrong signatures are those that the declared scheme can show."""
    words = ("invalid_signatures[sign_up-crm:", "odd_signatures[sign_up-crm:")
    code, said = gate.say("run", *words, "--target", TARGET, "--seed", "5")
    assert code == 0, said
    played = {one["cell"] for one in gate.verdict()["cells"]}
    assert {f"invalid_signatures[sign_up-crm:{way}]" for way in Hooks(scheme="timestamped").forgeries} <= played
    assert "invalid_signatures[sign_up-crm:other_address]" not in played


def test_that_it_believes_anybody_is_caught(gate: Gate) -> None:
    """Who does not look at signatures makes a second lead of somebody whose first is there."""
    way = "invalid_signatures[sign_up-crm:wrong_secret]"
    code, said = gate.say("run", way, "--target", TARGET, "--seed", "5", "--flaw", "unsigned")
    assert code == 1, said
    (cell,) = [one for one in gate.verdict()["cells"] if one["cell"] == way]
    found = {one["kind"] for promise in cell["promises"] for one in promise.get("findings", ())}
    assert {"duplicated", "phantom"} & found, found


def test_its_double_create_is_caught(gate: Gate) -> None:
    """Without its idempotency key a lost answer makes two leads of one person."""
    code, said = gate.say("run", CELLS[1], "--target", TARGET, "--seed", "5", "--flaw", "no_key")
    assert code == 1, said
    (cell,) = [one for one in gate.verdict()["cells"] if one["cell"] == CELLS[1]]
    (promise,) = [one for one in cell["promises"] if one["ruling"] == "fail"]
    assert promise["promise"] == "exactly_once"
    assert {one["kind"] for one in promise["findings"]} == {"duplicated"}
    assert {one["sink"] for one in promise["findings"]} == {"crm.lead"}


def test_a_wrong_declaration_is_told_before_anything_starts(gate: Gate) -> None:
    """File, line, key, what was found, what was expected, and the next step."""
    file = gate.out.parent / "wrong.toml"
    text = (ROOT / TARGET).read_text()
    file.write_text(text.replace('required = ["email"]', 'required = ["email"]\nuniqe = ["email"]'))
    line = file.read_text().splitlines().index('uniqe = ["email"]') + 1
    code, said = gate.say("run", CELLS[0], "--target", str(file))
    assert code == 2, said
    assert f"wrong.toml:{line}: fake.crm.collections.lead.uniqe: is not a key of this table" in said
    assert 'did you mean "unique"?' in said
    assert "Traceback" not in said
