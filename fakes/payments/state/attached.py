"""Payments that were made elsewhere and are attached to an invoice: they pay it when they cover what is left."""

from fakes.payments.state import invoice_shapes, invoicing
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.store import Thing


def attach(moment: Moment, params: Thing, name: str) -> Thing:
    """Let a payment intent pay an open invoice, now if it has succeeded, or when it does."""
    account = moment.account
    invoice = account.get("invoice", name)
    if invoice["status"] not in ("open", "uncollectible"):
        raise unexpected(f"Invoice is {invoice['status']}", "invoice_not_editable")
    if params.get("payment_record") or not params.get("payment_intent"):
        raise invalid("Missing required param: payment_intent.", "payment_intent", "parameter_missing")
    intent = account.get("payment_intent", params["payment_intent"], "payment_intent")
    if intent["customer"] != invoice["customer"] or intent["currency"] != invoice["currency"]:
        raise invalid("The payment must be of the invoice's customer, in its currency.", "payment_intent")
    if intent["id"] in account.links.invoice_of_intent:
        raise invalid(f"The payment {intent['id']} belongs to an invoice already.", "payment_intent")
    if intent["amount"] != invoice["amount_remaining"]:
        raise invalid("This account takes payments of the whole amount that is left only.", "payment_intent")
    invoicing.let_go(moment, invoice, "void_invoice")
    for record in invoicing.payments_of(account, invoice):
        record["is_default"] = False
    account.put(invoice_shapes.payment(account, invoice, intent))
    account.links.intent_of_invoice[name] = intent["id"]
    account.links.invoice_of_intent[intent["id"]] = name
    if intent["status"] == "succeeded":
        invoicing.paid(moment, invoice, intent)
    return invoice
