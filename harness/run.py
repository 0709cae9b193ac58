"""The whole journey of a run, in one readable function: start, drive, calm, settle, look again, judge, report.

The roof of the harness: everything is put together here and nothing is decided here. Called by the command line and by
the pytest plugin; nobody else imports it.
"""

import asyncio
import shlex
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from harness import gate, judge, needs
from harness.attaching import Attach, attached, must_be_heard
from harness.clock import SYSTEM, pause
from harness.drive import Driver
from harness.erasure import clean_up
from harness.errors import HarnessError, UsageError, in_our_words
from harness.folder import LEFT_OUT, OUT_OF_REACH, RUNS, SINCE_GREEN, RunFolder, commit, versions
from harness.load import Load
from harness.phone.browser import Maker, pages, shell_of, thin_out
from harness.scenario import BROWSER, HTTP, Case, Scenario, select
from harness.stage import Stage
from harness.standing import prepare
from harness.target import PROCESSES, Target, load_target
from reports.progress import Progress
from reports.summary import print_summary
from reports.write import write_all
from scenarios.flows import FLOWS

INTERRUPTED = 130
PAGES_AT_ONCE = 4
FAKES_JOURNAL = "fakes.jsonl"
AS_USUAL = gate.Policy()
Data = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What every drive is asked: which pipeline, which seed, which cells, where to put it."""

    target: Path
    seed: int
    patterns: tuple[str, ...] = ()
    scenarios: Path | None = None
    """A folder of somebody's own, which were added to the catalogue."""
    out: Path | None = None
    junit: Path | None = None
    flaw: str | None = None
    at_once: int | None = None
    phone: str = HTTP
    app_flaw: str | None = None
    stack: str = PROCESSES
    attach: Attach | None = None

    command_word: ClassVar[str] = "run"

    @property
    def judges_slos(self) -> bool:
        """Whether the limits in time can be decided: only by a whole run, under load."""
        return False

    def command(self, *patterns: str) -> str:
        """The command that plays these cells again with everything else the same."""
        # Who is up already knows the people of this seed: to them a command that plays it again is a new run.
        seed = [] if self.attach else ["--seed", str(self.seed)]
        words = ["harness", self.command_word, *patterns, *seed, "--target", str(self.target)]
        if self.scenarios:
            words += ["--scenarios", str(self.scenarios)]
        if self.flaw:
            words += ["--flaw", self.flaw]
        if self.phone != HTTP:
            words += ["--phone", self.phone]
        if self.app_flaw:
            words += ["--app-flaw", self.app_flaw]
        if self.stack != PROCESSES:
            words += ["--stack", self.stack]
        if self.attach:
            words += self.attach.words
        return shlex.join(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(Asked):
    """What the command line, or pytest, asked of a run."""

    load: float | None = None
    workers: int = 1
    policy: gate.Policy = AS_USUAL
    last_failed: bool = False
    """Only what did not pass when it was played last; of the patterns' cells, if there are any."""

    @property
    def judges_slos(self) -> bool:
        """Chosen scenarios are too few, and without load; so are those that need a page."""
        return not self.patterns and self.phone == HTTP


def run_gate(options: Options, catalogue: Sequence[Scenario]) -> int:
    """Select, run, judge and report; answers the exit code. Raises `HarnessError` for what a person can mend."""
    cases = select(catalogue, options.patterns)
    if options.last_failed:
        options, cases = _last_failed(options, cases)
    folder = play(options, cases, Progress())
    if folder is None:
        return INTERRUPTED
    again = _play_again(options, cases, folder) if options.policy.retries else []
    return INTERRUPTED if again is None else conclude(folder, options.junit, options.policy, again)


def _last_failed(options: Options, cases: Sequence[Case]) -> tuple[Options, list[Case]]:
    """The cells that did not pass when they were played last, as if they had been named."""
    name = load_target(options.target, flaw=options.flaw, stack=options.stack).name
    runs = options.out or RUNS
    failed = gate.not_passed(runs, (name, options.flaw or options.app_flaw or "", options.phone))
    chosen = [case for case in cases if case.id in failed]
    if not chosen:
        among = "among the cells that were named" if options.patterns else "among the scenarios of today"
        raise UsageError(f"--last-failed: none of those that did not pass is {among}: {', '.join(failed[:6])}")
    return replace(options, patterns=tuple(case.id for case in chosen)), chosen


def _play_again(options: Options, cases: Sequence[Case], folder: RunFolder) -> list[Data] | None:
    """What came of cells that were not decided, each time they were played again; None when interrupted."""
    verdict, again = judge.judge(folder.path), list[Data]()
    for _ in range(options.policy.retries):
        chosen = gate.undecided(verdict, again)
        if not chosen:
            break
        once_more = replace(options, patterns=tuple(chosen), load=0.0, out=folder.path / "again")
        later = play(once_more, [case for case in cases if case.id in chosen], Progress())
        if later is None:
            return None
        again.append({**judge.write(later.path), "run": str(later.path)})
        write_all(later.path)
    return again


def conclude(
    folder: RunFolder, junit: Path | None = None, policy: gate.Policy = AS_USUAL, again: Sequence[Data] = ()
) -> int:
    """Judge what was driven, say what the gate says, write the reports, print the end; answers the exit code."""
    verdict = judge.write(folder.path)
    thin_out(folder.path, verdict)
    said = gate.decide(verdict, policy, SYSTEM.wall().date(), again)
    folder.save("gate.json", said)
    if since := gate.since_green(folder.path):
        folder.save(SINCE_GREEN, since)
    write_all(folder.path)
    if junit:
        junit.write_bytes((folder.path / "junit.xml").read_bytes())
    print_summary(folder.path)
    if policy.keep == "failing" and said["exit_code"] == 0:
        folder.keep_reports()
    return int(said["exit_code"])


def play(options: Options, cases: Sequence[Case], progress: Progress) -> RunFolder | None:
    """Drive these cells to their last look; answers the run folder, or None when interrupted."""
    target = attached(load_target(options.target, flaw=options.flaw, stack=options.stack), options.attach)
    if options.phone == BROWSER and target.shared:
        raise UsageError("pages do not mark their requests, so they are not sent to another machine; leave out --phone")
    if options.phone == BROWSER:
        shell_of(target, options.app_flaw)
    elif options.app_flaw:
        raise UsageError("--app-flaw plants a flaw in the app's pages, so it needs --phone browser")
    cases, unasked = _asked_for(options, cases)
    cases, left_out = needs.fitted(cases, target, options.phone)
    left_out += unasked
    if not cases:
        whys = "; ".join(dict.fromkeys(one.why for one in left_out))
        raise UsageError(f"{options.target}: none of the chosen cells can be asked of {target.name}: {whys}")
    prepare(target)
    folder = RunFolder.make(options.out, options.seed)
    folder.save(LEFT_OUT, needs.as_data(left_out))
    folder.save(OUT_OF_REACH, needs.out_of_reach(target))
    more = f", {len(left_out)} left out" if left_out else ""
    introduce(options, target, folder, progress, f"{len(cases)} cells{more}")
    if not driven(_journey(options, target, folder, cases, progress), folder, progress):
        return None
    must_be_heard(target, folder.path / FAKES_JOURNAL)
    return folder


def driven(journey: Coroutine[Any, Any, None], folder: RunFolder, progress: Progress) -> bool:
    """Go on a journey to its end; False when interrupted, an error of ours that names the folder for a trouble."""
    try:
        asyncio.run(_guarded(journey))
    except (HarnessError, OSError, BaseExceptionGroup) as problem:
        progress.done()
        first = in_our_words(problem)
        if first is None:
            raise
        raise type(first)(f"{first}\n(what was recorded until then is in {folder.path})") from None
    except (asyncio.CancelledError, KeyboardInterrupt):
        progress.done()
        sys.stderr.write(
            f"harness: interrupted; everything was stopped. The journals until then are in {folder.path}, "
            "nothing was judged\n"
        )
        return False
    return True


async def _journey(
    options: Options, target: Target, folder: RunFolder, cases: Sequence[Case], progress: Progress
) -> None:
    progress.phase("starting")
    async with (
        _hands(options, target) as hands,
        Stage.open(
            target,
            folder,
            options.seed,
            flows=FLOWS,
            at_once=options.at_once or _pages_at_once(options),
            tell=progress.note,
        ) as stage,
    ):
        stage.hands = hands and hands(stage)
        driver = Driver(stage, folder.journal("cells"), progress, lambda case: options.command(case.id))
        load = Load.planned(stage, options.load if options.load is not None else _default_load(options, target))

        progress.phase("driving")
        async with asyncio.TaskGroup() as beside:
            watch = beside.create_task(stage.watch())
            driven = asyncio.Event()
            calm_people = beside.create_task(driver.play_controls(driven))
            loaded = beside.create_task(load.play(options.workers))
            await driver.play_all(cases)
            progress.phase("load")
            await loaded
            driven.set()
            await calm_people
            if any(case.scenario.phase_of(case) == "world" for case in cases):
                progress.phase("hitting the pipeline")
                await driver.play_world(cases)

            await settle_and_look(stage, driver, progress)
            watch.cancel()
        if said := await clean_up(stage, driver):
            progress.note(said)
    progress.done()


def _asked_for(options: Options, cases: Sequence[Case]) -> tuple[list[Case], list[needs.LeftOut]]:
    """With pages and no pattern: the scenarios that need one. Any other is played in a page when it is named."""
    if options.phone == HTTP or options.patterns:
        return list(cases), []
    why = "also played in a page when it is named: `harness run --phone browser NAME`"
    mine = [case for case in cases if case.scenario.hands == (BROWSER,)]
    others = [needs.LeftOut(case.id, case.scenario.name, why) for case in cases if case not in mine]
    return mine, others


@asynccontextmanager
async def _hands(options: Options, target: Target) -> AsyncIterator[Maker | None]:
    """What makes phones with real pages, if the run was asked for them."""
    if options.phone == HTTP:
        yield None
        return
    async with pages(target, options.app_flaw) as maker:
        yield maker


def _pages_at_once(options: Options) -> int | None:
    return PAGES_AT_ONCE if options.phone == BROWSER else None


async def settle_and_look(stage: Stage, driver: Driver, progress: Progress) -> None:
    """End every fault, wait until all is quiet, watch that nothing more happens, and look at everybody once more."""
    progress.phase("settling")
    await stage.control.calm()
    stage.note("settle", "begin")
    await stage.quiet.everybody(stage.target.limits.settle_s)
    stage.note("settle", "end")

    progress.phase("watching that nothing more happens")
    await _look_again(stage, driver)


async def _look_again(stage: Stage, driver: Driver) -> None:
    """One negative window shared by all, then the last look at everybody's state."""
    stage.note("window", "begin")
    await pause(stage.negative_window_s)
    await stage.quiet.everybody(stage.target.limits.settle_s)
    stage.note("window", "end")
    at_once = asyncio.Semaphore(8)

    async def look(phone: Any) -> None:
        async with at_once:
            await phone.read("final")

    async with asyncio.TaskGroup() as group:
        for cell in driver.cells:
            for phone in cell.phones:
                if phone.token:
                    group.create_task(look(phone))


def introduce(options: Asked, target: Target, folder: RunFolder, progress: Progress, what: str) -> None:
    """Print the seed first, and keep beside the journals what was asked for and what it was asked of."""
    progress.note(f"seed {options.seed} · {target.name} · {what} · {folder.path}")
    folder.save(
        "run.json",
        {
            "seed": options.seed,
            "command": options.command(*options.patterns),
            "patterns": list(options.patterns),
            "flaw": options.flaw or options.app_flaw,
            "phone": options.phone,
            "target_file": str(options.target),
            "commit": commit(),
            "versions": versions(),
            "python": sys.version.split()[0],
            "started": SYSTEM.wall().isoformat(),
            "judge_slos": options.judges_slos,
        },
    )
    folder.save("target.json", target.as_data())


def _default_load(options: Options, target: Target) -> float:
    """The target's own load for a whole run; none for chosen scenarios, whose SLOs it could not decide anyway."""
    return 0.0 if options.patterns or target.shared or options.phone != HTTP else target.limits.load_people_per_s


async def _guarded(journey: Any) -> None:
    """Let SIGTERM end a run as Ctrl-C does, so that everything is stopped on the way out."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await journey
