"""Why the provider does not do what it was asked, in the provider's own words; not yet an HTTP answer.

Raised by `state`, and by `wire` for what is wrong with a request as such; `wire.answers` gives it a status and bytes.
"""

from typing import Any


class Problem(Exception):
    """One refusal: its class, message, code and the parameter that is to blame."""

    def __init__(
        self,
        message: str,
        *,
        kind: str = "invalid_request_error",
        status: int = 400,
        code: str | None = None,
        param: str | None = None,
        executed: bool = True,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.status = status
        self.code = code
        self.param = param
        self.executed = executed
        """Whether the endpoint had begun to act, so that an idempotency key keeps this answer."""
        self.more = more

    def shown(self, **more: Any) -> dict[str, Any]:
        """The error as an object keeps it; what is unset is left out."""
        doc = f"https://docs.stripe.com/error-codes/{self.code.replace('_', '-')}" if self.code else None
        kept = {name: self.more.get(name) for name in ("decline_code", "advice_code", "payment_method")}
        said = {"code": self.code, "doc_url": doc, "message": self.message, "param": self.param, "type": self.kind}
        return {name: value for name, value in {**more, **said, **kept}.items() if value is not None}


def invalid(message: str, param: str | None = None, code: str | None = None, **more: Any) -> Problem:
    """A parameter that fails validation; an idempotency key does not keep it."""
    return Problem(message, code=code, param=param, executed=False, **more)


def missing(kind: str, name: str, param: str = "id") -> Problem:
    """The object does not exist for this account: 404 for the one in the path, 400 for one that a parameter names."""
    words = "PaymentMethod" if kind == "payment_method" else kind
    status = 404 if param == "id" else 400
    return Problem(f"No such {words}: '{name}'", status=status, code="resource_missing", param=param)


def unexpected(message: str, code: str, **more: Any) -> Problem:
    """The object's state does not allow it."""
    return Problem(message, code=code, **more)
