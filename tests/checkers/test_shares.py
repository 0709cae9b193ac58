"""A long run is judged share by share, and comes to the verdict that it comes to as a whole."""

from pathlib import Path
from typing import Any

import pytest

from bench.judging import make
from harness import judge
from harness.checkers.history import COPY, OWNERS
from harness.checkers.owners import Owners
from harness.journal import read_folder
from harness.shares import Share, shares
from tests.checkers.story import ANN, BEN, CHARGE, CONTACT, Story
from tests.checkers.test_judge import ONCE, folder

LETTERS = "acdefgjk"
CROWD = [f"hxcccccccccc{letter}{letter}" for letter in LETTERS]
GUARD = {"promise": "guarded", "sinks": ["alerts.chat"], "contains": ["too many"]}
SLO = {"name": "answers", "measure": "acknowledgement", "limit_s": 2.0, "quantile": 0.5}


def crowded() -> Story:
    """Two cells' people and a crowd: some charged twice, some lost, some mixed up, something that is nobody's."""
    story = Story()
    story.cell(ONCE, {"promise": "isolated"}, GUARD)
    story.person(ANN)
    story.person(BEN, origin="control")
    story.ok(BEN, ms=1500)
    story.ok(ANN, CHARGE)
    story.charge(ANN, "ch_ann")
    for number, person in enumerate(CROWD):
        story.person(person, origin="load")
        story.ok(person, CHARGE, CONTACT, ms=500.0 * number)
        call = story.call(person)
        story.effect(person, "crm.contact", f"cus_{number}", call=call)
        if number % 3:
            story.effect(None, "payments.charge", f"ch_{number}", ids=(f"cus_{number}",), amount=900, currency="usd")
        if number % 4 == 0:
            story.charge(person, f"ch_{number}_again")
        story.deliver(person, story.news(person, f"evt_{number}"), forgery="garbage" if number == 6 else None)
        story.read(person, text=f"of {CROWD[0]}" if number == 5 else "mine")
        story.effect(person, "alerts.chat", f"m_{number}", text="too many" if number == 7 else "fine")
    story.effect(None, "payments.charge", "ch_nobody", call="c0", amount=1)
    story.add("unknown_route", fake="crm", method="GET", path="/nowhere", call="c0")
    story.add("unsettled", person=CROWD[2], blockers=["a call under way"])
    return story


def same(verdict: Any, path: str = "") -> Any:
    """A verdict with what has no order put in order: people of the load and their findings, examples of keys."""
    if isinstance(verdict, dict):
        return {name: same(value, name) for name, value in verdict.items() if name != "examples"}
    if isinstance(verdict, list) and path in ("persons", "findings", "samples_s"):
        return sorted((same(value) for value in verdict), key=repr)
    return [same(value) for value in verdict] if isinstance(verdict, list) else verdict


@pytest.mark.parametrize("most", [10, 25, 100])
def test_shares_come_to_the_verdict_of_the_whole(tmp_path: Path, most: int) -> None:
    """Whatever the size of a share: counts, findings with their records, limits in time, what is nobody's."""
    run = folder(tmp_path, crowded(), slo=[SLO])
    whole, split = judge.judge(run), judge.judge(run, most)
    assert len(list(shares(run, most))) > 1
    assert same(split) == same(whole)
    kinds = {one["kind"] for cell in whole["cells"] for promise in cell["promises"] for one in promise["findings"]}
    assert {"duplicated", "lost", "phantom", "mixed_up"} <= kinds
    assert whole["cells"][0]["promises"][2]["ruling"] == "pass"


def test_no_share_is_larger_than_it_must_be(tmp_path: Path) -> None:
    """Evidence of one person lies in few shares, and every record in at least one."""
    make(tmp_path / "run", 4000)
    written = len(read_folder(tmp_path / "run"))
    them = list(shares(tmp_path / "run", 500))
    kept = [record for share in them for record in share.records]
    assert max(len(share.records) for share in them) < 1000
    assert sum(not record.get(COPY) for record in kept) == written


def test_a_share_is_judged_by_the_owners_of_the_whole(tmp_path: Path) -> None:
    """An id that another share made tells whose a record is; without that, what is somebody's would be nobody's."""
    run = folder(tmp_path, crowded())
    for share in shares(run, 25):
        assert share.owners is not None
        told = [record for record in share.records if OWNERS in record]
        alone = Owners(share.records, {record["person"] for record in share.records if record["k"] == "person"})
        assert all(share.owners.of(record) >= alone.of(record) for record in told)


def test_an_ordinary_run_is_one_share_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read straight from its folder; no temporary file is made for it."""
    monkeypatch.setattr("tempfile.TemporaryDirectory", None)
    (only,) = shares(folder(tmp_path, crowded()))
    assert only == Share(records=only.records)


def test_files_of_shares_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when somebody stops half-way."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "aside"))
    (tmp_path / "aside").mkdir()
    (tmp_path / "run").mkdir()
    going = shares(folder(tmp_path / "run", crowded()), 25)
    next(going)
    assert list((tmp_path / "aside").iterdir())
    going.close()
    assert not list((tmp_path / "aside").iterdir())
