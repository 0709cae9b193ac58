"""The live part: start or reach the pipeline, take each flow once, and keep what was seen. Explains nothing.

Everything is journaled as in a run, into a run folder of its own; what journals do not hold (answers' bodies, dates,
preflights) is kept in memory for the readings beside this.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import httpx

from harness import judge, needs
from harness.cell import Cell, CellProblem
from harness.checkers.history import History, build
from harness.clock import SYSTEM
from harness.doctor.outward import Outward
from harness.drive import Driver
from harness.erasure import clean_up
from harness.errors import HarnessError
from harness.folder import LEFT_OUT, RUNS, RunFolder
from harness.journal import Record, read_folder
from harness.model import Outcome
from harness.promises import exactly_once, isolated
from harness.run import Asked, driven, introduce, settle_and_look
from harness.scenario import scenario
from harness.stage import Stage
from harness.standing import prepare
from harness.target import Target
from harness.target.words import dig, names_in
from reports.progress import Progress
from reports.write import write_all
from scenarios.flows import FLOWS

SUBSCRIBED = ("sign_up", "subscribe")
BEFORE = {"change_plan": SUBSCRIBED, "cancel": SUBSCRIBED, "open_notice": SUBSCRIBED, "sign_up": ()}
CHOICES = {"open_notice": {"kind": "subscription", "state": "active"}}
ORDER = (
    "sign_up", "sign_in", "read_state", "buy", "subscribe", "change_plan", "cancel", "help_text", "help_attachment",
    "open_notice",
)  # fmt: skip
SETTLE_S, CELL_S, PATIENCE_S, POLL_S = 12.0, 60.0, 6.0, 15.0
ORIGIN = "https://app.example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitAsked(Asked):
    """What the doctor was asked."""

    command_word: ClassVar[str] = "doctor"


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer of the pipeline: what was asked, the status, the body, and how far its clock is off (seconds)."""

    method: str
    path: str
    status: int
    body: str
    apart_s: float | None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Visit:
    """What was seen."""

    target: Target
    folder: Path
    answers: list[Heard] = field(default_factory=list)
    preflights: list[Heard] = field(default_factory=list)
    outward: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    ops: dict[str, Heard | str] = field(default_factory=dict)
    """Route for operators -> its answer, or why there was none."""
    trouble: str = ""
    """Why the walk broke off, if it did."""
    records: list[Record] = field(default_factory=list)
    verdict: dict[str, Any] = field(default_factory=dict)
    history: History = field(default_factory=History)
    base_url: str = ""
    as_written: bool = True
    """Whether the walk was in the network that the target file says."""
    webhooks: dict[str, str] = field(default_factory=dict)

    def of(self, kind: str, **fields: Any) -> list[Record]:
        """The records of a kind with these fields."""
        return [
            one for one in self.records
            if one["k"] == kind and all(one.get(name) == value for name, value in fields.items())
        ]  # fmt: skip

    def left_out(self) -> list[dict[str, str]]:
        """The cells that this target could not be asked, and why."""
        file = self.folder / LEFT_OUT
        return list(json.loads(file.read_text())) if file.exists() else []

    def logs(self) -> dict[str, list[str]]:
        """The lines that each process wrote, without the fakes and our own."""
        own = {"fakes", "guardian"}
        files = [path for path in sorted((self.folder / "logs").glob("*.log")) if path.stem not in own]
        return {path.stem: path.read_text(errors="replace").splitlines() for path in files}


@scenario(
    flows=ORDER,
    promises=[exactly_once(), isolated()],
    facts=[],
    needs=lambda case: [needs.plans(2)] if case.flow == "change_plan" else [],
)
async def first_visit(cell: Cell) -> None:
    """The doctor's visit.

    Somebody takes the flow once, on a good connection, with a good card, after what must come before it.
    """
    phone = cell.newcomer()
    for flow in (*BEFORE.get(cell.flow, ("sign_up",)), cell.flow):
        if flow in cell.target.flows:
            played = await phone.play(flow, **CHOICES.get(flow, {}))
            if played.outcome is not Outcome.OK:
                raise CellProblem(f"{flow} ended {played.outcome}")
            await cell.quiet(phone, PATIENCE_S)
            done = cell.target.flows[flow].done
            said = dig(played.values, done.field) if done else None
            if done and not any(names_in(list(done.ok))) and said not in done.ok:
                raise CellProblem(f"it never said that it was done: {done.field} is {said!r}, not {list(done.ok)}")
    if phone.token:
        await phone.read("settled")


def visit(target: Target, asked: VisitAsked, progress: Progress) -> Visit:
    """Go there, come back, and judge what was journaled; a trouble on the way is kept, never raised."""
    folder = RunFolder.make(asked.out or RUNS / "doctor", asked.seed)
    seen = Visit(target=target, folder=folder.path)
    try:
        prepare(target)
        introduce(asked, target, folder, progress, "the doctor's walk")
        if not driven(_walk(seen, asked, folder, progress), folder, progress):
            seen.trouble = "interrupted"
    except HarnessError as problem:
        seen.trouble = str(problem)
    seen.records = read_folder(folder.path)
    seen.history = build(seen.records, target.as_data())
    if not seen.trouble:
        seen.verdict = judge.write(folder.path)
        write_all(folder.path)
    return seen


