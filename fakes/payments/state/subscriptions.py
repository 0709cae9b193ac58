"""Subscriptions: begun, paid for, ended; every change is told and said to its sink. Changes: `subscription_changes`."""

from fakes.payments.state import (
    automatic_tax,
    billing,
    cycle,
    discounts,
    invoice_items,
    invoice_shapes,
    invoices,
    invoicing,
    methods,
    periods,
    pricing,
    proration,
    ready_for_later,
    subscription_parts,
    subscription_shapes,
    subscription_terms,
)
from fakes.payments.state.customers import present
from fakes.payments.state.given import fits, merge_metadata, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, invalid, missing
from fakes.payments.state.store import Thing

ENDED = ("canceled", "incomplete_expired")
LIVE = ("active", "trialing", "past_due", "unpaid")


def values(subscription: Thing) -> Thing:
    """A subscription in the words of its sink."""
    data = subscription["items"]["data"]
    price = data[0]["price"] if data else {}
    return {
        "plan": price.get("lookup_key") or price.get("id"),
        "status": subscription["status"],
        "cancel_at_period_end": subscription["cancel_at_period_end"],
    }


def say(moment: Moment, subscription: Thing, op: str = "update") -> None:
    """Tell the sink what the subscription is now."""
    moment.effect("payments.subscription", op, subscription, values(subscription))


def create(moment: Moment, params: Thing, *, later: bool = False) -> Thing:
    """Begin a subscription and its first invoice; who pays it, and when, is `payment_behavior`'s choice.

    With `later` it runs at once, and its invoice is finalised and charged in an hour, as schedules begin them.
    """
    if not params.get("customer"):
        raise invalid("Missing required param: customer.", "customer", "parameter_missing")
    customer = present(moment, params["customer"])
    if not params.get("items"):
        raise invalid("Missing required param: items.", "items", "parameter_missing")
    named = [f"items[{place}]" for place in range(len(params["items"]))]
    prices = [
        subscription_parts.price_of(moment, given, param) for given, param in zip(params["items"], named, strict=True)
    ]
    currency = str(params.get("currency") or prices[0]["currency"])
    if any(price["currency"] != currency for price in prices):
        raise invalid("All prices on a subscription must have the same currency.", "items")
    if automatic_tax.wanted(params) and not later:
        automatic_tax.check_customer(moment.account, customer)
    trial_end = subscription_terms.trial(moment, params, prices)
    sends = params.get("collection_method") == "send_invoice"
    method = None if sends or later else _method_for(moment, customer, params, trial=trial_end is not None)
    subscription = subscription_shapes.subscription(moment.account, customer["id"], currency, params)
    subscription["test_clock"] = customer["test_clock"]
    subscription_terms.write(moment, subscription, params)
    if params.get("default_payment_method") and method is not None:
        subscription["default_payment_method"] = method["id"]
    if trial_end is not None:
        subscription.update(trial_start=moment.now, trial_end=trial_end, billing_cycle_anchor=trial_end)
    else:
        subscription["billing_cycle_anchor"] = subscription_terms.anchor(moment, params, prices)
    for given, price, param in zip(params["items"], prices, named, strict=True):
        quantity = subscription_parts.quantity_of(price, given, None, param)
        end = trial_end or _first_end(moment, subscription, price)
        item = subscription_shapes.item(moment.account, subscription, price, quantity, end)
        merge_metadata(item, given.get("metadata", {}))
        subscription_parts.add(moment, subscription, item)
        subscription_parts.write(moment, subscription, item, given)
    if subscription["automatic_tax"]["enabled"]:
        automatic_tax.subscription_fits(subscription, params)
    return _begin(moment, customer, subscription, method, params, later=later or sends)


def _first_end(moment: Moment, subscription: Thing, price: Thing) -> int:
    anchor = int(subscription["billing_cycle_anchor"])
    return anchor if anchor > moment.now else periods.after(moment.now, price["recurring"])


