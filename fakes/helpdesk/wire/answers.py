"""The helpdesk's answers as bytes, and its errors in its own words.

Shapes of records are in `shapes` and `faces`. Called by the routes in this folder and by `slice`.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from fakes.calls import Reply, come_back
from fakes.helpdesk.problems import Problem

STATUS = {
    "RecordInvalid": 422,
    "RecordNotFound": 404,
    "IdempotentRequestError": 400,
    "Invalid attribute": 400,
    "UpdateConflict": 409,
    "invalid": 422,
    "TooManyValues": 400,
    "ParameterMissing": 400,
    "InvalidPaginationParameter": 400,
    "InvalidPaginationDepth": 400,
    "InvalidCursor": 400,
    "StartTimeTooRecent": 422,
    "InvalidValue": 400,
    "Forbidden": 403,
    "Unauthorized": 401,
    "TicketDeletionForbidden": 403,
    "InvalidEndpoint": 404,
    "InvalidWebhook": 400,
}
TITLED = ("Invalid attribute", "Forbidden")
JSON = "application/json; charset=utf-8"


def answer(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Reply:
    """A JSON answer."""
    return Reply(status, orjson.dumps(body), dict(headers or {}), JSON)


def refusal(problem: Problem) -> Reply:
    """A problem as the helpdesk's own error."""
    if problem.error in TITLED:
        body: dict[str, Any] = {"error": {"title": problem.error, "message": problem.description}}
    elif problem.error == "InvalidWebhook":
        fault = {"code": problem.beside["code"], "title": "Invalid webhook", "detail": problem.description}
        body = {"errors": [fault]}
    else:
        body = {"error": problem.error, "description": problem.description, **problem.beside}
    if problem.details:
        body["details"] = {
            name: [{"description": sentence, "error": word, **problem.also} for sentence, word in entries]
            for name, entries in problem.details.items()
        }
    return answer(STATUS[problem.error], body)


def too_many(retry_after_s: float | None) -> Reply:
    """The helpdesk's 429; it always says when to come back."""
    body = {"error": "APIRateLimitExceeded", "description": "Number of allowed API requests per minute exceeded"}
    return answer(429, body, come_back(retry_after_s or 1))


def failed(kind: str, status: int | None, retry_after_s: float | None) -> Reply:
    """The helpdesk's own body for a planned failure."""
    if kind == "rate_limited":
        return too_many(retry_after_s)
    if kind == "invalid":
        planned = Problem("RecordInvalid", "Record validation errors")
        planned.details = {"base": [("Planned refusal of this record", "InvalidValue")]}
        reply = refusal(planned)
        reply.status = status or reply.status
        return reply
    headers = come_back(retry_after_s)
    if kind == "locked":
        return answer(409, {"error": "DatabaseConflict", "description": "Database collision"}, headers)
    if kind == "unavailable":
        return answer(status or 503, {"error": "ServiceUnavailable", "description": "Please try again later"}, headers)
    return answer(status or 500, {"error": "InternalError", "description": "Internal server error"}, headers)
