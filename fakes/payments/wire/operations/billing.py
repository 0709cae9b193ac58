"""Subscriptions and invoices: the operations of the API."""

from fakes.payments.state import (
    invoice_items,
    invoices,
    items,
    pausing,
    previews,
    subscription_changes,
    subscriptions,
)
from fakes.payments.wire.operations.operation import Operation, same

SUBSCRIPTION = "payments.subscription"
BILLING: dict[str, Operation] = {
    "POST /v1/subscriptions": Operation("subscription", subscriptions.create, SUBSCRIPTION),
    "GET /v1/subscriptions": Operation("subscription", keep=subscriptions.wanted, by=("customer", "test_clock")),
    "GET /v1/subscriptions/{id}": Operation("subscription"),
    "POST /v1/subscriptions/{id}": Operation("subscription", subscription_changes.update, SUBSCRIPTION),
    "POST /v1/subscriptions/{id}/resume": Operation("subscription", pausing.resume, SUBSCRIPTION),
    "DELETE /v1/subscriptions/{id}": Operation("subscription", subscriptions.cancel, SUBSCRIPTION),
    "POST /v1/subscription_items": Operation("subscription_item", items.create, SUBSCRIPTION),
    "GET /v1/subscription_items": Operation("subscription_item", keep=same("subscription")),
    "GET /v1/subscription_items/{id}": Operation("subscription_item"),
    "POST /v1/subscription_items/{id}": Operation("subscription_item", items.update, SUBSCRIPTION),
    "DELETE /v1/subscription_items/{id}": Operation("subscription_item", items.delete, SUBSCRIPTION),
    "POST /v1/invoices": Operation("invoice", invoices.create),
    "POST /v1/invoices/create_preview": Operation("invoice", previews.create),
    "GET /v1/invoices": Operation("invoice", keep=invoices.wanted, by=("customer", "subscription")),
    "GET /v1/invoices/{id}": Operation("invoice"),
    "POST /v1/invoices/{id}": Operation("invoice", invoices.update),
    "DELETE /v1/invoices/{id}": Operation("invoice", invoices.delete),
    "POST /v1/invoices/{id}/pay": Operation("invoice", invoices.pay, "payments.charge"),
    "POST /v1/invoices/{id}/void": Operation("invoice", invoices.void),
    "POST /v1/invoices/{id}/finalize": Operation("invoice", invoices.finalize),
    "POST /v1/invoices/{id}/send": Operation("invoice", invoices.send),
    "POST /v1/invoices/{id}/mark_uncollectible": Operation("invoice", invoices.mark_uncollectible),
    "GET /v1/invoices/{id}/lines": Operation("line_item"),
    "GET /v1/invoice_payments": Operation("invoice_payment", keep=same("invoice", "status")),
    "GET /v1/invoice_payments/{id}": Operation("invoice_payment"),
    "POST /v1/invoiceitems": Operation("invoiceitem", invoice_items.create),
    "GET /v1/invoiceitems": Operation("invoiceitem", keep=invoice_items.wanted, by=("customer", "invoice")),
    "GET /v1/invoiceitems/{id}": Operation("invoiceitem"),
    "POST /v1/invoiceitems/{id}": Operation("invoiceitem", invoice_items.update),
    "DELETE /v1/invoiceitems/{id}": Operation("invoiceitem", invoice_items.delete),
}
