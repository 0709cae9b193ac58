"""A run folder in, the content of its `verdict.json` out.

Reads files and puts verdicts together; what holds is decided in `harness.checkers`, from the journals alone. Knows no
scenario and no fake, so that any old run can be judged again without running anything. Called by the run, by pytest and
by `harness check`.
"""

import gc
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.checkers import Decision, decide, keys, matrices, no_secrets, sweep, uncovered
from harness.checkers.account import CLOSED_SINKS
from harness.checkers.calm import overlaps, world_faults
from harness.checkers.cells import CellView
from harness.checkers.history import History, Record, build
from harness.checkers.hosts import hosts_of
from harness.checkers.slo import judge as judge_slo
from harness.checkers.verdicts import told
from harness.errors import JournalError, UsageError
from harness.folder import LEFT_OUT, MANIFEST, OPEN_ROUTES, RunFolder
from harness.journal import read
from harness.model import Finding, Outcome, Ruling, Verdict, worst

VERSION = 1
MOST_FINDINGS, MOST_UNOWNED = 10, 50
ALWAYS = ({"promise": "exactly_once"}, {"promise": "isolated"})
NOT_FROM_OUTSIDE = (
    {"what": "whether signatures are compared in constant time", "why": "timing over a network proves nothing"},
    {"what": "loss of power of the pipeline's machine", "why": "processes can be ended from here, machines cannot"},
)
EXIT = {"pass": 0, "promise": 1, "nothing": 2, "unknown": 3, "slo": 4}
Data = dict[str, Any]


def judge(folder: Path) -> Data:
    """The verdict on this run; raises `UsageError` for what is no run folder, `JournalError` for broken journals."""
    run_folder = RunFolder.existing(folder)
    run = run_folder.load("run.json")
    target = run_folder.load("target.json")
    plan = run_folder.kept("load-plan.json", {})
    gc.disable()  # Everything read is kept until the end; looking for garbage among it takes longer than judging.
    try:
        history = build(records_of(folder), target)
    finally:
        gc.enable()
    everything = [decide(history, cell) for cell in _cells(history)]
    decisions = everything if sweep.reached_nothing(everything) else [o for o in everything if not sweep.unreached(o)]
    slos = [judge_slo(history, slo) for slo in target.get("slo") or ()] if run.get("judge_slos", True) else []
    cells = [_cell(decision) for decision in decisions]
    if nobody := _of_nobody(history):
        cells.append(nobody)
    if secrets := no_secrets.to_tell(history):
        cells.append(_cell(decide(history, secrets)))
    verdict = _verdict(history, run, target, plan, cells, slos)
    left_out = run_folder.kept("sweep.json", {"left_out": []})["left_out"]
    verdict["keys"] = keys.forensics(history)
    verdict["hosts"] = hosts_of(history)
    verdict["secrets"] = no_secrets.section(history)
    verdict["sweep"] = sweep.coverage(everything, left_out)
    verdict["matrices"] = matrices.of(history, everything, run_folder.kept(MANIFEST, {}))
    verdict["not_covered"] += uncovered.cells(run_folder.kept(LEFT_OUT, []))
    verdict["not_covered"] += uncovered.open_routes(run_folder.kept(OPEN_ROUTES, []))
    verdict["not_covered"] += uncovered.promises(target)
    return verdict


def write(folder: Path) -> Data:
    """Judge the run and keep the verdict beside its journals as `verdict.json`."""
    verdict = judge(folder)
    RunFolder.existing(folder).save("verdict.json", verdict)
    return verdict


def records_of(folder: Path) -> list[Record]:
    """Every record of every journal of a run; raw samples of a load generator are no journal and are left alone."""
    records: list[Record] = []
    for path in sorted(folder.glob("*.jsonl")):
        if not path.name.startswith("samples"):
            records += read(path)
    if not records:
        raise UsageError(f"{folder} holds no journal (*.jsonl); copy the whole folder of the run")
    try:
        records.sort(key=lambda record: (record["at"], record["n"]))
    except (KeyError, TypeError) as problem:
        raise JournalError(
            f"{folder}: a record has no moment or number ({problem!r}); the files were altered"
        ) from problem
    return records


def _cells(history: History) -> list[CellView]:
    """The scenarios' cells as written down, then controls and load, each as one."""
    cells = [cell for cell in history.cells.values() if cell.origin != "control"]
    controls = [cell for cell in history.cells.values() if cell.origin == "control"]
    if controls or history.people("control"):
        errors = [f"{cell.id}: {cell.error or 'never ended'}" for cell in controls if cell.error or not cell.ended]
        promises = controls[0].promises if controls else ALWAYS
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        cells.append(
            CellView(
                id="control",
                scenario="control",
                title="Calm people beside the faults",
                origin="control",
                promises=promises,
                persons=history.people("control"),
                ended=True,
                error=errors[0] + more if errors else None,
            )
        )
    if loaded := history.people("load"):
        cells.append(
            CellView(
                id="load", scenario="load", title="The load", origin="load", promises=ALWAYS, persons=loaded, ended=True
            )
        )
    return cells


