"""The shapes of the CRM's answers and errors.

Called by the routes in this folder and by `slice`. Bodies follow the public API: every error has a correlation id and a
category, records show their default properties and those that were asked for.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson

from fakes.calls import Call, Refusal, Reply, come_back
from fakes.crm.problems import Problem, malformed
from fakes.crm.state.batch import INPUTS_MAX, Done, inputs_within
from fakes.crm.state.record import Record, Written
from fakes.crm.state.records import Portal
from fakes.crm.state.values import iso

T = TypeVar("T")
STATUS = {
    "VALIDATION_ERROR": 400,
    "INVALID_AUTHENTICATION": 401,
    "EXPIRED_AUTHENTICATION": 401,
    "MISSING_SCOPES": 403,
    "OBJECT_NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "CONFLICT": 409,
    "OBJECT_ALREADY_EXISTS": 409,
    "RATE_LIMITS": 429,
}
POLICIES = {"secondly": "SECONDLY", "ten_secondly_rolling": "TEN_SECONDLY_ROLLING", "daily": "DAILY"}


def answer(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Reply:
    """A JSON answer."""
    return Reply(status, orjson.dumps(body), dict(headers or {}), "application/json;charset=utf-8")


def refusal(portal: Portal, problem: Problem, headers: Mapping[str, str] | None = None) -> Reply:
    """A problem as the CRM's own error."""
    status = STATUS[problem.category]
    return answer(status, {**error(problem), "correlationId": portal.correlation_id()}, headers)


def error(problem: Problem) -> dict[str, Any]:
    """A problem as it stands in bodies and in lists of errors."""
    body: dict[str, Any] = {"status": "error", "message": problem.message, "category": problem.category}
    if problem.sub_category:
        body["subCategory"] = problem.sub_category
    if problem.details:
        body["errors"] = [each.as_json() for each in problem.details]
    if problem.context:
        body["context"] = problem.context
    return body


SCOPES_PAGE = "https://developers.hubspot.com/scopes"


def lacking(portal: Portal, scopes: Sequence[str]) -> Reply:
    """The CRM's 403 for a token that was not granted any of these scopes."""
    message = (
        "This app hasn't been granted all required scopes to make this call. "
        f"Read more about required scopes here: {SCOPES_PAGE}."
    )
    detail = {
        "message": "One or more of the following scopes are required.",
        "context": {"requiredGranularScopes": list(scopes)},
    }
    body = {
        "status": "error",
        "message": message,
        "correlationId": portal.correlation_id(),
        "errors": [detail],
        "links": {"scopes": SCOPES_PAGE},
        "category": "MISSING_SCOPES",
    }
    return answer(403, body)


def too_many(portal: Portal, policy: str, retry_after_s: float | None = None) -> Reply:
    """The CRM's 429; it names the policy, and says when to come back only if told to."""
    body = {
        "status": "error",
        "message": f"You have reached your {policy} limit.",
        "errorType": "RATE_LIMIT",
        "category": "RATE_LIMITS",
        "correlationId": portal.correlation_id(),
        "policyName": POLICIES.get(policy, policy.upper()),
        "groupName": "publicapi:private-apps:calls",
    }
    return answer(429, body, come_back(retry_after_s))


