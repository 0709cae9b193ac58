"""Money that moved by an issued card: captured (a negative amount, as the merchant sees it), or given back."""

from fakes.payments.state.given import rewrite
from fakes.payments.state.issuing import cards, controls
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import currency_of
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Thing

KIND = "issuing.transaction"
DETAILS = ("fleet", "flight", "fuel", "lodging", "reference")


def _make(moment: Moment, card: Thing, amount: int, currency: str, shop: Thing, **more: object) -> Thing:
    transaction: Thing = {
        "id": moment.account.fresh(KIND),
        "object": KIND,
        "amount": amount,
        "amount_details": {"atm_fee": None, "cashback_amount": None},
        "authorization": None,
        "balance_transaction": None,
        "card": card["id"],
        "cardholder": card["cardholder"]["id"],
        "created": moment.now,
        "currency": currency,
        "dispute": None,
        "livemode": False,
        "merchant_amount": amount,
        "merchant_currency": currency,
        "merchant_data": shop,
        "metadata": {},
        "network_data": {"authorization_code": None, "processing_date": None, "transaction_id": None},
        "purchase_details": None,
        "token": None,
        "type": "capture" if amount <= 0 else "refund",
        "wallet": None,
        **more,
    }
    moment.account.put(transaction)
    moment.tell("issuing_transaction.created", transaction)
    return transaction


def _detail(moment: Moment, transaction: Thing, given: Thing | None) -> None:
    """What was bought becomes known after the money moved."""
    if not given:
        return
    receipt = [_line(one) for one in given.get("receipt") or ()]
    transaction["purchase_details"] = {**{name: given.get(name) for name in DETAILS}, "receipt": receipt}
    if receipt:
        moment.tell("issuing_transaction.purchase_details_receipt_updated", transaction)


def _line(given: Thing) -> Thing:
    quantity = float(given.get("quantity", 1))
    cost = given.get("unit_cost")
    total = given.get("total", None if cost is None else round(quantity * cost))
    return {"description": given.get("description"), "quantity": quantity, "total": total, "unit_cost": cost}


def of_authorization(moment: Moment, authorization: Thing, amount: int, details: Thing | None) -> Thing:
    """What an authorization's capture takes."""
    made = _make(
        moment,
        authorization["card"],
        -amount,
        authorization["currency"],
        authorization["merchant_data"],
        authorization=authorization["id"],
    )
    _detail(moment, made, details)
    return made


def _named(moment: Moment, params: Thing) -> tuple[Thing, str, Thing]:
    for name in ("card", "amount"):
        if params.get(name) is None:
            raise invalid(f"Missing required param: {name}.", name, "parameter_missing")
    card = moment.account.get(cards.KIND, params["card"], "card")
    return card, currency_of(params.get("currency") or card["currency"]), controls.merchant(params.get("merchant_data"))


def force(moment: Moment, params: Thing) -> Thing:
    """Money taken without having been authorised."""
    made = _make(moment, *_order(moment, params, -1))
    _detail(moment, made, params.get("purchase_details"))
    return made


def give_back(moment: Moment, params: Thing) -> Thing:
    """Money given back that was never taken, as far as anybody can tell."""
    made = _make(moment, *_order(moment, params, 1))
    _detail(moment, made, params.get("purchase_details"))
    return made


def _order(moment: Moment, params: Thing, sign: int) -> tuple[Thing, int, str, Thing]:
    card, currency, shop = _named(moment, params)
    if params["amount"] < 1:
        raise invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    return card, sign * params["amount"], currency, shop


def refund(moment: Moment, params: Thing, name: str) -> Thing:
    """Give a captured amount back, or a part of it."""
    taken = moment.account.get(KIND, name)
    amount = params.get("refund_amount", -taken["amount"])
    if taken["type"] != "capture" or not 0 < amount <= -taken["amount"]:
        raise invalid("You can give back no more than was captured.", "refund_amount")
    card = moment.account.get(cards.KIND, taken["card"])
    more = {"authorization": taken["authorization"]}
    return _make(moment, card, amount, taken["currency"], taken["merchant_data"], **more)


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change a transaction's metadata."""
    transaction = moment.account.get(KIND, name)
    with moment.changing(transaction, "issuing_transaction.updated"):
        rewrite(transaction, params)
    return transaction
