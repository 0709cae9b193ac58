"""What a merchant does to an invoice: makes, changes, finalises, pays, sends, voids it, or gives it up."""

from fakes.payments.state import (
    automatic_tax,
    balances,
    billing,
    discounts,
    invoice_items,
    invoice_shapes,
    invoicing,
    shipping,
    tax_rates,
    totals,
)
from fakes.payments.state.customers import present
from fakes.payments.state.given import fits, rewrite
from fakes.payments.state.moment import Moment, subscription_of
from fakes.payments.state.money import currency_of
from fakes.payments.state.problem import Problem, invalid, unexpected
from fakes.payments.state.store import Thing

PLAIN = ("custom_fields", "default_payment_method", "default_source", "description", "due_date", "footer")
MORE = ("number", "on_behalf_of", "rendering", "shipping_details", "statement_descriptor", "account_tax_ids")
ALWAYS = frozenset(
    [
        *("auto_advance", "default_payment_method", "default_source", "description", "footer", "metadata"),
        *("custom_fields", "days_until_due", "due_date", "payment_settings", "automatically_finalizes_at"),
        "collection_method",
    ]
)
"""What can be changed after an invoice was finalised."""


def wanted(_moment: Moment, invoice: Thing, params: Thing) -> bool:
    """The filters of the list of invoices."""
    if "subscription" in params and subscription_of(invoice) != params["subscription"]:
        return False
    return fits(invoice, params, "customer", "status", "collection_method")


def create(moment: Moment, params: Thing) -> Thing:
    """A draft for a customer; with `pending_invoice_items_behavior=include`, of what waits for an invoice."""
    account = moment.account
    if params.get("from_invoice"):
        raise invalid("This account does not offer revisions of invoices.", "from_invoice")
    if not params.get("customer"):
        raise invalid("Missing required param: customer.", "customer", "parameter_missing")
    customer = present(moment, params["customer"])
    sends = params.get("collection_method") == "send_invoice"
    if sends and params.get("days_until_due") is None and params.get("due_date") is None:
        raise invalid("If invoices are sent, one of `days_until_due` or `due_date` must be given.", "days_until_due")
    subscription = None
    if params.get("subscription"):
        subscription = account.get("subscription", params["subscription"], "subscription")
    if automatic_tax.wanted(params):
        automatic_tax.check_customer(account, customer)
    currency = currency_of(params.get("currency") or (subscription or customer)["currency"] or "usd")
    items: list[Thing] = []
    if params.get("pending_invoice_items_behavior") == "include" or subscription is not None:
        items = invoice_items.waiting(account, customer["id"], params.get("subscription"))
        if not params.get("currency") and items:
            currency = items[0]["currency"]
        items = [item for item in items if item["currency"] == currency]
    invoice = invoicing.begin(moment, customer, currency, "manual", [], subscription)
    _write(moment, invoice, params)
    invoice_items.put_on(moment, invoice, items)
    moment.tell("invoice.created", invoice)
    if params.get("auto_advance"):
        invoicing.advance_later(moment, invoice)
    return invoice


def _write(moment: Moment, invoice: Thing, params: Thing) -> None:
    account = moment.account
    rewrite(invoice, params, *PLAIN, *MORE)
    if "collection_method" in params:
        invoice["collection_method"] = params["collection_method"]
    if "days_until_due" in params:
        billing.of(account).days_until_due[invoice["id"]] = params["days_until_due"]
        invoice["due_date"] = moment.now + params["days_until_due"] * 86400
    invoice["payment_settings"].update(params.get("payment_settings") or {})
    if "default_tax_rates" in params:
        invoice["default_tax_rates"] = tax_rates.all_of(account, params["default_tax_rates"], "default_tax_rates")
    if "discounts" in params:
        owner = {"customer": invoice["customer"], "invoice": invoice["id"]}
        invoice["discounts"] = discounts.given(moment, params["discounts"] or [], "discounts", owner)
    if "shipping_cost" in params:
        invoice["shipping_cost"] = shipping.cost(moment, params["shipping_cost"] or None, invoice["currency"])
    if "automatic_tax" in params or invoice["automatic_tax"]["enabled"]:
        _tax(moment, invoice, params)


def _tax(moment: Moment, invoice: Thing, params: Thing) -> None:
    """Taxes that come by themselves, as far as a draft's customer and lines allow."""
    account = moment.account
    automatic_tax.switch(invoice, params.get("automatic_tax"))
    if not invoice["automatic_tax"]["enabled"] or invoice["status"] != "draft":
        return
    automatic_tax.look_again(account, invoice)
    automatic_tax.alone(invoice["default_tax_rates"], "default_tax_rates")
    if automatic_tax.wanted(params):
        automatic_tax.check_customer(account, account.get("customer", invoice["customer"]))
        for line in invoicing.lines_of(account, invoice):
            automatic_tax.alone(billing.of(account).rates.get(line["id"]), "tax_rates")


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change a draft; of a final invoice only what does not change its amounts."""
    invoice = moment.account.get("invoice", name)
    if invoice["status"] != "draft" and set(params) - ALWAYS:
        raise unexpected(
            f"Finalized invoices can't be updated in this way: {', '.join(sorted(set(params) - ALWAYS))}.",
            "invoice_not_editable",
        )
    with moment.changing(invoice, "invoice.updated"):
        _write(moment, invoice, params)
        if invoice["status"] == "draft":
            totals.recompute(moment.account, invoice)
            if params.get("auto_advance"):
                invoicing.advance_later(moment, invoice)
        if params.get("auto_advance") is False:
            invoicing.stay(moment, invoice)
        elif "auto_advance" in params:
            invoice["auto_advance"] = True
    return invoice


def delete(moment: Moment, _params: Thing, name: str) -> Thing:
    """Delete a draft that is no subscription's; its items wait for an invoice again."""
    account = moment.account
    invoice = account.get("invoice", name)
    if invoice["status"] != "draft" or subscription_of(invoice):
        raise unexpected(
            "You can only delete draft invoices that are not created by a subscription.", "invoice_not_editable"
        )
    for line in invoicing.lines_of(account, invoice):
        details = (line["parent"] or {}).get("invoice_item_details")
        item = account.find("invoiceitem", details and details["invoice_item"])
        if item is not None:
            invoice_items.wait_again(moment, item)
    invoicing.stay(moment, invoice)
    del account.tables["invoice"][name]
    moment.tell("invoice.deleted", invoice)
    return {"id": name, "object": "invoice", "deleted": True}