def _cell(decision: Decision) -> Data:
    cell = decision.cell
    return {
        "cell": cell.id,
        "scenario": cell.scenario,
        "title": cell.title,
        "flow": cell.flow,
        "variant": cell.variant,
        "origin": cell.origin,
        "verdict": str(decision.ruling),
        "promises": [_promise(verdict) for verdict in decision.verdicts],
        "facts": [{"fact": one.fact, "occurred": one.occurred, "detail": one.detail} for one in decision.facts],
        "persons": cell.persons,
        "replay": cell.replay,
        "error": cell.error or (None if cell.ended else "the cell never ended; was the run interrupted?"),
    }


def _promise(verdict: Verdict) -> Data:
    more = len(verdict.findings) - MOST_FINDINGS
    return {
        "promise": verdict.promise,
        "ruling": str(verdict.ruling),
        "reason": verdict.reason + (f"; {MOST_FINDINGS} shown and {more} more" if more > 0 else ""),
        "counts": dict(verdict.counts),
        "findings": [_finding(finding) for finding in verdict.findings[:MOST_FINDINGS]],
        "more": max(0, more),
    }


def _finding(finding: Finding) -> Data:
    return {
        "kind": finding.kind,
        "message": finding.message,
        "person": finding.person,
        "sink": finding.sink,
        "expected": finding.expected,
        "found": finding.found,
        "records": [dict(record) for record in finding.records],
    }


def _of_nobody(history: History) -> Data | None:
    """New objects in closed sinks that name no known person: a cell of their own, so that none is ever dropped."""
    closed = history.target.get("closed_sinks") or CLOSED_SINKS
    disturbed = world_faults(history)
    guilty = [
        effect
        for effect in history.unowned
        if effect["sink"] in closed
        and effect.get("op") == "create"
        and not overlaps(effect["at"], effect["at"], disturbed)
    ]
    if not guilty:
        return None
    findings = tuple(
        Finding(
            kind="phantom",
            message=f"{effect['sink']} {effect.get('object')} ({told(effect.get('values') or {})}) belongs to nobody",
            sink=effect["sink"],
            expected=0,
            found=1,
            records=(effect,),
        )
        for effect in guilty
    )
    verdict = Verdict(
        promise="exactly_once", ruling=Ruling.FAIL, reason=f"{len(guilty)} phantom", findings=findings, counts={}
    )
    cell = CellView(id="nobody", scenario="nobody", title="Records that belong to nobody", origin="nobody", ended=True)
    return _cell(Decision(cell, Ruling.FAIL, [verdict], []))


def _verdict(
    history: History, run: Mapping[str, Any], target: Mapping[str, Any], plan: Mapping[str, Any],
    cells: Sequence[Data], slos: Sequence[Data],
) -> Data:  # fmt: skip
    rulings = [Ruling(cell["verdict"]) for cell in cells] + [Ruling(slo["verdict"]) for slo in slos]
    if history.oddities:
        rulings.append(Ruling.UNKNOWN)
    why = _why(history, cells, slos)
    ruling = Ruling.UNKNOWN if why == "nothing" and Ruling.FAIL not in rulings else worst(rulings)
    passed = Counter(cell["verdict"] for cell in cells)
    verdict: Data = {
        "version": VERSION,
        "verdict": str(ruling),
        "exit_code": EXIT[why],
        "headline": "",
        "seed": run.get("seed"),
        "target": target.get("name"),
        "commit": run.get("commit"),
        "flaw": run.get("flaw"),
        "started": run.get("started"),
        "duration_s": (history.ended - history.began) / 1e9,
        "counts": {
            "cells": len(cells),
            "passed": passed["pass"],
            "failed": passed["fail"],
            "unknown": passed["unknown"],
            "people": len(history.persons),
            "intents": len(history.intents),
            "effects": len(history.effects),
            "deliveries": len(history.deliveries),
            "faults": sum(len(them) for kind in ("fault", "weather") for them in history.records_of[kind].values()),
        },
        "cells": list(cells),
        "slos": list(slos),
        "load": _load(history, plan),
        "coverage": [
            {**{name: cell[name] for name in ("scenario", "flow", "variant")}, "facts_ok": _facts_ok(cell)}
            for cell in cells
            if cell["origin"] == "scenario"
        ],
        "not_covered": _not_covered(history, run, target),
        "unowned": [dict(effect) for effect in history.unowned[:MOST_UNOWNED]],
        "unowned_count": len(history.unowned),
        "unknown_routes": _unknown_routes(history),
        "unsettled": [
            {"person": person or None, "blockers": list(record.get("blockers") or ())}
            for person, record in history.unsettled.items()
        ],
    }
    verdict["headline"] = _headline(verdict, why)
    return verdict


