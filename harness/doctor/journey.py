"""Reading a visit: the live journey, flow by flow and step by step, and what is not as the target file says.

Pure: from what was seen to findings. Called by `examine`.
"""

import json
from collections.abc import Iterator
from typing import Any

from harness.doctor.findings import Finding, Level
from harness.doctor.visit import ORDER, Heard, Visit
from harness.journal import Record
from harness.target import Operation
from harness.target.words import dig
from reports.redact import clean

BODY_SHOWN = 300
BY_STATUS = {
    400: "compare `body` of the operation with what the answer complains of",
    401: "the token was not taken: look at `auth`, at `extract` (token) of the answer that gives it, and at `headers`",
    403: "this person may not: look at what a new account may do, and at the token",
    404: "there is no such route: look at `path`",
    405: "the route knows other methods: look at `method`",
    409: "it takes this for a repeat: look at `key`, and whether something is unique that our people share",
    415: "it reads another kind of body than JSON",
    422: "compare `body` of the operation with what the answer complains of",
    429: "it limits how often: raise the limit of the staging pipeline, or lower `limits.cells_at_once`",
}


def journey(seen: Visit) -> Iterator[Finding]:
    """Each flow once, in the order in which people take them."""
    cells = {one["flow"]: one for one in seen.of("cell")}
    errors = {one["cell"]: one.get("error") for one in seen.of("cell_end")}
    blamed: set[str] = set()
    for flow in sorted(cells, key=ORDER.index):
        cell = cells[flow]
        intents = seen.of("intent", cell=cell["cell"])
        broken = next((one for one in intents if _outcome(seen, one) != "ok"), None)
        if broken is not None and broken["flow"] != flow:
            yield Finding(
                kind="flow_not_tried", level=Level.NOTE, about=flow, seen=f"not tried: {broken['flow']} did not work"
            )
        elif broken is not None:
            blamed.add(flow)
            yield _failed(seen, flow, broken)
        else:
            yield _worked(seen, flow, intents, errors.get(cell["cell"]))
    whys = {one["cell"].partition("[")[2].rstrip("]"): one["why"] for one in seen.left_out()}
    for flow in seen.target.flows:
        if flow not in cells and not seen.trouble:
            why = f"not tried: {whys[flow]}" if flow in whys else f"no scenario takes it; known are {', '.join(ORDER)}"
            yield Finding(kind="flow_unknown", level=Level.NOTE, about=flow, seen=why)


def _outcome(seen: Visit, intent: Record) -> str:
    ended = seen.of("concluded", intent=intent["intent"])
    return str(ended[-1]["outcome"]) if ended else "unknown"


def _steps(seen: Visit, intent: Record) -> list[tuple[Record, Record | None]]:
    answered = {one["attempt"]: one for one in seen.of("outcome", intent=intent["intent"])}
    return [(one, answered.get(one["attempt"])) for one in seen.of("attempt", intent=intent["intent"])]


def _said(step: tuple[Record, Record | None]) -> str:
    asked, heard = step
    what = f"{asked['method']} {asked['path']}"
    if heard is None:
        return f"{what}: no answer"
    return f"{what} {heard.get('status') or heard.get('error')} in {heard['ms']:.0f} ms"


def _worked(seen: Visit, flow: str, intents: list[Record], error: str | None) -> Finding:
    last = intents[-1] if intents else None
    steps = _steps(seen, last) if last else []
    first, times = (_said(steps[0]), len(steps)) if steps else ("nothing was sent", 0)
    polls = f", then asked {times - 1} times how it is" if times > 1 else ""
    person = last["person"] if last else None
    since = last["at"] if last else 0
    sinks = [sink for sink in seen.history.sinks_of.get(person or "", ()) if _touched(seen, str(person), sink, since)]
    left = f"; downstream: {', '.join(sorted(sinks))}" if sinks else ""
    if error:
        return Finding(
            kind="flow_cut_short",
            level=Level.WRONG,
            about=flow,
            seen=f"{first}{polls}{left}\nthen: {error}",
            where=f"flows.{flow}: poll, done",
            remedy="look at `webhooks` below and at `done`; perhaps jobs wait for a worker that nobody starts",
        )
    paid = seen.of("pay", intent=last["intent"]) if last else []
    money = f"; the wallet: {paid[-1]['result']}" if paid else ""
    needs_payment = bool(last and seen.target.flows[flow].handle)
    if needs_payment and not paid:
        poll = seen.target.flows[flow].poll
        return Finding(
            kind="nothing_to_pay",
            level=Level.WRONG,
            about=flow,
            seen=f"{first}{polls}, but it never told anything to pay{left}",
            where=f"flows.{flow}: handle = {seen.target.flows[flow].handle!r}",
            remedy=f"look where the answer of {poll} holds the payment's client secret; it was: {_last_of(seen, poll)}",
        )
    return Finding(kind="flow_works", about=flow, seen=f"{first}{polls}{money}{left}")


