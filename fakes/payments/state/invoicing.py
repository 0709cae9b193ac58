"""The life of an invoice, whoever made it: drafted, finalised, charged, paid or failed; and the intent behind it."""

from fakes.payments.state import (
    automatic_tax,
    balances,
    billing,
    discounts,
    due,
    dunning,
    intents,
    invoice_shapes,
    methods,
    totals,
)
from fakes.payments.state.moment import Moment, subscription_of
from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.standing import Standing
from fakes.payments.state.store import Account, Thing

DRAFT_S = 3600
"""How long a draft that advances by itself can still be changed."""
FINALIZE = "invoice.finalize"
ATTEMPT = "invoice.attempt"
OVERDUE = "invoice.overdue"


def lines_of(account: Account, invoice: Thing) -> list[Thing]:
    """All lines of an invoice, of which it shows ten."""
    return account.links.invoice_lines[invoice["id"]]


def set_lines(moment: Moment, invoice: Thing, lines: list[Thing]) -> None:
    """Give a draft these lines, and work out what it comes to."""
    for line in lines:
        line["invoice"] = invoice["id"]
    moment.account.links.invoice_lines[invoice["id"]] = lines
    invoice["lines"] = invoice_shapes.listed_lines(invoice["id"], lines)
    totals.recompute(moment.account, invoice)


def begin(
    moment: Moment,
    customer: Thing,
    currency: str,
    reason: str,
    lines: list[Thing],
    subscription: Thing | None = None,
    *,
    discounted: bool = True,
) -> Thing:
    """A draft with these lines and the discounts it inherits; a subscription points to it before it is told."""
    account = moment.account
    invoice = invoice_shapes.draft(account, customer, currency, reason)
    if discounted:
        invoice["discounts"] = discounts.inherited(moment, customer, subscription)
    if subscription is not None:
        invoice_shapes.of_subscription(invoice, subscription)
        billing.of(account).days_until_due[invoice["id"]] = subscription["days_until_due"] or 0
        subscription["latest_invoice"] = invoice["id"]
    account.put(invoice)
    set_lines(moment, invoice, lines)
    return invoice


def advance_later(moment: Moment, invoice: Thing) -> None:
    """Let a draft be finalised by itself in an hour."""
    at_s = moment.now + DRAFT_S
    invoice.update(auto_advance=True, automatically_finalizes_at=at_s)
    due.plan(moment, at_s, FINALIZE, invoice)


def stay(moment: Moment, invoice: Thing) -> None:
    """Let an invoice do nothing by itself."""
    invoice.update(auto_advance=False, automatically_finalizes_at=None, next_payment_attempt=None)
    for kind in (FINALIZE, ATTEMPT):
        due.drop(moment, kind, invoice)


def finalise(moment: Moment, invoice: Thing, *, advance: bool = True, charged: Thing | None = None) -> None:
    """Make a draft final: numbered, settled with the balance, with its payment intent; nothing to pay means paid.

    `charged` is the payment that has paid it already, when it is drawn up afterwards.
    """
    account = moment.account
    customer = account.get("customer", invoice["customer"])
    number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
    customer["next_invoice_sequence"] += 1
    due.drop(moment, FINALIZE, invoice)
    if invoice["automatic_tax"]["enabled"] and charged is None:
        automatic_tax.settle(moment, invoice)
    invoice.update(status="open", number=number, effective_at=moment.now, auto_advance=advance)
    invoice["last_finalization_error"] = None
    totals.recompute(account, invoice)
    invoice["automatically_finalizes_at"] = None
    invoice["status_transitions"]["finalized_at"] = moment.now
    invoice["hosted_invoice_url"] = f"{moment.account.pages_url}/i/{invoice['id']}"
    invoice["invoice_pdf"] = f"https://pay.stripe.com/invoice/{invoice['id']}/pdf"
    if invoice["collection_method"] == "send_invoice":
        days = billing.of(account).days_until_due.get(invoice["id"], 0)
        invoice["due_date"] = invoice["due_date"] or moment.now + days * 86400
        due.plan(moment, invoice["due_date"], OVERDUE, invoice)
    balances.apply(moment, invoice)
    moment.tell("invoice.finalized", invoice)
    if charged is not None:
        _pays(moment, invoice, charged)
    if charged is not None or invoice["amount_due"] <= 0:
        paid(moment, invoice, charged)
    else:
        _make_intent(moment, invoice)


