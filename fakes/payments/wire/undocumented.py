"""Addresses that the vendor's own clients use and its documentation does not know any more; a secret key is needed.

Answered like everything else, but for idempotency keys and `expand`.
"""

from collections.abc import Callable
from typing import Any

from fakes.calls import Call, Reply, Route
from fakes.payments.events import Asked
from fakes.payments.state.issuing import authorizations
from fakes.payments.state.problem import Problem
from fakes.payments.state.provider import Provider
from fakes.payments.state.store import Account
from fakes.payments.wire import answers, parameters
from fakes.payments.wire.credentials import own_name

OPERATIONS: dict[str, tuple[Callable[..., dict[str, Any]], Any]] = {
    "POST /v1/issuing/cards/{id}/test/authorizations": (
        authorizations.create_held,
        {
            "of": {
                "authorization_method": "=chip|contactless|keyed_in|online|swipe",
                "held_amount": "integer",
                "held_currency": "string",
            },
            "needs": ["held_amount"],
        },
    ),
}
"""Operation -> what it does, and the tree of its parameters."""


class Undocumented:
    """Carries such calls out."""

    def __init__(self, provider: Provider, before: Callable[[Account], None]) -> None:
        self._provider, self._before = provider, before
        self.routes = [
            Route(
                method=operation.split(" ")[0],
                template=operation.split(" ")[1],
                operation=operation,
                handler=self._handle,
                writes=True,
            )
            for operation in OPERATIONS
        ]

    def _handle(self, call: Call) -> Reply:
        assert call.route is not None
        do, tree = OPERATIONS[call.route.operation]
        account = self._provider.account(own_name(call.account))
        self._before(account)
        request = account.fresh("request")
        moment = self._provider.moment(account, Asked(request, call.key))
        try:
            result = do(moment, parameters.fitted(tree, call.params), *call.at.values())
        except Problem as problem:
            return answers.error(problem, request)
        self._provider.commit(moment, call, result)
        return answers.answer(result, request)