def _touched(seen: Visit, person: str, sink: str, since: int) -> bool:
    return any(version["at"] >= since for thing in seen.history.things(person, sink) for version in thing.versions)


def _last_of(seen: Visit, operation: str | None) -> str:
    one = seen.target.operations.get(operation or "")
    if one is None:
        return "nothing"
    heard = [answer for answer in seen.answers if _fits(one, answer)]
    return _body(heard[-1]) if heard else "nothing"


def _fits(operation: Operation, answer: Heard) -> bool:
    wanted, found = operation.path.split("?")[0].split("/"), answer.path.split("/")
    same = len(wanted) == len(found) and all(
        one == other or "{" in one for one, other in zip(wanted, found, strict=True)
    )
    return same and operation.method == answer.method


def _body(answer: Heard) -> str:
    try:
        text = json.dumps(clean(json.loads(answer.body)), ensure_ascii=False)
    except ValueError:
        text = answer.body
    return text if len(text) <= BODY_SHOWN else text[:BODY_SHOWN] + "..."


def _failed(seen: Visit, flow: str, intent: Record) -> Finding:
    steps = _steps(seen, intent)
    if not steps:
        return Finding(
            kind="flow_fails", level=Level.WRONG, about=flow, seen="nothing was sent",
            remedy="look at what the flow needs of the target file; the cell's error is in the report",
        )  # fmt: skip
    asked, heard = next((one for one in steps if one[1] is None or one[1]["outcome"] != "ok"), steps[-1])
    name = asked["operation"]
    operation = seen.target.operations[name]
    status = heard.get("status") if heard else None
    answer = next(
        (one for one in seen.answers if (one.method, one.path, one.status) == (asked["method"], asked["path"], status)),
        None,
    )
    said = f"{_said((asked, heard))}" + (f"\nit said: {_body(answer)}" if answer and answer.body else "")
    return Finding(
        kind="flow_fails",
        level=Level.WRONG,
        about=flow,
        seen=said,
        where=f"operations.{name}",
        remedy=_remedy(operation, status, heard),
    )


def _remedy(operation: Operation, status: Any, heard: Record | None) -> str:
    if isinstance(status, int) and 200 <= status < 300:
        if heard and heard.get("error") == "not_json":
            return "the answer is no JSON; only JSON answers can be read"
        return f"the target file accepts {list(operation.accept)} only: accept = [{status}] if that is meant"
    if isinstance(status, int) and status >= 500:
        return "the pipeline broke: its log is in the run folder (see `logs` below)"
    if isinstance(status, int):
        return BY_STATUS.get(status, "look at `path`, `method` and `body` of the operation")
    return "no whole answer came: is base_url right, and does the pipeline answer within `timeout_s`?"


def answers(seen: Visit) -> Iterator[Finding]:
    """What the target file expects in answers, and is not there."""
    for name, operation in seen.target.operations.items():
        heard = [one for one in seen.answers if _fits(operation, one) and one.status in operation.accept]
        data = _json(heard[-1]) if heard else None
        if not isinstance(data, dict):
            continue
        wanted = {f"extract.{thing}": path for thing, path in operation.extract.items()}
        wanted |= {"state": operation.state} if operation.state else {}
        for place, path in wanted.items():
            if dig(data, path) is None:
                yield _lacks(f"operations.{name}: {place} = {path!r}", name, path, data)
        if name == seen.target.truth.read:
            truth = seen.target.truth.model_dump(exclude={"read"}, exclude_none=True)
            for place, path in truth.items():
                if not _leads_somewhere(data, path):
                    yield _lacks(f"truth: {place} = {path!r}", name, path, data)


def _leads_somewhere(data: Any, path: str) -> bool:
    """Whether the place is there, be it empty: somebody new has no plan yet."""
    before, _, last = path.rpartition(".")
    inner = dig(data, before)
    return isinstance(inner, dict) and last in inner


def _json(answer: Heard) -> Any:
    try:
        return json.loads(answer.body)
    except ValueError:
        return None


def _lacks(where: str, name: str, path: str, data: dict[str, Any]) -> Finding:
    return Finding(
        kind="answer_lacks",
        level=Level.WRONG,
        about=name,
        seen=f"its answer has no {path}; it has {', '.join(data) or 'nothing'}",
        where=where,
        remedy="write where it is in the answer, with dots between steps",
    )