def finalize(moment: Moment, params: Thing, name: str) -> Thing:
    """Make a draft final."""
    invoice = moment.account.get("invoice", name)
    if invoice["status"] != "draft":
        raise unexpected(
            f"This invoice is already finalized, you can't re-finalize a non-draft invoice ({invoice['id']}).",
            "invoice_not_editable",
        )
    _finalise(moment, invoice, advance=bool(params.get("auto_advance", invoice["auto_advance"])))
    return invoice


def _finalise(moment: Moment, invoice: Thing, *, advance: bool) -> None:
    if not invoicing.lines_of(moment.account, invoice):
        raise Problem(
            "Nothing to invoice for customer: the invoice has no lines.", code="invoice_no_customer_line_items"
        )
    if moment.account.get("customer", invoice["customer"]).get("deleted"):
        raise Problem("This invoice cannot be finalized because its customer has been deleted.")
    if automatic_tax.stuck(moment.account, invoice):
        raise automatic_tax.nowhere()
    with moment.changing(invoice, "invoice.updated"):
        invoicing.finalise(moment, invoice, advance=advance)


def pay(moment: Moment, params: Thing, name: str) -> Thing:
    """Pay an invoice with the given or the default payment method, or say that it was paid elsewhere."""
    invoice = moment.account.get("invoice", name)
    if invoice["status"] not in ("draft", "open", "uncollectible"):
        word = "already paid" if invoice["status"] == "paid" else f"{invoice['status']}"
        raise unexpected(
            f"Invoice is {word}", "invoice_not_editable" if word != "already paid" else "invoice_already_paid"
        )
    given = params.get("payment_method") or params.get("source")
    # What is given is looked at before anything is done.
    method = invoicing.default_method(moment, invoice, given) if given else None
    if invoice["status"] == "draft":
        _finalise(moment, invoice, advance=invoice["auto_advance"])
        if invoice["status"] == "paid":
            return invoice
    if params.get("paid_out_of_band"):
        invoicing.let_go(moment, invoice, "void_invoice")
        invoicing.paid(moment, invoice, None, elsewhere=True)
        return invoice
    method = method or invoicing.default_method(moment, invoice)
    problem = invoicing.charge(moment, invoice, method, off_session=params.get("off_session", True))
    if problem is not None:
        raise problem
    intent = invoicing.intent_of(moment, invoice)
    if intent is not None and intent["status"] == "requires_action":
        raise Problem(
            "This payment requires additional user action before it can be completed successfully.",
            kind="card_error",
            status=402,
            code="invoice_payment_intent_requires_action",
            payment_intent=intent,
        )
    return invoice


def send(moment: Moment, _params: Thing, name: str) -> Thing:
    """Send an invoice to its customer, finalised first if it is a draft."""
    invoice = moment.account.get("invoice", name)
    if invoice["status"] not in ("draft", "open"):
        raise unexpected(f"You can't send an invoice that is {invoice['status']}.", "invoice_not_editable")
    if not invoice["customer_email"]:
        raise Problem("The customer must have an email address for the invoice to be sent.", code="email_invalid")
    if invoice["status"] == "draft":
        _finalise(moment, invoice, advance=invoice["auto_advance"])
    moment.tell("invoice.sent", invoice)
    return invoice


def void(moment: Moment, _params: Thing, name: str) -> Thing:
    """Declare an open invoice void; its payment intent is given up, and the balance gets back what it gave."""
    invoice = moment.account.get("invoice", name)
    if invoice["status"] not in ("open", "uncollectible"):
        raise unexpected(
            f"You can only pass in open or uncollectible invoices. The status of this one is {invoice['status']}.",
            "invoice_not_editable",
        )
    invoicing.stay(moment, invoice)
    invoice.update(status="void", amount_remaining=0)
    invoice["status_transitions"]["voided_at"] = moment.now
    invoicing.let_go(moment, invoice, "void_invoice")
    balances.take_back(moment, invoice)
    moment.tell("invoice.voided", invoice)
    return invoice


def mark_uncollectible(moment: Moment, _params: Thing, name: str) -> Thing:
    """Give an open invoice up; it can still be paid or voided."""
    invoice = moment.account.get("invoice", name)
    if invoice["status"] != "open":
        raise unexpected(
            f"You can only pass in open invoices. The status of this one is {invoice['status']}.",
            "invoice_not_editable",
        )
    give_up(moment, invoice)
    return invoice


def give_up(moment: Moment, invoice: Thing) -> None:
    """An open invoice is uncollectible from now on."""
    invoicing.stay(moment, invoice)
    invoice["status"] = "uncollectible"
    invoice["status_transitions"]["marked_uncollectible_at"] = moment.now
    moment.tell("invoice.marked_uncollectible", invoice)


__all__ = ["create", "delete", "finalize", "invoice_shapes", "pay", "send", "update", "void", "wanted"]
