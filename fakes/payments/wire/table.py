"""Which of the vendor's operations this fake answers: method, path, behaviour, kind of object, and sink.

Not how they are read or answered; `wire.routes` turns each line into a route, and `parameters.json` holds what each
takes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fakes.payments.state import (
    catalogue,
    charges,
    checkout,
    customers,
    endpoints,
    intents,
    invoices,
    items,
    methods,
    refunds,
    subscriptions,
)
from fakes.payments.state.moment import Moment

Params = dict[str, Any]
Write = Callable[..., dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of the table."""

    kind: str
    """The kind of object a list holds or a retrieval finds; for writes, what they answer."""
    do: Write | None = None
    """The behaviour of a write; reads have none."""
    sink: str | None = None
    keep: Callable[[Moment, Params, Params], bool] | None = None
    """For lists: which objects pass the filters."""


def _same(*fields: str) -> Callable[[Moment, Params, Params], bool]:
    def keep(_moment: Moment, thing: Params, params: Params) -> bool:
        return all(name not in params or thing.get(name) == params[name] for name in fields)

    return keep


OPERATIONS: dict[str, Operation] = {
    "POST /v1/customers": Operation("customer", customers.create, "payments.customer"),
    "GET /v1/customers": Operation("customer", keep=_same("email")),
    "GET /v1/customers/{id}": Operation("customer"),
    "POST /v1/customers/{id}": Operation("customer", customers.update, "payments.customer"),
    "DELETE /v1/customers/{id}": Operation("customer", customers.delete, "payments.customer"),
    "GET /v1/customers/{id}/payment_methods": Operation("payment_method", keep=methods.of_customer),
    "GET /v1/customers/{id}/payment_methods/{inner}": Operation("payment_method"),
    "POST /v1/products": Operation("product", catalogue.create_product),
    "GET /v1/products": Operation("product", keep=catalogue.product_wanted),
    "GET /v1/products/{id}": Operation("product"),
    "POST /v1/products/{id}": Operation("product", catalogue.update_product),
    "DELETE /v1/products/{id}": Operation("product", catalogue.delete_product),
    "POST /v1/prices": Operation("price", catalogue.create_price),
    "GET /v1/prices": Operation("price", keep=catalogue.price_wanted),
    "GET /v1/prices/{id}": Operation("price"),
    "POST /v1/prices/{id}": Operation("price", catalogue.update_price),
    "POST /v1/payment_methods": Operation("payment_method", methods.create),
    "GET /v1/payment_methods": Operation("payment_method", keep=_same("customer", "type")),
    "GET /v1/payment_methods/{id}": Operation("payment_method"),
    "POST /v1/payment_methods/{id}": Operation("payment_method", methods.update),
    "POST /v1/payment_methods/{id}/attach": Operation("payment_method", methods.attach),
    "POST /v1/payment_methods/{id}/detach": Operation("payment_method", methods.detach),
    "POST /v1/payment_intents": Operation("payment_intent", intents.create, "payments.charge"),
    "GET /v1/payment_intents": Operation("payment_intent", keep=_same("customer")),
    "GET /v1/payment_intents/{id}": Operation("payment_intent"),
    "POST /v1/payment_intents/{id}": Operation("payment_intent", intents.update, "payments.charge"),
    "POST /v1/payment_intents/{id}/confirm": Operation("payment_intent", intents.confirm, "payments.charge"),
    "POST /v1/payment_intents/{id}/cancel": Operation("payment_intent", intents.cancel, "payments.charge"),
    "POST /v1/payment_intents/{id}/capture": Operation("payment_intent", intents.capture, "payments.charge"),
    "GET /v1/charges": Operation("charge", keep=_same("customer", "payment_intent")),
    "GET /v1/charges/{id}": Operation("charge"),
    "POST /v1/charges/{id}": Operation("charge", charges.update),
    "POST /v1/refunds": Operation("refund", refunds.create, "payments.refund"),
    "GET /v1/refunds": Operation("refund", keep=_same("charge", "payment_intent")),
    "GET /v1/refunds/{id}": Operation("refund"),
    "POST /v1/refunds/{id}": Operation("refund", refunds.update),
    "POST /v1/subscriptions": Operation("subscription", subscriptions.create, "payments.subscription"),
    "GET /v1/subscriptions": Operation("subscription", keep=subscriptions.wanted),
    "GET /v1/subscriptions/{id}": Operation("subscription"),
    "POST /v1/subscriptions/{id}": Operation("subscription", subscriptions.update, "payments.subscription"),
    "DELETE /v1/subscriptions/{id}": Operation("subscription", subscriptions.cancel, "payments.subscription"),
    "POST /v1/subscription_items": Operation("subscription_item", items.create, "payments.subscription"),
    "GET /v1/subscription_items": Operation("subscription_item", keep=_same("subscription")),
    "GET /v1/subscription_items/{id}": Operation("subscription_item"),
    "POST /v1/subscription_items/{id}": Operation("subscription_item", items.update, "payments.subscription"),
    "DELETE /v1/subscription_items/{id}": Operation("subscription_item", items.delete, "payments.subscription"),
    "GET /v1/invoices": Operation("invoice", keep=invoices.wanted),
    "GET /v1/invoices/{id}": Operation("invoice"),
    "POST /v1/invoices/{id}": Operation("invoice", invoices.update),
    "POST /v1/invoices/{id}/pay": Operation("invoice", invoices.pay, "payments.charge"),
    "POST /v1/invoices/{id}/void": Operation("invoice", invoices.void),
    "POST /v1/invoices/{id}/finalize": Operation("invoice", invoices.finalize),
    "GET /v1/invoices/{id}/lines": Operation("line_item"),
    "GET /v1/invoice_payments": Operation("invoice_payment", keep=_same("invoice", "status")),
    "GET /v1/invoice_payments/{id}": Operation("invoice_payment"),
    "POST /v1/checkout/sessions": Operation("checkout.session", checkout.create),
    "GET /v1/checkout/sessions": Operation("checkout.session", keep=_same("customer", "payment_intent", "status")),
    "GET /v1/checkout/sessions/{id}": Operation("checkout.session"),
    "POST /v1/checkout/sessions/{id}/expire": Operation("checkout.session", checkout.expire),
    "GET /v1/events": Operation("event"),
    "GET /v1/events/{id}": Operation("event"),
    "POST /v1/webhook_endpoints": Operation("webhook_endpoint", endpoints.create),
    "GET /v1/webhook_endpoints": Operation("webhook_endpoint"),
    "GET /v1/webhook_endpoints/{id}": Operation("webhook_endpoint"),
    "POST /v1/webhook_endpoints/{id}": Operation("webhook_endpoint", endpoints.update),
    "DELETE /v1/webhook_endpoints/{id}": Operation("webhook_endpoint", endpoints.delete),
}
