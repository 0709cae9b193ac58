"""The command that begins with a pipeline nobody has described yet: `init`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from harness.cli.app import app
from harness.init import Wanted, propose


@app.command()
def init(
    source: Annotated[
        str, typer.Argument(metavar="OPENAPI", help="The pipeline's OpenAPI document: an address, or a file.")
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the target file goes; never overwritten.")] = Path(
        "target.toml"
    ),
    env_example: Annotated[
        Path | None, typer.Option(metavar="FILE", help="An .env.example, for the environment names of vendors.")
    ] = None,
    answer: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="The answer to a question; as often as needed.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nobody; open questions stay in the file as # ASK.")] = False,
) -> None:
    """Propose a target file from a pipeline's OpenAPI document; asks what it cannot know."""
    interactive = sys.stdin.isatty() and sys.stdout.isatty() and not yes
    wanted = Wanted(
        source=source, out=out, env_example=env_example, answers=tuple(answer or ()), interactive=interactive
    )
    raise typer.Exit(propose(wanted))
