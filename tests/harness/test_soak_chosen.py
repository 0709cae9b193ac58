"""`make soak ARGS="--controls --chosen"`: what it plays, what it keeps, and that it goes on where it was."""

from pathlib import Path

import pytest

from tools import planted, soak, soak_chosen
from tools.gate import Said

RUNS = "| pipeline | seed | commit |\n|---|---|---|\n| ships | 1 | abc |\n"
Played = list[tuple[str, int]]


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Played:
    """What was played; green, but for `two_workers` on seed 2 and, on its first try, `short_cache` on seed 1."""
    found: Played = []

    def gate(*words: str, out: Path) -> Said:
        name, seed = Path(words[words.index("--target") + 1]).stem, int(words[words.index("--seed") + 1])
        again = (name, seed) in found
        found.append((name, seed))
        code = 1 if (name, seed) == ("two_workers", 2) else 3 if (name, seed) == ("short_cache", 1) and not again else 0
        verdict = {0: "pass", 1: "fail", 3: "unknown"}[code]
        return Said(code, {"verdict": verdict}, None, "", frozenset({name}))

    (tmp_path / "soak.md").write_text("# Soak\n\n" + RUNS)
    monkeypatch.setattr(soak_chosen, "run_gate", gate)
    monkeypatch.setattr(soak_chosen, "code", lambda: "c0de")
    monkeypatch.setattr(soak, "TABLE", tmp_path / "soak.md")
    monkeypatch.setattr(soak, "commit", lambda: "abc")
    return found


WORDS = ["--chosen", "--seeds", "2", "--at-once", "1", "--controls", "short_cache", "two_workers"]


def test_every_seed_is_played_and_an_undecided_one_once_more(played: Played, tmp_path: Path) -> None:
    """An alarm ends 1 and stands in the table; the table of whole suites stays what it was, and last."""
    assert soak.main(WORDS) == 1
    assert played == [
        ("short_cache", 1), ("two_workers", 1), ("short_cache", 2), ("two_workers", 2), ("short_cache", 1),
    ]  # fmt: skip
    text = (tmp_path / "soak.md").read_text()
    assert "| `short_cache` | 2 | 1-2 |  | c0de | abc |" in text
    assert "| `two_workers` | 1 | 1 | 2: fail | c0de | abc |" in text
    assert "Not the whole suite" in text
    assert text.endswith(RUNS)


def test_it_goes_on_where_it_was_at_another_commit(
    played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is played twice while what is run is the same, an alarm neither; all of it when that was changed."""
    soak.main(WORDS)
    before = (tmp_path / "soak.md").read_text()
    played.clear()
    monkeypatch.setattr(soak, "commit", lambda: "def")
    assert soak.main(WORDS) == 1
    assert played == []
    assert (tmp_path / "soak.md").read_text() == before
    soak.main([*WORDS[:2], "3", *WORDS[3:]])
    assert played == [("short_cache", 3), ("two_workers", 3)]
    assert "| `short_cache` | 3 | 1-3 |  | c0de | def |" in (tmp_path / "soak.md").read_text()
    played.clear()
    monkeypatch.setattr(soak_chosen, "code", lambda: "0ther")
    soak.main(WORDS)
    assert len(played) >= 4


def test_a_control_that_never_differed_is_not_green() -> None:
    """Its word must be in the journal."""
    (control,) = planted.controls(["short_cache"])
    assert soak_chosen.verdict(control, Said(0, {}, None, "")) == "never differed"
    assert soak_chosen.verdict(control, Said(0, {}, None, "", frozenset({"short_cache"}))) is None
    assert soak_chosen.verdict(control, Said(2, {}, None, "", frozenset({"short_cache"}))) == "exit 2"


def test_seeds_are_written_short_and_read_again() -> None:
    """Ranges and single ones."""
    assert soak_chosen.ranges({3, 1, 2, 7}) == "1-3, 7"
    assert soak_chosen.numbers("1-3, 7") == {1, 2, 3, 7}
    assert soak_chosen.numbers(soak_chosen.ranges(set())) == set()
