"""Subscriptions that stand still: paused after a trial, or running with their collection paused."""

from fakes.payments.state import cycle, due, invoices, invoicing, periods
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.store import Thing


def pause(moment: Moment, subscription: Thing) -> None:
    """Let it stand still: no periods, no invoices, until it is resumed."""
    from fakes.payments.state import subscriptions

    with moment.changing(subscription, "customer.subscription.updated"):
        subscription["status"] = "paused"
    cycle.drop(moment, subscription)
    subscriptions.say(moment, subscription)
    moment.tell("customer.subscription.paused", subscription)


def resume(moment: Moment, params: Thing, name: str) -> Thing:
    """Let a paused subscription run again, from now on or in its old rhythm; what begins is charged at once."""
    from fakes.payments.state import subscriptions

    subscription = moment.account.get("subscription", name)
    if subscription["status"] != "paused":
        raise Problem(
            f"The subscription `{name}` cannot be resumed because it has a status of {subscription['status']}; only "
            "paused subscriptions can."
        )
    anew = params.get("billing_cycle_anchor", "now") == "now"
    with moment.changing(subscription, "customer.subscription.updated"):
        subscription["status"] = "active"
        if anew:
            subscription["billing_cycle_anchor"] = moment.now
        for item in subscription["items"]["data"]:
            anchor, recurring = subscription["billing_cycle_anchor"], item["price"]["recurring"]
            end = moment.now if anew else periods.shifted(_next(anchor, moment.now, recurring), recurring, -1)
            item.update(current_period_end=end)
    invoice = cycle.begin_period(moment, subscription, moment.now)
    subscriptions.say(moment, subscription)
    moment.tell("customer.subscription.resumed", subscription)
    moment.tell("invoice.created", invoice)
    invoicing.finalise(moment, invoice)
    invoicing.collect(moment, invoice)
    cycle.plan(moment, subscription)
    return subscription


def _next(anchor: int, now: int, recurring: Thing) -> int:
    return periods.boundary_after(anchor, now, recurring)


def migrate(moment: Moment, params: Thing, name: str) -> Thing:
    """Let a subscription be billed in the flexible way, which every one here is already."""
    subscription = moment.account.get("subscription", name)
    mode = params["billing_mode"]
    with moment.changing(subscription, "customer.subscription.updated"):
        flexible = mode.get("flexible") or {"proration_discounts": "included"}
        subscription["billing_mode"] = {"flexible": flexible, "type": mode["type"], "updated_at": moment.now}
    return subscription


def write(moment: Moment, subscription: Thing, given: Thing | str) -> None:
    """Pause the collection of a running subscription, or let it go on (nothing given)."""
    if not isinstance(given, dict):
        subscription["pause_collection"] = None
        return
    resumes = given.get("resumes_at")
    if resumes is not None and resumes <= moment.now:
        raise invalid("`resumes_at` must be in the future.", "pause_collection[resumes_at]")
    subscription["pause_collection"] = {"behavior": given["behavior"], "resumes_at": resumes}


def held(moment: Moment, subscription: Thing, invoice: Thing) -> bool:
    """Whether a new draft is not collected: it stays a draft, or is void or given up at once."""
    paused = subscription["pause_collection"]
    if paused is None:
        return False
    if paused["behavior"] == "keep_as_draft":
        invoicing.stay(moment, invoice)
        return True
    invoicing.finalise(moment, invoice, advance=False)
    if invoice["status"] == "open" and paused["behavior"] == "void":
        invoices.void(moment, {}, invoice["id"])
    elif invoice["status"] == "open":
        invoices.give_up(moment, invoice)
    return True


@due.work(cycle.RESUME)
def _collect_again(moment: Moment, name: str) -> None:
    subscription = moment.account.find("subscription", name)
    if subscription is not None and subscription["pause_collection"] is not None:
        with moment.changing(subscription, "customer.subscription.updated"):
            subscription["pause_collection"] = None
