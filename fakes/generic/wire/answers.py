"""How a declared vendor answers: records in their wrapping, lists in pages, refusals in its own words."""

from typing import Any

import orjson

from fakes.calls import Reply, come_back
from fakes.generic.problems import Problem
from fakes.generic.state.places import joined, put
from harness.target.declared import Declared, Pages

SAID = {
    "rate_limited": "too many calls; come back later",
    "server_error": "something went wrong here",
    "unavailable": "not available for the moment",
    "invalid": "the request is not valid",
    "locked": "somebody else is changing this record",
    "too_large": "the request is too large",
}


def told(content: Any, status: int = 200) -> Reply:
    """What was asked for."""
    return Reply(status, orjson.dumps(content))


def gone() -> Reply:
    """That it was removed."""
    return Reply(204, b"")


def refusal(declared: Declared, problem: Problem) -> Reply:
    """Why nothing was done."""
    errors = declared.errors
    status = errors.status_of(problem.code)
    return Reply(status, orjson.dumps(errors.filled(problem.code, problem.message, problem.field, status)))


def failed(declared: Declared, kind: str, status: int | None, retry_after_s: float | None) -> Reply:
    """The body of a planned failure."""
    code = "too_large" if status == 413 else kind
    errors = declared.errors
    said = status if status and kind != "rate_limited" else errors.status_of(code)
    body = errors.filled(code, SAID.get(code, code), "", said)
    return Reply(said, orjson.dumps(body), come_back(retry_after_s))


def page(pages: Pages, shown: list[Any], after: Any, total: int) -> Reply:
    """One page of a list; `after` says how to go on, None at the end."""
    if not pages.items:
        return told(shown)
    whole = put(pages.items, shown)
    if pages.style != "all" and pages.next:
        whole = joined(whole, put(pages.next, after))
    if pages.total:
        whole = joined(whole, put(pages.total, total))
    return told(whole)
