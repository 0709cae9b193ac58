"""A run folder in, the content of its `verdict.json` out.

Reads files and hands them on: what holds is decided in `harness.checkers`, from the journals alone, and put into words
in `harness.verdict`. Knows no scenario and no fake, so that any old run can be judged again without running anything.
Called by the run, by pytest and by `harness check`.
"""

import gc
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.checkers import sweep, uncovered
from harness.checkers.history import Wait, build
from harness.checkers.hosts import hosts_of
from harness.folder import LEFT_OUT, MANIFEST, OPEN_ROUTES, OUT_OF_REACH, RunFolder
from harness.judged import Judged
from harness.shares import MOST, shares
from harness.verdict import compose

Data = dict[str, Any]


def judge(folder: Path, most: int = MOST) -> Data:
    """The verdict on this run, read in shares of about `most` records.

    Memory: that of a share, and a little for each person and id. Raises `UsageError` for what is no run folder,
    `JournalError` for broken journals.
    """
    files = RunFolder.existing(folder)
    run, target = files.load("run.json"), files.load("target.json")
    plan = files.kept("load-plan.json", {})
    slos = (target.get("slo") or ()) if run.get("judge_slos", True) else ()
    judged = _judged(folder, target, Judged.of(target, slos), most)
    everything = judged.decisions
    decisions = everything if sweep.reached_nothing(everything) else [o for o in everything if not sweep.unreached(o)]
    verdict = compose(judged, decisions, run, target, plan)
    verdict["keys"] = judged.keys
    verdict["hosts"] = hosts_of(judged.hosts, judged.calls_to)
    verdict["secrets"] = judged.secrets
    verdict["sweep"] = sweep.coverage(everything, files.kept("sweep.json", {"left_out": []})["left_out"])
    verdict["matrices"] = judged.matrices.as_data(files.kept(MANIFEST, {}))
    verdict["not_covered"] += uncovered.cells(files.kept(LEFT_OUT, []))
    verdict["not_covered"] += files.kept(OUT_OF_REACH, [])
    verdict["not_covered"] += uncovered.open_routes(files.kept(OPEN_ROUTES, []))
    verdict["not_covered"] += uncovered.promises(target)
    return verdict


def write(folder: Path) -> Data:
    """Judge the run and keep the verdict beside its journals as `verdict.json`."""
    verdict = judge(folder)
    RunFolder.existing(folder).save("verdict.json", verdict)
    return verdict


def _judged(folder: Path, target: Data, judged: Judged, most: int) -> Judged:
    waits: Sequence[Wait] = ()
    gc.disable()  # Everything read is kept for a while; looking for garbage among it takes longer than judging.
    try:
        for share in shares(folder, most):
            whole = replace(share.whole, waits=waits) if share.whole else None
            history = build(share.records, target, owners=share.owners, whole=whole)
            waits = waits or history.waits
            judged.add(history)
    finally:
        gc.enable()
    return judged
