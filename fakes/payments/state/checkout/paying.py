"""Paying a session, as its page does: what the buyer fills in, the payment or subscription it leads to, its end.

A decline leaves the session open. A bank that takes its time completes it unpaid, and later tells how it ended.
"""

from typing import Any

from fakes.payments.state import (
    automatic_tax,
    customers,
    discounts,
    due,
    intents,
    invoicing,
    methods,
    paying,
    setups,
    subscriptions,
)
from fakes.payments.state.checkout import lines, links, receipts, shapes, taxed
from fakes.payments.state.checkout.kept import Kept
from fakes.payments.state.checkout.sessions import EXPIRE, price_again
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem
from fakes.payments.state.store import Account, Thing
from fakes.payments.state.tax import locations

PAID = "succeeded"
THANKS = "Your payment went through. You may close this page."
TAKEN = ("succeeded", "processing", "requires_capture")
"""What a payment is when there is nothing more for the buyer to do."""


def pay(moment: Moment, session: Thing, method: Thing | None, filled: Thing | None = None, **how: Any) -> str:
    """Pay an open session; answers the status of what was paid. A card error is raised after it was written down.

    `how` says what a payment needs to know: whether the buyer's bank has been answered, and where it sends them back.
    """
    check(moment, session)
    fill_in(session, filled or {})
    if session["automatic_tax"]["enabled"] and not session["subscription"]:
        _tax(moment, session)
    if session["mode"] == "subscription" or session["customer_creation"] == "always" or _invoiced(session):
        _customer(moment, session)
    if session["mode"] == "setup":
        status = _set_up(moment, session, method, how)
    elif session["mode"] == "payment":
        status = _pay_once(moment, session, method, how)
    else:
        status = _subscribe(moment, session, method, how)
    if status in TAKEN:
        complete(moment, session, status)
    return status


def check(moment: Moment, session: Thing) -> None:
    """Refuse a payment whose discounts cannot be redeemed any more; a subscription that was begun has redeemed them."""
    for one in _discounts(session) if not session["subscription"] else ():
        lines.coupon_of(moment, one, session["customer"], session["amount_subtotal"])


def fill_in(session: Thing, filled: Thing) -> None:
    """Keep what the buyer wrote: email, name, phone, address, shipping, and the merchant's own fields."""
    known = session["customer_details"] or shapes.details()
    told = {name: filled[name] for name in ("email", "name", "phone", "address") if filled.get(name)}
    session["customer_details"] = {**known, **told}
    if filled.get("shipping"):
        session["collected_information"] = _sent_to(filled["shipping"])
    for field in session["custom_fields"]:
        value = (filled.get("custom_fields") or {}).get(field["key"])
        if value:
            field[field["type"]]["value"] = value
    if (session["consent_collection"] or {}).get("terms_of_service") == "required":
        session["consent"] = {"promotions": None, "terms_of_service": "accepted"}


def _sent_to(shipping: Thing) -> Thing:
    return {"business_name": None, "individual_name": None, "shipping_details": shipping}


def locate(moment: Moment, session: Thing, filled: Thing) -> bool:
    """Tax an open session by where its buyer says they are; answers whether it comes to something else by that."""
    if not session["automatic_tax"]["enabled"] or session["subscription"]:
        return False
    before = session["amount_total"]
    if filled.get("address"):
        session["customer_details"] = {
            **(session["customer_details"] or shapes.details()),
            "address": filled["address"],
        }
    if filled.get("shipping"):
        session["collected_information"] = _sent_to(filled["shipping"])
    _price(moment, session)
    return bool(session["amount_total"] != before)


def _price(moment: Moment, session: Thing) -> None:
    kept, name = moment.account.side(Kept), session["id"]
    price_again(moment, session, kept.items[name], kept.params[name])


def _tax(moment: Moment, session: Thing) -> None:
    """The last look at where the buyer is, before they pay: what they pay includes the taxes there."""
    _price(moment, session)
    if session["automatic_tax"]["status"] == locations.LOST:
        raise automatic_tax.nowhere()
    taxed.remember(moment, session, moment.account.side(Kept).params[session["id"]])


