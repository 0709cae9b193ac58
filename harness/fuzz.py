"""`harness fuzz`: Schemathesis on the target's OpenAPI, with one check of ours (`harness.fuzz_check`).

Starts the same stage as a run, signs somebody up, and lets Schemathesis play in a process of its own. Its own reports
go to the run folder. Not here: webhooks, which would have to be signed (exclude their paths in the target file).
"""

import asyncio
import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console

from harness.attaching import COMPOSE, Attach, attached
from harness.clock import SYSTEM
from harness.errors import RefusedError, StackError, TargetError
from harness.folder import RunFolder, commit, versions
from harness.fuzz_check import FAKES_JOURNAL, SEED
from harness.model import Outcome
from harness.stack import ours
from harness.stage import Stage
from harness.standing import prepare
from harness.target import PROCESSES, Target, load_target
from harness.target.safety import is_loopback
from harness.target.words import PLACEHOLDER
from scenarios.flows import FLOWS

# What a deployed pipeline may answer differently from its document without harm to anybody.
EXCLUDED_CHECKS = "unsupported_method"


@dataclass(frozen=True, slots=True, kw_only=True)
class FuzzOptions:
    """What the command line asked for."""

    target: Path
    seed: int
    examples: int = 20
    seconds: int = 60
    out: Path | None = None
    flaw: str | None = None
    stack: str = PROCESSES
    attach: Attach | None = None

    @property
    def command(self) -> str:
        """The command that fuzzes with the same seed."""
        words = ["harness", "fuzz", "--seed", str(self.seed), "--target", str(self.target)]
        words += ["--flaw", self.flaw] if self.flaw else []
        words += ["--stack", self.stack] if self.stack != PROCESSES else []
        return shlex.join([*words, *(self.attach.words if self.attach else [])])


def fuzz_target(options: FuzzOptions) -> int:
    """Fuzz and answer the exit code: 0 nothing found, 1 something found, 2 could not do its job."""
    target = load_target(options.target, flaw=options.flaw, stack=options.stack)
    where = options.attach.to if options.attach else PLACEHOLDER.sub("1", target.base_url)
    if not where.startswith(COMPOSE) and not is_loopback(urlsplit(where).hostname or ""):
        raise RefusedError(f"{options.target}: {where} is another machine, which others use too: no fuzzing there")
    if not target.openapi:
        raise TargetError(
            f'{options.target}: no `openapi`; add the path of the pipeline\'s document, e.g. openapi = "/openapi.json"'
        )
    target = attached(target, options.attach)
    prepare(target)
    folder = RunFolder.make(options.out, options.seed)
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"seed {options.seed} · fuzzing {target.name} · {folder.path}", markup=False)
    folder.save(
        "run.json",
        {
            "seed": options.seed,
            "command": options.command,
            "commit": commit(),
            "versions": versions(),
            "started": SYSTEM.wall().isoformat(),
        },
    )
    code = asyncio.run(_fuzz(options, target, folder))
    console.print(f"Schemathesis ended with {code}; its reports are in {folder.path / 'fuzz'}", markup=False)
    return code


async def _fuzz(options: FuzzOptions, target: Target, folder: RunFolder) -> int:
    async with Stage.open(target, folder, options.seed, flows=FLOWS) as stage:
        phone = stage.phone(stage.people.person("fuzz", origin="control"), None)
        played = await phone.play("sign_up")
        if played.outcome is not Outcome.OK or not phone.token:
            raise StackError(f"cannot fuzz: signing somebody up ended {played.outcome}")
        await stage.control.calm()
        process = await asyncio.create_subprocess_exec(
            *_command(options, target, stage.urls.base, phone.token, folder),
            env={
                **os.environ,
                **ours.environment(),
                "SCHEMATHESIS_HOOKS": "harness.fuzz_check",
                FAKES_JOURNAL: str(folder.path / "fakes.jsonl"),
                SEED: str(options.seed),
            },
        )
        try:
            return await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def _command(options: FuzzOptions, target: Target, base: str, token: str, folder: RunFolder) -> list[str]:
    words = [
        sys.executable, "-m", "schemathesis.cli", "run", base + target.openapi,
        "--header", f"Authorization: Bearer {token}",
        "--seed", str(options.seed),
        "--max-examples", str(options.examples),
        "--max-time", str(options.seconds),
        # One: with threads, Python 3.11 now and then fails inside its own compiler, which Hypothesis uses.
        "--workers", "1",
        "--exclude-checks", EXCLUDED_CHECKS,
        "--report", "junit,json,html",
        "--report-dir", str(folder.path / "fuzz"),
        "--continue-on-failure",
    ]  # fmt: skip
    for path in target.fuzz_exclude_paths:
        words += ["--exclude-path", path]
    return words
