"""What a merchant changes about a running subscription, and who pays for it when."""

from fakes.payments.state import (
    automatic_tax,
    cycle,
    invoice_items,
    invoicing,
    items,
    methods,
    pausing,
    pending_updates,
    proration,
    subscription_terms,
)
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.store import Thing

AFTER_END = {"metadata", "cancellation_details"}
BEFORE_PAID = {"metadata", "default_payment_method", "default_source", "payment_settings", "description"}
WITH_PENDING = {"items", "proration_behavior", "proration_date", "payment_behavior", "off_session", "trial_end"} | {
    "billing_cycle_anchor",
    "trial_from_plan",
    "add_invoice_items",
    "discounts",
}
"""What a change that waits for its payment may consist of."""


def update(moment: Moment, params: Thing, name: str, *, asked: bool = True) -> Thing:
    """Change a subscription; an ended one only in its metadata and words, an unpaid first one hardly more.

    When nobody `asked`, a schedule's time has come: a customer whose place was lost is no reason to refuse then.
    """
    from fakes.payments.state import subscriptions

    subscription = moment.account.get("subscription", name)
    _allowed(subscription, params)
    if params.get("default_payment_method"):
        subscription_terms.attached(moment, params["default_payment_method"], subscription["customer"])
    change = _planned(moment, subscription, params)
    if asked:
        _taxed(moment, subscription, params, change)
    behavior = params.get("payment_behavior", "allow_incomplete")
    if change is not None and behavior in ("error_if_incomplete", "pending_if_incomplete"):
        problem = _would_fail(moment, subscription, params, change)
        if problem is not None and behavior == "error_if_incomplete":
            raise problem
        if problem is not None:
            return pending_updates.wait(moment, subscription, params, change)
    pending_updates.forget(moment, subscription, by=params)
    with moment.changing(subscription, "customer.subscription.updated"):
        over = _write(moment, subscription, params)
        invoice = None if change is None else bill(moment, subscription, change, params)
        if subscription["cancel_at_period_end"]:
            # The period may be another one by now.
            subscription["cancel_at"] = subscription_terms.period_end(moment, subscription)
    subscriptions.say(moment, subscription)
    _add_items(moment, subscription, params)
    if over and cycle.trial_over(moment, subscription):
        invoice = cycle.begin_period(moment, subscription, moment.now)
    if invoice is not None:
        moment.tell("invoice.created", invoice)
        settle(moment, subscription, invoice, behavior)
    cycle.plan(moment, subscription)
    return subscription


def _planned(moment: Moment, subscription: Thing, params: Thing) -> proration.Change | None:
    anew = params.get("billing_cycle_anchor") == "now"
    if not params.get("items") and not anew:
        return None
    at_s = params.get("proration_date", moment.now)
    change = items.planned(moment, subscription, params.get("items") or [], at_s)
    change.anew = anew
    return change


def _taxed(moment: Moment, subscription: Thing, params: Thing, change: proration.Change | None) -> None:
    """Refuse what does not go with taxes that come by themselves, before anything is written."""
    wanted = automatic_tax.wanted(params)
    if not wanted and ("automatic_tax" in params or not subscription["automatic_tax"]["enabled"]):
        return
    if wanted or change is not None:
        customer = moment.account.get("customer", subscription["customer"])
        automatic_tax.check_customer(moment.account, customer)
    automatic_tax.subscription_fits(subscription, params)


def _write(moment: Moment, subscription: Thing, params: Thing) -> bool:
    """Write what needs no billing; True when the trial is over by it."""
    subscription_terms.write(moment, subscription, params)
    subscription_terms.ends(moment, subscription, params)
    subscription_terms.discount(moment, subscription, params)
    if "pause_collection" in params:
        pausing.write(moment, subscription, params["pause_collection"])
    return "trial_end" in params and _trial_moved(moment, subscription, params["trial_end"])


