"""Refunds, in full and in part; a charge never gives back more than it took.

Most succeed at once. Those of some test cards and of bank debits succeed or fail later; those of vouchers wait until
their customer says where the money shall go. What fails or is canceled is the merchant's again.
"""

from fakes.payments.state import banks, due, funds, methods, transfers
from fakes.payments.state.given import merge_metadata, rewrite
from fakes.payments.state.instrument import Card
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import even, shown
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.store import Thing

ANSWER_DAYS = 45
"""How long a customer has to say where their money shall go."""

_BACK = {"oxxo": "mx_bank_transfer", "boleto": "br_bank_transfer", "konbini": "jp_bank_transfer"}
"""How the money of a voucher goes back."""


def charge_for(moment: Moment, params: Thing) -> Thing:
    """The charge that a refund is to be of, or the refusal of what names none."""
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
    if charge is None or charge["status"] != "succeeded" or not charge["captured"]:
        raise unexpected(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            "payment_intent_unexpected_state",
            param="payment_intent",
        )
    return charge


def refundable(moment: Moment, charge: Thing) -> int:
    """How much of a charge can be given back."""
    if charge["status"] != "succeeded":
        raise unexpected(f"Charge {charge['id']} has not succeeded.", "charge_not_refundable", param="charge")
    for dispute in moment.account.where("dispute", charge=charge["id"]):
        if not dispute["is_charge_refundable"] and dispute["status"] != "won":
            raise unexpected(f"Charge {charge['id']} has been charged back; cannot issue a refund.", "charge_disputed")
    left: int = (charge["amount_captured"] or charge["amount"]) - charge["amount_refunded"]
    if left <= 0:
        raise unexpected(f"Charge {charge['id']} has already been refunded.", "charge_already_refunded")
    return left


def create(moment: Moment, params: Thing) -> Thing:
    """Give money back: what is left, or `amount`."""
    charge = charge_for(moment, params)
    left = refundable(moment, charge)
    if not charge["captured"]:
        return _release(moment, charge, params)
    amount = params.get("amount", left)
    if amount < 1:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    even(amount, charge["currency"])
    if amount > left:
        raise invalid(
            f"Refund amount ({shown(amount, charge['currency'])}) is greater than unrefunded amount on charge "
            f"({shown(left, charge['currency'])})",
            "amount",
        )
    if params.get("reverse_transfer") and not charge.get("transfer"):
        raise invalid("Cannot reverse transfer on a charge without an associated transfer.", "reverse_transfer")
    method = moment.account.find("payment_method", charge["payment_method"])
    card = None if method is None else methods.card_of(moment, method)
    refund = _refund(moment, charge, amount, params)
    _begin(moment, refund, charge, card, params)
    said = {"amount": amount, "currency": refund["currency"]}
    moment.effect("payments.refund", "create", refund, said)
    moment.tell("refund.created", refund)
    with moment.changing(charge, "charge.refunded"):
        _carry(charge, amount)
    if refund["status"] == "succeeded":
        moment.tell("refund.updated", refund, was={**refund, "destination_details": None})
    transfers.give_back(moment, charge, refund, params)
    return refund


def _release(moment: Moment, charge: Thing, params: Thing) -> Thing:
    """Let go of what was authorised and not taken: no money moves."""
    if charge["payment_intent"] is not None:
        raise unexpected(
            f"Charge {charge['id']} has not been captured: cancel {charge['payment_intent']} instead.",
            "charge_not_refundable",
            param="charge",
        )
    if params.get("amount", charge["amount"]) != charge["amount"]:
        raise invalid("An uncaptured charge can only be refunded in full.", "amount")
    refund = _refund(moment, charge, charge["amount"], params)
    moment.tell("refund.created", refund)
    with moment.changing(charge, "charge.refunded"):
        charge.update(amount_refunded=charge["amount"], refunded=True)
    return refund


def _carry(charge: Thing, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] >= (charge["amount_captured"] or charge["amount"])


