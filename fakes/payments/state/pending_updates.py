"""Changes of a subscription that take effect when their invoice is paid, and are forgotten when it is not."""

from fakes.payments.state import billing, cycle, due, invoice_items, invoices, invoicing, items
from fakes.payments.state.moment import Moment
from fakes.payments.state.proration import Change
from fakes.payments.state.store import Thing

LIFE_S = 23 * 3600
EXPIRE = "subscription.pending_update"


def wait(moment: Moment, subscription: Thing, params: Thing, change: Change) -> Thing:
    """Draw up the invoice of a change that cannot be paid now; the subscription stays as it was until it is."""
    account = moment.account
    copy = {**subscription, "items": _copied(subscription["items"])}
    dry = Change(moment, copy, change.at_s, change.anew, change.swaps, change.adds, change.drops, kept=False)
    costs, lines = dry.carry_out()
    corrections = invoice_items.correct(moment, subscription, costs)
    with moment.changing(subscription, "customer.subscription.updated"):
        subscription["pending_update"] = {
            "billing_cycle_anchor": moment.now if change.resets else None,
            "expires_at": moment.now + LIFE_S,
            "subscription_items": copy["items"]["data"],
            "trial_end": None,
            "trial_from_plan": None,
        }
        customer = account.get("customer", subscription["customer"])
        invoice = invoicing.begin(
            moment, customer, subscription["currency"], "subscription_update", lines, subscription, discounted=False
        )
        invoice_items.put_on(moment, invoice, corrections, before=True)
    billing.of(account).updates[invoice["id"]] = {"items": params.get("items") or [], "anew": change.anew}
    due.plan(moment, moment.now + LIFE_S, EXPIRE, subscription)
    moment.tell("invoice.created", invoice)
    invoicing.finalise(moment, invoice)
    invoicing.collect(moment, invoice)
    return subscription


def _copied(listed: Thing) -> Thing:
    return {**listed, "data": [dict(item) for item in listed["data"]]}


def paid(moment: Moment, subscription: Thing, invoice: Thing) -> None:
    """The invoice of a waiting change was paid: make the change."""
    wanted = billing.of(moment.account).updates.pop(invoice["id"], None)
    if wanted is None or subscription["pending_update"] is None:
        return
    due.drop(moment, EXPIRE, subscription)
    change = items.planned(moment, subscription, wanted["items"], moment.now)
    change.anew = wanted["anew"]
    with moment.changing(subscription, "customer.subscription.updated"):
        subscription["pending_update"] = None
        change.carry_out()
    moment.tell("customer.subscription.pending_update_applied", subscription)
    cycle.plan(moment, subscription)


def forget(moment: Moment, subscription: Thing, by: Thing) -> None:
    """A newer change of the same kind takes the place of one that waits."""
    if subscription["pending_update"] is not None and ("items" in by or "billing_cycle_anchor" in by):
        _end(moment, subscription)


def _end(moment: Moment, subscription: Thing) -> None:
    due.drop(moment, EXPIRE, subscription)
    subscription["pending_update"] = None
    invoice = moment.account.find("invoice", subscription["latest_invoice"])
    if invoice is not None:
        billing.of(moment.account).updates.pop(invoice["id"], None)
        if invoice["status"] == "open":
            invoices.void(moment, {}, invoice["id"])


@due.work(EXPIRE)
def _expire(moment: Moment, name: str) -> None:
    subscription = moment.account.find("subscription", name)
    if subscription is None or subscription["pending_update"] is None:
        return
    with moment.changing(subscription, "customer.subscription.updated"):
        _end(moment, subscription)
    moment.tell("customer.subscription.pending_update_expired", subscription)
