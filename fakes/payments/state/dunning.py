"""What happens to an invoice that could not be charged: it is tried again some days later, until nobody tries any more.

The days, and what the subscription becomes in the end, are `rules`.
"""

from fakes.payments.state import due
from fakes.payments.state.moment import Moment, subscription_of
from fakes.payments.state.store import Thing


def plan(moment: Moment, invoice: Thing) -> bool:
    """Plan the next attempt after a failed one; True when this was the last."""
    waits = moment.account.rules.waits_s()
    tried = invoice["attempt_count"]
    retried = invoice["billing_reason"] not in ("subscription_create", "manual") and invoice["auto_advance"]
    if not retried or invoice["collection_method"] == "send_invoice":
        invoice["next_payment_attempt"] = None
        return False
    if tried > len(waits):
        invoice["next_payment_attempt"] = None
        due.drop(moment, "invoice.attempt", invoice)
        return True
    invoice["next_payment_attempt"] = moment.now + waits[tried - 1]
    due.plan(moment, invoice["next_payment_attempt"], "invoice.attempt", invoice)
    return False


def give_up(moment: Moment, invoice: Thing) -> None:
    """Nobody tries any more: the subscription is canceled, or left unpaid or past due, as the settings say."""
    from fakes.payments.state import subscriptions

    subscription = moment.account.find("subscription", subscription_of(invoice))
    if subscription is None or subscription["status"] in subscriptions.ENDED:
        return
    wish = moment.account.rules.after_retries
    if wish == "cancel":
        subscriptions.end(moment, subscription, "payment_failed")
    elif wish == "unpaid":
        with moment.changing(subscription, "customer.subscription.updated"):
            subscription["status"] = "unpaid"
        subscriptions.say(moment, subscription)
