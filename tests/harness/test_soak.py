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
