"""What was judged, as the content of `verdict.json`: rulings, counts, the exit code and the headline.

Puts into words and numbers what `harness.judged` holds; decides nothing but the exit code. Called by `harness.judge`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from harness.checkers import Decision
from harness.checkers.cells import CellView
from harness.checkers.history import COPY, OWNERS, Record
from harness.checkers.slo import rule
from harness.judged import Judged, Load
from harness.model import Finding, Outcome, Ruling, Verdict, worst
from harness.target.policies import NOT_JUDGED

VERSION = 1
MOST_FINDINGS, MOST_ROUTES = 10, 50
NOT_FROM_OUTSIDE = (
    {"what": "whether signatures are compared in constant time", "why": "timing over a network proves nothing"},
    {"what": "loss of power of the pipeline's machine", "why": "processes can be ended from here, machines cannot"},
)
EXIT = {"pass": 0, "promise": 1, "nothing": 2, "unknown": 3, "slo": 4}
Data = dict[str, Any]


def compose(
    judged: Judged, decisions: Sequence[Decision], run: Mapping[str, Any], target: Mapping[str, Any],
    plan: Mapping[str, Any],
) -> Data:  # fmt: skip
    """The verdict on a run from these of its decisions, and from everything else that was judged."""
    cells = [_cell(decision) for decision in decisions] + _nobody(judged)
    slos = [rule(slo, samples) for slo, samples in zip(judged.slos, judged.samples, strict=True)]
    rulings = [Ruling(cell["verdict"]) for cell in cells] + [Ruling(slo["verdict"]) for slo in slos]
    if judged.oddities:
        rulings.append(Ruling.UNKNOWN)
    why = _why(judged, cells, slos)
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
        "announced": _announced(judged),
        "started": run.get("started"),
        "duration_s": (judged.ended - judged.began) / 1e9,
        "counts": {
            "cells": len(cells),
            "passed": passed["pass"],
            "failed": passed["fail"],
            "unknown": passed["unknown"],
            **{name: judged.counts[name] for name in ("people", "intents", "effects", "deliveries", "faults")},
        },
        "cells": cells,
        "slos": slos,
        "load": _load(judged.load, plan),
        "coverage": [
            {**{name: cell[name] for name in ("scenario", "flow", "variant")}, "facts_ok": _facts_ok(cell)}
            for cell in cells
            if cell["origin"] == "scenario"
        ],
        "not_covered": _not_covered(judged, run, target),
        "unowned": [_as_written(effect) for effect in judged.unowned],
        "unowned_count": judged.counts["unowned"],
        "unknown_routes": _unknown_routes(judged),
        "unsettled": [
            {"person": person or None, "blockers": list(record.get("blockers") or ())}
            for person, record in judged.unsettled.items()
        ],
    }
    verdict["headline"] = _headline(verdict, why)
    return verdict


def _why(judged: Judged, cells: Sequence[Data], slos: Sequence[Data]) -> str:
    """The one reason for the exit code; nothing exercised, over a broken promise, over an SLO, over no evidence."""
    scenarios = [cell for cell in cells if cell["origin"] == "scenario"]
    if not (judged.counts["intents"] or judged.counts["probes"]) or (
        scenarios and all(cell["error"] for cell in scenarios)
    ):
        return "nothing"
    if any(cell["verdict"] == "fail" for cell in cells):
        return "promise"
    if any(slo["verdict"] == "fail" for slo in slos):
        return "slo"
    undecided = any(one["verdict"] == "unknown" for one in (*cells, *slos))
    return "unknown" if undecided or judged.oddities else "pass"


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


def _load(load: Load, plan: Mapping[str, Any]) -> Data:
    return {
        "people": load.people,
        "intents": load.outcomes.total(),
        **{str(outcome): load.outcomes[outcome] for outcome in (Outcome.OK, Outcome.FAILED, Outcome.UNKNOWN)},
        "achieved_rps": load.people_per_s,
        "intended_rps": plan.get("people_per_s"),
    }


def _facts_ok(cell: Data) -> bool:
    return not cell["error"] and all(fact["occurred"] for fact in cell["facts"])


def _not_covered(judged: Judged, run: Mapping[str, Any], target: Mapping[str, Any]) -> list[Data]:
    found: list[Data] = [dict(one) for one in NOT_FROM_OUTSIDE]
    if target.get("slo") and not run.get("judge_slos", True):
        found.append({"what": "limits in time (SLOs)", "why": "only chosen scenarios were run, without load"})
    flaw = run.get("flaw")
    if flaw and run.get("phone") != "browser" and flaw not in {record["name"] for record in judged.announced}:
        why = "no process announced that its line ran: whatever this run says, it says nothing about that flaw"
        found.append({"what": f"the planted flaw {flaw}", "why": why})
    if run.get("patterns"):
        found.append({"what": "all other scenarios", "why": f"only {', '.join(run['patterns'])} was asked for"})
    if not target.get("agree"):
        found.append({"what": "whether app, payments and CRM agree", "why": "the target has no table `agree`"})
    if not target.get("pending"):
        why = "the target tells nothing of what is pending; only its retry horizon was waited for"
        found.append({"what": "what happens after the end of the run", "why": why})
    for name, text in (target.get("policies") or {}).items():
        if text in (NOT_JUDGED, "", None):
            found.append({"what": f"policy: {name}", "why": "the target leaves it open"})
    mistakes = [one for one in judged.oddities if one["k"] == "bug"]
    found += [
        {"what": f"a call that the fake {one.get('fake')} failed at by itself", "why": str(one.get("error"))}
        for one in mistakes[:MOST_FINDINGS]
    ]
    if judged.unsettled:
        why = f"{len(judged.unsettled)} were never quiet; what came of them later is unknown"
        found.append({"what": "people who never settled", "why": why})
    return found


def _announced(judged: Judged) -> list[Data]:
    """What was planted and was reached, by its own word: name by name, with the processes in which it ran."""
    found: dict[tuple[str, str], list[str]] = {}
    for record in judged.announced:
        found.setdefault((record["what"], record["name"]), []).append(record["process"])
    return [{"what": what, "name": name, "processes": processes} for (what, name), processes in sorted(found.items())]


def _unknown_routes(judged: Judged) -> list[Data]:
    lacking = [one for one in judged.oddities if one["k"] == "unknown_route"]
    routes = Counter((one.get("fake"), one.get("method"), one.get("path")) for one in lacking)
    return [
        {"fake": fake, "method": method, "path": path, "count": count}
        for (fake, method, path), count in routes.most_common(MOST_ROUTES)
    ]


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
        "records": [_as_written(record) for record in finding.records],
    }


def _as_written(record: Record) -> Data:
    return {name: value for name, value in record.items() if name not in (COPY, OWNERS)}


def _nobody(judged: Judged) -> list[Data]:
    """What belongs to nobody and should belong to somebody: a cell of its own, so that none is ever dropped."""
    if not (phantoms := judged.phantoms):
        return []
    verdict = Verdict(
        promise="exactly_once",
        ruling=Ruling.FAIL,
        reason=f"{len(phantoms)} phantom",
        findings=tuple(phantoms),
        counts={},
    )
    cell = CellView(id="nobody", scenario="nobody", title="Records that belong to nobody", origin="nobody", ended=True)
    return [_cell(Decision(cell, Ruling.FAIL, [verdict], []))]
