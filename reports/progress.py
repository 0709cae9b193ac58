"""How a run gets on, while it lasts: one live line on a terminal, plain lines in CI.

A view and nothing else: whoever drives tells it what happens, and nothing depends on it. Called by the run, the driver
and pytest (which keeps it quiet).
"""

import sys
from collections.abc import Mapping

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from harness.clock import SYSTEM, Clock
from reports import words
from reports.redact import clean_text

MOST_RUNNING, PLAIN_EVERY = 6, 10


class Progress:
    """What has begun, what has ended, and what is being waited for."""

    def __init__(self, console: Console | None = None, *, quiet: bool = False, clock: Clock = SYSTEM) -> None:
        self._console = console or Console(file=sys.stderr, highlight=False, soft_wrap=True)
        self._quiet = quiet
        self._clock = clock
        self._began = clock.at_ns()
        self._phase = ""
        self._running: dict[str, None] = {}
        self._ended = 0
        self._cut_short = 0
        self._people = 0
        self._blockers: dict[str, str] = {}
        self._live: Live | None = None

    def note(self, text: str) -> None:
        """A line that stays, above whatever moves."""
        self._line(text)

    def phase(self, name: str) -> None:
        """A new part of the journey."""
        self._phase = name
        self._blockers = {}
        if self._quiet:
            return
        if self._console.is_terminal:
            if self._live is None:
                self._live = Live(
                    console=self._console, refresh_per_second=8, transient=True, get_renderable=self._view
                )
                self._live.start()
        else:
            self._line(f"{self._elapsed():>7}  {name}")

    def cell_started(self, cell: str) -> None:
        """A cell has begun."""
        self._running[cell] = None

    def cell_done(self, cell: str, note: str = "") -> None:
        """A cell's script has ended; `note` says why if it was cut short."""
        self._running.pop(cell, None)
        self._ended += 1
        if note:
            self._cut_short += 1
            self._line(f"{self._elapsed():>7}  {cell}: cut short: {note.strip().splitlines()[-1]}")
        elif not self._console.is_terminal and self._ended % PLAIN_EVERY == 0:
            self._line(f"{self._elapsed():>7}  {self._counts()}")

    def people(self, n: int) -> None:
        """How many people there are by now."""
        self._people = n

    def blockers(self, named: Mapping[str, object]) -> None:
        """Who is still being waited for, and why; in CI said once for each change in their number."""
        before, self._blockers = len(self._blockers), {who: words.brief(why, 80) for who, why in named.items()}
        if self._blockers and len(self._blockers) != before and not self._console.is_terminal:
            who, why = next(iter(self._blockers.items()))
            self._line(
                f"{self._elapsed():>7}  waiting for {words.plural(len(named), 'person', 'people')}: {who}: {why}"
            )

    def done(self) -> None:
        """The end: whatever moved is gone, and plain output has its last count. May be called again."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        elif self._phase and not self._console.is_terminal:
            self._line(f"{self._elapsed():>7}  done: {self._counts()}")
        self._phase = ""

    def _line(self, text: str) -> None:
        if not self._quiet:
            self._console.print(Text(clean_text(text)))

    def _elapsed(self) -> str:
        return f"{(self._clock.at_ns() - self._began) / 1e9:.0f} s"

    def _counts(self) -> str:
        said = [f"{words.plural(self._ended, 'cell')} ended"]
        said += [f"{len(self._running)} running"] if self._running else []
        said += [f"{self._cut_short} cut short"] if self._cut_short else []
        said += [words.plural(self._people, "person", "people")] if self._people else []
        return ", ".join(said)

    def _view(self) -> RenderableType:
        head = Text.assemble((f" {self._phase} ", "bold"), (f"{self._elapsed()} · {self._counts()}", "dim"))
        lines: list[RenderableType] = [Spinner("dots", text=head, style="cyan")]
        if self._blockers:
            shown = list(self._blockers.items())[:MOST_RUNNING]
            lines += [Text(f"   waiting for {who}: {why}", "yellow", no_wrap=True) for who, why in shown]
        elif self._running:
            lines.append(
                Text(f"   {words.listing(self._running, MOST_RUNNING)}", "dim", no_wrap=True, overflow="ellipsis")
            )
        return Group(*lines)
