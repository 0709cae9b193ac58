"""`harness doctor`: the first hour of a triage. What the machine, the target file and the pipeline lack, and why.

Looks at texts, then starts or reaches the pipeline, takes each flow once and reads what was seen. It says what does
not fit and what to do; whether promises hold under trouble is for `harness run`. Called by the command line.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from harness.attaching import Attach, attached
from harness.doctor import events, journey, surroundings, vendors
from harness.doctor.findings import Finding, Level, as_json, is_well, told
from harness.doctor.machine import machine
from harness.doctor.settings import settings
from harness.doctor.visit import Visit, VisitAsked, visit
from harness.errors import HarnessError, UsageError
from harness.target import Target, load_target
from reports.progress import Progress

__all__ = ["How", "examine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """What is wanted of the doctor."""

    target: Path
    seed: int
    static: bool = False
    """Only look at texts; start nothing."""
    json: bool = False
    out: Path | None = None
    flaw: str | None = None
    intercept: bool = False
    """Walk in a network of the run's own, whatever the target file says, so that every call to any host is seen."""
    attach: Attach | None = None


def examine(how: How) -> int:
    """Print every finding; 0 when nothing is wrong, else 2. Raises `UsageError` for options that exclude each other."""
    if how.attach and (how.static or how.intercept):
        option = "--static starts and reaches nothing" if how.static else "--intercept needs a pipeline that it starts"
        raise UsageError(f"{option}, and --attach goes to one that is up already; take one of them out")
    findings = list(machine())
    target = _target(how, findings)
    seen: Visit | None = None
    if target is not None:
        findings += settings(target, how.target)
        if not how.static and is_well([one for one in findings if one.kind in ("live_key", "disk", "ports")]):
            asked = VisitAsked(target=how.target, seed=how.seed, out=how.out, flaw=how.flaw, attach=how.attach)
            target = attached(target, how.attach)
            walked = target.model_copy(update={"vendor_hosts": "intercept"}) if how.intercept else target
            progress = Progress(Console(file=sys.stderr, highlight=False, soft_wrap=True))
            seen = visit(walked.with_flaw(target.flaw), asked, progress)
            seen.as_written = walked.vendor_hosts == target.vendor_hosts
            findings += readings(seen)
    _tell(how, findings, seen)
    return 0 if is_well(findings) else 2


def _target(how: How, findings: list[Finding]) -> Target | None:
    try:
        return load_target(how.target, how.flaw)
    except HarnessError as problem:
        found = Finding(
            kind="target", level=Level.WRONG, about="target", seen=str(problem), remedy="mend the target file"
        )
        findings.append(found)
        return None


def readings(seen: Visit) -> Iterator[Finding]:
    """All that can be read from a visit."""
    if seen.trouble:
        yield Finding(
            kind="did_not_stand",
            level=Level.WRONG,
            about="walk",
            seen=seen.trouble,
            where=str(seen.folder),
            remedy="mend this first; the rest cannot be seen before the pipeline stands",
        )
    looks = (
        journey.journey, journey.answers, vendors.calls, vendors.outside, vendors.lacking, events.webhooks,
        vendors.effects, vendors.samples, surroundings.by_status, surroundings.clocks, surroundings.operators,
        surroundings.cors, surroundings.logs,
    )  # fmt: skip
    broken_off = (journey.journey, vendors.outside, vendors.lacking, surroundings.logs)
    for look in broken_off if seen.trouble else looks:
        yield from look(seen)


def _tell(how: How, findings: list[Finding], seen: Visit | None) -> None:
    folder = str(seen.folder) if seen else None
    if how.json:
        sys.stdout.write(as_json(findings, run=folder, target=str(how.target)) + "\n")
        return
    console = Console(soft_wrap=True, highlight=False)
    told(findings, console)
    wrong = sum(one.level is Level.WRONG for one in findings)
    if seen and seen.verdict:
        console.print(f"first verdict of this walk: {seen.verdict['verdict']}; report {seen.folder / 'report.html'}")
    console.print(
        "nothing is wrong" if not wrong else f"{wrong} of {len(findings)} findings are wrong: mend them from the top"
    )
