"""What happens at the end of a billing period: the next invoice, paid or declined, or the end."""

from fakes.payments.state import cards, invoice_shapes, invoices, methods, periods, subscriptions
from fakes.payments.state.moment import Moment
from fakes.payments.state.store import Thing


def renew(moment: Moment, subscription: Thing, *, declined: bool = False) -> Thing:
    """Begin the next period and charge it; `declined` lets the person's bank say no."""
    account = moment.account
    lines = account.links.pending_prorations.pop(subscription["id"], [])
    with moment.changing(subscription, "customer.subscription.updated"):
        for item in subscription["items"]["data"]:
            start = item["current_period_end"]
            end = periods.after(start, item["price"]["recurring"])
            item.update(current_period_start=start, current_period_end=end)
            cost = item["price"]["unit_amount"] * item["quantity"]
            lines.append(invoice_shapes.line(account, item, cost, start, end))
        invoice = invoices.issue(moment, subscription, lines, "subscription_cycle")
    invoices.tell_and_finalise(moment, invoice)
    if invoice["status"] == "open":
        _charge(moment, subscription, invoice, declined=declined)
    return invoice


def _charge(moment: Moment, subscription: Thing, invoice: Thing, *, declined: bool) -> None:
    account = moment.account
    settings = account.get("customer", subscription["customer"])["invoice_settings"]
    known = [subscription["default_payment_method"], settings["default_payment_method"]]
    known += [one["id"] for one in reversed(account.where("payment_method", customer=subscription["customer"]))]
    method = next((found for name in known if (found := account.find("payment_method", name))), None)
    if method is None:
        method = methods.make(moment, "visa")
    card = cards.CARDS["chargeCustomerFail"] if declined else None
    invoices.charge(moment, invoice, method, off_session=True, card=card)


def close(moment: Moment, subscription: Thing) -> Thing:
    """End a subscription whose time has come, as the provider does by itself."""
    reason = "payment_failed" if subscription["status"] == "past_due" else "cancellation_requested"
    return subscriptions.end(moment, subscription, reason)
