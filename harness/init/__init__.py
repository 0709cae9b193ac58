"""`harness init`: proposes a target file from a running pipeline's OpenAPI document, and asks what it cannot know.

Guesses flows by names, shapes and security schemes, environment values by names of an `.env.example`. It never
overwrites a file, starts nothing, and what it writes can be read by the loader. Called by the command line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import typer
from rich.console import Console

from harness.errors import HarnessError, TargetError, UsageError
from harness.init.asking import Ask, Asking, Question
from harness.init.document import read_document
from harness.init.guess import read_env
from harness.init.proposal import Proposal
from harness.target import target_of_text

__all__ = ["Wanted", "propose"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is wanted of a proposal."""

    source: str
    """The address or the file of the document."""
    out: Path
    env_example: Path | None = None
    answers: Sequence[str] = field(default_factory=tuple)
    """`KEY=VALUE` each."""
    interactive: bool = False


def propose(wanted: Wanted) -> int:
    """Write the file and print what is still open; 0 when it was written."""
    if wanted.out.exists():
        raise UsageError(f"{wanted.out} is there already and is not overwritten; choose another name with --out FILE")
    console = Console(soft_wrap=True, highlight=False)
    document = read_document(wanted.source)
    asking = Asking(_given(wanted.answers), _person(console) if wanted.interactive else None)
    proposal = Proposal(document, _environment(wanted.env_example), asking, wanted.source)
    if wanted.interactive:
        for thing, route in proposal.routes.items():
            console.print(f"  {thing:<14} {route.title}", markup=False)
    text = proposal.text()
    asking.refuse_unknown()
    try:
        target_of_text(text, str(wanted.out))
    except HarnessError as problem:
        raise TargetError(f"what came of these answers is no target file, so nothing was written:\n{problem}") from None
    wanted.out.parent.mkdir(parents=True, exist_ok=True)
    with wanted.out.open("x", encoding="utf-8") as file:
        file.write(text)
    _tell(console, wanted, proposal, asking)
    return 0


def _given(answers: Sequence[str]) -> Mapping[str, str]:
    found = {}
    for one in answers:
        key, equals, value = one.partition("=")
        if not equals:
            raise UsageError(f"--answer {one}: expected KEY=VALUE")
        found[key] = value
    return found


def _environment(path: Path | None) -> Mapping[str, str]:
    if path is None:
        return {}
    try:
        return read_env(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"cannot read {path}: {problem}") from None


def _person(console: Console) -> Ask:
    def ask(question: Question) -> str:
        console.print(f"\n{question.text}", markup=False)
        return str(typer.prompt(question.key, default=question.usual, show_default=True))

    return ask


def _tell(console: Console, wanted: Wanted, proposal: Proposal, asking: Asking) -> None:
    console.print(f"written: {wanted.out}", markup=False)
    for thing, route in proposal.routes.items():
        console.print(f"  {thing:<14} {route.title}", markup=False)
    if lacking := proposal.unfound():
        console.print(f"no route looks like: {', '.join(lacking)}; add them by hand if there are such", markup=False)
    if asking.open:
        console.print("questions that nobody answered (# ASK in the file; or --answer KEY=VALUE):", markup=False)
        for one in asking.open:
            console.print(f"  {one.key}: {one.text} [{one.usual}]", markup=False)
    console.print(f"next: harness doctor --target {wanted.out}", markup=False)
