"""What somebody wants of the gate: what fails it, what is known, how often to try again what was not decided."""

from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError
from harness.gate.baseline import Known, read_baseline
from harness.target.wrong import near

REASONS = ("promise", "slo", "evidence", "stale")
"""A broken promise; a limit in time; something that was not decided; a baseline that is out of date."""
USUAL = ("promise", "slo", "evidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The same for every run of a team."""

    fail_on: tuple[str, ...] = USUAL
    baseline: tuple[Known, ...] = ()
    baseline_file: str = ""
    retries: int = 0
    """How often cells that were not decided are played again; a broken promise never is."""
    keep: str = "all"
    """`all`, or `failing`: a run that passed keeps its reports only."""


def policy_of(fail_on: str, baseline: Path | None, retries: int, keep: str) -> Policy:
    """The policy of these words; raises `UsageError` for words that it does not know."""
    wanted = tuple(word.strip() for word in fail_on.split(",") if word.strip())
    for word in wanted:
        if word not in REASONS:
            raise UsageError(f"--fail-on: found {word!r}, expected some of {', '.join(REASONS)}{near(word, REASONS)}")
    if keep not in ("all", "failing"):
        raise UsageError(f"--keep: found {keep!r}, expected all or failing")
    return Policy(
        fail_on=tuple(dict.fromkeys(("promise", *wanted))),
        baseline=read_baseline(baseline) if baseline else (),
        baseline_file=str(baseline or ""),
        retries=retries,
        keep=keep,
    )
