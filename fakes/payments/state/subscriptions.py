"""Subscriptions: begun, paid for, changed, renewed, ended; every change is told and said to its sink."""

from fakes.payments.state import catalogue, invoice_shapes, invoices, items, methods, subscription_shapes
from fakes.payments.state.customers import merge_metadata, present, unset
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


def price_of(moment: Moment, given: Thing, param: str) -> Thing:
    """The recurring price that an item names, or describes in place."""
    if given.get("price_data"):
        return catalogue.create_price(moment, given["price_data"])
    name = given.get("price") or given.get("plan")
    if not name:
        raise invalid("Missing required param: items[0][price].", f"{param}[price]", "parameter_missing")
    price = moment.account.get("price", name, f"{param}[price]")
    if price["type"] != "recurring":
        raise invalid(
            "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.",
            f"{param}[price]",
        )
    if not price["active"]:
        raise invalid("The price specified is inactive. This field only accepts active prices.", f"{param}[price]")
    return price


def create(moment: Moment, params: Thing) -> Thing:
    """Begin a subscription and its first invoice; who pays it, and when, is `payment_behavior`'s choice."""
    account = moment.account
    customer = present(moment, params["customer"])
    if not params.get("items"):
        raise invalid("Missing required param: items.", "items", "parameter_missing")
    prices = [price_of(moment, given, f"items[{place}]") for place, given in enumerate(params["items"])]
    currency = str(params.get("currency") or prices[0]["currency"])
    if any(price["currency"] != currency for price in prices):
        raise invalid("All prices on a subscription must have the same currency.", "items")
    method = _method_for(moment, customer, params)
    subscription = subscription_shapes.subscription(account, customer["id"], currency, params)
    merge_metadata(subscription, params.get("metadata", {}))
    if params.get("default_payment_method"):
        subscription["default_payment_method"] = method["id"] if method else None
    _trial(moment, subscription, params)
    for given, price in zip(params["items"], prices, strict=True):
        item = subscription_shapes.item(
            account, subscription, price, given.get("quantity", 1), subscription["trial_end"]
        )
        merge_metadata(item, given.get("metadata", {}))
        items.add(moment, subscription, item)
    account.put(subscription)
    if params.get("cancel_at_period_end"):
        _cancel_at_period_end(moment, subscription, wanted=True)
    lines = [_line(moment, subscription, item) for item in subscription["items"]["data"]]
    invoice = invoices.issue(moment, subscription, lines, "subscription_create")
    say(moment, subscription, "create")
    moment.tell("customer.subscription.created", subscription)
    invoices.tell_and_finalise(moment, invoice)
    _first_payment(moment, invoice, method, params)
    return subscription


def _method_for(moment: Moment, customer: Thing, params: Thing) -> Thing | None:
    behavior = params.get("payment_behavior", "allow_incomplete")
    token = params.get("default_payment_method") or customer["invoice_settings"]["default_payment_method"]
    method = None
    if token:
        method = methods.resolve(moment, token, "default_payment_method")
        if method["customer"] not in (None, customer["id"]):
            raise missing("payment_method", str(token), "default_payment_method")
        if method["customer"] is None:
            raise invalid(
                f"The customer does not have a payment method with the ID {method['id']}. The payment method must be "
                "attached to the customer.",
                "default_payment_method",
                "resource_missing",
            )
    trial = params.get("trial_period_days") or params.get("trial_end")
    if method is None and behavior not in ("default_incomplete", "pending_if_incomplete") and not trial:
        raise invoices.no_default_method()
    if method is not None and behavior == "error_if_incomplete":
        card = methods.card_of(moment, method)
        if card.code is not None:
            raise methods.declined(card, method)
    return method


def _trial(moment: Moment, subscription: Thing, params: Thing) -> None:
    end = params.get("trial_end")
    if params.get("trial_period_days"):
        end = moment.now + int(params["trial_period_days"]) * 86400
    if isinstance(end, int):
        subscription.update(trial_start=moment.now, trial_end=end, billing_cycle_anchor=end)


def _line(moment: Moment, subscription: Thing, item: Thing) -> Thing:
    amount = 0 if subscription["trial_end"] else item["price"]["unit_amount"] * item["quantity"]
    start, end = item["current_period_start"], item["current_period_end"]
    return invoice_shapes.line(moment.account, item, amount, start, end)


def _first_payment(moment: Moment, invoice: Thing, method: Thing | None, params: Thing) -> None:
    if method is None or invoice["status"] != "open":
        return
    if params.get("payment_behavior") == "default_incomplete":
        intent = invoices.intent_of(moment, invoice)
        if intent is not None:
            intent.update(payment_method=method["id"], status="requires_confirmation")
        return
    invoices.charge(moment, invoice, method, off_session=bool(params.get("off_session")))