def _customer(moment: Moment, session: Thing) -> None:
    if session["customer"]:
        return
    details = session["customer_details"]
    wanted = {name: details[name] for name in ("email", "name", "phone", "address") if details.get(name)}
    if session["automatic_tax"]["enabled"] and session["collected_information"]:
        # What is due to them later is taxed where this was.
        wanted["shipping"] = session["collected_information"]["shipping_details"]
    session["customer"] = customers.create(moment, wanted)["id"]


def _set_up(moment: Moment, session: Thing, method: Thing | None, how: Thing) -> str:
    setup = moment.account.get("setup_intent", session["setup_intent"])
    setup["customer"] = session["customer"]
    assert method is not None
    return str(setups.set_up(moment, setup, method, **how)["status"])


def _pay_once(moment: Moment, session: Thing, method: Thing | None, how: Thing) -> str:
    if not session["amount_total"]:
        return PAID
    intent = moment.account.find("payment_intent", session["payment_intent"])
    if intent is None:
        intent = _intent(moment, session)
    elif intent["amount"] != session["amount_total"]:
        intents.update(moment, {"amount": session["amount_total"]}, intent["id"])
    assert method is not None
    return str(intents.pay(moment, intent, method, **how)["status"])


def _intent(moment: Moment, session: Thing) -> Thing:
    kept = moment.account.side(Kept)
    wanted = dict(kept.params[session["id"]].get("payment_intent_data") or {})
    wanted |= {"amount": session["amount_total"], "currency": session["currency"]}
    if wanted.get("setup_future_usage"):
        _customer(moment, session)
    if session["customer"]:
        wanted["customer"] = session["customer"]
    intent = intents.create(moment, {**wanted, "payment_method_types": session["payment_method_types"]})
    session["payment_intent"] = intent["id"]
    _link(moment.account, session, intent)
    return intent


def _link(account: Account, session: Thing, intent: Thing) -> None:
    kept = account.side(Kept)
    account.links.session_of_intent[intent["id"]] = session["id"]
    kept.session_of_intent[intent["id"]] = session["id"]
    kept.intent_of_session[session["id"]] = intent["id"]


def _subscribe(moment: Moment, session: Thing, method: Thing | None, how: Thing) -> str:
    account = moment.account
    subscription = account.find("subscription", session["subscription"])
    if subscription is None:
        subscription = _subscription(moment, session, method)
    invoice = account.get("invoice", subscription["latest_invoice"])
    intent = invoicing.intent_of(moment, invoice)
    if intent is not None:
        _link(account, session, intent)
    if method is not None and invoice["status"] == "paid":
        _keep_for_later(moment, subscription, method)
    elif method is not None:
        problem = invoicing.charge(moment, invoice, method, **how)
        if problem is not None:
            raise problem
    if invoice["status"] == "paid":
        return PAID
    return str(intent["status"]) if intent is not None else str(invoice["status"])


def _subscription(moment: Moment, session: Thing, method: Thing | None) -> Thing:
    kept = moment.account.side(Kept)
    given = dict(kept.params[session["id"]].get("subscription_data") or {})
    items = kept.items[session["id"]]
    once = [item for item in items if not item["price"]["recurring"]]
    subscription = subscriptions.create(
        moment,
        {
            **given,
            **({"discounts": _discounts(session)} if session["discounts"] else {}),
            **({"automatic_tax": {"enabled": True}} if session["automatic_tax"]["enabled"] else {}),
            **({"add_invoice_items": [_plain(item) for item in once]} if once else {}),
            "customer": session["customer"],
            "items": [_plain(item) for item in items if item["price"]["recurring"]],
            "payment_behavior": "default_incomplete",
            "payment_settings": {"save_default_payment_method": "on_subscription"},
        },
    )
    session.update(subscription=subscription["id"], invoice=subscription["latest_invoice"])
    kept.session_of_subscription[subscription["id"]] = session["id"]
    return subscription


def _keep_for_later(moment: Moment, subscription: Thing, method: Thing) -> None:
    """Nothing is due today: the card is saved for when something is."""
    customer = moment.account.get("customer", subscription["customer"])
    methods.attach_to(moment, methods.attachable(moment, method["id"], customer), customer)
    with moment.changing(subscription, "customer.subscription.updated"):
        subscription["default_payment_method"] = method["id"]


