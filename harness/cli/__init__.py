"""The command line: `harness init | env | run | explore | fakes | list | check | report | fuzz | scan | doctor`.

Turns words into calls and errors into one clear message; decides nothing itself. Exit codes: 0 pass; 1 a promise
broken; 2 could not do its job; 3 not enough evidence; 4 only an SLO broken; 130 interrupted. The commands stand by
kind in the modules beside this one.
"""

import asyncio
import sys

import typer
from rich.console import Console

from harness.cli import beginning, driving, giving, looking, scanning
from harness.cli.app import app
from harness.errors import HarnessError, UsageError, in_our_words

__all__ = ["app", "beginning", "driving", "giving", "looking", "main", "scanning"]
INTERRUPTED = 130


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
