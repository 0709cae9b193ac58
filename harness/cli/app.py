"""The command line's one application, and the options that several commands share. Decides nothing.

Each command registers itself with `app`; `harness.cli` brings them together.
"""

from pathlib import Path
from typing import Annotated

import typer

from harness.attaching import Attach
from harness.errors import UsageError

SHIPPED = Path("staging/target.toml")
USUAL = "promise,slo,evidence"
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
OwnScenarios = Annotated[
    Path | None,
    typer.Option(
        "--scenarios", metavar="DIR", help="A folder with scenarios of your own, beside those that come along."
    ),
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
FailOn = Annotated[
    str,
    typer.Option(metavar="WHAT,...", help="What fails the gate beside a broken promise: slo, evidence, stale."),
]
Baseline = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Known failures, each with a reason, an owner and an end.")
]
StackOption = Annotated[
    str,
    typer.Option("--stack", metavar="HOW", help="Start the pipeline and the fakes as `processes`, or with `docker`."),
]
AtOnce = Annotated[int | None, typer.Option(min=1, help="Cells in flight at once. Default: the target's.")]
AttachOption = Annotated[
    str | None,
    typer.Option("--attach", metavar="URL", help="A pipeline that is up already: its URL, or `compose:PROJECT`."),
]
WriteEnv = Annotated[
    Path | None,
    typer.Option("--write-env", metavar="FILE", help="What such a pipeline is given: written once, then kept to."),
]
FakesPort = Annotated[
    int | None,
    typer.Option(min=1, max=65_000, metavar="PORT", help="The first port of the fakes, written into FILE."),
]
Advertise = Annotated[
    str | None,
    typer.Option(metavar="URL", help="http://HOST by which such a pipeline finds the fakes, from another machine."),
]
Bind = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Where the fakes listen, if not on loopback alone: an IP address.")
]
WaitOption = Annotated[
    float, typer.Option("--wait", min=0, metavar="SECONDS", help="How long such a pipeline may take to answer.")
]


def attach_of(
    to: str | None,
    env_file: Path | None,
    fakes_port: int | None,
    advertise: str | None,
    bind: str | None,
    wait_s: float,
) -> Attach | None:
    """What these options ask for together; None where the run starts the pipeline. Raises `UsageError`."""
    if to is None:
        named = {"--write-env": env_file, "--fakes-port": fakes_port, "--advertise": advertise, "--bind": bind}
        if alone := next((option for option, given in named.items() if given is not None), None):
            raise UsageError(f"{alone} is for a pipeline that is up already; add --attach URL, or leave it out")
        return None
    return Attach(
        to=to, env_file=env_file, fakes_port=fakes_port, advertise=advertise, bind=bind, wait_s=wait_s
    ).checked()
