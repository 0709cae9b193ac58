"""Hosted checkout in a minimal form: a session for one payment or one subscription, paid by the wallet, or expired.

No shipping, tax, discounts or promotion codes; the page itself is the wallet's business.
"""

from fakes.payments.state import catalogue, customers, intents, invoices, subscriptions
from fakes.payments.state.customers import merge_metadata
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.store import Thing

LIFE_S = 86400


def create(moment: Moment, params: Thing) -> Thing:
    """Open a session; its items are prices that exist or are described in place."""
    mode = params.get("mode", "payment")
    if mode == "setup":
        raise invalid("This account does not offer sessions in `setup` mode.", "mode")
    if not params.get("line_items"):
        raise invalid("Missing required param: line_items.", "line_items", "parameter_missing")
    if params.get("ui_mode", "hosted") in ("hosted", "hosted_page") and not params.get("success_url"):
        raise invalid("Missing required param: success_url.", "success_url", "parameter_missing")
    prices = [_price(moment, given, place, mode) for place, given in enumerate(params["line_items"])]
    if params.get("customer"):
        customers.present(moment, params["customer"])
    total = sum(price["unit_amount"] * quantity for price, quantity in prices)
    session = _shape(moment, params, mode, total, prices[0][0]["currency"])
    merge_metadata(session, params.get("metadata", {}))
    moment.account.put(session)
    moment.account.links.session_items[session["id"]] = prices
    moment.account.links.session_params[session["id"]] = params
    return session


def _price(moment: Moment, given: Thing, place: int, mode: str) -> tuple[Thing, int]:
    if given.get("price_data"):
        price = catalogue.create_price(moment, given["price_data"])
    else:
        price = moment.account.get("price", given.get("price"), f"line_items[{place}][price]")
    if mode == "payment" and price["type"] == "recurring":
        raise invalid("You specified `payment` mode but passed a recurring price.", "mode")
    if mode == "subscription" and price["type"] != "recurring":
        raise invalid("You must provide at least one recurring price in `subscription` mode.", "mode")
    return price, given.get("quantity", 1)


_UNSET: Thing = dict.fromkeys(
    (
        "after_expiration",
        "allow_promotion_codes",
        "billing_address_collection",
        "client_secret",
        "consent",
        "consent_collection",
        "currency_conversion",
        "invoice",
        "invoice_creation",
        "locale",
        "payment_intent",
        "payment_link",
        "payment_method_configuration_details",
        "recovered_from",
        "saved_payment_method_options",
        "setup_intent",
        "shipping_address_collection",
        "shipping_cost",
        "submit_type",
        "subscription",
    )
)


def _shape(moment: Moment, params: Thing, mode: str, total: int, currency: str) -> Thing:
    name = moment.account.fresh("checkout.session")
    email = params.get("customer_email")
    return {
        "id": name,
        "object": "checkout.session",
        **_UNSET,
        "adaptive_pricing": {"enabled": False},
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "created": moment.now,
        "currency": currency,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": params.get("customer"),
        "customer_creation": None if params.get("customer") or mode == "subscription" else "if_required",
        "customer_details": {"email": email, "name": None, "phone": None, "tax_exempt": "none", "tax_ids": []},
        "customer_email": email,
        "discounts": [],
        "expires_at": params.get("expires_at", moment.now + LIFE_S),
        "livemode": False,
        "metadata": {},
        "mode": mode,
        "payment_method_collection": "if_required" if mode == "payment" else "always",
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "success_url": params.get("success_url"),
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": params.get("ui_mode", "hosted_page"),
        "url": f"https://checkout.stripe.com/c/pay/{name}",
    }


def expire(moment: Moment, _params: Thing, name: str) -> Thing:
    """Close an open session, unpaid."""
    session = moment.account.get("checkout.session", name)
    if session["status"] != "open":
        raise unexpected(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f"{session['status']}.",
            "checkout_session_not_open",
        )
    session.update(status="expired", url=None)
    moment.tell("checkout.session.expired", session)
    return session


def pay(moment: Moment, session: Thing, method: Thing) -> str:
    """Pay an open session as its page would; a decline leaves it open. Answers the status of the payment."""
    if not session["customer"] and session["mode"] == "subscription":
        email = session["customer_details"]["email"]
        session["customer"] = customers.create(moment, {"email": email} if email else {})["id"]
    status = _pay_once(moment, session, method) if session["mode"] == "payment" else _subscribe(moment, session, method)
    if status == "succeeded":
        session.update(status="complete", payment_status="paid", url=None)
        moment.tell("checkout.session.completed", session)
    return status


def _pay_once(moment: Moment, session: Thing, method: Thing) -> str:
    given = moment.account.links.session_params[session["id"]].get("payment_intent_data") or {}
    intent = moment.account.find("payment_intent", session["payment_intent"])
    if intent is None:
        wanted = {name: given[name] for name in ("metadata", "description", "capture_method") if name in given}
        money = {"amount": session["amount_total"], "currency": session["currency"]}
        owner = {"customer": session["customer"]} if session["customer"] else {}
        intent = intents.create(moment, {**wanted, **money, **owner, "payment_method_types": ["card"]})
        session["payment_intent"] = intent["id"]
    intents.pay(moment, intent, method, authenticated=True)
    return "succeeded" if intent["status"] == "requires_capture" else str(intent["status"])


def _subscribe(moment: Moment, session: Thing, method: Thing) -> str:
    given = moment.account.links.session_params[session["id"]].get("subscription_data") or {}
    subscription = moment.account.find("subscription", session["subscription"])
    if subscription is None:
        prices = moment.account.links.session_items[session["id"]]
        subscription = subscriptions.create(
            moment,
            {
                **{name: given[name] for name in ("metadata", "description", "trial_period_days") if name in given},
                "customer": session["customer"],
                "items": [{"price": price["id"], "quantity": quantity} for price, quantity in prices],
                "payment_behavior": "default_incomplete",
                "payment_settings": {"save_default_payment_method": "on_subscription"},
            },
        )
        session.update(subscription=subscription["id"], invoice=subscription["latest_invoice"])
    invoice = moment.account.get("invoice", subscription["latest_invoice"])
    problem = invoices.charge(moment, invoice, method, authenticated=True)
    if problem is not None:
        raise problem
    return "succeeded" if invoice["status"] == "paid" else str(invoice["status"])
