"""The commands that start a pipeline and act on it: `run`, `explore`, `fuzz`. Words in, one call, an exit code out."""

from enum import StrEnum
from typing import Annotated

import typer

from harness.cli.app import (
    SHIPPED,
    USUAL,
    Advertise,
    AtOnce,
    AttachOption,
    Baseline,
    Bind,
    FailOn,
    FakesPort,
    Flaw,
    JUnit,
    Out,
    OwnScenarios,
    Patterns,
    SeedOption,
    StackOption,
    TargetFile,
    WaitOption,
    WriteEnv,
    app,
    attach_of,
)
from harness.explore import ExploreOptions, explore
from harness.fuzz import FuzzOptions, fuzz_target
from harness.gate import policy_of
from harness.own import with_own
from harness.rng import fresh_seed
from harness.run import Options, run_gate
from harness.scenario import BROWSER, HTTP
from harness.target import PROCESSES
from scenarios import CATALOGUE


class Phones(StrEnum):
    """What people can hold."""

    HTTP = HTTP
    BROWSER = BROWSER


@app.command()
def run(
    patterns: Patterns = None,
    target: TargetFile = SHIPPED,
    scenarios: OwnScenarios = None,
    seed: SeedOption = None,
    load: Annotated[
        float | None,
        typer.Option(min=0, help="People per second beside the scenarios. Default: the target's for a whole run."),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that make the load.")] = 1,
    out: Out = None,
    junit: JUnit = None,
    flaw: Flaw = None,
    at_once: AtOnce = None,
    phone: Annotated[
        Phones, typer.Option(help="What people hold: a phone over HTTP, or the app's web export in a real Chromium.")
    ] = Phones.HTTP,
    app_flaw: Annotated[
        str | None, typer.Option(metavar="NAME", help="Plant this flaw in the app that ships (needs --phone browser).")
    ] = None,
    baseline: Baseline = None,
    fail_on: FailOn = USUAL,
    retries: Annotated[
        int, typer.Option(min=0, help="Play again what was not decided, so often; never what was broken.")
    ] = 0,
    keep: Annotated[
        str, typer.Option(metavar="all|failing", help="Whether a run that passed keeps its journals, or only reports.")
    ] = "all",
    last_failed: Annotated[
        bool,
        typer.Option("--last-failed", help="Only cells that did not pass when they were played last (in --out)."),
    ] = False,
    stack: StackOption = PROCESSES,
    attach: AttachOption = None,
    write_env: WriteEnv = None,
    fakes_port: FakesPort = None,
    advertise: Advertise = None,
    bind: Bind = None,
    wait: WaitOption = 60.0,
) -> None:
    """Drive the pipeline through the scenarios and say yes or no: the gate."""
    options = Options(
        target=target,
        patterns=tuple(patterns or ()),
        scenarios=scenarios,
        seed=fresh_seed() if seed is None else seed,
        load=load,
        workers=workers,
        out=out,
        junit=junit,
        flaw=flaw,
        at_once=at_once,
        phone=phone.value,
        app_flaw=app_flaw,
        policy=policy_of(fail_on, baseline, retries, keep),
        last_failed=last_failed,
        stack=stack,
        attach=attach_of(attach, write_env, fakes_port, advertise, bind, wait),
    )
    raise typer.Exit(run_gate(options, with_own(CATALOGUE, scenarios)))


@app.command(name="explore")
def explore_(
    patterns: Annotated[
        list[str] | None,
        typer.Argument(
            help="Cells of the sweep: a scenario's name, a part of a cell's id, or a shell pattern. All, if none."
        ),
    ] = None,
    target: TargetFile = SHIPPED,
    seed: SeedOption = None,
    most: Annotated[
        int | None, typer.Option(min=1, help="At most so many cells of each round, drawn by the seed. Default: all.")
    ] = None,
    out: Out = None,
    junit: JUnit = None,
    flaw: Flaw = None,
    at_once: AtOnce = None,
    stack: StackOption = PROCESSES,
    attach: AttachOption = None,
    write_env: WriteEnv = None,
    fakes_port: FakesPort = None,
    advertise: Advertise = None,
    bind: Bind = None,
    wait: WaitOption = 60.0,
) -> None:
    """Learn which calls each flow makes, disturb every one of them in every way, and crash the pipeline at each."""
    options = ExploreOptions(
        target=target,
        patterns=tuple(patterns or ()),
        seed=fresh_seed() if seed is None else seed,
        most=most,
        out=out,
        junit=junit,
        flaw=flaw,
        at_once=at_once,
        stack=stack,
        attach=attach_of(attach, write_env, fakes_port, advertise, bind, wait),
    )
    raise typer.Exit(explore(options))


@app.command()
def fuzz(
    target: TargetFile = SHIPPED,
    seed: SeedOption = None,
    examples: Annotated[int, typer.Option(min=1, help="Generated requests per operation.")] = 20,
    seconds: Annotated[int, typer.Option(min=1, help="At most this long.")] = 60,
    out: Out = None,
    flaw: Flaw = None,
    stack: StackOption = PROCESSES,
    attach: AttachOption = None,
    write_env: WriteEnv = None,
    fakes_port: FakesPort = None,
    advertise: Advertise = None,
    bind: Bind = None,
    wait: WaitOption = 60.0,
) -> None:
    """Fuzz the pipeline's OpenAPI with Schemathesis: a refused request leaves no effect at any vendor."""
    options = FuzzOptions(
        target=target,
        seed=fresh_seed() if seed is None else seed,
        examples=examples,
        seconds=seconds,
        out=out,
        flaw=flaw,
        stack=stack,
        attach=attach_of(attach, write_env, fakes_port, advertise, bind, wait),
    )
    raise typer.Exit(fuzz_target(options))
