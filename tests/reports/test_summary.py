"""The text at the end of a run: stable, in the right order, without colours of its own."""

import io
from pathlib import Path

from rich.console import Console

from reports.material import Material
from reports.summary import print_summary, text_of_cell

GOLDEN = Path(__file__).parent / "golden"


def test_the_summary_of_a_failed_run_is_exactly_this(red: Path) -> None:
    """The whole text, word for word."""
    assert (red / "summary.txt").read_text().replace(str(red), "RUN") == (GOLDEN / "red.txt").read_text()


def test_the_summary_of_a_passed_run_is_exactly_this(green: Path) -> None:
    """The whole text, word for word."""
    assert (green / "summary.txt").read_text().replace(str(green), "RUN") == (GOLDEN / "green.txt").read_text()


def test_the_terminal_shows_the_same_words_in_colour(red: Path) -> None:
    """Colours come and go, the words do not."""
    plain, coloured = io.StringIO(), io.StringIO()
    print_summary(red, Console(file=plain, soft_wrap=True, highlight=False, width=500))
    print_summary(red, Console(file=coloured, soft_wrap=True, highlight=False, width=500, force_terminal=True))
    assert plain.getvalue() == (red / "summary.txt").read_text()
    assert "\x1b[" in coloured.getvalue()


def test_one_cell_in_words_names_finding_and_replay(material: Material) -> None:
    """What pytest prints for a cell that did not pass."""
    text = text_of_cell(material.cells[1])
    assert "vendor_trouble[buy-lost_reply]: broken" in text
    assert "duplicated  Noor Okafor paid twice for one order" in text
    assert "replay    harness run 'vendor_trouble[buy-lost_reply]' --seed 4711" in text


def test_an_undecided_cell_in_words_says_why(material: Material) -> None:
    """The fact that never happened is the reason."""
    assert "not decided: it never happened that: deliveries overlapped" in text_of_cell(material.cells[4])
