"""Authorizations of issued cards: asked for, decided by the merchant or by time, captured, reversed, expired.

The vendor lets the merchant decide by the answer to the webhook `issuing_authorization.request`; here that is decided
by the calls `approve` and `decline` within two seconds, else the account's default approves.
"""

from fakes.payments.state import due
from fakes.payments.state.given import fits, rewrite
from fakes.payments.state.issuing import cards, controls, transactions
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import currency_of
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.store import Thing

KIND = "issuing.authorization"
DECIDE = "decide issuing authorization"
DECIDE_S = 2
PRESENT = ("chip", "contactless", "swipe")
USUAL = 100


def create(moment: Moment, params: Thing) -> Thing:
    """Somebody pays with a card: refused at once by its state or its controls, else the merchant is asked."""
    if not params.get("card"):
        raise invalid("Missing required param: card.", "card", "parameter_missing")
    card = moment.account.get(cards.KIND, params["card"], "card")
    currency = currency_of(params.get("currency") or card["currency"])
    amount: int = params["amount"] if "amount" in params else params.get("merchant_amount", USUAL)
    if amount < 0:
        raise invalid("Invalid non-negative integer", "amount", "parameter_invalid_integer")
    authorization = _shape(moment, card, amount, currency, params)
    moment.account.put(authorization)
    refusal = _refusal(card, authorization)
    if refusal:
        _decided(moment, authorization, approved=False, reason=refusal)
        return authorization
    authorization["pending_request"] = {
        "amount": amount,
        "amount_details": authorization["amount_details"],
        "currency": currency,
        "is_amount_controllable": bool(params.get("is_amount_controllable")),
        "merchant_amount": amount,
        "merchant_currency": authorization["merchant_currency"],
        "network_risk_score": None,
    }
    authorization["amount"] = 0
    moment.tell("issuing_authorization.request", authorization)
    due.plan(moment, moment.now + DECIDE_S, DECIDE, authorization)
    return authorization


def create_held(moment: Moment, params: Thing, card: str) -> Thing:
    """The same by the older address, whose parameters have other names."""
    wanted = {"card": card, "amount": params["held_amount"], "currency": params.get("held_currency")}
    return create(moment, {**wanted, "authorization_method": params.get("authorization_method", "online")})


def _shape(moment: Moment, card: Thing, amount: int, currency: str, params: Thing) -> Thing:
    method = params.get("authorization_method", "online")
    details = params.get("amount_details")
    return {
        "id": moment.account.fresh(KIND),
        "object": KIND,
        "amount": amount,
        "amount_details": details and {"atm_fee": None, "cashback_amount": None, **details},
        "approved": False,
        "authorization_method": method,
        "balance_transactions": [],
        "card": card,
        "card_presence": "present" if method in PRESENT else "not_present",
        "cardholder": card["cardholder"]["id"],
        "created": moment.now,
        "currency": currency,
        "fleet": None,
        "fraud_challenges": [],
        "fuel": None,
        "livemode": False,
        "merchant_amount": params.get("merchant_amount", amount),
        "merchant_currency": params.get("merchant_currency", currency),
        "merchant_data": controls.merchant(params.get("merchant_data")),
        "metadata": {},
        "network_data": None,
        "pending_request": None,
        "request_history": [],
        "status": "pending",
        "token": None,
        "transactions": [],
        "verification_data": {
            "address_line1_check": "not_provided",
            "address_postal_code_check": "not_provided",
            "authentication_exemption": None,
            "cvc_check": "not_provided",
            "expiry_check": "match",
            "postal_code": None,
            "three_d_secure": None,
        },
        "verified_by_fraud_challenge": None,
        "wallet": params.get("wallet"),
    }


def _refusal(card: Thing, authorization: Thing) -> str:
    """Why the provider refuses by itself; empty when it does not."""
    holder = card["cardholder"]
    if card["status"] != "active":
        return f"card_{card['status']}"
    if holder["status"] != "active":
        return f"cardholder_{holder['status']}"
    amount, shop, presence = authorization["amount"], authorization["merchant_data"], authorization["card_presence"]
    both = (card["spending_controls"], holder["spending_controls"])
    return "" if all(controls.passes(one, amount, shop, presence) for one in both) else "spending_controls"


