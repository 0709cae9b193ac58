"""What is seen of a run while it lasts."""

import io

from rich.console import Console

from harness.clock import ManualClock
from reports.progress import Progress


def _played(*, terminal: bool, quiet: bool = False) -> str:
    out = io.StringIO()
    clock = ManualClock()
    console = Console(file=out, force_terminal=terminal, width=100, soft_wrap=True, highlight=False)
    progress = Progress(console, quiet=quiet, clock=clock)
    progress.note("seed 4711")
    progress.phase("driving")
    progress.cell_started("a[buy]")
    progress.cell_started("b[buy]")
    clock.advance(3)
    progress.people(2)
    progress.cell_done("a[buy]", "")
    progress.cell_done("b[buy]", "the stage could not be set")
    progress.phase("settling")
    progress.blockers({"hxabc": ["pipeline: 2"]})
    progress.blockers({"hxabc": ["pipeline: 1"]})
    progress.done()
    progress.done()
    return out.getvalue()


def test_plain_lines_where_there_is_no_terminal() -> None:
    """Each line once, with the seconds since the beginning."""
    assert _played(terminal=False).splitlines() == [
        "seed 4711",
        "    0 s  driving",
        "    3 s  b[buy]: cut short: the stage could not be set",
        "    3 s  settling",
        "    3 s  waiting for 1 person: hxabc: pipeline: 2",
        "    3 s  done: 2 cells ended, 1 cut short, 2 people",
    ]


def test_a_terminal_gets_a_line_that_moves_and_lines_that_stay() -> None:
    """What stays is what a person must not miss."""
    shown = _played(terminal=True)
    assert "seed 4711" in shown
    assert "cut short: the stage could not be set" in shown
    assert "done:" not in shown


def test_quiet_says_nothing_at_all() -> None:
    """Under pytest, pytest speaks."""
    assert _played(terminal=False, quiet=True) == ""
