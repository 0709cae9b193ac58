"""Answers: the provider's headers, its error object and its bytes."""

from typing import Any

from fakes.calls import Reply
from fakes.payments.events import encode
from fakes.payments.state.problem import Problem
from fakes.payments.state.store import API_VERSION

PURPOSE_OF_MORE = (
    "decline_code",
    "advice_code",
    "charge",
    "payment_intent",
    "payment_method",
    "setup_intent",
    "source",
)


def headers(request: str, version: str = API_VERSION, key: str | None = None) -> dict[str, str]:
    """What every answer carries."""
    told = {"Request-Id": request, "Stripe-Version": version, "Cache-Control": "no-cache, no-store"}
    if key is not None:
        told["Idempotency-Key"] = key
    return told


def answer(content: Any, request: str, version: str = API_VERSION, key: str | None = None) -> Reply:
    """A success."""
    return Reply(200, encode(content), headers(request, version, key))


def error(problem: Problem, request: str, version: str = API_VERSION, key: str | None = None) -> Reply:
    """A refusal in the provider's shape; parts it does not know are left out."""
    told: dict[str, Any] = {}
    for name in PURPOSE_OF_MORE:
        if problem.more.get(name) is not None:
            told[name] = problem.more[name]
    if problem.code is not None:
        told["code"] = problem.code
        told["doc_url"] = f"https://docs.stripe.com/error-codes/{problem.code.replace('_', '-')}"
    told["message"] = problem.message
    if problem.param is not None:
        told["param"] = problem.param
    told["request_log_url"] = f"https://dashboard.stripe.com/test/logs/{request}"
    told["type"] = problem.kind
    reply = Reply(problem.status, encode({"error": told}), headers(request, version, key))
    if "reason" in problem.more:
        reply.headers["Stripe-Rate-Limited-Reason"] = problem.more["reason"]
    if problem.status == 401:
        reply.headers["WWW-Authenticate"] = 'Basic realm="Stripe"'
    return reply


def authentication(message: str) -> Problem:
    """A key that is missing, wrong or refused."""
    return Problem(message, status=401, executed=False)


def unknown(method: str, path: str) -> Problem:
    """A path that the provider does not have; a slash at the end makes it one."""
    slash = (
        "If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make "
        "sure you passed a valid (non-empty) identifier in your code. "
        if path.endswith("/")
        else ""
    )
    return Problem(
        f"Unrecognized request URL ({method}: {path}). {slash}Please see https://stripe.com/docs or we can help at "
        "https://support.stripe.com/.",
        status=404,
        executed=False,
    )


def limited(reason: str) -> Problem:
    """One request too many, by this limit of the provider."""
    return Problem(
        "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
        status=429,
        code="rate_limit",
        executed=False,
        reason=reason,
    )


FAILURE = Problem(
    "Sorry! There was an error while talking to one of our backends. Support has been notified.",
    kind="api_error",
    status=500,
)
UNAVAILABLE = Problem("The service is temporarily unavailable. Please try again.", kind="api_error", status=503)
BAD_PAYLOAD = Problem("The request was unacceptable: a parameter is invalid.", executed=False)


LOCKED = Problem(
    "This object cannot be accessed right now because another API request or Stripe process is currently accessing it. "
    "If you see this error intermittently, retry the request. If you see this error frequently and are making multiple "
    "concurrent requests to a single object, make your requests serially or at a lower rate. For more details, see "
    "https://stripe.com/docs/rate-limits#object-lock-timeouts.",
    status=429,
    code="lock_timeout",
    executed=False,
)


def failure(kind: str, status: int | None, request: str, key: str | None) -> Reply:
    """The provider's own trouble, as a planned fault asks for it; a 429 has a reason and no Retry-After."""
    known = {
        "rate_limited": limited("global-rate"),
        "locked": LOCKED,
        "invalid": BAD_PAYLOAD,
        "unavailable": UNAVAILABLE,
    }
    problem = known.get(kind, FAILURE)
    reply = error(problem, request, key=key)
    if kind not in ("rate_limited", "locked") and status is not None:
        reply.status = status
    return reply
