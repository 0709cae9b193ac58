"""The life of a checkout session: opened, changed, expired by the merchant or by time; paid in `paying`."""

from collections.abc import Mapping, Sequence
from typing import Any

from fakes.payments.state import billing, due, intents, setups, shipping, taxing
from fakes.payments.state.checkout import lines, shapes, taxed
from fakes.payments.state.checkout.kept import Kept
from fakes.payments.state.customers import present
from fakes.payments.state.given import fits, merge_metadata, rewrite
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import chargeable
from fakes.payments.state.problem import Problem, invalid, unexpected
from fakes.payments.state.store import Thing

LIFE_S = 86400
SHORTEST_S = 1800
EXPIRE = "expire checkout session"
RECOVERY_S = 30 * 86400
EITHER = (
    ("customer", "customer_email"),
    ("customer", "customer_creation"),
    ("allow_promotion_codes", "discounts"),
)
"""Parameters of which only one may be given."""
ONLY_IN = {
    "payment_intent_data": ("payment",),
    "invoice_creation": ("payment",),
    "submit_type": ("payment", "subscription"),
    "subscription_data": ("subscription",),
    "setup_intent_data": ("setup",),
    "line_items": ("payment", "subscription"),
    "discounts": ("payment", "subscription"),
    "allow_promotion_codes": ("payment", "subscription"),
    "shipping_options": ("payment", "subscription"),
    "customer_creation": ("payment", "setup"),
}
"""Parameters that only some modes take."""


def create(moment: Moment, params: Thing) -> Thing:
    """Open a session; its items are prices that exist or are described in place."""
    mode = params.get("mode", "payment")
    _fitting(moment, params, mode)
    _way_back(params)
    return opened(moment, params, mode)


def opened(moment: Moment, params: Thing, mode: str) -> Thing:
    """A session of parameters that go together."""
    expires_at = _expiry(moment, params)
    given = params.get("line_items") or []
    items = lines.items_of(moment, given, mode) if mode != "setup" else []
    if (params.get("subscription_data") or {}).keys() & {"trial_period_days", "trial_end"}:
        lines.free_while_trying(items)
    session = shapes.session(moment, params, mode, expires_at)
    if mode == "setup":
        _to_set_up(moment, session, params)
    else:
        _priced(moment, session, items, params)
    merge_metadata(session, params.get("metadata", {}))
    kept = moment.account.side(Kept)
    kept.items[session["id"]], kept.params[session["id"]] = items, params
    moment.account.put(session)
    due.plan(moment, expires_at, EXPIRE, session)
    return session


def _to_set_up(moment: Moment, session: Thing, params: Thing) -> None:
    """A session that only saves a way to pay has its setup intent from the start."""
    session["currency"], session["payment_status"] = params.get("currency"), "no_payment_required"
    wanted = dict(params.get("setup_intent_data") or {})
    if params.get("customer"):
        wanted["customer"] = params["customer"]
    setup = setups.create(moment, {**wanted, "payment_method_types": session["payment_method_types"]})
    session["setup_intent"] = setup["id"]
    kept = moment.account.side(Kept)
    kept.intent_of_session[session["id"]], kept.session_of_intent[setup["id"]] = setup["id"], session["id"]


def _fitting(moment: Moment, params: Thing, mode: str) -> None:
    """Whether the parameters go with each other and with the mode."""
    for one, other in EITHER:
        if params.get(one) and params.get(other):
            raise invalid(f"You may only specify one of these parameters: {one}, {other}.", other)
    for name, modes in ONLY_IN.items():
        if params.get(name) and mode not in modes:
            raise invalid(f"You can not pass `{name}` in `{mode}` mode.", name)
    if mode == "setup" and not params.get("payment_method_types") and not params.get("currency"):
        raise invalid("Missing required param: currency.", "currency", "parameter_missing")
    if mode != "setup" and not params.get("line_items"):
        raise invalid("Missing required param: line_items.", "line_items", "parameter_missing")
    if params.get("customer"):
        present(moment, params["customer"])
    taxed.fitting(moment.account, params, mode)
    if len(params.get("discounts") or ()) > 1:
        raise invalid("You may only specify one discount.", "discounts")


