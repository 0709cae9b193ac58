"""What came of planting is told rightly: a survivor from a kill, an alarm from a green control, seconds from a wish."""

from pathlib import Path

from tools.gate import Said
from tools.kill_book import Book
from tools.kill_matrix import sights
from tools.kill_table import NOT_TRIED, UNTRIED, Kill, Sight, Spared, table
from tools.planted import Classes, Control, Flaw

FLAW = Flaw("x", "does wrong", ("a[b]",), "exactly_once", "duplicated", "some-class")
CONTROL = Control("y", "does otherwise", ("a[b]",))
TWICE = Sight("a[b]", "exactly_once", "duplicated", 1.5)
CLASSES = Classes(("some-class", "other-class"), {"other-class": "needs another pipeline"})


def test_a_survivor_is_told_from_a_kill() -> None:
    """Exit 1 is not enough: promise and kind must be the ones expected, and the line must have been reached."""
    assert Kill(FLAW, 1, (TWICE,), "", ran=True).good
    assert not Kill(FLAW, 1, (TWICE,), "", ran=False).good
    assert not Kill(FLAW, 0, (), "", ran=True).good
    assert not Kill(FLAW, 3, (TWICE,), "", ran=True).good
    assert not Kill(FLAW, 1, (Sight("a[b]", "converges", "disagree"),), "", ran=True).good


def test_an_alarm_is_told_from_a_green_control() -> None:
    """Not failed is not enough either: an open verdict and a control that never differed are no evidence."""
    assert Spared(CONTROL, 0, "", ran=True).good
    assert not Spared(CONTROL, 0, "", ran=False).good
    assert not Spared(CONTROL, 3, "", ran=True).good
    assert not Spared(CONTROL, 1, "", ran=True).good


def said(kind: str, *records: dict[str, object]) -> Said:
    """A verdict with one finding."""
    finding = {"kind": kind, "records": list(records)}
    promises = [{"promise": "exactly_once", "ruling": "fail", "findings": [finding]}]
    return Said(1, {"cells": [{"cell": "a[b]", "promises": promises}]}, None, "", frozenset({"x"}), 9_000_000_000)


def test_seconds_run_from_the_wish_to_the_record_that_decides() -> None:
    """The last of the records shown decides; what never came is decided when the last look begins."""
    wish, first, second = (
        {"k": kind, "at": at} for kind, at in (("intent", 10**9), ("effect", 2 * 10**9), ("effect", 4 * 10**9))
    )
    assert [sight.seconds for sight in sights(said("duplicated", wish, first, second))] == [3.0]
    assert [sight.seconds for sight in sights(said("lost", wish, first))] == [8.0]
    assert [sight.seconds for sight in sights(said("refused", {"k": "probe", "at": 10**9}))] == [0.0]


def test_the_page_is_made_from_what_was_tried_alone() -> None:
    """Flaws, controls, classes and the first try, each with its row; a survivor and an alarm stand out."""
    tries = [{"name": "x", "caught": False, "learned": "to look twice"}]
    page = table(
        [Kill(FLAW, 1, (TWICE,), "", True, "abc123")], [Spared(CONTROL, 0, "", True, "def456")], CLASSES, tries
    )
    assert "| `x` | does wrong | exactly_once: duplicated | 1.5 |  |" in page
    assert "| `y` | does otherwise | green |" in page
    assert "| some-class | `x` |" in page
    assert "| other-class | left out: needs another pipeline |" in page
    assert "**0 of 1 were caught**" in page
    assert "At abc123 (at def456: `y`): **1 of 1 flaws killed**, median 1.5 s" in page
    bad = table([Kill(FLAW, 0, (), "", ran=True)], [Spared(CONTROL, 1, "", ran=True)], CLASSES, [])
    assert "**nothing**" in bad
    assert "**ALARM**" in bad


def test_what_is_known_at_this_commit_is_not_tried_again(tmp_path: Path) -> None:
    """A kill is remembered whole, at its commit alone; without a file nothing is."""
    book = Book(tmp_path / "book.jsonl", "abc123")
    book.keep(Kill(FLAW, 1, (TWICE,), "", ran=True))
    book.keep(Spared(CONTROL, 0, "", ran=True))
    again = Book(tmp_path / "book.jsonl", "abc123")
    assert again.of(FLAW) == Kill(FLAW, 1, (TWICE,), "", True, "abc123")
    assert again.of(CONTROL) == Spared(CONTROL, 0, "", True, "abc123")
    assert Book(tmp_path / "book.jsonl", "another").of(FLAW) is None
    assert Book(tmp_path / "book.jsonl", "another", ["abc123"]).of(FLAW) is not None
    Book(None, "abc123").keep(Spared(CONTROL, 0, "", ran=True))
    assert Book(None, "abc123").of(CONTROL) is None


def test_what_was_not_tried_is_said_so_and_is_no_kill() -> None:
    """A page from a book with gaps names what is missing; nothing of it counts as killed or green."""
    page = table([Kill(FLAW, UNTRIED, (), "")], [Spared(CONTROL, UNTRIED, "")], CLASSES, [])
    assert page.count(NOT_TRIED) == 2
    assert "**0 of 1 flaws killed**" in page
    assert "**0 of 1 controls green**" in page
