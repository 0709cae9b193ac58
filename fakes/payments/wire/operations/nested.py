"""A customer's subscriptions under the customer's own path: the older operations of the API."""

from fakes.payments.state import discounts, pausing, subscription_changes, subscriptions
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import missing
from fakes.payments.wire.operations.operation import Operation, Params

SINK = "payments.subscription"


def _theirs(moment: Moment, customer: str, name: str) -> str:
    """The subscription, if it is this customer's."""
    if moment.account.get("subscription", name)["customer"] != customer:
        raise missing("subscription", name)
    return name


def _create(moment: Moment, params: Params, customer: str) -> Params:
    """Begin a subscription of this customer."""
    return subscriptions.create(moment, {**params, "customer": customer})


def _update(moment: Moment, params: Params, customer: str, name: str) -> Params:
    """Change a subscription of this customer."""
    return subscription_changes.update(moment, params, _theirs(moment, customer, name))


def _cancel(moment: Moment, params: Params, customer: str, name: str) -> Params:
    """End a subscription of this customer."""
    return subscriptions.cancel(moment, params, _theirs(moment, customer, name))


def _undiscount(moment: Moment, params: Params, customer: str, name: str) -> Params:
    """Take the discounts of a subscription of this customer away."""
    return discounts.remove_from_subscription(moment, params, _theirs(moment, customer, name))


def _live(_moment: Moment, subscription: Params, params: Params) -> bool:
    """All that have not ended."""
    return bool(subscription["customer"] == params["id"] and subscription["status"] not in subscriptions.ENDED)


NESTED: dict[str, Operation] = {
    "GET /v1/customers/{id}/subscriptions": Operation("subscription", keep=_live, by=("customer=id",)),
    "POST /v1/customers/{id}/subscriptions": Operation("subscription", _create, SINK),
    "GET /v1/customers/{id}/subscriptions/{inner}": Operation("subscription"),
    "POST /v1/customers/{id}/subscriptions/{inner}": Operation("subscription", _update, SINK),
    "DELETE /v1/customers/{id}/subscriptions/{inner}": Operation("subscription", _cancel, SINK),
    "DELETE /v1/customers/{id}/subscriptions/{inner}/discount": Operation("discount", _undiscount),
    "POST /v1/subscriptions/{id}/migrate": Operation("subscription", pausing.migrate, SINK),
}