def _begin(
    moment: Moment, customer: Thing, subscription: Thing, method: Thing | None, params: Thing, *, later: bool
) -> Thing:
    """The subscription is complete: keep it, tell it, and draw up its first invoice."""
    account = moment.account
    account.put(subscription)
    subscription_terms.ends(moment, subscription, params)
    told = len(moment.told)
    subscription_terms.discount(moment, subscription, params)
    discounted, moment.told[told:] = moment.told[told:], []
    lines = [_line(moment, subscription, item, params) for item in subscription["items"]["data"]]
    invoice = invoicing.begin(moment, customer, subscription["currency"], "subscription_create", lines, subscription)
    invoice_items.bring(moment, customer, subscription, params.get("add_invoice_items") or [])
    waiting = invoice_items.waiting(account, customer["id"], subscription["id"], subscription["currency"])
    invoice_items.put_on(moment, invoice, waiting)
    if later:
        subscription["status"] = "trialing" if subscription["trial_end"] else "active"
    say(moment, subscription, "create")
    moment.tell("customer.subscription.created", subscription)
    moment.told += discounted
    moment.tell("invoice.created", invoice)
    if later and invoice["amount_due"]:
        invoicing.advance_later(moment, invoice)
    else:
        invoicing.finalise(moment, invoice)
        _first_payment(moment, invoice, method, params)
    if method is None and not later and not invoice["amount_due"]:
        ready_for_later.ask(moment, subscription)
    cycle.plan(moment, subscription)
    cycle.begun(moment, subscription)
    return subscription


def _method_for(moment: Moment, customer: Thing, params: Thing, *, trial: bool) -> Thing | None:
    behavior = params.get("payment_behavior", "allow_incomplete")
    if params.get("default_payment_method"):
        method = subscription_terms.attached(moment, params["default_payment_method"], customer["id"])
    else:
        found = invoicing.method_of(moment.account, customer, params.get("default_source"))
        if found is None:
            if behavior not in ("default_incomplete", "pending_if_incomplete") and not trial:
                raise invoicing.no_default_method()
            return None
        method = found
    if behavior == "error_if_incomplete":
        refuse_if_declined(moment, method)
    return method


def refuse_if_declined(moment: Moment, method: Thing) -> None:
    """Refuse before anything is written, when the method would not pay while the customer is away."""
    card = methods.card_of(moment, method)
    if card.code is not None or invoicing.asks_away(moment, method):
        raise methods.declined(card if card.code is not None else methods.away(card), method)


def _line(moment: Moment, subscription: Thing, item: Thing, params: Thing) -> Thing:
    """The line of an item's first period: free in a trial, in part up to an anchor."""
    price, start, end = item["price"], item["current_period_start"], item["current_period_end"]
    metered = price["recurring"]["usage_type"] == "metered"
    amount = 0
    if not subscription["trial_end"] and not metered:
        amount = pricing.cost(moment.account, price, item["quantity"])
        if subscription["billing_cycle_anchor"] > start:
            free = params.get("proration_behavior") == "none"
            amount = 0 if free else pricing.share(amount, end - start, periods.whole(end, price["recurring"]))
    line = invoice_shapes.line(moment.account, item, amount, start, end)
    if subscription["trial_end"]:
        line["description"] = f"Trial period for {invoice_shapes.name_of(moment.account, price)}"
    return line


def _first_payment(moment: Moment, invoice: Thing, method: Thing | None, params: Thing) -> None:
    if method is None or invoice["status"] != "open":
        return
    if params.get("payment_behavior") == "default_incomplete":
        intent = invoicing.intent_of(moment, invoice)
        if intent is not None:
            intent.update(payment_method=method["id"], status="requires_confirmation")
        return
    invoicing.charge(moment, invoice, method, off_session=bool(params.get("off_session")))


def invoice_changed(moment: Moment, subscription: Thing, invoice: Thing, intent: Thing | None) -> None:
    """An invoice was paid, failed or is overdue: the subscription lives, lives on, or falls behind."""
    from fakes.payments.state import pending_updates

    if subscription["status"] in ENDED:
        return
    if invoice["status"] == "paid":
        pending_updates.paid(moment, subscription, invoice)
    with moment.changing(subscription, "customer.subscription.updated"):
        if invoice["status"] == "paid":
            if subscription["latest_invoice"] == invoice["id"] and subscription["status"] != "paused":
                trial = subscription["trial_end"] and subscription["trial_end"] > moment.now
                subscription["status"] = "trialing" if trial else "active"
            saves = subscription["payment_settings"]["save_default_payment_method"] == "on_subscription"
            if intent is not None and saves:
                subscription["default_payment_method"] = intent["payment_method"]
        elif subscription["status"] == "active" and _counts(moment, invoice):
            subscription["status"] = "past_due"
    say(moment, subscription)