def _discounts(session: Thing) -> list[Thing]:
    return [{name: value for name, value in one.items() if value} for one in session["discounts"]]


def _plain(item: Thing) -> Thing:
    return {"price": item["price"]["id"], "quantity": item["quantity"]}


def waiting(account: Account, session: Thing) -> Thing | None:
    """The payment of an open session about which the buyer's bank wants to ask them."""
    intent = _begun(account, session)
    return intent if intent is not None and intent["status"] == "requires_action" else None


def _begun(account: Account, session: Thing) -> Thing | None:
    """The payment that was begun for a session."""
    name = account.side(Kept).intent_of_session.get(session["id"])
    return account.find("payment_intent", name) or account.find("setup_intent", name)


def returned(moment: Moment, session: Thing) -> None:
    """The buyer comes back from their bank: what is paid by now completes the session."""
    intent = _begun(moment.account, session)
    if intent is not None and intent["status"] in TAKEN:
        complete(moment, session, str(intent["status"]))


def answered(moment: Moment, intent: Thing) -> None:
    """A buyer answered their bank, wherever they are by now: what is paid, held or on its way completes its session."""
    session = moment.account.find("checkout.session", moment.account.side(Kept).session_of_intent.get(intent["id"]))
    if session is not None:
        returned(moment, session)


def after_completion(account: Account, session: Thing) -> Thing:
    """Where the buyer goes from a session that is complete: an address (`url`), or a `message` in place of one."""
    wanted = account.side(Kept).afterwards.get(session["id"]) or {}
    if wanted.get("type") == "hosted_confirmation":
        return {"message": (wanted.get("hosted_confirmation") or {}).get("custom_message") or THANKS}
    url = (wanted.get("redirect") or {}).get("url") or session["success_url"] or session.get("return_url")
    if not url or session.get("redirect_on_completion") == "never":
        return {"message": THANKS}
    return {"url": url.replace("{CHECKOUT_SESSION_ID}", session["id"])}


def complete(moment: Moment, session: Thing, status: str) -> None:
    """Close a session that the buyer is done with, paid or not yet; once."""
    if session["status"] != "open":
        return
    due.drop(moment, EXPIRE, session)
    session.update(status="complete", url=None)
    if status == PAID and session["payment_status"] == "unpaid":
        session["payment_status"] = "paid"
    if not _invoiced(session):
        _redeem(moment, session)
    elif session["payment_status"] == "paid":
        receipts.write(moment, session, _redeemable(moment, session))
    links.completed(moment, session)
    moment.tell("checkout.session.completed", session)


def _invoiced(session: Thing) -> bool:
    return bool((session["invoice_creation"] or {}).get("enabled"))


def _redeem(moment: Moment, session: Thing) -> None:
    """A subscription redeems its own discounts; a payment has nobody else to do so."""
    wanted = _redeemable(moment, session) if session["mode"] == "payment" else []
    owner = {"checkout_session": session["id"]} | ({"customer": session["customer"]} if session["customer"] else {})
    discounts.given(moment, wanted, "discounts", owner)


def _redeemable(moment: Moment, session: Thing) -> list[Thing]:
    """The discounts that can still be redeemed: a buyer who was quicker may have used them up since this one paid."""
    try:
        check(moment, session)
    except Problem:
        return []
    return _discounts(session)


def settled(moment: Moment, intent: Thing) -> None:
    """A payment has come to its end: its session completes, or, if it did before, hears how it ended."""
    name = moment.account.side(Kept).session_of_intent.get(intent["id"])
    session = moment.account.find("checkout.session", name)
    if session is not None and session["status"] == "open" and intent["status"] == PAID:
        complete(moment, session, PAID)
        return
    if session is None or session["status"] != "complete" or session["payment_status"] != "unpaid":
        return
    captured = intent["capture_method"] == "manual"
    if intent["status"] == "succeeded":
        session["payment_status"] = "paid"
        if _invoiced(session):
            receipts.write(moment, session, _redeemable(moment, session))
        if not captured:
            moment.tell("checkout.session.async_payment_succeeded", session)
    elif not captured:
        moment.tell("checkout.session.async_payment_failed", session)


intents.SETTLED.append(settled)
paying.ANSWERED.append(answered)
