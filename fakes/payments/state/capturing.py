"""What becomes of an authorisation: captured in whole or in part, made larger, or given up, like any unpaid intent."""

from fakes.payments.state import cash, charges, due
from fakes.payments.state.given import rewrite
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import chargeable
from fakes.payments.state.paying import OPEN, succeed
from fakes.payments.state.problem import Problem, invalid, unexpected
from fakes.payments.state.store import Thing

INCREMENTS = 10
"""How often an authorisation may be made larger."""


def wrong_state(intent: Thing, verb: str, why: str = "") -> Problem:
    """The refusal of something that an intent's status does not allow."""
    return unexpected(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.{why}",
        "payment_intent_unexpected_state",
        payment_intent=intent,
    )


def capture(moment: Moment, params: Thing, name: str) -> Thing:
    """Take the money that was authorised, or part of it; the rest is let go."""
    intent = moment.account.get("payment_intent", name)
    if intent["status"] != "requires_capture":
        raise unexpected(
            f"This PaymentIntent could not be captured because it has a status of {intent['status']}. Only a "
            "PaymentIntent with one of the following statuses may be captured: requires_capture.",
            "payment_intent_unexpected_state",
            payment_intent=intent,
        )
    amount = params["amount_to_capture"] if "amount_to_capture" in params else intent["amount_capturable"]
    if amount < 1:
        raise invalid("Invalid positive integer", "amount_to_capture", "parameter_invalid_integer")
    if amount > intent["amount_capturable"]:
        raise invalid(
            f"The requested capture amount is greater than the authorized amount ({intent['amount_capturable']}).",
            "amount_to_capture",
            "amount_too_large",
        )
    charge = moment.account.get("charge", intent["latest_charge"])
    for field in ("application_fee_amount", "statement_descriptor", "statement_descriptor_suffix"):
        if field in params:
            intent[field] = charge[field] = params[field]
    rewrite(intent, params)
    with moment.changing(charge, "charge.captured"):
        charge.update(captured=True, amount_captured=amount)
    moment.effect("payments.charge", "update", charge, {**charges.values(charge), "amount_captured": amount})
    succeed(moment, intent, charge, amount)
    return intent


def increment(moment: Moment, params: Thing, name: str) -> Thing:
    """Authorise more for an intent whose card allows it, at most ten times."""
    intent = moment.account.get("payment_intent", name)
    if intent["status"] != "requires_capture":
        raise wrong_state(intent, "increment the authorization of")
    charge = moment.account.get("charge", intent["latest_charge"])
    told = charge["payment_method_details"][charge["payment_method_details"]["type"]]
    allowed = (told.get("incremental_authorization") or {}).get("status") == "available"
    if not (allowed or told.get("incremental_authorization_supported")):
        raise unexpected(
            "This PaymentIntent is not eligible for incremental authorization. Ask for it with "
            "`payment_method_options[card][request_incremental_authorization]`.",
            "payment_intent_unexpected_state",
            payment_intent=intent,
        )
    amount = chargeable(params["amount"], intent["currency"])
    if amount <= intent["amount"]:
        raise invalid(
            f"The incremented amount must be greater than the currently authorized amount ({intent['amount']}).",
            "amount",
        )
    tries = moment.account.side(charges.Kept).increments
    if tries.get(name, 0) >= INCREMENTS:
        raise unexpected(
            f"This PaymentIntent has been incremented {INCREMENTS} times already.", "payment_intent_unexpected_state"
        )
    tries[name] = tries.get(name, 0) + 1
    rewrite(intent, params, "description", "statement_descriptor", "application_fee_amount")
    with moment.changing(charge, "charge.updated"):
        charge["amount"] = amount
        told["amount_authorized"] = amount
    moment.effect("payments.charge", "update", charge, charges.values(charge))
    intent.update(amount=amount, amount_capturable=amount)
    moment.tell("payment_intent.amount_capturable_updated", intent)
    return intent


def cancel(moment: Moment, params: Thing, name: str) -> Thing:
    """Give an unpaid intent up for good."""
    intent = moment.account.get("payment_intent", name)
    if name in moment.account.links.invoice_of_intent:
        raise unexpected(
            "You cannot cancel this PaymentIntent because it belongs to an invoice. Void the invoice instead.",
            "payment_intent_unexpected_state",
            payment_intent=intent,
        )
    return give_up(moment, intent, params.get("cancellation_reason"))


def give_up(moment: Moment, intent: Thing, reason: str | None) -> Thing:
    """Cancel an intent, whoever decides it."""
    if intent["status"] not in (*OPEN, "requires_capture", "processing"):
        raise wrong_state(
            intent,
            "cancel",
            " Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, "
            "requires_capture, requires_confirmation, requires_action, processing.",
        )
    if intent["status"] == "requires_capture":
        charge = moment.account.get("charge", intent["latest_charge"])
        with moment.changing(charge, "charge.expired" if reason == "automatic" else "charge.refunded"):
            charge.update(amount_refunded=charge["amount"], refunded=True)
    if intent["status"] == "processing":
        moment.account.get("charge", intent["latest_charge"]).update(status="failed", captured=False, amount_captured=0)
    cash.release(moment, intent)
    for planned in ("end_authorisation", "settle_payment", "pay_voucher", "end_voucher"):
        due.drop(moment, planned, intent)
    intent.update(
        status="canceled", canceled_at=moment.now, cancellation_reason=reason, amount_capturable=0, next_action=None
    )
    moment.tell("payment_intent.canceled", intent)
    return intent


@due.work("end_authorisation")
def end_authorisation(moment: Moment, name: str) -> None:
    """Give up what was authorised and never captured."""
    intent = moment.account.get("payment_intent", name)
    if intent["status"] == "requires_capture":
        give_up(moment, intent, "automatic")
