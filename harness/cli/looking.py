"""The commands that drive nothing: `list`, `check`, `report`, `doctor`, and `fakes`, which serves the fakes alone."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.cli.app import (
    SHIPPED,
    USUAL,
    Advertise,
    AttachOption,
    Baseline,
    Bind,
    FailOn,
    FakesPort,
    Flaw,
    Out,
    OwnScenarios,
    Patterns,
    SeedOption,
    TargetFile,
    WaitOption,
    WriteEnv,
    app,
    attach_of,
)
from harness.doctor import How, examine
from harness.folder import RunFolder
from harness.gate import policy_of
from harness.own import with_own
from harness.rng import fresh_seed
from harness.run import conclude
from harness.scenario import select
from reports.annotations import tell_github
from reports.write import write_all
from scenarios import CATALOGUE


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, add_help_option=False)
def fakes(context: typer.Context) -> None:
    """Serve only the fakes; print their URLs, keys and secrets as one JSON line (`harness fakes --help`)."""
    from fakes.__main__ import main as serve

    raise typer.Exit(serve(context.args))


@app.command("list")
def list_(patterns: Patterns = None, scenarios: OwnScenarios = None) -> None:
    """Print the scenarios and their cells."""
    catalogue = with_own(CATALOGUE, scenarios)
    cases = select(catalogue, patterns or [])
    table = Table("scenario", "what happens", "cells", box=None, pad_edge=False, header_style="bold")
    for one in catalogue:
        mine = [case for case in cases if case.scenario is one]
        if mine and patterns:
            for case in mine:
                table.add_row(Text(case.id), one.title, "")  # as text: the brackets are no markup
        elif mine:
            table.add_row(one.name, one.title, str(len(mine)))
    console = Console(soft_wrap=True)
    console.print(table)
    console.print(f"{len(cases)} cells. `harness run NAME` plays one scenario, `harness list NAME` prints its cells.")


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    baseline: Baseline = None,
    fail_on: FailOn = USUAL,
) -> None:
    """Judge an old run again, from its journals alone."""
    raise typer.Exit(conclude(RunFolder.existing(folder), policy=policy_of(fail_on, baseline, 0, "all")))


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    github: Annotated[
        bool, typer.Option("--github", help="Print annotations, and append summary.md to $GITHUB_STEP_SUMMARY.")
    ] = False,
) -> None:
    """Write the reports of an old run again (summary.txt, summary.md, report.html, junit.xml)."""
    existing = RunFolder.existing(folder)
    if github:
        tell_github(existing.path)
        return
    write_all(existing.path)
    Console(soft_wrap=True).print(f"written: {existing.path / 'report.html'}")


@app.command()
def doctor(
    target: TargetFile = SHIPPED,
    static: Annotated[
        bool, typer.Option("--static", help="Only look at the machine and the file; start nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="All findings as one JSON object.")] = False,
    intercept: Annotated[
        bool, typer.Option("--intercept", help="Walk in a network of its own, where every call to any host is seen.")
    ] = False,
    seed: SeedOption = None,
    out: Out = None,
    flaw: Flaw = None,
    attach: AttachOption = None,
    write_env: WriteEnv = None,
    fakes_port: FakesPort = None,
    advertise: Advertise = None,
    bind: Bind = None,
    wait: WaitOption = 60.0,
) -> None:
    """Try each flow once, and explain what does not fit: the machine, the target file, the pipeline."""
    how = How(
        target=target,
        static=static,
        json=as_json,
        seed=fresh_seed() if seed is None else seed,
        out=out,
        flaw=flaw,
        intercept=intercept,
        attach=attach_of(attach, write_env, fakes_port, advertise, bind, wait),
    )
    raise typer.Exit(examine(how))
