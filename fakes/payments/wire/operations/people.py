"""Customers and what they pay with: the operations of the API."""

from fakes.payments.state import clocks, customers, methods, microdeposits, setups
from fakes.payments.wire.operations.operation import Operation, same

PEOPLE: dict[str, Operation] = {
    "POST /v1/customers": Operation("customer", customers.create, "payments.customer"),
    "GET /v1/customers": Operation("customer", keep=clocks.customer_wanted, by=("email", "test_clock")),
    "GET /v1/customers/{id}": Operation("customer"),
    "POST /v1/customers/{id}": Operation("customer", customers.update, "payments.customer"),
    "DELETE /v1/customers/{id}": Operation("customer", customers.delete, "payments.customer"),
    "GET /v1/customers/{id}/payment_methods": Operation(
        "payment_method", keep=methods.of_customer, by=("customer=id",)
    ),
    "GET /v1/customers/{id}/payment_methods/{inner}": Operation("payment_method"),
    "POST /v1/payment_methods": Operation("payment_method", methods.create),
    "GET /v1/payment_methods": Operation("payment_method", keep=same("customer", "type")),
    "GET /v1/payment_methods/{id}": Operation("payment_method"),
    "POST /v1/payment_methods/{id}": Operation("payment_method", methods.update),
    "POST /v1/payment_methods/{id}/attach": Operation("payment_method", methods.attach),
    "POST /v1/payment_methods/{id}/detach": Operation("payment_method", methods.detach),
    "POST /v1/setup_intents": Operation("setup_intent", setups.create),
    "GET /v1/setup_intents": Operation("setup_intent", keep=same("customer", "payment_method")),
    "GET /v1/setup_intents/{id}": Operation("setup_intent"),
    "POST /v1/setup_intents/{id}": Operation("setup_intent", setups.update),
    "POST /v1/setup_intents/{id}/confirm": Operation("setup_intent", setups.confirm),
    "POST /v1/setup_intents/{id}/cancel": Operation("setup_intent", setups.cancel),
    "POST /v1/setup_intents/{id}/verify_microdeposits": Operation("setup_intent", microdeposits.verify),
    "GET /v1/setup_attempts": Operation("setup_attempt", keep=same("setup_intent")),
    "GET /v1/mandates/{id}": Operation("mandate"),
}
