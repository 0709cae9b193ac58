"""What happens to a subscription by itself: periods begin and are charged, trials end, time runs out."""

from fakes.payments.state import (
    billing,
    cards,
    due,
    invoice_items,
    invoice_shapes,
    invoicing,
    methods,
    periods,
    pricing,
)
from fakes.payments.state.moment import Moment
from fakes.payments.state.store import Thing

PERIOD = "subscription.period"
UPCOMING = "subscription.upcoming"
TRIAL_SOON = "subscription.trial_will_end"
CANCEL = "subscription.cancel"
EXPIRE = "subscription.expire"
RESUME = "subscription.resume_collection"
ALL = (PERIOD, UPCOMING, TRIAL_SOON, CANCEL, EXPIRE, RESUME)
INCOMPLETE_S = 23 * 3600
"""How long an unpaid first invoice can be paid."""
TRIAL_SOON_S = 3 * 86400


def plan(moment: Moment, subscription: Thing) -> None:
    """Plan what is to come, after a beginning or a change."""
    ends = [item["current_period_end"] for item in subscription["items"]["data"]]
    if subscription["status"] in ("canceled", "incomplete_expired") or not ends:
        drop(moment, subscription)
        return
    due.plan(moment, min(ends), PERIOD, subscription)
    days = moment.account.rules.upcoming_days
    _if_later(moment, min(ends) - int(days * 86400) if days else None, UPCOMING, subscription)
    _if_later(moment, subscription["cancel_at"], CANCEL, subscription)
    _if_later(moment, (subscription["pause_collection"] or {}).get("resumes_at"), RESUME, subscription)
    if subscription["status"] == "trialing":
        _if_later(moment, subscription["trial_end"] - TRIAL_SOON_S, TRIAL_SOON, subscription)


def _if_later(moment: Moment, at_s: int | None, kind: str, subscription: Thing) -> None:
    if at_s is not None and at_s > moment.now:
        due.plan(moment, at_s, kind, subscription)
    else:
        due.drop(moment, kind, subscription)


def begun(moment: Moment, subscription: Thing) -> None:
    """A subscription was just begun: it may expire unpaid, and a short trial is announced at once."""
    if subscription["status"] == "incomplete":
        due.plan(moment, moment.now + INCOMPLETE_S, EXPIRE, subscription)
    if subscription["status"] == "trialing" and subscription["trial_end"] - TRIAL_SOON_S <= moment.now:
        moment.tell("customer.subscription.trial_will_end", subscription)


def drop(moment: Moment, subscription: Thing) -> None:
    """Nothing is to come any more."""
    for kind in ALL:
        due.drop(moment, kind, subscription)


def renew(moment: Moment, subscription: Thing, *, declined: bool = False) -> Thing:
    """Begin the next period and charge it at once; `declined` lets the person's bank say no."""
    first = min(item["current_period_end"] for item in subscription["items"]["data"])
    invoice = begin_period(moment, subscription, first)
    moment.tell("invoice.created", invoice)
    invoicing.finalise(moment, invoice)
    if invoice["status"] == "open":
        _charge(moment, subscription, invoice, declined=declined)
    plan(moment, subscription)
    return invoice


def begin_period(moment: Moment, subscription: Thing, at_s: int) -> Thing:
    """Let the items whose period is over by `at_s` begin the next; the draft of what that costs, not told yet."""
    account = moment.account
    with moment.changing(subscription, "customer.subscription.updated"):
        lines = usage(moment, subscription, at_s)
        for item in subscription["items"]["data"]:
            start, recurring = item["current_period_end"], item["price"]["recurring"]
            if start > at_s:
                continue
            end = periods.boundary_after(subscription["billing_cycle_anchor"], start, recurring)
            item.update(current_period_start=start, current_period_end=end)
            if recurring["usage_type"] != "metered":
                cost = pricing.cost(account, item["price"], item["quantity"])
                lines.append(invoice_shapes.line(account, item, cost, start, end))
        if subscription["status"] == "trialing":
            subscription["status"] = "active"
        customer = account.get("customer", subscription["customer"])
        invoice = invoicing.begin(moment, customer, subscription["currency"], "subscription_cycle", lines, subscription)
        waiting = invoice_items.waiting(account, customer["id"], subscription["id"], subscription["currency"])
        invoice_items.put_on(moment, invoice, waiting, before=True)
        if lines:
            invoice.update(period_start=lines[-1]["period"]["start"], period_end=moment.now)
    _say(moment, subscription)
    return invoice


def _say(moment: Moment, subscription: Thing) -> None:
    from fakes.payments.state import subscriptions

    subscriptions.say(moment, subscription)


