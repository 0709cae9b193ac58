"""From a verdict and a policy to what the gate says. Pure: verdict in, plain data out; nothing in the verdict changes.

A promise counts as known only when each of its findings is, and none was left out of the verdict. A broken promise
stays broken whatever came of it when it was played again; only what was not decided can be decided later.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.gate.baseline import Known
from harness.gate.policy import Policy

Data = dict[str, Any]
EXIT = {"nothing": 2, "promise": 1, "slo": 4, "evidence": 3, "stale": 2}
"""In the order in which they win."""
SAID = {
    "nothing": "nothing was exercised",
    "promise": "a promise is broken",
    "slo": "a limit in time is missed",
    "evidence": "something was not decided",
    "stale": "the baseline is out of date",
}
NOTHING = 2


def decide(verdict: Mapping[str, Any], policy: Policy, today: dt.date, again: Sequence[Data] = ()) -> Data:
    """What the gate says of this verdict, and of those of cells that were played again."""
    cells = merged(verdict, again)
    known = list(_known(cells, verdict["slos"], policy.baseline, today))
    entries = [_entry(one, cells, verdict["slos"], known, today) for one in policy.baseline]
    reasons = list(_reasons(verdict, cells, known, entries))
    failing = [one for one in EXIT if one in reasons and (one == "nothing" or one in policy.fail_on)]
    return {
        "exit_code": EXIT[failing[0]] if failing else 0,
        "says": _word(failing, reasons, known),
        "reasons": [SAID[one] for one in failing],
        "let_through": [SAID[one] for one in reasons if one not in failing],
        "fail_on": list(policy.fail_on),
        "baseline": policy.baseline_file,
        "known": known,
        "entries": entries,
        "again": [
            {"cell": one["cell"], "verdict": one["verdict"], "run": one["again"]} for one in cells if one.get("again")
        ],
    }


def undecided(verdict: Mapping[str, Any], again: Sequence[Data] = ()) -> list[str]:
    """The scenario cells that may be played again: those that were not decided."""
    return [one["cell"] for one in merged(verdict, again) if _may_be_tried_again(one) and one["origin"] == "scenario"]


def _may_be_tried_again(cell: Mapping[str, Any]) -> bool:
    """Only what was not decided, and in no promise: what is broken once is broken."""
    return cell["verdict"] == "unknown" and all(one["ruling"] != "fail" for one in cell["promises"])


def merged(verdict: Mapping[str, Any], again: Sequence[Data]) -> list[Data]:
    """The cells with what came of them when played again: never better for one that failed, in whichever run."""
    cells: dict[str, Data] = {one["cell"]: one for one in verdict["cells"]}
    for later in again:
        for one in later["cells"]:
            before = cells.get(one["cell"])
            if one["origin"] != "scenario":
                # Calm people of a run in which others were played again broke nothing by that.
                if one["verdict"] == "fail":
                    name = f"{one['cell']} (again)"
                    cells[name] = {**one, "cell": name, "again": later["run"]}
            elif before is None or _may_be_tried_again(before):
                cells[one["cell"]] = {**one, "again": later["run"]}
    return list(cells.values())


def _known(cells: Sequence[Data], slos: Sequence[Data], baseline: Sequence[Known], today: dt.date) -> Iterator[Data]:
    """Every broken promise and missed limit that entries in force know of, in all its findings."""
    valid = [one for one in baseline if not one.expired(today)]
    for cell in cells:
        for promise in cell["promises"]:
            if promise["ruling"] == "fail" and (entry := _knower(cell["cell"], promise, valid)) is not None:
                yield {**_told(entry), "cell": cell["cell"], "promise": promise["promise"], "slo": None}
    for slo in slos:
        entry = next((one for one in valid if one.slo == slo["name"]), None)
        if slo["verdict"] == "fail" and entry is not None:
            yield {**_told(entry), "cell": None, "promise": None, "slo": slo["name"]}


def _knower(cell: str, promise: Mapping[str, Any], valid: Sequence[Known]) -> Known | None:
    if promise.get("more"):
        return None  # What the verdict does not show, nobody can know.
    findings = promise["findings"] or [{}]
    knowers = [next((one for one in valid if one.covers(cell, promise["promise"], each)), None) for each in findings]
    return knowers[0] if all(knowers) else None


def _told(entry: Known) -> Data:
    return {"about": entry.about, "reason": entry.reason, "owner": entry.owner, "expires": entry.expires.isoformat()}


def _entry(entry: Known, cells: Sequence[Data], slos: Sequence[Data], known: Sequence[Data], today: dt.date) -> Data:
    """One entry of the baseline and how it stands: `known`, `expired`, `no longer failing` or `not played`."""
    if entry.slo:
        played = [one for one in slos if one["name"] == entry.slo]
        failing = [one for one in played if one["verdict"] == "fail"]
    else:
        played = [one for one in cells if entry.names(one["cell"])]
        failing = [
            one for one in played for promise in one["promises"] for finding in promise["findings"] or [{}]
            if promise["ruling"] == "fail" and entry.covers(one["cell"], promise["promise"], finding)
        ]  # fmt: skip
    open_ones = [one for one in played if one["verdict"] == "unknown"]
    if entry.expired(today):
        stands = "expired"
    elif failing:
        stands = "known" if any(one["about"] == entry.about for one in known) else "known in part"
    else:
        stands = "not played" if not played else "not decided" if open_ones else "no longer failing"
    return {**_told(entry), "stands": stands}


def _reasons(
    verdict: Mapping[str, Any], cells: Sequence[Data], known: Sequence[Data], entries: Sequence[Data]
) -> Iterator[str]:
    """Everything that speaks against a redeploy."""
    if verdict["exit_code"] == NOTHING:
        yield "nothing"
    knows = {(one["cell"], one["promise"]) for one in known}
    for cell in cells:
        broken = [one["promise"] for one in cell["promises"] if one["ruling"] == "fail"]
        if cell["verdict"] == "fail" and (not broken or any((cell["cell"], one) not in knows for one in broken)):
            yield "promise"
            break
    late = {one["slo"] for one in known}
    if any(slo["verdict"] == "fail" and slo["name"] not in late for slo in verdict["slos"]):
        yield "slo"
    if _is_open(verdict, cells):
        yield "evidence"
    if any(one["stands"] in ("expired", "no longer failing") for one in entries):
        yield "stale"


def _is_open(verdict: Mapping[str, Any], cells: Sequence[Data]) -> bool:
    if any(one["verdict"] == "unknown" for one in (*cells, *verdict["slos"])):
        return True
    # What no cell is to blame for: a fake lacked a route, or broke by itself.
    was_open = any(one["verdict"] == "unknown" for one in verdict["cells"])
    return bool(verdict.get("unknown_routes")) or (verdict["verdict"] == "unknown" and not was_open)


def _word(failing: Sequence[str], reasons: Sequence[str], known: Sequence[Data]) -> str:
    """`pass` only when nothing speaks against it; `known` when all that does is known or let through."""
    if failing:
        return {"nothing": "nothing", "promise": "fail", "slo": "slow", "evidence": "unknown", "stale": "stale"}[
            failing[0]
        ]
    if known:
        return "known"
    return "let through" if [one for one in reasons if one != "stale"] else "pass"
