"""Hosted pages: the operations of the API."""

from fakes.payments.state import checkout
from fakes.payments.wire.operations.operation import Operation, same

CHECKOUT: dict[str, Operation] = {
    "POST /v1/checkout/sessions": Operation("checkout.session", checkout.create),
    "GET /v1/checkout/sessions": Operation("checkout.session", keep=same("customer", "payment_intent", "status")),
    "GET /v1/checkout/sessions/{id}": Operation("checkout.session"),
    "POST /v1/checkout/sessions/{id}/expire": Operation("checkout.session", checkout.expire),
}
