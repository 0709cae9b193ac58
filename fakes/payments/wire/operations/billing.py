"""Subscriptions and invoices: the operations of the API."""

from fakes.payments.state import invoices, items, subscriptions
from fakes.payments.wire.operations.operation import Operation, same

BILLING: dict[str, Operation] = {
    "POST /v1/subscriptions": Operation("subscription", subscriptions.create, "payments.subscription"),
    "GET /v1/subscriptions": Operation("subscription", keep=subscriptions.wanted, by=("customer",)),
    "GET /v1/subscriptions/{id}": Operation("subscription"),
    "POST /v1/subscriptions/{id}": Operation("subscription", subscriptions.update, "payments.subscription"),
    "DELETE /v1/subscriptions/{id}": Operation("subscription", subscriptions.cancel, "payments.subscription"),
    "POST /v1/subscription_items": Operation("subscription_item", items.create, "payments.subscription"),
    "GET /v1/subscription_items": Operation("subscription_item", keep=same("subscription")),
    "GET /v1/subscription_items/{id}": Operation("subscription_item"),
    "POST /v1/subscription_items/{id}": Operation("subscription_item", items.update, "payments.subscription"),
    "DELETE /v1/subscription_items/{id}": Operation("subscription_item", items.delete, "payments.subscription"),
    "GET /v1/invoices": Operation("invoice", keep=invoices.wanted, by=("customer", "subscription")),
    "GET /v1/invoices/{id}": Operation("invoice"),
    "POST /v1/invoices/{id}": Operation("invoice", invoices.update),
    "POST /v1/invoices/{id}/pay": Operation("invoice", invoices.pay, "payments.charge"),
    "POST /v1/invoices/{id}/void": Operation("invoice", invoices.void),
    "POST /v1/invoices/{id}/finalize": Operation("invoice", invoices.finalize),
    "GET /v1/invoices/{id}/lines": Operation("line_item"),
    "GET /v1/invoice_payments": Operation("invoice_payment", keep=same("invoice", "status")),
    "GET /v1/invoice_payments/{id}": Operation("invoice_payment"),
}