async def _walk(seen: Visit, asked: VisitAsked, folder: RunFolder, progress: Progress) -> None:
    outward = Outward()
    proxy = {} if seen.target.intercepts or seen.target.reached else await outward.open()
    seen.outward = outward.asked
    target = _watched(seen.target, proxy)
    cases, left_out = needs.fitted(first_visit.cells(), target)
    folder.save(LEFT_OUT, needs.as_data(left_out))
    progress.phase("starting")
    try:
        async with Stage.open(target, folder, asked.seed, flows=FLOWS) as stage:
            stage.client.event_hooks["response"] = [_listener(seen, stage.urls.base)]
            seen.base_url = stage.urls.base
            seen.webhooks = {fake: stage.urls.base + hook.path for fake, hook in target.webhooks.items()}
            driver = Driver(stage, folder.journal("cells"), progress, lambda case: asked.command())
            progress.phase("taking each flow once")
            async with asyncio.TaskGroup() as beside:
                watch = beside.create_task(stage.watch())
                await driver.play_all(cases)
                await settle_and_look(stage, driver, progress)
                await _look_around(seen, stage)
                watch.cancel()
            if said := await clean_up(stage, driver):
                progress.note(said)
            for (host, method, path), count in outward.asked.items():
                for _ in range(count):
                    stage.journal.write("host", host=host, event="blocked", fake=None, method=method, path=path)
    finally:
        progress.done()
        await outward.close()


def _watched(target: Target, proxy: Mapping[str, str]) -> Target:
    """The same target, shown the way out that leads nowhere, and with less patience."""
    processes = [
        process.model_copy(
            update={"env": {**proxy, **target.env, **process.env} if process.shared_env else process.env}
        )
        for process in target.processes
    ]
    limits = target.limits.model_copy(
        update={"settle_s": min(SETTLE_S, target.limits.settle_s), "cell_s": CELL_S, "retry_horizon_s": 3.0}
    )
    flows = {
        name: flow.model_copy(update={"poll_within_s": min(POLL_S, flow.poll_within_s)})
        for name, flow in target.flows.items()
    }
    watched = target.model_copy(update={"processes": tuple(processes), "limits": limits, "flows": flows})
    return watched.with_flaw(target.flaw)


def _listener(seen: Visit, base: str) -> Any:
    """Keeps each answer of the pipeline that phones hear."""

    async def hear(answer: httpx.Response) -> None:
        if str(answer.request.url).startswith(base):
            await answer.aread()
            seen.answers.append(_heard(answer))

    return hear


def _heard(answer: httpx.Response) -> Heard:
    request = answer.request
    return Heard(
        method=request.method,
        path=request.url.path,
        status=answer.status_code,
        body=answer.text[:2000],
        apart_s=_apart_s(answer.headers.get("date")),
        headers={name.lower(): text for name, text in answer.headers.items()},
    )


def _apart_s(date: str | None) -> float | None:
    """How far the pipeline's clock is ahead of ours by the date of its answer; None when it tells none."""
    if not date:
        return None
    try:
        told = httpx_date(date)
    except ValueError:
        return None
    return told - SYSTEM.wall().timestamp()


def httpx_date(text: str) -> float:
    """Seconds since 1970 of an HTTP date; `ValueError` for what is none."""
    from email.utils import parsedate_to_datetime

    return parsedate_to_datetime(text).timestamp()


async def _look_around(seen: Visit, stage: Stage) -> None:
    """What no phone asks: a browser's preflights, and the routes for operators."""
    paths: Sequence[str] = list(dict.fromkeys(
        operation.path for operation in seen.target.operations.values() if "{" not in operation.path
    ))[:3]  # fmt: skip
    for path in paths:
        headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
        answer = await _asked(stage, "OPTIONS", path, headers)
        if isinstance(answer, Heard):
            seen.preflights.append(answer)
    ops, pending = seen.target.ops, seen.target.pending
    wanted = {"health": ops.health, "metrics": ops.metrics, "dead_letters": ops.dead_letters}
    tokens = dict.fromkeys(wanted, ops.token) | {"pending": pending.token if pending else None}
    for name, route in {**wanted, "pending": pending.path if pending else None}.items():
        if route:
            token = tokens[name]
            shown = {"Authorization": f"Bearer {stage.secrets[token]}"} if token and token in stage.secrets else {}
            seen.ops[name] = await _asked(stage, "GET", route, shown)


async def _asked(stage: Stage, method: str, path: str, headers: Mapping[str, str]) -> Heard | str:
    try:
        return _heard(await stage.client.request(method, stage.urls.base + path, headers=dict(headers), timeout=5))
    except httpx.HTTPError as problem:
        return f"{type(problem).__name__}: {problem}"
