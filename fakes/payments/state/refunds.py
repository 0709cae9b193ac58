"""Refunds, in full and in part; a charge never gives back more than it took."""

from fakes.payments.state.customers import merge_metadata
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import shown
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.store import Thing


def _charge_for(moment: Moment, params: Thing) -> Thing:
    if bool(params.get("charge")) == bool(params.get("payment_intent")):
        if params.get("charge"):
            raise invalid("You may only specify one of these parameters: charge, payment_intent.")
        raise invalid(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
        )
    if params.get("charge"):
        return moment.account.get("charge", params["charge"], "charge")
    intent = moment.account.get("payment_intent", params["payment_intent"], "payment_intent")
    charge = moment.account.find("charge", intent["latest_charge"])
    if charge is None or charge["status"] != "succeeded":
        raise unexpected(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            "payment_intent_unexpected_state",
            param="payment_intent",
        )
    return charge


def create(moment: Moment, params: Thing) -> Thing:
    """Give money back: what is left, or `amount`."""
    charge = _charge_for(moment, params)
    if charge["status"] != "succeeded":
        raise unexpected(f"Charge {charge['id']} has not succeeded.", "charge_not_refundable", param="charge")
    left = (charge["amount_captured"] or charge["amount"]) - charge["amount_refunded"]
    if left <= 0:
        raise unexpected(f"Charge {charge['id']} has already been refunded.", "charge_already_refunded")
    amount = params.get("amount", left)
    if amount < 1:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    if amount > left:
        raise invalid(
            f"Refund amount ({shown(amount, charge['currency'])}) is greater than unrefunded amount on charge "
            f"({shown(left, charge['currency'])})",
            "amount",
        )
    refund = _refund(moment, charge, amount, params)
    said = {"amount": amount, "currency": refund["currency"]}
    moment.effect("payments.refund", "create", refund, said)
    moment.tell("refund.created", refund)
    with moment.changing(charge, "charge.refunded"):
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] >= (charge["amount_captured"] or charge["amount"])
    moment.tell("refund.updated", refund, was={**refund, "destination_details": None})
    return refund


def _refund(moment: Moment, charge: Thing, amount: int, params: Thing) -> Thing:
    refund: Thing = {
        "id": moment.account.fresh("refund"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": moment.account.fresh("balance_transaction"),
        "charge": charge["id"],
        "created": moment.now,
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": {
            "card": {
                "reference": moment.account.letters(23),
                "reference_status": "available",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    merge_metadata(refund, params.get("metadata", {}))
    moment.account.put(
        {
            "id": refund["balance_transaction"],
            "object": "balance_transaction",
            "amount": -amount,
            "available_on": moment.now,
            "balance_type": "payments",
            "created": moment.now,
            "currency": refund["currency"],
            "description": "REFUND FOR CHARGE",
            "exchange_rate": None,
            "fee": 0,
            "fee_details": [],
            "net": -amount,
            "reporting_category": "refund",
            "source": refund["id"],
            "status": "pending",
            "type": "refund",
        }
    )
    return moment.account.put(refund)


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change a refund's metadata."""
    refund = moment.account.get("refund", name)
    with moment.changing(refund, "refund.updated"):
        if "metadata" in params:
            merge_metadata(refund, params["metadata"])
    return refund
