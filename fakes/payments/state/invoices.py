"""Invoices of subscriptions: made, finalised, paid, failed, voided; and the payment intent behind each."""

from fakes.payments.state import intents, invoice_shapes, methods
from fakes.payments.state.customers import merge_metadata, unset
from fakes.payments.state.moment import Moment, subscription_of
from fakes.payments.state.problem import Problem, invalid, unexpected
from fakes.payments.state.store import Thing


def issue(moment: Moment, subscription: Thing, lines: list[Thing], reason: str) -> Thing:
    """Make and finalise an invoice; nothing to pay means paid. The subscription points to it before it is told."""
    account = moment.account
    customer = account.get("customer", subscription["customer"])
    invoice = invoice_shapes.draft(account, customer, subscription, lines, reason)
    account.put(invoice)
    account.links.invoice_lines[invoice["id"]] = lines
    subscription["latest_invoice"] = invoice["id"]
    return invoice


def tell_and_finalise(moment: Moment, invoice: Thing) -> None:
    """Tell of a draft, finalise it, and make its payment intent."""
    moment.tell("invoice.created", invoice)
    customer = moment.account.get("customer", invoice["customer"])
    number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
    customer["next_invoice_sequence"] += 1
    invoice.update(status="open", number=number, effective_at=moment.now, auto_advance=True)
    invoice["status_transitions"]["finalized_at"] = moment.now
    invoice["hosted_invoice_url"] = f"https://invoice.stripe.com/i/{invoice['id']}"
    invoice["invoice_pdf"] = f"https://pay.stripe.com/invoice/{invoice['id']}/pdf"
    moment.tell("invoice.finalized", invoice)
    if invoice["amount_due"] > 0:
        _make_intent(moment, invoice)
    else:
        _paid(moment, invoice, None)


def _make_intent(moment: Moment, invoice: Thing) -> None:
    account = moment.account
    intent = intents.fresh(moment, invoice["amount_due"], invoice["currency"], ["card"], None, "automatic")
    first = invoice["billing_reason"] == "subscription_create"
    intent.update(
        customer=invoice["customer"],
        description="Subscription creation" if first else "Subscription update",
        setup_future_usage="off_session",
    )
    account.put(intent)
    account.links.intent_of_invoice[invoice["id"]] = intent["id"]
    account.links.invoice_of_intent[intent["id"]] = invoice["id"]
    account.put(invoice_shapes.payment(account, invoice, intent))
    moment.tell("payment_intent.created", intent)


def intent_of(moment: Moment, invoice: Thing) -> Thing | None:
    """The payment intent that pays this invoice."""
    return moment.account.find("payment_intent", moment.account.links.intent_of_invoice.get(invoice["id"]))


def payment_of(moment: Moment, invoice: Thing) -> Thing | None:
    """The record of how this invoice is paid."""
    return next(iter(moment.account.where("invoice_payment", invoice=invoice["id"])), None)


def charge(moment: Moment, invoice: Thing, method: Thing, **how: object) -> Problem | None:
    """Pay an invoice with a method; a decline is returned, written down already."""
    intent = intent_of(moment, invoice)
    if intent is None or intent["status"] not in intents.OPEN:
        return None
    try:
        intents.pay(moment, intent, method, **how)  # type: ignore[arg-type]
    except Problem as problem:
        if problem.kind != "card_error":
            raise
        return problem
    return None


def hear(moment: Moment, intent: Thing) -> None:
    """An intent was paid or failed: carry it over to its invoice and subscription."""
    invoice = moment.account.find("invoice", moment.account.links.invoice_of_intent.get(intent["id"]))
    if invoice is None or invoice["status"] != "open":
        return
    invoice.update(attempted=True, attempt_count=invoice["attempt_count"] + 1)
    if intent["status"] == "succeeded":
        _paid(moment, invoice, intent)
        return
    if invoice["billing_reason"] == "subscription_cycle":
        invoice["next_payment_attempt"] = moment.now + 3 * 86400
    moment.tell("invoice.payment_failed", invoice)
    _subscription_hears(moment, invoice, None)


