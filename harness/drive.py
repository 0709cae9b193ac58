"""Playing cells: many at once, each with its own people, each ending in one record.

Respects what a pipeline shares between its people: only so many cells at once, only so many that make the same vendor
slow. Calm people are played beside them all the time, so that a slow moment of the machine can be told from a fault.
Called by the run; judges nothing.
"""

import asyncio
import traceback
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Protocol

from harness.cell import Cell, CellProblem
from harness.clock import pause
from harness.errors import HarnessError
from harness.journal import Journal
from harness.needs import answerable
from harness.promises import converges, exactly_once, isolated
from harness.scenario import Case, scenario
from harness.stage import Stage

CONTROL_EVERY_S = 4.0


class Watcher(Protocol):
    """Who wants to know how the cells get on; a view, nothing depends on it."""

    def cell_started(self, cell: str) -> None:
        """A cell has begun."""

    def cell_done(self, cell: str, note: str) -> None:
        """A cell's script has ended; `note` says why if it was cut short."""


@scenario(
    flows=("buy_and_ask",),
    promises=[exactly_once(), converges(), isolated()],
    facts=[{"fact": "attempts", "min": 2}],
)
async def calm_people(cell: Cell) -> None:
    """Calm people beside the faults.

    They sign up, buy and ask for help while everything around them goes wrong for others. Nothing happens to them.
    """
    phone = await cell.customer()
    for flow in ("buy", "help_text"):
        if flow in cell.target.flows:
            await phone.play(flow)
    await cell.settle_all()


class Driver:
    """Plays cells on a stage and writes `cells.jsonl`."""

    def __init__(self, stage: Stage, journal: Journal, watcher: Watcher, replay: Callable[[Case], str]) -> None:
        self._stage = stage
        self._journal = journal
        self._watcher = watcher
        self._replay = replay
        limits = stage.target.limits
        self._at_once = asyncio.Semaphore(stage.at_once)
        self._share: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(limits.strained_per_fake)
        )
        self._cell_s = limits.cell_s
        self.cells: list[Cell] = []

    async def play_all(self, cases: Sequence[Case]) -> None:
        """Play the cells of phase `together` at once, then those of each other phase at once, `alone` one by one."""
        phases: dict[str, list[Case]] = {"together": []}
        for case in cases:
            phase = case.scenario.phase_of(case)
            if phase != "world":
                phases.setdefault(case.id if phase == "alone" else phase, []).append(case)
        for them in phases.values():
            async with asyncio.TaskGroup() as group:
                for case in them:
                    group.create_task(self._queued(case))

    async def play_world(self, cases: Sequence[Case]) -> None:
        """Play those of phase `world`, one after the other; whoever calls sees to it that nobody else is about."""
        for case in cases:
            if case.scenario.phase_of(case) == "world":
                await self._queued(case)

    async def play_controls(self, done: asyncio.Event) -> None:
        """Send calm people, one every few seconds, until told that the others are done; at least one."""
        async with asyncio.TaskGroup() as group:
            number = 0
            while number == 0 or not done.is_set():
                number += 1
                case = Case(scenario=calm_people, flow="buy_and_ask", variant=str(number))
                group.create_task(self._play(case, origin="control"))
                await pause(CONTROL_EVERY_S)

    async def _queued(self, case: Case) -> None:
        strained = case.scenario.strains.get(case.variant)
        if strained is None:
            async with self._at_once:
                await self._play(case)
        else:
            async with self._share[strained], self._at_once:
                await self._play(case)

    async def _play(self, case: Case, origin: str = "scenario") -> None:
        cell = Cell(case, self._stage, origin)
        self.cells.append(cell)
        self._journal.write(
            "cell",
            cell=case.id,
            scenario=case.scenario.name,
            title=case.scenario.title,
            text=case.scenario.text,
            flow=case.flow,
            variant=case.variant,
            origin=origin,
            promises=answerable(case.promises, self._stage.target, case.flow),
            facts=case.facts,
            persons=[],
            replay=self._replay(case),
            generated=case.scenario.generated,
        )
        self._watcher.cell_started(case.id)
        problem = await self._script(cell)
        await cell.put_away()
        self._journal.write("cell_end", cell=case.id, error=problem)
        self._watcher.cell_done(case.id, problem or "")

    async def _script(self, cell: Cell) -> str | None:
        try:
            async with asyncio.timeout(self._cell_s):
                await cell.case.scenario.script(cell)
        except (CellProblem, HarnessError) as problem:
            return str(problem)
        except TimeoutError:
            return f"the scenario was not over after {self._cell_s:.0f} s"
        except Exception:  # noqa: BLE001 - one script's mistake must not end the others; it makes its cell unknown.
            return f"the scenario's own script failed:\n{traceback.format_exc(limit=-4)}"
        return None