def _make_intent(moment: Moment, invoice: Thing) -> None:
    account = moment.account
    intent = intents.fresh(moment, invoice["amount_due"], invoice["currency"], ["card"], None, "automatic")
    words = {"subscription_create": "Subscription creation", "manual": "Payment for Invoice"}
    intent.update(
        customer=invoice["customer"],
        description=words.get(invoice["billing_reason"], "Subscription update"),
        setup_future_usage="off_session" if subscription_of(invoice) else None,
    )
    account.put(intent)
    _pays(moment, invoice, intent)
    moment.tell("payment_intent.created", intent)


def _pays(moment: Moment, invoice: Thing, intent: Thing) -> None:
    """This payment intent is the invoice's."""
    account = moment.account
    account.links.intent_of_invoice[invoice["id"]] = intent["id"]
    account.links.invoice_of_intent[intent["id"]] = invoice["id"]
    account.put(invoice_shapes.payment(account, invoice, intent))


def intent_of(moment: Moment, invoice: Thing) -> Thing | None:
    """The payment intent that pays this invoice."""
    return moment.account.find("payment_intent", moment.account.links.intent_of_invoice.get(invoice["id"]))


def payments_of(account: Account, invoice: Thing) -> list[Thing]:
    """The records of how this invoice is paid."""
    return account.where("invoice_payment", invoice=invoice["id"])


def payment_of(moment: Moment, invoice: Thing) -> Thing | None:
    """The record of the intent that pays this invoice."""
    return next((one for one in payments_of(moment.account, invoice) if one["is_default"]), None)


def asks_away(moment: Moment, method: Thing) -> bool:
    """Whether the bank would ask its customer although they are away."""
    known = method["id"] in moment.account.side(Standing).set_up
    return methods.card_of(moment, method).asks(away=True, known=known, wanted=False)


def charge(moment: Moment, invoice: Thing, method: Thing, **how: object) -> Problem | None:
    """Pay an invoice with a method; a decline is returned, written down already."""
    intent = intent_of(moment, invoice)
    if intent is None or intent["status"] not in intents.OPEN:
        return None
    if how.get("off_session") and how.get("card") is None and asks_away(moment, method):
        # The bank's question waits for the customer: the invoice fails, and its intent can still be paid.
        how["off_session"] = False
        how["waits"] = True
    waits = how.pop("waits", False)
    try:
        intents.pay(moment, intent, method, **how)  # type: ignore[arg-type]
    except Problem as problem:
        if problem.kind != "card_error":
            raise
        return problem
    if waits and intent["status"] == "requires_action":
        _failed(moment, invoice, action_required=True)
    return None


def hear(moment: Moment, intent: Thing) -> None:
    """An intent was paid or failed: carry it over to its invoice and subscription."""
    invoice = moment.account.find("invoice", moment.account.links.invoice_of_intent.get(intent["id"]))
    if invoice is None or invoice["status"] not in ("open", "uncollectible"):
        return
    if intent["status"] == "succeeded":
        invoice["attempt_count"] += 1
        paid(moment, invoice, intent)
    elif intent["status"] in intents.OPEN:
        _failed(moment, invoice)


def _failed(moment: Moment, invoice: Thing, *, action_required: bool = False) -> None:
    with moment.changing(invoice, "invoice.updated"):
        invoice.update(attempted=True, attempt_count=invoice["attempt_count"] + 1)
        last = dunning.plan(moment, invoice)
    if action_required:
        moment.tell("invoice.payment_action_required", invoice)
    moment.tell("invoice.payment_failed", invoice)
    _subscription_hears(moment, invoice, None)
    if last:
        dunning.give_up(moment, invoice)


