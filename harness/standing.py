"""The fakes and the pipeline, up and ready: as processes of this machine, or in containers.

Starts in order, answers where everything is, leaves the stopping to the stack. Knows no scenario. Called by the stage.
"""

import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from harness import attaching
from harness.control import Control
from harness.errors import StackError
from harness.folder import RunFolder
from harness.journal import Journal
from harness.rng import fresh_seed, fresh_token
from harness.stack import ProcessSpec, Stack, bundles, compose, ours, ports, seclusion
from harness.stack.crew import Crew, Untouched
from harness.target import Resolved, Target

Tell = Callable[[str], None]
DECLARED = "declared.json"
"""What the fakes are told of vendors that the target file declares."""
SEARCH_LAG_S = 8.0
"""How long a search does not know what was just written: long enough that searching before creating fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands, and where this process finds it."""

    resolved: Resolved
    """As seen from here; webhooks as the fakes see them."""
    control: Control
    control_url: str
    crew: Crew
    """Who plays the pipeline."""


def prepare(target: Target) -> None:
    """What must be done before anything starts, in a process without threads: its network, where it needs its own."""
    if target.intercepts and not target.in_containers:
        seclusion.enter()


@asynccontextmanager
async def standing(
    target: Target, stack: Stack, folder: RunFolder, seed: int, journal: Journal, tell: Tell = print
) -> AsyncIterator[Standing]:
    """Everything up while inside, webhooks registered; raises `StackError` for what does not come up."""
    arguments = _arguments(target, folder, seed)
    if target.reached:
        way = _as_reached(target, stack, folder, arguments, journal, tell)
    elif target.in_containers:
        way = _in_containers(target, stack, folder, arguments, journal)
    else:
        way = _as_processes(target, stack, folder, arguments, journal)
    async with way as found:
        for fake, url in found.resolved.webhooks.items():
            await found.control.endpoint(fake, url)
        yield found


@asynccontextmanager
async def _as_processes(
    target: Target, stack: Stack, folder: RunFolder, arguments: list[str], journal: Journal
) -> AsyncIterator[Standing]:
    fakes = await _start_fakes(stack, folder, target, arguments, stand_in=target.intercepts)
    url = fakes["control"]["url"]
    control = Control(url, fakes["control"]["token"])
    try:
        resolved = target.resolve(fakes=fakes, work=stack.work, python=sys.executable, secret=fresh_token)
        trust = _trust(target, resolved, fakes, stack.work)
        for spec in resolved.processes:
            await stack.start(replace(spec, env={**trust, **spec.env}))
        yield Standing(resolved=resolved, control=control, control_url=url, crew=stack)
    finally:
        await control.close()


@asynccontextmanager
async def _as_reached(
    target: Target, stack: Stack, folder: RunFolder, arguments: list[str], journal: Journal, tell: Tell
) -> AsyncIterator[Standing]:
    """Only the fakes are started, and the steps that are taken each time; the pipeline is up, or comes up now."""
    reached = target.reached
    assert reached is not None
    fakes = await _start_fakes(
        stack, folder, target, [*arguments, *(reached.given.arguments() if reached.given else [])], stand_in=False
    )
    url = fakes["control"]["url"]
    control = Control(url, fakes["control"]["token"])
    try:
        work = reached.env_file.resolve().parent if reached.env_file else stack.work
        resolved = target.resolve(fakes=fakes, work=work, python=sys.executable, secret=fresh_token)
        for port in resolved.ports.values():
            ports.hand_over(port)
        if said := attaching.keep(reached, resolved):
            tell(said)
        async with _crew(target, stack, folder, journal, resolved.base_url) as crew:
            if isinstance(crew, Untouched):
                steps = {process.name for process in target.processes if process.when_attached}
                for spec in resolved.processes:
                    if spec.name in steps:
                        await stack.start(spec)
            await attaching.answers(target, resolved.base_url, tell)
            yield Standing(resolved=resolved, control=control, control_url=url, crew=crew)
    finally:
        await control.close()