def failed(portal: Portal, kind: str, status: int | None, retry_after_s: float | None) -> Reply:
    """The CRM's own body for a planned failure."""
    if kind == "rate_limited":
        return too_many(portal, "ten_secondly_rolling", retry_after_s)
    if kind == "invalid":
        problem = Problem("VALIDATION_ERROR", "Invalid input JSON on line 1, column 1: planned refusal of this input")
        return answer(status or 400, {**error(problem), "correlationId": portal.correlation_id()})
    if kind == "locked":
        status = 423
    message = "internal error" if (status or 500) == 500 else "There was a problem with the request."
    body = {"status": "error", "message": message, "correlationId": portal.correlation_id()}
    return answer(status or 500, body, come_back(retry_after_s))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a call wants to see of a record beyond what it shows anyway."""

    properties: tuple[str, ...] = ()
    histories: tuple[str, ...] = ()


NOTHING = Wanted()


def shown(portal: Portal, record: Record, wanted: Wanted = NOTHING) -> dict[str, Any]:
    """A record with its default properties, the ids and dates, and those wanted that exist; absent ones are null."""
    known, kind, schema = _visible(portal, record), record.kind, portal.schemas[record.kind.name]
    names = dict.fromkeys((*kind.shown, "hs_object_id", kind.made, kind.modified, *wanted.properties))
    body = _dated(record, {name: known.get(name) for name in names if schema.live(name)})
    if wanted.histories:
        body["propertiesWithHistory"] = {name: _history(record, name) for name in wanted.histories if schema.live(name)}
    return body


def _dated(record: Record, properties: Mapping[str, str | None]) -> dict[str, Any]:
    """These properties of a record, with its id and dates."""
    body: dict[str, Any] = {
        "id": record.id,
        "properties": properties,
        "createdAt": iso(record.created),
        "updatedAt": iso(record.updated),
        "archived": record.archived_at is not None,
    }
    if record.archived_at is not None:
        body["archivedAt"] = iso(record.archived_at)
    return body


def _visible(portal: Portal, record: Record) -> dict[str, str]:
    """All values of properties that were not taken away."""
    schema = portal.schemas[record.kind.name]
    return {name: value for name, value in record.shown().items() if schema.live(name)}


def _history(record: Record, name: str) -> list[dict[str, Any]]:
    return [
        {"value": value, "timestamp": iso(moment), "sourceType": "INTEGRATION", "sourceId": "", "sourceLabel": None}
        for moment, value in record.history(name)
    ]


def written(portal: Portal, done: Written) -> dict[str, Any]:
    """A record just written: it shows all that it has."""
    return _dated(done.record, _visible(portal, done.record))


def batch(portal: Portal, done: Done, wanted: Wanted = NOTHING, *, status: int, upsert: bool = False) -> Reply:
    """The answer to a batch: 207 when some inputs failed."""
    results = [shown(portal, each, wanted) for each in done.read]
    for each, trace in done.written:
        entry = written(portal, each)
        if upsert:
            entry["new"] = each.op == "create"
        if trace:
            entry["objectWriteTraceId"] = trace
        results.append(entry)
    return multi(portal, results, done.problems, status=status)


def multi(portal: Portal, results: list[Any], problems: list[Problem], *, status: int, partly: int = 207) -> Reply:
    """A list of results and errors with the times a batch carries; `partly` is the status when there are errors."""
    now = portal.moment()
    body: dict[str, Any] = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
    if problems:
        body["numErrors"] = len(problems)
        body["errors"] = [error(each) for each in problems]
        status = partly
    return answer(status, body)


def each_of(
    portal: Portal, inputs: Iterable[T], work: Callable[[T], Iterable[Any]], *, status: int, partly: int = 207
) -> Reply:
    """What the work came to for each input of a batch, and the problems of those that were refused, as `multi`."""
    results: list[Any] = []
    problems: list[Problem] = []
    for each in inputs:
        try:
            results += work(each)
        except Problem as problem:
            problems.append(problem)
    return multi(portal, results, problems, status=status, partly=partly)


def object_body(portal: Portal, call: Call) -> dict[str, Any]:
    """The JSON object that the call carries; refused in the CRM's way if it is something else."""
    body = call.params.get("body")
    if not isinstance(body, dict):
        raise Refusal(
            refusal(portal, Problem("VALIDATION_ERROR", "Invalid input JSON on line 1, column 1: not an object"))
        )
    return body


def inputs_of(portal: Portal, call: Call, most: int = INPUTS_MAX) -> list[dict[str, Any]]:
    """The inputs of a batch: objects, and no more than a batch may have."""
    inputs = object_body(portal, call).get("inputs")
    if not isinstance(inputs, list) or not all(isinstance(each, dict) for each in inputs):
        raise malformed("Invalid input JSON on line 1, column 1: inputs must be a list of objects")
    return inputs_within(inputs, most)


def query(call: Call, name: str) -> str | None:
    """The last value of a query parameter."""
    values = call.params.get("query", {}).get(name)
    return values[-1] if values else None


def flag(call: Call, name: str) -> bool:
    """Whether a query parameter says true, in any spelling."""
    return (query(call, name) or "").lower() == "true"


def query_list(call: Call, name: str) -> list[str]:
    """All values of a query parameter that may be repeated or hold a comma list."""
    values = call.params.get("query", {}).get(name) or []
    return [part for value in values for part in value.split(",") if part]


def page_of(call: Call, most: int, otherwise: int = 10) -> tuple[int, str | None]:
    """The page that a list call asks for: how many at most, and from where."""
    given = query(call, "limit")
    limit = int(given) if given and given.isdecimal() else otherwise if given is None else 0
    if not 0 < limit <= most:
        raise malformed(f"limit must be between 1 and {most}")
    after = query(call, "after")
    if after and not (after.isascii() and after.isdecimal()):
        raise malformed(f"Invalid paging cursor {after}")
    return limit, after


def paging(call: Call, after: str | None) -> dict[str, Any]:
    """What leads to the next page, if there is one."""
    if after is None:
        return {}
    kept = [
        (name, value) for name, values in call.params.get("query", {}).items() for value in values if name != "after"
    ]
    return {"paging": {"next": {"after": after, "link": f"{call.path}?{urlencode([*kept, ('after', after)])}"}}}


def texts(body: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of texts in a body; absent or null is empty."""
    given = body.get(name) or []
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise malformed(f"Invalid input JSON on line 1, column 1: {name} must be a list of texts")
    return tuple(given)