def _paid(moment: Moment, invoice: Thing, intent: Thing | None) -> None:
    paid = invoice["amount_due"]
    invoice.update(status="paid", amount_paid=paid, amount_remaining=0, attempted=True, next_payment_attempt=None)
    invoice.update(auto_advance=False, ending_balance=0)
    invoice["status_transitions"]["paid_at"] = moment.now
    moment.tell("invoice.paid", invoice)
    moment.tell("invoice.payment_succeeded", invoice)
    record = payment_of(moment, invoice)
    if record is not None:
        record.update(status="paid", amount_paid=paid)
        record["status_transitions"]["paid_at"] = moment.now
        moment.tell("invoice_payment.paid", record)
    _subscription_hears(moment, invoice, intent)


def _subscription_hears(moment: Moment, invoice: Thing, intent: Thing | None) -> None:
    from fakes.payments.state import subscriptions

    subscription = moment.account.find("subscription", subscription_of(invoice))
    if subscription is not None:
        subscriptions.invoice_changed(moment, subscription, invoice, intent)


def wanted(_moment: Moment, invoice: Thing, params: Thing) -> bool:
    """The filters of the list of invoices."""
    if "subscription" in params and subscription_of(invoice) != params["subscription"]:
        return False
    return all(
        name not in params or invoice[name] == params[name] for name in ("customer", "status", "collection_method")
    )


def pay(moment: Moment, params: Thing, name: str) -> Thing:
    """Pay an open invoice with the given or the default payment method, the person being away unless told."""
    invoice = moment.account.get("invoice", name)
    if invoice["status"] != "open":
        word = "already paid" if invoice["status"] == "paid" else f"{invoice['status']}"
        raise unexpected(
            f"Invoice is {word}", "invoice_not_editable" if word != "already paid" else "invoice_already_paid"
        )
    method = default_method(moment, invoice, params.get("payment_method"))
    problem = charge(moment, invoice, method, off_session=params.get("off_session", True))
    if problem is not None:
        raise problem
    intent = intent_of(moment, invoice)
    if intent is not None and intent["status"] == "requires_action":
        raise Problem(
            "This payment requires additional user action before it can be completed successfully.",
            kind="card_error",
            status=402,
            code="invoice_payment_intent_requires_action",
            payment_intent=intent,
        )
    return invoice


def default_method(moment: Moment, invoice: Thing, token: object = None) -> Thing:
    """The method that pays: the given one, the subscription's, or the customer's."""
    if token:
        return methods.resolve(moment, token)
    account = moment.account
    subscription = account.find("subscription", subscription_of(invoice)) or {}
    customer = account.get("customer", invoice["customer"])
    settings = customer.get("invoice_settings") or {}
    found = account.find(
        "payment_method", subscription.get("default_payment_method") or settings.get("default_payment_method")
    )
    if found is None:
        raise no_default_method()
    return found


def no_default_method() -> Problem:
    """The refusal to charge a customer who has nothing to charge."""
    return invalid(
        "This customer has no attached payment source or default payment method. Please consider adding a default "
        "payment method. For more information, visit "
        "https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.",
        code="resource_missing",
    )


def void(moment: Moment, _params: Thing, name: str) -> Thing:
    """Declare an open invoice void; its payment intent is given up."""
    invoice = moment.account.get("invoice", name)
    if invoice["status"] not in ("open", "uncollectible"):
        raise unexpected(
            f"You can only pass in open or uncollectible invoices. The status of this one is {invoice['status']}.",
            "invoice_not_editable",
        )
    invoice.update(status="void", amount_remaining=0, auto_advance=False, next_payment_attempt=None)
    invoice["status_transitions"]["voided_at"] = moment.now
    intent = intent_of(moment, invoice)
    if intent is not None and intent["status"] in intents.OPEN:
        intents.give_up(moment, intent, "void_invoice")
    record = payment_of(moment, invoice)
    if record is not None:
        record["status"] = "canceled"
        record["status_transitions"]["canceled_at"] = moment.now
    moment.tell("invoice.voided", invoice)
    return invoice


def finalize(moment: Moment, _params: Thing, name: str) -> Thing:
    """Every invoice here is finalised when it is made, so this is always refused."""
    invoice = moment.account.get("invoice", name)
    raise unexpected(
        f"This invoice is already finalized, you can't re-finalize a non-draft invoice ({invoice['id']}).",
        "invoice_not_editable",
    )


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change metadata and description."""
    invoice = moment.account.get("invoice", name)
    with moment.changing(invoice, "invoice.updated"):
        if "metadata" in params:
            merge_metadata(invoice, params["metadata"])
        if "description" in params:
            invoice["description"] = unset(params["description"])
    return invoice


intents.SETTLED.append(hear)
