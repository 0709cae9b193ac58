"""Subscriptions that cost nothing yet: a setup intent waits for the method that is charged later."""

from fakes.payments.state import setups
from fakes.payments.state.moment import Moment
from fakes.payments.state.store import Thing


def ask(moment: Moment, subscription: Thing) -> None:
    """Make the setup intent by which the customer can give a method."""
    setup = setups.create(
        moment, {"customer": subscription["customer"], "payment_method_types": ["card"], "usage": "off_session"}
    )
    subscription["pending_setup_intent"] = setup["id"]


def hear(moment: Moment, setup: Thing) -> None:
    """A method was given: the subscription that waited for it keeps it, if that is wished."""
    if setup["customer"] is None:
        return
    for subscription in moment.account.where("subscription", customer=setup["customer"]):
        if subscription["pending_setup_intent"] != setup["id"]:
            continue
        with moment.changing(subscription, "customer.subscription.updated"):
            subscription["pending_setup_intent"] = None
            if subscription["payment_settings"]["save_default_payment_method"] == "on_subscription":
                subscription["default_payment_method"] = setup["payment_method"]


setups.SUCCEEDED.append(hear)
