"""`harness explore`: learn what every flow does to the outside, then disturb each call and each event, and crash.

One stack, three rounds: calm people, whose calls and events are read from the journals (`calls.json`); the sweep made
of them (`scenarios.sweep`); then crashes, with somebody parked at every point where a vendor knows more than the
pipeline. Judged and reported as every run is. Called by the command line.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import ClassVar, TypeVar

from harness import needs
from harness.attaching import attached, must_be_heard
from harness.drive import Driver
from harness.erasure import clean_up
from harness.errors import UsageError
from harness.faults import Blow
from harness.folder import OUT_OF_REACH, RunFolder
from harness.journal import read_folder
from harness.observed import Seen, as_data, seen_in
from harness.run import FAKES_JOURNAL, INTERRUPTED, Asked, conclude, driven, introduce, settle_and_look
from harness.scenario import Case, Scenario, select
from harness.stage import Stage
from harness.standing import prepare
from harness.target import Target, load_target
from reports.progress import Progress
from scenarios.flows import FLOWS
from scenarios.sweep import call_trouble, calm_look, crash, crash_points, left_out, notice_orders, notice_trouble

PLAN = "sweep.json"
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExploreOptions(Asked):
    """What the command line asked of a sweep; `most`: so many of its cells, drawn by the seed."""

    most: int | None = None

    command_word: ClassVar[str] = "explore"


def explore(options: ExploreOptions) -> int:
    """Learn, sweep, crash, judge and report; answers the exit code. Raises `HarnessError` for what can be mended."""
    target = attached(load_target(options.target, flaw=options.flaw, stack=options.stack), options.attach)
    prepare(target)
    folder = RunFolder.make(options.out, options.seed)
    folder.save(OUT_OF_REACH, [*needs.out_of_reach(target), *_no_crashes(target)])
    progress = Progress()
    introduce(options, target, folder, progress, f"{len(target.flows)} flows to explore")
    journey = Journey(options, target, folder, progress)
    if not driven(journey.go(), folder, progress):
        return INTERRUPTED
    must_be_heard(target, folder.path / FAKES_JOURNAL)
    return conclude(folder, options.junit)


class Journey:
    """The three rounds of one exploration."""

    def __init__(self, options: ExploreOptions, target: Target, folder: RunFolder, progress: Progress) -> None:
        self._options = options
        self._target = target
        self._folder = folder
        self._progress = progress
        self._met: set[str] = set()

    async def go(self) -> None:
        """Start everything, play the rounds, settle, look again."""
        options, progress = self._options, self._progress
        progress.phase("starting")
        async with Stage.open(self._target, self._folder, options.seed, flows=FLOWS, at_once=options.at_once) as stage:
            driver = Driver(stage, self._folder.journal("cells"), progress, lambda case: options.command(case.id))
            async with asyncio.TaskGroup() as beside:
                watch = beside.create_task(stage.watch())
                everything = await self._learn(stage, driver)
                over = asyncio.Event()
                calm_people = beside.create_task(driver.play_controls(over))
                progress.phase("sweeping")
                await driver.play_all(self._chosen(_sweep(everything, options.seed), stage))
                over.set()
                await calm_people
                await self._crash(stage, driver, everything)
                if not self._met:
                    raise UsageError(f"none of the cells of this sweep matches {' or '.join(options.patterns)}")
                await settle_and_look(stage, driver, progress)
                watch.cancel()
            if said := await clean_up(stage, driver):
                progress.note(said)
        progress.done()

    async def _learn(self, stage: Stage, driver: Driver) -> list[Seen]:
        self._progress.phase("learning what each flow does")
        look = calm_look([flow for flow in FLOWS if flow in stage.target.flows])
        await driver.play_all(look.cells())
        everything = seen_in(read_folder(self._folder.path), look.name)
        self._folder.save("calls.json", as_data(everything))
        self._folder.save(PLAN, {"left_out": [asdict(one) for one in left_out(everything)]})
        calls, notices = sum(len(one.calls) for one in everything), sum(len(one.notices) for one in everything)
        self._progress.note(f"{len(everything)} flows make {calls} calls and cause {notices} kinds of events")
        return everything

    async def _crash(self, stage: Stage, driver: Driver, everything: Sequence[Seen]) -> None:
        names = stage.target.crashable
        for blow, group in _blows(names):
            what = "everything" if len(group) > 1 else group[0]
            strike = partial(stage.strike, blow, group, what)
            for points in _rounds(crash_points(everything), stage.at_once):
                made = crash(points, what, strike, blow)
                cases = self._chosen([made], stage)
                if cases:
                    self._progress.phase(f"{blow}: {what}")
                    # Whoever was not chosen is not waited for, so the scenario is made anew for those who were.
                    chosen = [point for point, case in zip(points, made.cells(), strict=True) if case.id in _ids(cases)]
                    await driver.play_all(crash(chosen, what, strike, blow).cells())

    def _chosen(self, made: Sequence[Scenario], stage: Stage) -> list[Case]:
        matching = _matching(made, self._options.patterns)
        self._met |= {case.id for case in matching}
        most = self._options.most
        if most is None or len(matching) <= most:
            return matching
        return stage.rng.stream(f"explore/{made[0].name}").sample(matching, most)


def _no_crashes(target: Target) -> list[needs.Words]:
    """That nothing was killed, restarted or paused, where that is so."""
    return [] if target.crashable else [{"what": "crashes of the pipeline", "why": target.why_not_crashable}]


def _sweep(everything: Sequence[Seen], seed: int) -> list[Scenario]:
    return [call_trouble(everything), notice_trouble(everything), notice_orders(everything, seed)]


def _matching(made: Sequence[Scenario], patterns: Sequence[str]) -> list[Case]:
    """The cells that any pattern matches; a pattern that is meant for another round matches nothing here."""
    everything = [case for one in made for case in one.cells()]
    if not patterns:
        return everything
    wanted: set[str] = set()
    for pattern in patterns:
        with contextlib.suppress(UsageError):
            wanted |= _ids(select(made, [pattern]))
    return [case for case in everything if case.id in wanted]


def _ids(cases: Sequence[Case]) -> set[str]:
    return {case.id for case in cases}


def _blows(names: Sequence[str]) -> Iterator[tuple[Blow, Sequence[str]]]:
    """Everything and each alone is killed; everything is restarted in good order, and paused."""
    if names:
        alone = [[name] for name in names] if len(names) > 1 else []
        yield from ((Blow.KILL, group) for group in (names, *alone))
        yield from ((blow, names) for blow in (Blow.RESTART, Blow.PAUSE))


def _rounds(points: Sequence[T], at_once: int) -> Iterator[Sequence[T]]:
    """All must be parked at the same time, so no round may hold more than play at once."""
    for start in range(0, len(points), at_once):
        yield points[start : start + at_once]