def invoice_changed(moment: Moment, subscription: Thing, invoice: Thing, intent: Thing | None) -> None:
    """An invoice was paid or failed: the subscription lives, lives on, or falls behind."""
    if subscription["status"] in ENDED:
        return
    with moment.changing(subscription, "customer.subscription.updated"):
        if invoice["status"] == "paid":
            if subscription["latest_invoice"] == invoice["id"]:
                trial = subscription["trial_end"] and subscription["trial_end"] > moment.now
                subscription["status"] = "trialing" if trial else "active"
            saves = subscription["payment_settings"]["save_default_payment_method"] == "on_subscription"
            if intent is not None and saves:
                subscription["default_payment_method"] = intent["payment_method"]
        elif subscription["status"] == "active" and invoice["billing_reason"] != "subscription_create":
            subscription["status"] = "past_due"
    say(moment, subscription)


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
    return "customer" not in params or subscription["customer"] == params["customer"]


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change a subscription; an ended one only in its metadata and words, an unpaid first one hardly more."""
    subscription = moment.account.get("subscription", name)
    _allowed(subscription, params)
    if params.get("default_payment_method"):
        method = methods.resolve(moment, params["default_payment_method"], "default_payment_method")
        if method["customer"] != subscription["customer"]:
            raise invalid(
                f"The customer does not have a payment method with the ID {method['id']}. The payment method must be "
                "attached to the customer.",
                "default_payment_method",
                "resource_missing",
            )
    change = items.plan_change(moment, subscription, params) if params.get("items") else None
    with moment.changing(subscription, "customer.subscription.updated"):
        if "metadata" in params:
            merge_metadata(subscription, params["metadata"])
        for field in ("default_payment_method", "description", "collection_method"):
            if field in params:
                subscription[field] = unset(params[field])
        subscription["payment_settings"].update(params.get("payment_settings") or {})
        subscription["cancellation_details"].update(params.get("cancellation_details") or {})
        if "cancel_at_period_end" in params:
            _cancel_at_period_end(moment, subscription, wanted=params["cancel_at_period_end"])
        if "cancel_at" in params:
            _cancel_at(moment, subscription, unset(params["cancel_at"]))
        invoice = change.carry_out() if change else None
    say(moment, subscription)
    if invoice is not None:
        invoices.tell_and_finalise(moment, invoice)
        _pay_now(moment, invoice)
    return subscription


def _pay_now(moment: Moment, invoice: Thing) -> None:
    if invoice["status"] != "open":
        return
    try:
        method = invoices.default_method(moment, invoice)
    except Problem:
        return
    invoices.charge(moment, invoice, method, off_session=True)


def _allowed(subscription: Thing, params: Thing) -> None:
    if subscription["status"] in ENDED and set(params) - {"metadata", "cancellation_details"}:
        raise Problem("A canceled subscription can only update its cancellation_details and metadata.")
    still = {"metadata", "default_payment_method", "default_source", "payment_settings", "description"}
    if subscription["status"] == "incomplete" and set(params) - still:
        raise Problem(
            "A subscription whose first invoice is not paid (status `incomplete`) can only have its metadata and "
            "default payment method updated."
        )


def _cancel_at_period_end(moment: Moment, subscription: Thing, *, wanted: bool) -> None:
    if wanted == subscription["cancel_at_period_end"]:
        return
    end = max((item["current_period_end"] for item in subscription["items"]["data"]), default=moment.now)
    subscription["cancel_at_period_end"] = wanted
    subscription["cancel_at"] = end if wanted else None
    subscription["canceled_at"] = moment.now if wanted else None
    subscription["cancellation_details"]["reason"] = "cancellation_requested" if wanted else None


def _cancel_at(moment: Moment, subscription: Thing, when: object) -> None:
    subscription["cancel_at"] = when
    subscription["canceled_at"] = moment.now if when else None
    subscription["cancellation_details"]["reason"] = "cancellation_requested" if when else None


def cancel(moment: Moment, params: Thing, name: str) -> Thing:
    """End a subscription now; one that has ended is no longer there."""
    subscription = moment.account.get("subscription", name)
    if subscription["status"] in ENDED:
        raise missing("subscription", name)
    subscription["cancellation_details"].update(params.get("cancellation_details") or {})
    return end(moment, subscription)


def end(moment: Moment, subscription: Thing, reason: str = "cancellation_requested") -> Thing:
    """End a subscription now, whoever decides it; an unpaid first invoice becomes void."""
    unpaid = subscription["status"] == "incomplete"
    subscription["cancellation_details"]["reason"] = reason
    subscription.update(
        status="canceled",
        canceled_at=subscription["canceled_at"] or moment.now,
        ended_at=moment.now,
        cancel_at_period_end=False,
    )
    say(moment, subscription)
    moment.tell("customer.subscription.deleted", subscription)
    invoice = moment.account.find("invoice", subscription["latest_invoice"])
    if unpaid and invoice is not None and invoice["status"] == "open":
        invoices.void(moment, {}, invoice["id"])
    return subscription