def paid(moment: Moment, invoice: Thing, intent: Thing | None, *, elsewhere: bool = False) -> None:
    """An invoice is paid: by its intent, in some other way, or because nothing is to be paid."""
    amount = invoice["amount_due"]
    due.drop(moment, OVERDUE, invoice)
    with moment.changing(invoice, "invoice.updated"):
        stay(moment, invoice)
        invoice.update(status="paid", amount_paid=amount, amount_remaining=0, attempted=True)
        if elsewhere:
            invoice["amount_paid_off_stripe"] = amount
        invoice["status_transitions"]["paid_at"] = moment.now
    moment.tell("invoice.paid", invoice)
    moment.tell("invoice.payment_succeeded", invoice)
    record = payment_of(moment, invoice)
    if record is not None and not elsewhere:
        record.update(status="paid", amount_paid=amount)
        record["status_transitions"]["paid_at"] = moment.now
        moment.tell("invoice_payment.paid", record)
    _subscription_hears(moment, invoice, intent)


def let_go(moment: Moment, invoice: Thing, reason: str) -> None:
    """Give up the intent of an invoice that it will not pay any more."""
    intent = intent_of(moment, invoice)
    if intent is not None and intent["status"] in intents.OPEN:
        intents.give_up(moment, intent, reason)
    record = payment_of(moment, invoice)
    if record is not None and record["status"] == "open":
        record["status"] = "canceled"
        record["status_transitions"]["canceled_at"] = moment.now


def _subscription_hears(moment: Moment, invoice: Thing, intent: Thing | None) -> None:
    from fakes.payments.state import subscriptions

    subscription = moment.account.find("subscription", subscription_of(invoice))
    if subscription is not None:
        subscriptions.invoice_changed(moment, subscription, invoice, intent)


def default_method(moment: Moment, invoice: Thing, token: object = None) -> Thing:
    """The method that pays: the given one, the invoice's, the subscription's, or the customer's."""
    if token:
        return methods.resolve(moment, token)
    account = moment.account
    subscription = account.find("subscription", subscription_of(invoice)) or {}
    customer = account.get("customer", invoice["customer"])
    found = method_of(account, customer, invoice["default_payment_method"], subscription.get("default_payment_method"))
    if found is None:
        raise no_default_method()
    return found


def method_of(account: Account, customer: Thing, *names: object) -> Thing | None:
    """The first of these methods that there is, or else the customer's default one or default source."""
    settings = customer.get("invoice_settings") or {}
    for name in (*names, settings.get("default_payment_method"), customer.get("default_source")):
        found = account.find("payment_method", name)
        if found is not None:
            return found
    return None


def no_default_method() -> Problem:
    """The refusal to charge a customer who has nothing to charge."""
    return invalid(
        "This customer has no attached payment source or default payment method. Please consider adding a default "
        "payment method. For more information, visit "
        "https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.",
        code="resource_missing",
    )


def collect(moment: Moment, invoice: Thing) -> None:
    """Try to charge an open invoice, the customer being away; without a method to charge, the attempt fails."""
    if invoice["status"] != "open" or invoice["collection_method"] == "send_invoice":
        return
    try:
        method = default_method(moment, invoice)
    except Problem:
        _failed(moment, invoice)
        return
    charge(moment, invoice, method, off_session=True)


@due.work(FINALIZE)
def _finalise_now(moment: Moment, name: str) -> None:
    invoice = moment.account.find("invoice", name)
    if invoice is None or invoice["status"] != "draft":
        return
    if automatic_tax.stuck(moment.account, invoice):
        automatic_tax.failed(moment, invoice)
        return
    finalise(moment, invoice)
    if invoice["status"] == "open" and invoice["collection_method"] == "send_invoice":
        moment.tell("invoice.sent", invoice)
    collect(moment, invoice)


@due.work(ATTEMPT)
def _attempt_again(moment: Moment, name: str) -> None:
    invoice = moment.account.find("invoice", name)
    if invoice is not None and invoice["status"] == "open" and invoice["auto_advance"]:
        collect(moment, invoice)


@due.work(OVERDUE)
def _overdue(moment: Moment, name: str) -> None:
    invoice = moment.account.find("invoice", name)
    if invoice is None or invoice["status"] != "open":
        return
    moment.tell("invoice.overdue", invoice)
    _subscription_hears(moment, invoice, None)


intents.SETTLED.append(hear)