@asynccontextmanager
async def _crew(
    target: Target, stack: Stack, folder: RunFolder, journal: Journal, base_url: str
) -> AsyncIterator[Crew]:
    """Who may be hit of a pipeline that is up: the containers of its project, or nobody."""
    assert target.reached is not None
    if target.reached.project is None:
        yield Untouched()
        return
    from harness.stack.project import opened  # only a project of containers needs the engine's client

    steps = [process.name for process in target.processes if process.when_attached]
    well = partial(attaching.is_well, target, base_url)
    async with opened(target.reached.project, folder.path, journal, stack.guard, well) as crew:
        for name in steps:
            await crew.step(name)
        yield crew


@asynccontextmanager
async def _in_containers(
    target: Target, stack: Stack, folder: RunFolder, arguments: list[str], journal: Journal
) -> AsyncIterator[Standing]:
    from harness.stack.containers import IN_CONTAINER, Containers  # only a run in containers needs the engine's client

    assert target.containers is not None
    if target.fake:
        arguments += ["--declare", f"{IN_CONTAINER}/{DECLARED}"]
    async with Containers.open(folder.path, journal, stack.guard) as containers:
        user = f"{os.getuid()}:{os.getgid()}"
        fakes = await containers.fakes(arguments, target.intercepts, user)
        resolved = target.resolve(fakes=fakes, work="/tmp", python="python3", secret=fresh_token)
        file = target.here / target.containers.compose
        services = compose.read(file, {**os.environ, **resolved.variables})
        await containers.services(services)
        inside = fakes["control"]["url"].partition("://")[2]
        base_url, control_url = await containers.door([target.containers.entrance, inside])
        control = Control(control_url, fakes["control"]["token"])
        try:
            seen = replace(resolved, base_url=base_url)
            yield Standing(resolved=seen, control=control, control_url=control_url, crew=containers)
        finally:
            await control.close()


@asynccontextmanager
async def offered(target: Target, folder: Path) -> AsyncIterator[dict[str, Any]]:
    """What the fakes would give this pipeline, with no pipeline there: for builds, and for who starts it."""
    journal = Journal(folder / "stack.jsonl", "stack")
    async with Stack.open(folder, journal) as stack:
        run = RunFolder(folder)
        arguments = _arguments(target, run, fresh_seed())
        if target.reached and target.reached.given:
            arguments += target.reached.given.arguments()
        yield await _start_fakes(stack, run, target, arguments, stand_in=False)


async def _start_fakes(
    stack: Stack, folder: RunFolder, target: Target, arguments: list[str], *, stand_in: bool
) -> dict[str, Any]:
    command = [sys.executable, "-m", "fakes", "--json", "--journal", str(folder.path / "fakes.jsonl"), *arguments]
    if stand_in:
        command += ["--stand-in", seclusion.ADDRESS]
    if target.fake:
        command += ["--declare", str(folder.path / DECLARED)]
    running = await stack.start(ProcessSpec(name="fakes", command=command, env=ours.environment(), ready="line"))
    try:
        answer: dict[str, Any] = json.loads(running.line or "")
    except json.JSONDecodeError as problem:
        raise StackError(f"the fakes said {running.line!r} instead of where they are; see {running.log}") from problem
    return answer


def _arguments(target: Target, folder: RunFolder, seed: int) -> list[str]:
    if target.fake:
        folder.save(DECLARED, {"fake": target.as_data()["fake"]})
    return ["--seed", str(seed), "--set", f"crm.search_lag_s={SEARCH_LAG_S}"]


def _trust(target: Target, resolved: Resolved, fakes: Mapping[str, Any], work: Path) -> Mapping[str, str]:
    """The environment that makes a pipeline trust the fakes at the vendors' own hosts; empty where it calls others."""
    if not target.intercepts:
        return {}
    folders = [spec.cwd or Path.cwd() for spec in resolved.processes]
    places = bundles.places_of([spec.command for spec in resolved.processes], folders)
    return seclusion.trusting(fakes["vendor_hosts"]["ca_pem"], work, places, target.ca_bundles)
