"""How the push service answers: `data` when it could, `errors` when the whole request was refused."""

from typing import Any

import orjson

from fakes.calls import Reply, come_back
from fakes.push.state.problem import Problem


def told(data: Any) -> Reply:
    """What was asked for."""
    return Reply(200, orjson.dumps({"data": data}))


def refusal(problem: Problem) -> Reply:
    """Why nothing was done."""
    error: dict[str, Any] = {"code": problem.code, "message": problem.message, "isTransient": problem.status >= 429}
    if problem.details:
        error["details"] = problem.details
    return Reply(problem.status, orjson.dumps({"errors": [error]}))


def failed(kind: str, status: int | None, retry_after_s: float | None) -> Reply:
    """The service's own body for a planned failure."""
    problem = {
        "rate_limited": Problem("TOO_MANY_REQUESTS", "Too many requests.", 429),
        "invalid": Problem("VALIDATION_ERROR", '"value" is not valid.', 400),
        "unavailable": Problem("SERVICE_UNAVAILABLE", "The service is unavailable.", 503),
    }.get(kind, Problem("INTERNAL_SERVER_ERROR", "An unknown error occurred.", 500))
    if kind != "rate_limited":
        problem.status = status or problem.status
    reply = refusal(problem)
    reply.headers |= come_back(retry_after_s)
    return reply
