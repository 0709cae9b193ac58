"""What CI systems are told: Markdown below their limit however large the run, annotations, and JUnit."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from reports import annotations, junit, markdown
from reports.material import Material
from tests.gating.conftest import Data, cell, finding, slo, verdict

KNOWN = {"about": "x", "reason": "TICKET-17", "owner": "ann", "expires": "2026-12-31", "cell": "a[b]",
         "promise": "exactly_once", "slo": None}  # fmt: skip


def material(judged: Data, gate: Data | None = None) -> Material:
    """A run of which only this is known."""
    return Material(folder=Path("run"), verdict=judged, run={"target_file": "my.toml"}, gate=gate or {})


def test_a_huge_run_stays_below_a_mebibyte() -> None:
    """Thousands of long findings: cut, and the number that was cut is told."""
    long = {**finding(), "message": "ü" * 5000}
    cells = [cell(f"scenario_{n}[buy-{'x' * 300}]", "fail", long, long, long) for n in range(6000)]
    text = markdown.text_of(material(verdict(*cells, slos=(slo("sync", "fail"),))))
    assert len(text.encode()) < 1024 * 1024
    shown = text.count("### ❌")
    assert 100 < shown < 6000
    assert f"… and {6000 - shown} more broken promises, all in `junit.xml`." in text
    assert "## Time limits" in text


def test_markdown_says_what_broke_and_how_to_play_it_again() -> None:
    """The verdict first; a name cannot break the table or open a tag."""
    odd = {**finding(), "message": "2 deals | <script>alert(1)</script>"}
    text = markdown.text_of(material(verdict(cell("a[b]", "fail", odd))))
    assert text.startswith("# ❌ fail: made up\n")
    assert "- **duplicated**: 2 deals \\| &lt;script>" in text
    assert "$ harness run 'a[b]'" in text


def test_markdown_says_known_and_let_through() -> None:
    """Never a green tick for what is only known."""
    entry = {**KNOWN, "stands": "known"}
    gate = {"says": "known", "known": [KNOWN], "entries": [entry], "baseline": "known.toml", "fail_on": ["promise"],
            "let_through": ["a limit in time is missed"], "exit_code": 0, "again": []}  # fmt: skip
    text = markdown.text_of(material(verdict(cell("a[b]", "fail", finding())), gate))
    assert text.startswith("# 🟡 known: ")
    assert "| **known** | x | TICKET-17 | ann | 2026-12-31 |" in text
    assert "### 🟡 known: `a[b]` exactly_once" in text
    assert "Let through, because `--fail-on promise`: a limit in time is missed." in text
    assert "✅" not in text


def test_annotations_point_at_the_target_file_and_hold_one_line_each() -> None:
    """The worst first, ten of a level, line breaks and colons escaped, no secret."""
    secret = "whsec_" + "abcdefghij"
    late = {**finding(kind="late"), "message": f"late: it\nwas {secret}"}
    cells = [cell("z[late]", "fail", late), *(cell(f"c{n}[x]", "fail", finding()) for n in range(12))]
    lines = list(annotations.lines(material(verdict(*cells, cell("u[x]", "unknown"), slos=(slo("sync", "fail"),)))))
    errors = [line for line in lines if line.startswith("::error ")]
    assert len(errors) == annotations.MOST + 1
    assert errors[0].startswith("::error file=my.toml,line=1,title=c0[x] exactly_once::2 crm.deal%0Aplay it again: ")
    assert errors[-1].startswith("::error file=my.toml,line=1,title=time limit sync::")
    assert any(line.startswith("::warning ") and "not decided%3A u[x]" in line for line in lines)
    assert not any("\n" in line or secret in line for line in lines)


def test_what_is_known_is_a_warning_and_a_skipped_case() -> None:
    """Neither red nor gone: JUnit readers show it as skipped, with the reason."""
    run = material(verdict(cell("a[b]", "fail", finding())), {"known": [KNOWN], "entries": []})
    (line,) = annotations.lines(run)
    assert line.startswith("::warning file=my.toml,line=1,title=known until 2026-12-31%3A a[b] exactly_once::TICKET-17")
    root = ET.fromstring(junit.render(run))
    (case,) = root.iter("testcase")
    skipped = case.find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "known: TICKET-17 (ann, until 2026-12-31)"
    assert (root.get("failures"), root.get("skipped")) == ("0", "1")


def test_an_entry_out_of_date_is_a_warning_at_the_baseline() -> None:
    """It points at the file that has to change."""
    gate = {"entries": [{**KNOWN, "stands": "expired"}], "baseline": "known.toml"}
    (line,) = annotations.lines(material(verdict(cell("a[b]", "pass")), gate))
    assert line.startswith("::warning file=known.toml,line=1,title=expired%3A x::")


def test_the_summary_of_the_job_is_appended_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What other steps wrote stays."""
    (tmp_path / "verdict.json").write_text(json.dumps(verdict(cell("a[b]", "fail", finding()))))
    journal = {"k": "journal", "n": 1, "at": 1, "version": 1, "writer": "w", "pid": 1, "wall": "x"}
    (tmp_path / "w.jsonl").write_text(json.dumps(journal) + "\n")
    (tmp_path / "summary.md").write_text("# ours\n")
    target = tmp_path / "step.md"
    target.write_text("# before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(target))
    annotations.tell_github(tmp_path)
    assert target.read_text() == "# before\n# ours\n"
    assert capsys.readouterr().out.startswith("::error title=a[b] exactly_once::")