def _decided(moment: Moment, authorization: Thing, *, approved: bool, reason: str, amount: int | None = None) -> None:
    asked = authorization["pending_request"] or {"amount": authorization["amount"]}
    taken = asked["amount"] if amount is None else amount
    authorization["request_history"].insert(
        0,
        {
            "amount": taken,
            "amount_details": authorization["amount_details"],
            "approved": approved,
            "authorization_code": moment.account.letters(6).upper() if approved else None,
            "created": moment.now,
            "currency": authorization["currency"],
            "merchant_amount": taken,
            "merchant_currency": authorization["merchant_currency"],
            "network_risk_score": None,
            "reason": reason,
            "reason_message": None,
            "requested_at": authorization["created"],
        },
    )
    authorization.update(
        amount=taken if approved else 0,
        approved=approved,
        pending_request=None,
        status="pending" if approved else "closed",
    )
    moment.tell("issuing_authorization.created", authorization)


@due.work(DECIDE)
def _by_itself(moment: Moment, name: str) -> None:
    """Nobody answered in time: the account's default approves."""
    authorization = moment.account.find(KIND, name)
    if authorization is not None and authorization["pending_request"]:
        _decided(moment, authorization, approved=True, reason="webhook_timeout")


def approve(moment: Moment, params: Thing, name: str) -> Thing:
    """The merchant lets it pass, perhaps for another amount."""
    return _answer(moment, params, name, approved=True)


def decline(moment: Moment, params: Thing, name: str) -> Thing:
    """The merchant refuses."""
    return _answer(moment, params, name, approved=False)


def _answer(moment: Moment, params: Thing, name: str, *, approved: bool) -> Thing:
    authorization = moment.account.get(KIND, name)
    asked = authorization["pending_request"]
    if not asked:
        raise unexpected("This authorization does not wait for a decision.", "issuing_authorization_already_decided")
    amount = params.get("amount")
    if amount not in (None, asked["amount"]) and not asked["is_amount_controllable"]:
        raise invalid("The amount of this authorization cannot be controlled.", "amount")
    due.drop(moment, DECIDE, authorization)
    rewrite(authorization, params)
    reason = "webhook_approved" if approved else "webhook_declined"
    _decided(moment, authorization, approved=approved, reason=reason, amount=amount)
    return authorization


def _open(moment: Moment, name: str, verb: str) -> Thing:
    authorization = moment.account.get(KIND, name)
    if authorization["status"] != "pending" or not authorization["approved"]:
        raise unexpected(
            f"This authorization cannot be {verb}: it has a status of {authorization['status']}.",
            "issuing_authorization_unexpected_state",
        )
    return authorization


def capture(moment: Moment, params: Thing, name: str) -> Thing:
    """The merchant where the card was used takes the money, or a part of it."""
    authorization = _open(moment, name, "captured")
    amount: int = params["capture_amount"] if "capture_amount" in params else authorization["amount"]
    with moment.changing(authorization, "issuing_authorization.updated"):
        made = transactions.of_authorization(moment, authorization, amount, params.get("purchase_details"))
        authorization["transactions"].append(made)
        if params.get("close_authorization", True):
            authorization["status"] = "closed"
    return authorization


def increment(moment: Moment, params: Thing, name: str) -> Thing:
    """The merchant where the card was used wants more."""
    authorization = _open(moment, name, "incremented")
    with moment.changing(authorization, "issuing_authorization.updated"):
        authorization["amount"] += params["increment_amount"]
        authorization["merchant_amount"] += params["increment_amount"]
    return authorization


def reverse(moment: Moment, params: Thing, name: str) -> Thing:
    """The merchant where the card was used gives it up, or a part of it."""
    authorization = _open(moment, name, "reversed")
    amount = params.get("reverse_amount", authorization["amount"])
    if amount > authorization["amount"]:
        raise invalid("You cannot reverse more than was authorized.", "reverse_amount")
    with moment.changing(authorization, "issuing_authorization.updated"):
        authorization["amount"] -= amount
        authorization["merchant_amount"] = authorization["amount"]
        if not authorization["amount"]:
            authorization["status"] = "reversed"
    return authorization


def expire(moment: Moment, _params: Thing, name: str) -> Thing:
    """Nobody ever took the money."""
    authorization = _open(moment, name, "expired")
    with moment.changing(authorization, "issuing_authorization.updated"):
        authorization.update(status="expired", amount=0)
    return authorization


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change an authorization's metadata."""
    authorization = moment.account.get(KIND, name)
    with moment.changing(authorization, "issuing_authorization.updated"):
        rewrite(authorization, params)
    return authorization


def wanted(_moment: Moment, authorization: Thing, params: Thing) -> bool:
    """The filters of the list."""
    if "card" in params and authorization["card"]["id"] != params["card"]:
        return False
    return fits(authorization, params, "cardholder", "status")
