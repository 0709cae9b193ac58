"""What a pipeline that others start was given: its environment in a file, and what the fakes go on from.

One file of NAME=VALUE lines for whoever starts the pipeline, read by shells, containers and service managers alike; a
comment in it says which ports and keys the fakes must have again. Readable by its owner alone. Called by `attaching`.
"""

import json
import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from harness.errors import MachineError, UsageError

MARK = "# for the harness: "
PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]*")
HEAD = """\
# What the pipeline is given so that it finds the fakes; written by `harness`, never written over.
# Give it to the pipeline when it starts. Remove the file to have other ports and keys.
"""
SECRET_OF = "HARNESS_SECRET_"
"""The beginning of the names by which a secret is given that a pipeline has already: HARNESS_SECRET_OPS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Where the fakes are each time, and what follows from that."""

    keys: str = field(repr=False)
    """The word that the fakes' keys follow from."""
    ports_from: int
    advertise: str | None = None
    bind: str | None = None
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    ports: Mapping[str, int] = field(default_factory=dict)

    def arguments(self) -> list[str]:
        """The same for the fakes' command line; their control channel stays on this machine."""
        words = ["--keys", self.keys, "--ports-from", str(self.ports_from)]
        if self.bind:
            words += ["--host", self.bind, "--control-host", "127.0.0.1"]
        return words + (["--advertise", self.advertise] if self.advertise else [])


def secrets_of_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The secrets that whoever runs the harness names: `{secret:ops}` from HARNESS_SECRET_OPS."""
    return {
        name.removeprefix(SECRET_OF).lower(): text
        for name, text in environment.items()
        if name.startswith(SECRET_OF) and text
    }


def write(file: Path, given: Given, environment: Mapping[str, str]) -> None:
    """Write the file, for its owner alone; raises `MachineError` when it cannot be, or is there already."""
    lines = [f"{name}={_quoted(file, name, text)}" for name, text in environment.items()]
    text = "\n".join([HEAD + MARK + json.dumps(asdict(given)), *lines]) + "\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
    except OSError as problem:
        raise MachineError(f"cannot write {file}: {problem.strerror}; choose another place for it") from problem


def read(file: Path) -> tuple[Given, dict[str, str]]:
    """What a file says; raises `UsageError` for one that the harness did not write, or that was altered."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"cannot read {file}: {problem}") from problem
    marked = next((line.removeprefix(MARK) for line in lines if line.startswith(MARK)), None)
    if marked is None:
        raise UsageError(
            f'{file} is there, and is no file of the harness (no line begins with "{MARK}"): it was left as it is; '
            "name another file, or remove it"
        )
    try:
        given = Given(**json.loads(marked))
        named: dict[str, Any] = dict(line.split("=", 1) for line in lines if line.strip() and not line.startswith("#"))
        return given, {name: "".join(shlex.split(text)) for name, text in named.items()}
    except (ValueError, TypeError) as problem:
        raise UsageError(f"{file} was altered ({problem}); remove it to have another one made") from problem


def _quoted(file: Path, name: str, text: str) -> str:
    if "\n" in text:
        raise UsageError(f"{name} has several lines, which {file} cannot hold; give it to the pipeline otherwise")
    return text if PLAIN.fullmatch(text) else shlex.quote(text)
