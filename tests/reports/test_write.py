"""What is missing or broken is named, with the next step."""

from pathlib import Path

import pytest

from harness.errors import HarnessError
from reports.write import write_all
from tests.reports import sample


def test_all_reports_are_written(tmp_path: Path) -> None:
    """Their paths come back, nothing half-written stays behind."""
    written = write_all(sample.green(tmp_path))
    assert [path.name for path in written] == ["summary.txt", "summary.md", "report.html", "junit.xml"]
    assert list(tmp_path.glob(".*")) == []


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    """The same run gives the same bytes."""
    first = [path.read_bytes() for path in write_all(sample.red(tmp_path))]
    assert [path.read_bytes() for path in write_all(tmp_path)] == first


def test_a_run_that_was_not_judged_is_named(tmp_path: Path) -> None:
    """The error says what to do."""
    with pytest.raises(HarnessError, match=r"verdict.json is missing; judge the run first: harness check"):
        write_all(tmp_path)


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    """A wrong path is not a traceback."""
    with pytest.raises(HarnessError, match="is not a folder"):
        write_all(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{torn", "is not JSON"),
        ("[]", "expected a JSON object, found list"),
        ('{"version": 1}', "expected `verdict`"),
        ('{"version": 2, "verdict": "pass", "cells": []}', "written in version 2"),
    ],
)
def test_a_broken_verdict_is_named(tmp_path: Path, text: str, said: str) -> None:
    """Torn, foreign, empty or of another version."""
    sample.green(tmp_path)
    (tmp_path / "verdict.json").write_text(text)
    with pytest.raises(HarnessError, match=said):
        write_all(tmp_path)


def test_a_verdict_with_an_incomplete_cell_is_named(tmp_path: Path) -> None:
    """What a report needs and does not find is said, not traced back."""
    sample.green(tmp_path)
    (tmp_path / "verdict.json").write_text('{"version": 1, "verdict": "pass", "cells": [{"cell": "x"}]}')
    with pytest.raises(HarnessError, match=r"lacks `scenario`"):
        write_all(tmp_path)


def test_a_corrupt_journal_is_named_with_its_line(tmp_path: Path) -> None:
    """File and line, as the journal's own reader says it."""
    sample.green(tmp_path)
    journal = tmp_path / "phone.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b'{"k":"intent"', b'{"k:"intent"', 1))
    with pytest.raises(HarnessError, match=r"phone.jsonl:\d+: not a record"):
        write_all(tmp_path)


def test_a_verdict_without_journals_is_refused(tmp_path: Path) -> None:
    """Half a folder makes no report."""
    sample.green(tmp_path)
    for path in tmp_path.glob("*.jsonl"):
        path.unlink()
    with pytest.raises(HarnessError, match="holds a verdict but no journal"):
        write_all(tmp_path)
