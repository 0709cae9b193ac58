"""The judge: a run folder in, verdict.json out, and the one exit code of it all."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from harness import judge
from harness.errors import JournalError, UsageError
from reports import words
from tests.checkers.story import ANN, BEN, CHARGE, Story

ONCE = {"promise": "exactly_once"}
SLO = {"name": "answers", "measure": "acknowledgement", "limit_s": 2.0, "quantile": 0.95}


def folder(where: Path, story: Story, run: Mapping[str, Any] | None = None, **target: Any) -> Path:
    """A run folder that holds this story."""
    lines = [{"k": "journal", "n": 1, "at": 0, "version": 1, "writer": "phone", "pid": 1, "wall": ""}, *story.records]
    (where / "phone.jsonl").write_text("".join(json.dumps(dict(line)) + "\n" for line in lines))
    settings = {"seed": 7, "commit": "abc", "started": "2026-01-01", **(run or {})}
    (where / "run.json").write_text(json.dumps(settings))
    (where / "target.json").write_text(json.dumps({"name": "staging", **target}))
    return where


def bought(*people: str, twice: bool = False) -> Story:
    """Everybody bought once, and was charged once (or twice)."""
    story = Story()
    story.cell(ONCE)
    for person in people:
        story.person(person)
        story.ok(person, CHARGE)
        story.charge(person, f"ch_{person}")
        if twice:
            story.charge(person, f"ch_{person}_2")
    return story


def test_everything_kept_is_a_pass(tmp_path: Path) -> None:
    """Exit 0, with the counts a report begins with."""
    verdict = judge.judge(folder(tmp_path, bought(ANN)))
    assert (verdict["verdict"], verdict["exit_code"], verdict["version"]) == ("pass", 0, 1)
    assert (verdict["seed"], verdict["target"], verdict["commit"]) == (7, "staging", "abc")
    assert verdict["counts"] == {
        "cells": 1, "passed": 1, "failed": 0, "unknown": 0, "people": 1, "intents": 1, "effects": 1, "deliveries": 0,
        "faults": 0,
    }  # fmt: skip
    assert verdict["headline"] == "every promise kept in 1 cells: 1 intents of 1 people"
    assert verdict["cells"][0]["persons"] == [ANN]
    assert verdict["coverage"] == [{"scenario": "story", "flow": "buy", "variant": "", "facts_ok": True}]


def test_a_broken_promise_is_exit_1(tmp_path: Path) -> None:
    """The finding carries its records; the headline its kind."""
    verdict = judge.judge(folder(tmp_path, bought(ANN, twice=True)))
    assert (verdict["verdict"], verdict["exit_code"]) == ("fail", 1)
    assert verdict["headline"] == "1 of 1 cells broke a promise: 1 duplicated"
    finding = verdict["cells"][0]["promises"][0]["findings"][0]
    assert (finding["kind"], [record["k"] for record in finding["records"]]) == (
        "duplicated", ["intent", "effect", "effect"],
    )  # fmt: skip


def test_nothing_exercised_is_exit_2(tmp_path: Path) -> None:
    """A cell without a single intent."""
    story = Story()
    story.cell(ONCE)
    verdict = judge.judge(folder(tmp_path, story))
    assert (verdict["verdict"], verdict["exit_code"]) == ("unknown", 2)
    assert verdict["headline"] == "nothing was exercised: no person ever wanted anything"


def test_every_cell_broken_off_is_exit_2_even_over_a_broken_promise(tmp_path: Path) -> None:
    """The environment is not what it should be: first things first."""
    story = bought(ANN, twice=True)
    story.add("cell_end", cell="story[buy]", error="the fakes are gone")
    verdict = judge.judge(folder(tmp_path, story))
    assert (verdict["verdict"], verdict["exit_code"]) == ("fail", 2)
    assert verdict["headline"] == "nothing was exercised: the fakes are gone"


def test_not_enough_evidence_is_exit_3(tmp_path: Path) -> None:
    """A fact did not occur."""
    story = Story(ANN)
    story.cell(ONCE, facts=({"fact": "offline"},))
    story.ok(ANN, CHARGE)
    story.charge(ANN)
    verdict = judge.judge(folder(tmp_path, story))
    assert (verdict["verdict"], verdict["exit_code"]) == ("unknown", 3)
    assert verdict["coverage"][0]["facts_ok"] is False


def late(number: int) -> Story:
    """A kept promise beside so many answers that took three seconds."""
    story = bought(ANN)
    story.person(BEN, origin="load")
    for _ in range(number):
        story.ok(BEN, CHARGE, ms=3000)
        story.charge(BEN, f"ch_{story.now}")
    return story


def test_only_a_missed_limit_is_exit_4(tmp_path: Path) -> None:
    """Every promise was kept, too late."""
    verdict = judge.judge(folder(tmp_path, late(20), slo=[SLO]))
    assert (verdict["verdict"], verdict["exit_code"]) == ("fail", 4)
    assert verdict["headline"] == "every promise was kept, but too much was late: answers"
    assert verdict["load"]["people"] == 1
    assert [cell["cell"] for cell in verdict["cells"]] == ["story[buy]", "load"]


def test_limits_without_enough_samples_are_exit_3(tmp_path: Path) -> None:
    """One answer decides nothing."""
    assert judge.judge(folder(tmp_path, bought(ANN), slo=[SLO]))["exit_code"] == 3


def test_limits_are_not_judged_in_a_run_of_chosen_scenarios(tmp_path: Path) -> None:
    """And the report says so."""
    verdict = judge.judge(folder(tmp_path, bought(ANN), {"judge_slos": False}, slo=[SLO]))
    assert (verdict["exit_code"], verdict["slos"]) == (0, [])
    assert "limits in time (SLOs)" in [one["what"] for one in verdict["not_covered"]]


def test_a_promise_goes_before_a_limit(tmp_path: Path) -> None:
    """1 over 4."""
    story = late(20)
    story.charge(ANN, "ch_again")
    assert judge.judge(folder(tmp_path, story, slo=[SLO]))["exit_code"] == 1


def test_the_load_is_judged_as_one_with_the_first_findings_only(tmp_path: Path) -> None:
    """Twelve people charged twice: ten are shown, two are counted."""
    story = bought(ANN)
    for letter in "cdefghijkmnp":
        person = f"hx{letter * 12}"
        story.person(person, origin="load")
        story.ok(person, CHARGE)
        story.charge(person, f"ch_{letter}1")
        story.charge(person, f"ch_{letter}2")
    promise = judge.judge(folder(tmp_path, story))["cells"][1]["promises"][0]
    assert (len(promise["findings"]), promise["more"]) == (10, 2)
    assert promise["reason"] == "12 duplicated; 10 shown and 2 more"


def test_calm_people_are_judged_as_one(tmp_path: Path) -> None:
    """Their cells are not listed one by one; what went wrong with one of them is said."""
    story = bought(ANN)
    story.person(BEN, origin="control")
    story.ok(BEN, CHARGE)
    story.charge(BEN, "ch_b")
    for number in (1, 2):
        story.add("cell", cell=f"calm[{number}]", origin="control", promises=[ONCE], facts=[], persons=[])
    story.add("cell_end", cell="calm[1]", error=None)
    verdict = judge.judge(folder(tmp_path, story))
    assert [(cell["cell"], cell["verdict"]) for cell in verdict["cells"]] == [
        ("story[buy]", "pass"), ("control", "unknown"),
    ]  # fmt: skip
    assert verdict["cells"][1]["error"] == "calm[2]: never ended"


def test_a_record_of_nobody_is_never_dropped(tmp_path: Path) -> None:
    """An empty contact belongs to nobody, and breaks a promise."""
    story = bought(ANN)
    story.effect(None, "crm.contact", "9", call=None, email="")
    verdict = judge.judge(folder(tmp_path, story))
    assert (verdict["exit_code"], verdict["cells"][-1]["cell"], verdict["unowned_count"]) == (1, "nobody", 1)
    assert verdict["unowned"][0]["object"] == "9"


def test_a_message_of_nobody_is_only_reported(tmp_path: Path) -> None:
    """The team may be told of things that concern no single person."""
    story = bought(ANN)
    story.effect(None, "alerts.chat", "m9", call=None, text="failure rate over 2%")
    verdict = judge.judge(folder(tmp_path, story))
    assert (verdict["exit_code"], verdict["unowned_count"]) == (0, 1)


def test_a_route_the_fakes_lack_leaves_a_doubt(tmp_path: Path) -> None:
    """What the pipeline asked for was not there: a pass would prove too little."""
    story = bought(ANN)
    story.add("unknown_route", call="c", fake="crm", method="GET", path="/nowhere")
    verdict = judge.judge(folder(tmp_path, story))
    assert (verdict["verdict"], verdict["exit_code"]) == ("unknown", 3)
    assert verdict["unknown_routes"] == [{"fake": "crm", "method": "GET", "path": "/nowhere", "count": 1}]


def test_hosts_on_the_internet_are_told_with_who_answered(tmp_path: Path) -> None:
    """Calls at a vendor's own host are counted, what nobody stands for is listed; neither is a broken promise."""
    story = bought(ANN)
    at = {"fake": "crm", "method": "GET", "path": "/x", "writes": False, "markers": [], "ids": []}
    for call in ("c8", "c9"):
        story.add("received", call=call, host="api.vendor.example", **at)
    story.add("host", host="api.vendor.example", event="greeted", fake="crm")
    story.add("host", host="stranger.example", event="looked_up", fake=None)
    story.add("host", host="stranger.example", event="blocked", fake=None, method="GET", path="/x")
    story.add("host", host="pinned.example", event="greeted", fake=None)
    verdict = judge.judge(folder(tmp_path, story))
    assert verdict["exit_code"] == 0
    assert [(one["host"], one["calls"], one["blocked"], one["reached"]) for one in verdict["hosts"]] == [
        ("api.vendor.example", 2, 0, "greeted"),
        ("pinned.example", 0, 0, "greeted"),
        ("stranger.example", 0, 1, "looked_up"),
    ]
    said = [words.of_host(one) for one in verdict["hosts"]]
    assert "does not trust the run's own authority" in said[1]
    assert said[2] == "stranger.example: GET /x (× 1)"


