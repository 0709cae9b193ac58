"""What a device may do with an ephemeral key: the calls that the vendor's mobile software makes for its customer."""

from fakes.calls import Call
from fakes.payments.state.device_keys import DeviceKeys
from fakes.payments.state.problem import Problem
from fakes.payments.state.provider import Provider
from fakes.payments.state.store import Account
from fakes.payments.wire import answers

PREFIX = "ek_test_"
BY_PATH = frozenset(
    {
        "GET /v1/customers/{id}",
        "POST /v1/customers/{id}",
        "GET /v1/customers/{id}/payment_methods",
    }
)
"""Calls whose path must name the key's customer."""
BY_PARAMETER = frozenset({"GET /v1/payment_methods", "POST /v1/payment_methods/{id}/attach"})
"""Calls whose parameter `customer` must."""
BY_METHOD = frozenset({"POST /v1/payment_methods/{id}", "POST /v1/payment_methods/{id}/detach"})
"""Calls about a payment method, which must be the customer's."""


def account_of(provider: Provider, key: str, call: Call) -> str:
    """The name of the account that a key belongs to; `Problem` when the key will not do."""
    for account in provider.accounts():
        side = account.side(DeviceKeys)
        name = side.by_secret.get(key)
        if name is None:
            continue
        if account.get("ephemeral_key", name)["expires"] <= account.now():
            raise answers.authentication(f"Expired API Key provided: {PREFIX}{'*' * 8}{key[-4:]}")
        kind, about = side.about[name]
        if kind == "customer" and _allowed(account, call, about):
            return account.name
        raise Problem(
            "This API call cannot be made with an ephemeral key, or not for this object. Please use a secret API key.",
            status=403,
            executed=False,
        )
    raise answers.authentication(f"Invalid API Key provided: {PREFIX}{'*' * 8}{key[-4:]}")


def _allowed(account: Account, call: Call, customer: str) -> bool:
    operation = call.route.operation if call.route else ""
    if operation in BY_PATH:
        return call.at["id"] == customer
    if operation in BY_PARAMETER:
        return bool(call.params.get("customer") == customer)
    method = account.find("payment_method", call.at.get("id"))
    return operation in BY_METHOD and method is not None and method["customer"] == customer