def _why(history: History, cells: Sequence[Data], slos: Sequence[Data]) -> str:
    """The one reason for the exit code; nothing exercised, over a broken promise, over an SLO, over no evidence."""
    scenarios = [cell for cell in cells if cell["origin"] == "scenario"]
    if not (history.intents or history.probes_of) or (scenarios and all(cell["error"] for cell in scenarios)):
        return "nothing"
    if any(cell["verdict"] == "fail" for cell in cells):
        return "promise"
    if any(slo["verdict"] == "fail" for slo in slos):
        return "slo"
    undecided = any(one["verdict"] == "unknown" for one in (*cells, *slos))
    return "unknown" if undecided or history.oddities else "pass"


def _headline(verdict: Data, why: str) -> str:
    cells: list[Data] = verdict["cells"]
    counts = verdict["counts"]
    if why == "nothing":
        errors = [cell["error"].splitlines()[0] for cell in cells if cell["error"]]
        return "nothing was exercised" + (f": {errors[0]}" if errors else ": no person ever wanted anything")
    if why == "promise":
        kinds = Counter(
            finding["kind"] for cell in cells for promise in cell["promises"] for finding in promise["findings"]
        )
        said = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common(4))
        return f"{counts['failed']} of {counts['cells']} cells broke a promise: {said}"
    if why == "slo":
        broken = [slo["name"] for slo in verdict["slos"] if slo["verdict"] == "fail"]
        return f"every promise was kept, but too much was late: {', '.join(broken)}"
    if why == "unknown":
        open_ones = [slo["name"] for slo in verdict["slos"] if slo["verdict"] == "unknown"]
        parts = [f"{counts['unknown']} of {counts['cells']} cells"] if counts["unknown"] else []
        parts += [f"the limit{'s' if len(open_ones) > 1 else ''} {', '.join(open_ones)}"] if open_ones else []
        parts += [f"{len(verdict['unknown_routes'])} routes that the fakes lack"] if verdict["unknown_routes"] else []
        parts = parts or ["calls at which a fake failed by itself"]
        return f"not enough evidence for {' and '.join(parts)}"
    return f"every promise kept in {counts['cells']} cells: {counts['intents']} intents of {counts['people']} people"


def _load(history: History, plan: Mapping[str, Any]) -> Data:
    people = set(history.people("load"))
    intents = [intent for person in people for intent in history.intents_of.get(person, ())]
    outcomes = Counter(intent.outcome for intent in intents)
    starts = sorted(int(history.persons[person]["at"]) for person in people)
    span_s = (starts[-1] - starts[0]) / 1e9 if len(starts) > 1 else 0.0
    return {
        "people": len(people),
        "intents": len(intents),
        "ok": outcomes[Outcome.OK],
        "failed": outcomes[Outcome.FAILED],
        "unknown": outcomes[Outcome.UNKNOWN],
        "achieved_rps": (len(starts) - 1) / span_s if span_s else None,
        "intended_rps": plan.get("people_per_s"),
    }


def _facts_ok(cell: Data) -> bool:
    return not cell["error"] and all(fact["occurred"] for fact in cell["facts"])


def _not_covered(history: History, run: Mapping[str, Any], target: Mapping[str, Any]) -> list[Data]:
    found: list[Data] = [dict(one) for one in NOT_FROM_OUTSIDE]
    if target.get("slo") and not run.get("judge_slos", True):
        found.append({"what": "limits in time (SLOs)", "why": "only chosen scenarios were run, without load"})
    if run.get("patterns"):
        found.append({"what": "all other scenarios", "why": f"only {', '.join(run['patterns'])} was asked for"})
    if not target.get("agree"):
        found.append({"what": "whether app, payments and CRM agree", "why": "the target has no table `agree`"})
    if not target.get("pending"):
        why = "the target tells nothing of what is pending; only its retry horizon was waited for"
        found.append({"what": "what happens after the end of the run", "why": why})
    for name, text in (target.get("policies") or {}).items():
        if text in ("not judged", "", None):
            found.append({"what": f"policy: {name}", "why": "the target leaves it open"})
    mistakes = [one for one in history.oddities if one["k"] == "bug"]
    found += [
        {"what": f"a call that the fake {one.get('fake')} failed at by itself", "why": str(one.get("error"))}
        for one in mistakes[:MOST_FINDINGS]
    ]
    if history.unsettled:
        why = f"{len(history.unsettled)} were never quiet; what came of them later is unknown"
        found.append({"what": "people who never settled", "why": why})
    return found


def _unknown_routes(history: History) -> list[Data]:
    lacking = [one for one in history.oddities if one["k"] == "unknown_route"]
    routes = Counter((one.get("fake"), one.get("method"), one.get("path")) for one in lacking)
    return [
        {"fake": fake, "method": method, "path": path, "count": count}
        for (fake, method, path), count in routes.most_common(MOST_UNOWNED)
    ]
