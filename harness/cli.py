"""The command line: `harness run | explore | fakes | list | check | report | fuzz | doctor`.

Turns words into calls and errors into one clear message; decides nothing itself. Exit codes: 0 pass; 1 a promise
broken; 2 could not do its job; 3 not enough evidence; 4 only an SLO broken; 130 interrupted.
"""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness import judge
from harness.doctor import examine
from harness.errors import HarnessError, UsageError, in_our_words
from harness.explore import ExploreOptions, explore
from harness.folder import RunFolder
from harness.fuzz import FuzzOptions, fuzz_target
from harness.rng import fresh_seed
from harness.run import Options, run_gate
from harness.scenario import select
from reports.summary import print_summary
from reports.write import write_all
from scenarios import CATALOGUE

INTERRUPTED = 130
app = typer.Typer(
    name="harness",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Proves, before a redeploy, that a payments / CRM / helpdesk pipeline leaves exactly one record per event.",
    epilog="Exit codes: 0 pass, 1 a promise broken, 2 could not do its job, 3 not enough evidence, "
    "4 only an SLO broken, 130 interrupted.",
)

Patterns = Annotated[
    list[str] | None,
    typer.Argument(help="Scenarios or cells: a name, a part of a cell's id, or a shell pattern. All, if none."),
]
TargetFile = Annotated[
    Path, typer.Option("--target", metavar="FILE", help="The target file: how to start or reach the pipeline.")
]
SeedOption = Annotated[
    int | None,
    typer.Option(min=0, help="What is left to chance follows from it. Drawn and printed if absent."),
]
Out = Annotated[Path | None, typer.Option(metavar="DIR", help="Where run folders go (reports/runs).")]
JUnit = Annotated[Path | None, typer.Option(metavar="FILE", help="Also write the JUnit XML here.")]
Flaw = Annotated[
    str | None, typer.Option(metavar="NAME", help="Plant this flaw in the pipeline that ships (see staging/flaws).")
]
AtOnce = Annotated[int | None, typer.Option(min=1, help="Cells in flight at once. Default: the target's.")]
SHIPPED = Path("staging/target.toml")


@app.command()
def run(
    patterns: Patterns = None,
    target: TargetFile = SHIPPED,
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
) -> None:
    """Drive the pipeline through the scenarios and say yes or no: the gate."""
    options = Options(
        target=target,
        patterns=tuple(patterns or ()),
        seed=fresh_seed() if seed is None else seed,
        load=load,
        workers=workers,
        out=out,
        junit=junit,
        flaw=flaw,
        at_once=at_once,
    )
    raise typer.Exit(run_gate(options, CATALOGUE))


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
    )
    raise typer.Exit(explore(options))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, add_help_option=False)
def fakes(context: typer.Context) -> None:
    """Serve only the fakes; print their URLs, keys and secrets as one JSON line (`harness fakes --help`)."""
    from fakes.__main__ import main as serve

    raise typer.Exit(serve(context.args))


@app.command("list")
def list_(patterns: Patterns = None) -> None:
    """Print the scenarios and their cells."""
    cases = select(CATALOGUE, patterns or [])
    table = Table("scenario", "what happens", "cells", box=None, pad_edge=False, header_style="bold")
    for one in CATALOGUE:
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
def check(folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")]) -> None:
    """Judge an old run again, from its journals alone."""
    existing = RunFolder.existing(folder)
    verdict = judge.write(existing.path)
    write_all(existing.path)
    print_summary(existing.path)
    raise typer.Exit(int(verdict["exit_code"]))


@app.command()
def report(folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")]) -> None:
    """Write the reports of an old run again (summary.txt, report.html, junit.xml)."""
    existing = RunFolder.existing(folder)
    write_all(existing.path)
    Console(soft_wrap=True).print(f"written: {existing.path / 'report.html'}")


@app.command()
def fuzz(
    target: TargetFile = SHIPPED,
    seed: SeedOption = None,
    examples: Annotated[int, typer.Option(min=1, help="Generated requests per operation.")] = 20,
    seconds: Annotated[int, typer.Option(min=1, help="At most this long.")] = 60,
    out: Out = None,
    flaw: Flaw = None,
) -> None:
    """Fuzz the pipeline's OpenAPI with Schemathesis: a refused request leaves no effect at any vendor."""
    options = FuzzOptions(
        target=target,
        seed=fresh_seed() if seed is None else seed,
        examples=examples,
        seconds=seconds,
        out=out,
        flaw=flaw,
    )
    raise typer.Exit(fuzz_target(options))


@app.command()
def doctor(target: TargetFile = SHIPPED) -> None:
    """Look at this machine and the target file, and say what is missing."""
    raise typer.Exit(examine(target))


def main() -> None:
    """Run the command line; a person's mistake is one message, never a traceback."""
    try:
        sys.exit(app(standalone_mode=False, prog_name="harness"))
    except typer.TyperException as problem:
        Console(stderr=True, soft_wrap=True).print(
            f"harness: usage: {problem}; `harness --help`", style="red", markup=False, highlight=False
        )
        sys.exit(2)
    except (HarnessError, OSError, BaseExceptionGroup) as problem:
        ours = in_our_words(problem)
        if ours is None:
            raise
        kind = "harness" if not isinstance(ours, UsageError) else "harness: usage"
        Console(stderr=True, soft_wrap=True).print(f"{kind}: {ours}", style="red", markup=False, highlight=False)
        sys.exit(2)
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(INTERRUPTED)
    except typer.Abort:
        sys.exit(INTERRUPTED)