def _refund(moment: Moment, charge: Thing, amount: int, params: Thing) -> Thing:
    kind = (charge["payment_method_details"] or {}).get("type", "card")
    kind = "card" if kind == "card_present" else kind
    refund: Thing = {
        "id": moment.account.fresh("refund"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": moment.now,
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": {"type": _BACK.get(kind, kind)},
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    if kind == "card":
        refund["destination_details"]["card"] = {
            "reference": moment.account.letters(23),
            "reference_status": "available",
            "reference_type": "acquirer_reference_number",
            "type": "refund",
        }
    merge_metadata(refund, params.get("metadata", {}))
    return moment.account.put(refund)


def _begin(moment: Moment, refund: Thing, charge: Thing, card: Card | None, params: Thing) -> None:
    """What a refund is like at first, and what will become of it by itself."""
    way = "card" if card is None else banks.how(card.kind)
    if way == "voucher":
        _ask(moment, refund, charge, params)
        return
    taken = moment.account.find("balance_transaction", charge["balance_transaction"])
    on = taken["available_on"] if taken is not None and taken["status"] == "pending" else None
    text = "REFUND FOR CHARGE" if not charge["description"] else f"REFUND FOR CHARGE ({charge['description']})"
    kind = "refund" if way == "card" else "payment_refund"
    entry = funds.enter(moment, refund, kind, -refund["amount"], category="refund", text=text, on=on)
    refund["balance_transaction"] = entry["id"]
    after = "" if card is None else card.after
    if after == "refund_pending" or way == "debit":
        refund.update(status="pending", pending_reason="processing")
        due.plan(moment, moment.now + banks.SOON_S, "settle_refund", refund)
    elif after == "refund_fails":
        due.plan(moment, moment.now + banks.SOON_S, "fail_refund", refund)


def _ask(moment: Moment, refund: Thing, charge: Thing, params: Thing) -> None:
    address = params.get("instructions_email") or charge["billing_details"]["email"]
    if not address:
        raise invalid(
            "An email is required to refund this payment. Provide it as `instructions_email`.",
            "instructions_email",
            "parameter_missing",
        )
    sent = {"email_sent_at": moment.now, "email_sent_to": address}
    ends = moment.now + ANSWER_DAYS * funds.DAY_S
    refund.update(
        status="requires_action",
        instructions_email=address,
        next_action={"type": "display_details", "display_details": {"email_sent": sent, "expires_at": ends}},
    )
    due.plan(moment, ends, "fail_refund", refund)


@due.work("settle_refund")
def settle(moment: Moment, name: str) -> None:
    """A pending refund has arrived."""
    refund = moment.account.get("refund", name)
    if refund["status"] != "pending":
        return
    was = {**refund}
    refund.pop("pending_reason", None)
    refund["status"] = "succeeded"
    _tell(moment, refund, was)


@due.work("fail_refund")
def fail(moment: Moment, name: str) -> None:
    """The customer's bank sends a refund back, or the customer never said where it should go."""
    refund = moment.account.get("refund", name)
    if refund["status"] in ("canceled", "failed"):
        return
    waited = refund["status"] == "requires_action"
    _return(moment, refund, "failed", "expired_or_canceled_card" if not waited else "unknown")
    moment.tell("refund.failed", refund)


def _return(moment: Moment, refund: Thing, status: str, reason: str | None) -> None:
    """The money of a refund is the merchant's again, and the charge's to be refunded."""
    was = {**refund}
    refund.pop("next_action", None)
    refund["status"] = status
    if reason is not None:
        refund["failure_reason"] = reason
    if refund["balance_transaction"] is not None:
        entry = funds.enter(moment, refund, "refund_failure", refund["amount"], text="REFUND FAILURE")
        refund["failure_balance_transaction"] = entry["id"]
    charge = moment.account.get("charge", refund["charge"])
    with moment.changing(charge, "charge.updated"):
        _carry(charge, -refund["amount"])
    moment.effect("payments.refund", "delete", refund, {"amount": refund["amount"], "currency": refund["currency"]})
    _tell(moment, refund, was)


def _tell(moment: Moment, refund: Thing, was: Thing) -> None:
    moment.tell("charge.refund.updated", refund, was=was)
    moment.tell("refund.updated", refund, was=was)


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change a refund's metadata."""
    refund = moment.account.get("refund", name)
    was = {**refund, "metadata": dict(refund["metadata"])}
    rewrite(refund, params)
    _tell(moment, refund, was)
    return refund


def cancel(moment: Moment, _params: Thing, name: str) -> Thing:
    """Cancel a refund that waits for its customer; no other can be."""
    refund = _waiting(moment, name, "canceled")
    _return(moment, refund, "canceled", None)
    return refund


def expire(moment: Moment, _params: Thing, name: str) -> Thing:
    """The test helper: the customer's time to answer is over."""
    refund = _waiting(moment, name, "expired")
    fail(moment, name)
    return refund


def _waiting(moment: Moment, name: str, verb: str) -> Thing:
    refund = moment.account.get("refund", name)
    if refund["status"] != "requires_action":
        raise unexpected(
            f"Only refunds with a status of requires_action can be {verb}; this one has a status of "
            f"{refund['status']}.",
            "refund_unexpected_state",
        )
    due.drop(moment, "fail_refund", refund)
    return refund
