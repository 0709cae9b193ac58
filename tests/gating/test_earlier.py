"""Earlier runs beside this one: what `--last-failed` plays again, and what is other than in the last green run."""

import json
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.gate.earlier import not_passed, since_green
from reports import html, markdown, since, summary
from reports.material import Material, load
from tests.gating.conftest import Data, cell, finding, verdict

KIND = ("shop", "", "http")


def left(runs: Path, name: str, *cells: Data, patterns: tuple[str, ...] = (), says: str = "", **more: str) -> Path:
    """A run's folder as far as anybody looks into it later."""
    folder = runs / name
    folder.mkdir(parents=True)
    judged = {**verdict(*cells), "target": more.pop("target", "shop"), "commit": "abc1234"}
    judged["slos"] = [{"name": "sync", "verdict": "pass", "quantile": 0.95, "p95_s": float(more.pop("p95", "1"))}]
    run = {"patterns": list(patterns), "flaw": None, "phone": "http", **more}
    for file, data in (("run", run), ("verdict", judged), ("gate", {"says": says or judged["verdict"]})):
        (folder / f"{file}.json").write_text(json.dumps(data))
    return folder


def test_what_did_not_pass_when_it_was_played_last_is_chosen(tmp_path: Path) -> None:
    """From the newest whole run on, each cell by its newest verdict; what failed before that run is forgotten."""
    left(tmp_path, "20260101-000000-1", cell("old[x]"))
    left(tmp_path, "20260102-000000-1", cell("a[x]"), cell("b[x]", "unknown"), cell("c[x]", "pass"), cell("d[x]"))
    left(tmp_path, "20260103-000000-1", cell("a[x]", "pass"), patterns=("a",))
    left(tmp_path, "20260104-000000-1", cell("c[x]"), patterns=("c",))
    assert sorted(not_passed(tmp_path, KIND)) == ["b[x]", "c[x]", "d[x]"]


def test_runs_of_something_else_do_not_count(tmp_path: Path) -> None:
    """Another target, another flaw, other phones, an interrupted run, and the link to the newest."""
    left(tmp_path, "20260101-000000-1", cell("a[x]"))
    left(tmp_path, "20260102-000000-1", cell("b[x]"), target="another")
    left(tmp_path, "20260103-000000-1", cell("c[x]"), flaw="wh_no_dedupe")
    left(tmp_path, "20260104-000000-1", cell("d[x]"), phone="browser")
    (tmp_path / "20260105-000000-1").mkdir()
    broken = left(tmp_path, "20260106-000000-1", cell("e[x]"))
    (broken / "verdict.json").write_text("{")
    (tmp_path / "latest").symlink_to("20260103-000000-1")
    assert not_passed(tmp_path, KIND) == ["a[x]"]
    assert not_passed(tmp_path, ("shop", "wh_no_dedupe", "http")) == ["c[x]"]


def test_nothing_to_play_is_said(tmp_path: Path) -> None:
    """No run at all, or none that had anything but passes; with what to do."""
    with pytest.raises(UsageError, match="no judged run of shop; run without --last-failed first"):
        not_passed(tmp_path, KIND)
    left(tmp_path, "20260101-000000-1", cell("a[x]", "pass"))
    with pytest.raises(UsageError, match="every cell passed when it was played last"):
        not_passed(tmp_path, KIND)


def test_what_is_other_than_in_the_last_green_run_is_told(tmp_path: Path) -> None:
    """Newly broken, newly open, gone, new, and how long things took; a chosen run or a red one is no yardstick."""
    then = [cell(f"{name}[x]", "pass") for name in ("a", "b", "c", "gone")]
    left(tmp_path, "20260101-000000-1", *then, p95="1.5")
    left(tmp_path, "20260102-000000-1", cell("a[x]", "pass"), patterns=("a",))
    left(tmp_path, "20260103-000000-1", cell("a[x]"), says="known")
    now = left(
        tmp_path, "20260104-000000-1", cell("a[x]", "fail", finding()), cell("b[x]", "unknown"), cell("c[x]", "pass"),
        cell("new[x]"), p95="2.5",
    )  # fmt: skip
    found = since_green(now)
    assert found is not None
    assert list(since.lines(found)) == [
        "compared with 20260101-000000-1 at abc1234, the last whole run that was green",
        "broken now: a[x]",
        "not decided now: b[x]",
        "no longer played: gone[x]",
        "new: 1 cell",
        "sync: p95 1.5 s then, 2.5 s now",
    ]
    (now / "since-green.json").write_text(json.dumps(found))
    assert load(now, journals=False).since == found


def test_a_chosen_run_is_compared_by_its_own_cells_only(tmp_path: Path) -> None:
    """What nobody asked for is not gone."""
    left(tmp_path, "20260101-000000-1", cell("a[x]", "pass"), cell("b[x]", "pass"))
    now = left(tmp_path, "20260102-000000-1", cell("a[x]", "pass"), patterns=("a",))
    found = since_green(now)
    assert found is not None
    assert "every cell that passed then passes now" in list(since.lines(found))
    assert found["gone"] == []


def test_without_a_green_run_nothing_is_compared(tmp_path: Path) -> None:
    """The first run, and one that is red since ever."""
    left(tmp_path, "20260101-000000-1", cell("a[x]"))
    assert since_green(left(tmp_path, "20260102-000000-1", cell("a[x]"))) is None
    assert list(since.lines({})) == []


def test_each_report_has_it(tmp_path: Path) -> None:
    """Text, Markdown and page say the same."""
    left(tmp_path, "20260101-000000-1", cell("a[x]", "pass"))
    now = left(tmp_path, "20260102-000000-1", cell("a[x]", "fail", finding()))
    judged = json.loads((now / "verdict.json").read_text())
    run = Material(folder=now, verdict=judged, run={"target_file": "my.toml"}, since=since_green(now) or {})
    for text in (summary.text_of(run), markdown.text_of(run)):
        assert "Since the last green run" in text
        assert "broken now: a[x]" in text
    assert list(since.lines(run.since)) == html.context(run)["since"]
