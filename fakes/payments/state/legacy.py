"""Charges made the old way: from a token, a kept card or a source, without a payment intent."""

from typing import Any

from fakes.payments.state import charges, methods, saved, transfers
from fakes.payments.state.customers import present
from fakes.payments.state.given import merge_metadata, rewrite, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import chargeable, currency_of
from fakes.payments.state.problem import Problem, invalid, missing, unexpected
from fakes.payments.state.store import Thing

PLAIN = (
    "description",
    "on_behalf_of",
    "receipt_email",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)


def create(moment: Moment, params: Thing) -> Thing:
    """Charge, or authorise with `capture=false`; a decline is raised once it is written down."""
    for name in ("amount", "currency"):
        if name not in params:
            raise invalid(f"Missing required param: {name}.", name, "parameter_missing")
    currency = currency_of(params["currency"])
    amount = chargeable(params["amount"], currency)
    customer = present(moment, params["customer"]) if params.get("customer") else None
    shared = params.get("transfer_data") or _destination(params.get("destination"))
    transfers.check(moment, {**params, "transfer_data": shared})
    method = _method(moment, params, customer)
    draft: Thing = {name: unset(params.get(name)) for name in PLAIN}
    draft |= {
        "id": None,
        "amount": amount,
        "application_fee_amount": params.get("application_fee_amount", params.get("application_fee")),
        "capture_method": "automatic" if params.get("capture", True) else "manual",
        "currency": currency,
        "customer": None if customer is None else customer["id"],
        "metadata": {},
        "payment_method_options": {},
        "transfer_data": shared,
    }
    merge_metadata(draft, params.get("metadata", {}))
    card = methods.card_of(moment, method)
    known = method["customer"] is not None
    if card.asks(away=True, known=known, wanted=False):
        card = methods.away(card)
    if card.code is not None:
        charge = charges.attempt(moment, draft, method, card, "failed")
        problem = methods.declined(card, method, charge=charge["id"])
        problem.more.pop("payment_method")
        raise problem
    charge = charges.attempt(moment, draft, method, card, "succeeded")
    if charge["captured"]:
        charges.book(moment, charge)
    return charge


def _destination(given: Any) -> Thing | None:
    if not given:
        return None
    return {"destination": given} if isinstance(given, str) else {"destination": given["account"]}


def _method(moment: Moment, params: Thing, customer: Thing | None) -> Thing:
    given = params.get("source") or params.get("card")
    if given is None and customer is None:
        raise invalid("Must provide source or customer.", code="parameter_missing")
    if customer is not None and (given is None or saved.find(moment.account, given)):
        name = given or customer["default_source"]
        if name is None:
            raise Problem(
                "Cannot charge a customer that has no active card",
                kind="card_error",
                status=402,
                code="missing",
                param="card",
            )
        kept = saved.find(moment.account, name, customer["id"])
        if kept is None:
            raise missing("source", str(name), "source")
        if kept["object"] == "bank_account":
            raise unexpected(
                "This bank account cannot be charged here; use a payment intent.", "payment_method_not_available"
            )
        return saved.method_of(moment, kept)
    if isinstance(given, str) and given.startswith("card_"):
        raise unexpected(f"Customer must be supplied to charge the card {given}.", "missing", param="customer")
    method = saved.once(moment, given)
    source = moment.account.find("source", method["id"])
    if source is not None:
        _consume(source)
    return method


def _consume(source: Thing) -> None:
    if source["status"] != "chargeable":
        raise unexpected(
            f"The source you provided is not in a chargeable state: it is {source['status']}.",
            "payment_method_unexpected_state",
            param="source",
        )
    if source["usage"] == "single_use":
        source["status"] = "consumed"


def capture(moment: Moment, params: Thing, name: str) -> Thing:
    """Take the money of an authorised charge, or part of it."""
    charge = moment.account.get("charge", name)
    if charge["payment_intent"] is not None:
        raise unexpected(
            f"This charge belongs to the PaymentIntent {charge['payment_intent']}: capture that instead.",
            "charge_invalid_parameter",
        )
    if charge["status"] != "succeeded" or charge["refunded"]:
        raise unexpected(f"Charge {name} cannot be captured.", "charge_expired_for_capture")
    if charge["captured"]:
        raise unexpected(f"Charge {name} has already been captured.", "charge_already_captured")
    amount = params["amount"] if "amount" in params else charge["amount"]
    if not 1 <= amount <= charge["amount"]:
        raise invalid(
            f"The requested capture amount is greater than the authorized amount ({charge['amount']}).",
            "amount",
            "amount_too_large",
        )
    with moment.changing(charge, "charge.captured"):
        charge.update(captured=True, amount_captured=amount)
        rewrite(
            charge, params, "receipt_email", "statement_descriptor", "statement_descriptor_suffix", "transfer_group"
        )
    moment.effect("payments.charge", "update", charge, {**charges.values(charge), "amount_captured": amount})
    charges.book(moment, charge)
    return charge
