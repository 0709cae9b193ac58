"""The command that gives a pipeline what it needs before it is started by others: `env`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from harness.cli.app import SHIPPED, Advertise, Bind, FakesPort, TargetFile, app
from harness.giving import give


@app.command()
def env(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where NAME=VALUE lines go; never written over.")],
    target: TargetFile = SHIPPED,
    attach: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where the pipeline will be. Default: the target's, on a free port."),
    ] = None,
    fakes_port: FakesPort = None,
    advertise: Advertise = None,
    bind: Bind = None,
) -> None:
    """Write the environment of a pipeline that somebody else starts; `harness run --attach` keeps to it."""
    again = give(target, file, attach, fakes_port, advertise, bind)
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"written: {file}; give it to the pipeline when it starts, then play:", markup=False)
    console.print(f"  {again}", markup=False)