def test_a_mistake_of_a_fake_leaves_a_doubt(tmp_path: Path) -> None:
    """It is ours, and it is said."""
    story = bought(ANN)
    story.add("bug", call=None, fake="crm", method=None, path=None, error="KeyError('x')")
    verdict = judge.judge(folder(tmp_path, story))
    assert (verdict["exit_code"], verdict["headline"]) == (
        3, "not enough evidence for calls at which a fake failed by itself",
    )  # fmt: skip
    assert "KeyError('x')" in [one["why"] for one in verdict["not_covered"]]


def test_who_never_settled_is_listed(tmp_path: Path) -> None:
    """With what was in the way."""
    story = bought(ANN)
    story.add("unsettled", person=ANN, blockers=["pipeline: 1"])
    verdict = judge.judge(folder(tmp_path, story))
    assert verdict["unsettled"] == [{"person": ANN, "blockers": ["pipeline: 1"]}]


def test_the_verdict_is_kept_and_can_be_made_again(tmp_path: Path) -> None:
    """Judging changes nothing but verdict.json, and says the same twice; raw samples are no journal."""
    (tmp_path / "samples.jsonl").write_text("not a journal\n")
    verdict = judge.write(folder(tmp_path, bought(ANN, twice=True)))
    assert json.loads((tmp_path / "verdict.json").read_text()) == json.loads(json.dumps(judge.write(tmp_path)))
    assert verdict["exit_code"] == 1