def _counts(moment: Moment, invoice: Thing) -> bool:
    """Whether not paying this invoice puts the subscription behind."""
    if invoice["id"] in billing.of(moment.account).updates:
        return False
    sent = invoice["collection_method"] == "send_invoice"
    return bool(sent or invoice["billing_reason"] not in ("subscription_create", "manual"))


def wanted(_moment: Moment, subscription: Thing, params: Thing) -> bool:
    """The filters of the list; ended ones only when asked for."""
    status = params.get("status")
    if status is None and subscription["status"] == "canceled":
        return False
    if status == "ended":
        if subscription["status"] not in ENDED:
            return False
    elif status not in (None, "all") and subscription["status"] != status:
        return False
    if "price" in params and all(item["price"]["id"] != params["price"] for item in subscription["items"]["data"]):
        return False
    if subscription["test_clock"] and not {"customer", "test_clock"} & set(params):
        return False
    names = ("customer", "collection_method", "test_clock")
    return fits(subscription, params, *names)


def cancel(moment: Moment, params: Thing, name: str) -> Thing:
    """End a subscription now; with `prorate` what is left is given back, with `invoice_now` it is settled at once."""
    account = moment.account
    subscription = account.get("subscription", name)
    if subscription["status"] in ENDED:
        raise missing("subscription", name)
    given = params.get("cancellation_details") or {}
    subscription["cancellation_details"].update({name: unset(value) for name, value in given.items()})
    if params.get("prorate"):
        change = proration.Change(moment, _copied(subscription), moment.now, kept=False)
        change.drops = [item["id"] for item in subscription["items"]["data"]]
        invoice_items.correct(moment, subscription, change.carry_out()[0])
    end(moment, subscription)
    if params.get("invoice_now"):
        lines = cycle.usage(moment, subscription)
        waiting = invoice_items.waiting(account, subscription["customer"], name, subscription["currency"])
        if waiting or lines:
            customer = account.get("customer", subscription["customer"])
            last = invoicing.begin(
                moment, customer, subscription["currency"], "subscription_cycle", lines, subscription, discounted=False
            )
            invoice_items.put_on(moment, last, waiting)
            moment.tell("invoice.created", last)
            invoicing.finalise(moment, last)
            invoicing.collect(moment, last)
    return subscription


def _copied(subscription: Thing) -> Thing:
    """A copy whose items can change without the subscription."""
    items = subscription["items"]
    return {**subscription, "items": {**items, "data": [dict(item) for item in items["data"]]}}


def end(moment: Moment, subscription: Thing, reason: str = "cancellation_requested") -> Thing:
    """End a subscription now, whoever decides it; an unpaid first invoice becomes void, others are not tried again."""
    from fakes.payments.state import schedules

    unpaid = subscription["status"] == "incomplete"
    subscription["cancellation_details"]["reason"] = reason
    subscription.update(
        status="canceled",
        canceled_at=subscription["canceled_at"] or moment.now,
        ended_at=moment.now,
        cancel_at_period_end=False,
    )
    cycle.drop(moment, subscription)
    say(moment, subscription)
    moment.tell("customer.subscription.deleted", subscription)
    schedules.abort(moment, subscription)
    invoice = moment.account.find("invoice", subscription["latest_invoice"])
    if invoice is not None and invoice["status"] in ("draft", "open"):
        if unpaid:
            invoices.void(moment, {}, invoice["id"])
        else:
            invoicing.stay(moment, invoice)
    return subscription


def expire(moment: Moment, subscription: Thing) -> None:
    """Nobody paid the first invoice in time."""
    with moment.changing(subscription, "customer.subscription.updated"):
        subscription.update(status="incomplete_expired", ended_at=moment.now)
    cycle.drop(moment, subscription)
    say(moment, subscription)
    invoice = moment.account.find("invoice", subscription["latest_invoice"])
    if invoice is not None and invoice["status"] == "open":
        invoices.void(moment, {}, invoice["id"])


__all__ = ["ENDED", "LIVE", "Problem", "cancel", "create", "discounts", "end", "expire", "say", "values", "wanted"]
