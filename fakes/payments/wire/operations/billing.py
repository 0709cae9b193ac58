"""Subscriptions and invoices: the operations of the API."""

from collections.abc import Mapping

from fakes.payments.state import (
    attached,
    balances,
    discounts,
    draft_lines,
    invoice_items,
    invoices,
    invoicing,
    items,
    meters,
    pausing,
    previews,
    subscription_changes,
    subscriptions,
)
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import missing
from fakes.payments.wire import pages
from fakes.payments.wire.operations.operation import Operation, Params, same

SUBSCRIPTION = "payments.subscription"
ENTRY = balances.KIND
METER = meters.METER


def _discount(moment: Moment, _params: Params, at: Mapping[str, str]) -> Params:
    """What a customer gets off."""
    discount: Params | None = moment.account.get("customer", at["id"], "customer").get("discount")
    if discount is None:
        raise missing("discount", at["id"])
    return discount


def _lines(moment: Moment, params: Params, at: Mapping[str, str]) -> Params:
    """A page of an invoice's lines."""
    found = invoicing.lines_of(moment.account, moment.account.get("invoice", at["id"]))
    return pages.page(found, params, f"/v1/invoices/{at['id']}/lines", "line_item")


def _summaries(moment: Moment, params: Params, at: Mapping[str, str]) -> Params:
    """A page of what a customer used."""
    found = meters.summaries(moment, params, at["id"])
    url = f"/v1/billing/meters/{at['id']}/event_summaries"
    return pages.page(found, params, url, "billing.meter_event_summary")


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
    "GET /v1/invoices/{id}/lines": Operation("line_item", look=_lines),
    "POST /v1/invoices/{id}/lines/{inner}": Operation("line_item", draft_lines.change_one),
    "POST /v1/invoices/{id}/add_lines": Operation("invoice", draft_lines.add),
    "POST /v1/invoices/{id}/update_lines": Operation("invoice", draft_lines.change),
    "POST /v1/invoices/{id}/remove_lines": Operation("invoice", draft_lines.remove),
    "POST /v1/invoices/{id}/attach_payment": Operation("invoice", attached.attach),
    "GET /v1/invoice_payments": Operation("invoice_payment", keep=same("invoice", "status")),
    "GET /v1/invoice_payments/{id}": Operation("invoice_payment"),
    "POST /v1/invoiceitems": Operation("invoiceitem", invoice_items.create),
    "GET /v1/invoiceitems": Operation("invoiceitem", keep=invoice_items.wanted, by=("customer", "invoice")),
    "GET /v1/invoiceitems/{id}": Operation("invoiceitem"),
    "POST /v1/invoiceitems/{id}": Operation("invoiceitem", invoice_items.update),
    "DELETE /v1/invoiceitems/{id}": Operation("invoiceitem", invoice_items.delete),
    "DELETE /v1/subscriptions/{id}/discount": Operation("discount", discounts.remove_from_subscription),
    "GET /v1/customers/{id}/discount": Operation("discount", look=_discount),
    "DELETE /v1/customers/{id}/discount": Operation("discount", discounts.remove_from_customer),
    "GET /v1/customers/{id}/balance_transactions": Operation(ENTRY, keep=balances.wanted, by=("customer=id",)),
    "POST /v1/customers/{id}/balance_transactions": Operation(ENTRY, balances.create),
    "GET /v1/customers/{id}/balance_transactions/{inner}": Operation(ENTRY),
    "POST /v1/customers/{id}/balance_transactions/{inner}": Operation(ENTRY, balances.update),
    "POST /v1/billing/meters": Operation(METER, meters.create),
    "GET /v1/billing/meters": Operation(METER, keep=meters.wanted),
    "GET /v1/billing/meters/{id}": Operation(METER),
    "POST /v1/billing/meters/{id}": Operation(METER, meters.update),
    "POST /v1/billing/meters/{id}/deactivate": Operation(METER, meters.deactivate),
    "POST /v1/billing/meters/{id}/reactivate": Operation(METER, meters.reactivate),
    "GET /v1/billing/meters/{id}/event_summaries": Operation("billing.meter_event_summary", look=_summaries),
    "POST /v1/billing/meter_events": Operation(meters.EVENT, meters.report),
    "POST /v1/billing/meter_event_adjustments": Operation(meters.ADJUSTMENT, meters.adjust),
}
