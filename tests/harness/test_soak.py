"""`make soak`: what it keeps of a run that was not green."""

from pathlib import Path

import pytest

from tools import soak
from tools.gate import Said


def test_the_folder_of_an_alarm_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is not green ends the soak, and its journals stay to explain it."""
    folder = tmp_path / "run-1"
    folder.mkdir()
    (folder / "phone.jsonl").write_text("{}")
    monkeypatch.setattr(soak, "run_gate", lambda *words, out: Said(3, {}, folder, "unknown"))
    monkeypatch.setattr(soak, "TABLE", tmp_path / "soak.md")
    monkeypatch.setattr(soak, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(soak, "commit", lambda: "abc")
    assert soak.main(["--seeds", "1"]) == 1
    assert (tmp_path / "kept" / "run-1" / "phone.jsonl").read_text() == "{}"


def test_controls_are_soaked_seed_after_seed_and_not_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each control is played on each seed from a target file of its own; what the table has is not played again."""
    played: list[tuple[str, ...]] = []

    def gate(*words: str, out: Path) -> Said:
        played.append(words)
        name = Path(words[words.index("--target") + 1]).stem
        return Said(0, {"verdict": "pass", "counts": {"cells": 3, "people": 4}}, None, "", frozenset({name}))

    monkeypatch.setattr(soak, "run_gate", gate)
    monkeypatch.setattr(soak, "TABLE", tmp_path / "soak.md")
    monkeypatch.setattr(soak, "commit", lambda: "abc")
    words = ["--seeds", "2", "--controls", "short_cache", "two_workers"]
    assert soak.main(words) == 0
    assert soak.main(words) == 0
    assert [(Path(one[-1]).stem, one[2]) for one in played] == [
        ("short_cache", "1"), ("two_workers", "1"), ("short_cache", "2"), ("two_workers", "2"),
    ]  # fmt: skip
    assert "| two_workers | 2 | abc | pass (0) | 3 | 4 | 0 |" in (tmp_path / "soak.md").read_text()


def test_a_control_that_never_differed_is_no_evidence() -> None:
    """Green without the control's own word that it was reached says so in the table."""
    green = Said(0, {"verdict": "pass"}, None, "")
    assert "never differed" in soak.row(soak.Run("short_cache", 1), "abc", green)
    assert "never differed" not in soak.row(soak.Run(soak.SHIPS, 1), "abc", green)