def _way_back(params: Thing) -> None:
    if params.get("ui_mode", "hosted_page") == "hosted_page":
        if not params.get("success_url"):
            raise invalid("Missing required param: success_url.", "success_url", "parameter_missing")
        for name in ("return_url", "redirect_on_completion"):
            if params.get(name):
                raise invalid(f"`{name}` can only be used when `ui_mode` is not `hosted_page`.", name)
        return
    for name in ("success_url", "cancel_url"):
        if params.get(name):
            raise invalid(f"`{name}` can only be used when `ui_mode` is `hosted_page`.", name)
    never = params.get("redirect_on_completion") == "never"
    if never and params.get("return_url"):
        raise invalid("`return_url` cannot be used when `redirect_on_completion` is `never`.", "return_url")
    if not never and not params.get("return_url"):
        raise invalid("Missing required param: return_url.", "return_url", "parameter_missing")


def _expiry(moment: Moment, params: Thing) -> int:
    at = int(params.get("expires_at", moment.now + LIFE_S))
    if at < moment.now + SHORTEST_S:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.", "expires_at"
        )
    if at > moment.now + LIFE_S:
        raise invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.", "expires_at"
        )
    return at


def _priced(moment: Moment, session: Thing, items: Sequence[Thing], params: Thing) -> None:
    """Fill in the amounts: discounts first, then taxes, then shipping."""
    session["currency"] = items[0]["currency"]
    if params.get("currency") and params["currency"].lower() != session["currency"]:
        raise invalid("The prices are not in the currency that you specified.", "currency")
    session["shipping_options"] = [
        shipping.option(moment, one, place) for place, one in enumerate(params.get("shipping_options") or ())
    ]
    if session["shipping_options"]:
        ship(session, session["shipping_options"][0])
    price_again(moment, session, items, params)
    if session["mode"] == "payment" and session["amount_total"]:
        chargeable(session["amount_total"], session["currency"], "line_items")


def price_again(moment: Moment, session: Thing, items: Sequence[Thing], params: Thing) -> None:
    """Work out what a session comes to: discounts first, then taxes, then shipping."""
    lines.afresh(items)
    whole = sum(item["amount_subtotal"] for item in items)
    for given in params.get("discounts") or ():
        coupon, code = lines.coupon_of(moment, given, session["customer"], whole)
        lines.discount(moment.account, items, coupon)
        # With a promotion code the coupon is not shown, as the object's description has it.
        session["discounts"] = [{"coupon": None if code else coupon["id"], "promotion_code": code and code["id"]}]
    source = taxed.source(moment.account, session, params) if session["automatic_tax"]["enabled"] else None
    lines.tax(moment, items, params["line_items"], source)
    taxing.untaxed(session["shipping_cost"])
    if source is not None:
        source.on_shipping(session["shipping_cost"])
    total(session, items)


def _unbegun(session: Thing) -> None:
    """What a subscription was begun with is settled."""
    if session["subscription"]:
        raise invalid("This can no longer be changed: the subscription was begun with your first attempt.")


def use_code(moment: Moment, session: Thing, text: str) -> None:
    """Use a promotion code by its text, as the buyer writes it on the page."""
    _unbegun(session)
    name = billing.of(moment.account).code_holders.get(text.lower())
    if name is None:
        raise invalid("This code is invalid.", "promotion_code")
    kept = moment.account.side(Kept)
    params = {**kept.params[session["id"]], "discounts": [{"promotion_code": name}]}
    price_again(moment, session, kept.items[session["id"]], params)
    kept.params[session["id"]] = params


def choose(moment: Moment, session: Thing, quantities: Mapping[str, int], rate: str | None) -> bool:
    """The buyer's choice of quantities, by item, and of the way of sending; answers whether the total has changed."""
    kept, before = moment.account.side(Kept), session["amount_total"]
    items = kept.items[session["id"]]
    changed = [item for item in items if quantities.get(item["id"], item["quantity"]) != item["quantity"]]
    option = next((one for one in session["shipping_options"] if one["shipping_rate"] == rate), None)
    if rate is not None and option is None:
        raise invalid("Choose one of these ways of sending.", "shipping")
    if changed:
        _unbegun(session)
    for item in changed:
        lines.recount(moment.account, item, quantities[item["id"]])
    if option is not None:
        ship(session, option)
    if items:
        price_again(moment, session, items, kept.params[session["id"]])
    return bool(session["amount_total"] != before)