def test_what_is_no_run_folder_is_refused(tmp_path: Path) -> None:
    """With a sentence, not a traceback."""
    with pytest.raises(UsageError, match="is not a run folder"):
        judge.judge(tmp_path)


def test_a_folder_without_journals_is_refused(tmp_path: Path) -> None:
    """The whole folder must be copied."""
    folder(tmp_path, bought(ANN))
    (tmp_path / "phone.jsonl").unlink()
    with pytest.raises(UsageError, match="holds no journal"):
        judge.judge(tmp_path)


def test_a_record_without_a_moment_is_refused(tmp_path: Path) -> None:
    """Somebody altered the file."""
    folder(tmp_path, bought(ANN))
    with (tmp_path / "phone.jsonl").open("a") as file:
        file.write('{"k":"effect"}\n')
    with pytest.raises(JournalError, match="has no moment"):
        judge.judge(tmp_path)


def test_a_planted_flaw_that_was_reached_is_told_from_the_journals(tmp_path: Path) -> None:
    """The verdict names what announced itself, and where; a green run is then one that missed the flaw."""
    story = bought(ANN)
    for process in ("api", "worker"):
        story.add("ran", what="flaw", name="retry_none", process=process)
    verdict = judge.judge(folder(tmp_path, story, {"flaw": "retry_none"}))
    assert verdict["announced"] == [{"what": "flaw", "name": "retry_none", "processes": ["api", "worker"]}]
    assert not [one for one in verdict["not_covered"] if "planted" in one["what"]]


def test_a_silent_mutant_is_not_covered(tmp_path: Path) -> None:
    """Its line was never reached, so the run says nothing about it; a line in a log, or another's word, is none."""
    story = bought(ANN)
    story.add("ran", what="control", name="slow_backoff", process="api")
    run = folder(tmp_path, story, {"flaw": "retry_none"})
    (run / "logs").mkdir()
    (run / "logs" / "api.log").write_text("flaw retry_none ran\n")
    verdict = judge.judge(run)
    assert [one["name"] for one in verdict["announced"]] == ["slow_backoff"]
    assert [one["what"] for one in verdict["not_covered"] if "planted" in one["what"]] == [
        "the planted flaw retry_none"
    ]


def test_what_was_reached_is_known_in_a_run_read_in_shares(tmp_path: Path) -> None:
    """The record goes to one share, and is counted once."""
    story = bought(ANN, BEN)
    story.add("ran", what="flaw", name="retry_none", process="api")
    verdict = judge.judge(folder(tmp_path, story, {"flaw": "retry_none"}), most=5)
    assert verdict["announced"] == [{"what": "flaw", "name": "retry_none", "processes": ["api"]}]