def usage(moment: Moment, subscription: Thing, at_s: int | None = None) -> list[Thing]:
    """The lines of what was used in the periods that end by then; until now when the subscription ends."""
    from fakes.payments.state import meters

    lines = []
    for item in subscription["items"]["data"]:
        price, end = item["price"], item["current_period_end"]
        if price["recurring"]["usage_type"] != "metered" or (at_s is not None and end > at_s):
            continue
        start, end = item["current_period_start"], min(end, moment.now)
        used = meters.used(moment.account, price["recurring"]["meter"], subscription["customer"], start, end)
        cost = pricing.cost(moment.account, price, used)
        lines.append(invoice_shapes.line(moment.account, item, cost, start, end, used))
    return lines


def _charge(moment: Moment, subscription: Thing, invoice: Thing, *, declined: bool) -> None:
    account = moment.account
    settings = account.get("customer", subscription["customer"])["invoice_settings"]
    known = [subscription["default_payment_method"], settings["default_payment_method"]]
    known += [one["id"] for one in reversed(account.where("payment_method", customer=subscription["customer"]))]
    method = next((found for name in known if (found := account.find("payment_method", name))), None)
    if method is None:
        method = methods.make(moment, "visa")
    card = cards.CARDS["chargeCustomerFail"] if declined else None
    invoicing.charge(moment, invoice, method, off_session=True, card=card)


def close(moment: Moment, subscription: Thing) -> Thing:
    """End a subscription whose time has come, as the provider does by itself."""
    from fakes.payments.state import subscriptions

    reason = "payment_failed" if subscription["status"] == "past_due" else "cancellation_requested"
    return subscriptions.end(moment, subscription, reason)


def _running(moment: Moment, name: str) -> Thing | None:
    subscription = moment.account.find("subscription", name)
    if subscription is None or subscription["status"] in ("canceled", "incomplete_expired"):
        return None
    return subscription


@due.work(PERIOD)
def _period(moment: Moment, name: str) -> None:
    subscription = _running(moment, name)
    if subscription is None or subscription["status"] in ("incomplete", "paused"):
        return
    if subscription["cancel_at"] is not None and subscription["cancel_at"] <= moment.now:
        close(moment, subscription)
        return
    if subscription["status"] == "trialing" and not trial_over(moment, subscription):
        return
    charge_period(moment, subscription)


def charge_period(moment: Moment, subscription: Thing) -> Thing:
    """Begin the next period; its draft is finalised in an hour, unless collection is paused or given up."""
    from fakes.payments.state import pausing

    unpaid = subscription["status"] == "unpaid"
    invoice = begin_period(moment, subscription, moment.now)
    moment.tell("invoice.created", invoice)
    if unpaid:
        invoicing.stay(moment, invoice)
    elif not pausing.held(moment, subscription, invoice):
        invoicing.advance_later(moment, invoice)
    plan(moment, subscription)
    return invoice


def trial_over(moment: Moment, subscription: Thing) -> bool:
    """Whether a subscription goes on after its trial; without a method to charge it may pause or end instead."""
    from fakes.payments.state import pausing

    customer = moment.account.get("customer", subscription["customer"])
    known = invoicing.method_of(moment.account, customer, subscription["default_payment_method"])
    wish = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    if known is not None or wish == "create_invoice" or subscription["collection_method"] == "send_invoice":
        return True
    if wish == "cancel":
        close(moment, subscription)
    else:
        pausing.pause(moment, subscription)
    return False


@due.work(CANCEL)
def _cancel(moment: Moment, name: str) -> None:
    subscription = _running(moment, name)
    if subscription is not None and subscription["cancel_at"] is not None:
        close(moment, subscription)


@due.work(EXPIRE)
def _expire(moment: Moment, name: str) -> None:
    from fakes.payments.state import subscriptions

    subscription = _running(moment, name)
    if subscription is not None and subscription["status"] == "incomplete":
        subscriptions.expire(moment, subscription)


@due.work(TRIAL_SOON)
def _trial_soon(moment: Moment, name: str) -> None:
    subscription = _running(moment, name)
    if subscription is not None and subscription["status"] == "trialing":
        moment.tell("customer.subscription.trial_will_end", subscription)


@due.work(UPCOMING)
def _upcoming(moment: Moment, name: str) -> None:
    from fakes.payments.state import previews

    subscription = _running(moment, name)
    if subscription is None or subscription["cancel_at_period_end"] or subscription["status"] in ("paused", "unpaid"):
        return
    moment.tell("invoice.upcoming", previews.upcoming(moment, subscription))


__all__ = ["ALL", "begin_period", "begun", "billing", "charge_period", "close", "drop", "plan", "renew", "usage"]