def _trial_moved(moment: Moment, subscription: Thing, end: object) -> bool:
    now = moment.now
    if end == "now":
        if subscription["status"] != "trialing":
            return False
        subscription.update(trial_end=now, billing_cycle_anchor=now)
        for item in subscription["items"]["data"]:
            item["current_period_end"] = now
        return True
    if not isinstance(end, int) or end <= now:
        raise invalid("Invalid timestamp: must be an integer Unix timestamp in the future.", "trial_end")
    start = subscription["trial_start"] if subscription["status"] == "trialing" else now
    subscription.update(trial_start=start, trial_end=end, billing_cycle_anchor=end, status="trialing")
    for item in subscription["items"]["data"]:
        item["current_period_end"] = end
    return False


def bill(moment: Moment, subscription: Thing, change: proration.Change, params: Thing) -> Thing | None:
    """Carry a change out; the draft that is due at once, if one is, not told yet."""
    prorates = params.get("proration_behavior", "create_prorations")
    costs, lines = change.carry_out()
    made = invoice_items.correct(moment, subscription, costs) if prorates != "none" else []
    if not lines and not (made and prorates == "always_invoice"):
        return None
    account = moment.account
    customer = account.get("customer", subscription["customer"])
    currency = subscription["currency"]
    invoice = invoicing.begin(
        moment, customer, currency, "subscription_update", lines, subscription, discounted=bool(lines)
    )
    waiting = invoice_items.waiting(account, customer["id"], subscription["id"], currency)
    invoice_items.put_on(moment, invoice, waiting, before=True)
    return invoice


def _add_items(moment: Moment, subscription: Thing, params: Thing) -> None:
    customer = moment.account.get("customer", subscription["customer"])
    invoice_items.bring(moment, customer, subscription, params.get("add_invoice_items") or [])


def settle(moment: Moment, subscription: Thing, invoice: Thing, behavior: str) -> None:
    """Finalise the invoice of a change and charge it, as far as the wished behaviour goes."""
    from fakes.payments.state import subscriptions

    if subscription["collection_method"] == "send_invoice":
        invoicing.advance_later(moment, invoice)
        return
    invoicing.finalise(moment, invoice)
    if invoice["status"] != "open":
        return
    if behavior == "default_incomplete":
        subscriptions.invoice_changed(moment, subscription, invoice, None)
        return
    try:
        method = invoicing.default_method(moment, invoice)
    except Problem:
        return
    invoicing.charge(moment, invoice, method, off_session=True)


def _would_fail(moment: Moment, subscription: Thing, params: Thing, change: proration.Change) -> Problem | None:
    """Why the customer's method would not pay what the change costs at once; None when it would, or nothing is due."""
    from fakes.payments.state import subscriptions

    if not change.resets and params.get("proration_behavior") != "always_invoice":
        return None
    customer = moment.account.get("customer", subscription["customer"])
    named = params.get("default_payment_method") or subscription["default_payment_method"]
    method = invoicing.method_of(moment.account, customer, named)
    if method is None:
        return invoicing.no_default_method()
    try:
        subscriptions.refuse_if_declined(moment, methods.resolve(moment, method["id"]))
    except Problem as problem:
        return problem
    return None


def _allowed(subscription: Thing, params: Thing) -> None:
    from fakes.payments.state import subscriptions

    if subscription["status"] in subscriptions.ENDED and set(params) - AFTER_END:
        raise Problem("A canceled subscription can only update its cancellation_details and metadata.")
    if subscription["status"] == "incomplete" and set(params) - BEFORE_PAID:
        raise Problem(
            "A subscription whose first invoice is not paid (status `incomplete`) can only have its metadata and "
            "default payment method updated."
        )
    other = set(params) - WITH_PENDING
    if params.get("payment_behavior") == "pending_if_incomplete" and other:
        raise invalid(
            "When `payment_behavior` is set to `pending_if_incomplete`, you can only pass supported parameters; "
            f"these are not: {', '.join(sorted(other))}.",
            min(other),
        )