def ship(session: Thing, option: Thing) -> None:
    """Choose how a session's goods are sent."""
    amount = option["shipping_amount"]
    session["shipping_cost"] = {
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "shipping_rate": option["shipping_rate"],
    }


def total(session: Thing, items: Sequence[Thing]) -> None:
    """What a session comes to now."""
    session.update(lines.sums(items, session["shipping_cost"]))
    session["payment_status"] = "unpaid" if session["amount_total"] else "no_payment_required"


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change a session's metadata, or where and how its goods are sent while it is open."""
    session = moment.account.get("checkout.session", name)
    if session["status"] != "open" and set(params) - {"metadata"}:
        raise _not_open(session, "updated")
    rewrite(session, params)
    sent_to = (params.get("collected_information") or {}).get("shipping_details")
    if sent_to:
        collected = session["collected_information"] or dict.fromkeys(("business_name", "individual_name"))
        session["collected_information"] = {**collected, "shipping_details": sent_to}
    if params.get("shipping_options"):
        given = params["shipping_options"]
        session["shipping_options"] = [shipping.option(moment, one, place) for place, one in enumerate(given)]
        ship(session, session["shipping_options"][0])
        total(session, lines.line_items(moment.account, session))
    if session["automatic_tax"]["enabled"] and (sent_to or params.get("shipping_options")):
        kept = moment.account.side(Kept)
        price_again(moment, session, kept.items[name], kept.params[name])
    return session


def expire(moment: Moment, _params: Thing, name: str) -> Thing:
    """Close an open session, unpaid."""
    session = moment.account.get("checkout.session", name)
    if session["status"] != "open":
        raise _not_open(session, "expired")
    due.drop(moment, EXPIRE, session)
    return close(moment, session)


@due.work(EXPIRE)
def _time_is_over(moment: Moment, name: str) -> None:
    session = moment.account.find("checkout.session", name)
    if session is not None and session["status"] == "open":
        close(moment, session)


def _not_open(session: Thing, verb: str) -> Problem:
    return unexpected(
        f'Only Checkout Sessions with a status in ["open"] can be {verb}. This Checkout Session has a status of '
        f"{session['status']}.",
        "checkout_session_not_open",
    )


def close(moment: Moment, session: Thing) -> Thing:
    """End a session unpaid, whoever decides it: a payment that was begun is given up, and a way to try again told."""
    session.update(status="expired", url=None)
    recovery = (session["after_expiration"] or {}).get("recovery")
    if recovery and recovery["enabled"]:
        recovery["expires_at"] = moment.now + RECOVERY_S
        recovery["url"] = f"{moment.account.pages_url}/c/pay/{session['id']}?recover=1"
    intent = moment.account.find("payment_intent", session["payment_intent"])
    if intent is not None and intent["status"] in intents.OPEN:
        intents.give_up(moment, intent, "automatic")
    setup = moment.account.find("setup_intent", session["setup_intent"])
    if setup is not None and setup["status"] in setups.OPEN:
        setups.cancel(moment, {}, setup["id"])
    moment.tell("checkout.session.expired", session)
    return session


def recover(moment: Moment, session: Thing) -> Thing:
    """A new session like an expired one, for somebody who came back by its recovery address."""
    kept = moment.account.side(Kept)
    params = {name: value for name, value in kept.params[session["id"]].items() if name != "expires_at"}
    again = create(moment, params)
    again["recovered_from"] = session["id"]
    return again


_FIELDS = ("customer", "payment_intent", "payment_link", "status", "subscription")


def wanted(_moment: Moment, session: Thing, params: Thing) -> bool:
    """The filters of the list."""
    email: Any = (params.get("customer_details") or {}).get("email")
    if email and (session["customer_details"] or {}).get("email") != email:
        return False
    return fits(session, params, *_FIELDS)
