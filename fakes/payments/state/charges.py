"""Charges: each attempt to take money, whether it succeeded or was declined."""

from dataclasses import dataclass, field

from fakes.payments.state import aftermath, charge_shapes, funds, methods, presented
from fakes.payments.state.customers import present
from fakes.payments.state.given import rewrite, unset
from fakes.payments.state.instrument import Card
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.standing import Standing
from fakes.payments.state.store import Thing

AUTHORISED_S = 7 * 86400
"""How long an authorisation lasts that nobody captures."""


@dataclass(slots=True)
class Kept:
    """What is known of charges that they do not show."""

    increments: dict[str, int] = field(default_factory=dict)
    """How often an authorisation was made larger, by intent."""


def held(intent: Thing, card: Card) -> bool:
    """Whether the money is authorised only; of the options for each type, those of cards at a reader are heeded."""
    return intent["capture_method"] == "manual" or (card.kind == "card_present" and presented.held(intent))


def lasts_s(card: Card) -> int:
    """How long an authorisation lasts that nobody captures."""
    return presented.lasts_s(card) if card.kind == "card_present" else AUTHORISED_S


def attempt(moment: Moment, intent: Thing, method: Thing, card: Card, status: str) -> Thing:
    """The charge of one confirmation: `succeeded`, `pending` or `failed`; it is told and its effect is said here."""
    account = moment.account
    pays = status != "failed"
    captured = pays and not held(intent, card)
    name = account.fresh("charge")
    charge: Thing = {
        "id": name,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if captured else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": intent["application_fee_amount"],
        "balance_transaction": None,
        "billing_details": {**method["billing_details"]},
        "calculated_statement_descriptor": _descriptor(intent) if pays else None,
        "captured": captured,
        "created": moment.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None if pays else card.code,
        "failure_message": None if pays else card.message,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": intent["on_behalf_of"],
        "outcome": charge_shapes.outcome(card, pays=pays),
        "paid": status == "succeeded",
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": _details(moment, intent, method, card, name, pays=pays),
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": intent["shipping"],
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": status,
        "transfer_data": intent["transfer_data"],
        "transfer_group": intent["transfer_group"],
    }
    if pays:
        charge["receipt_url"] = f"https://pay.stripe.com/receipts/payment/{charge['id']}"
    account.put(charge)
    intent["latest_charge"] = charge["id"]
    _tell(moment, charge, card)
    return charge


def _details(moment: Moment, intent: Thing, method: Thing, card: Card, name: str, *, pays: bool) -> Thing:
    if card.kind == "card_present":
        return presented.details(moment, intent, method, card, name if pays else None)
    told = charge_shapes.details(method, card, intent, intent["amount"] if pays else None)
    standing = moment.account.side(Standing)
    if card.kind == "card" and intent["id"] in standing.challenged:
        told["card"]["three_d_secure"] = charge_shapes.three_d_secure(moment.account.letters(36))
    if card.kind != "card" and method["id"] in standing.mandates:
        told[card.kind]["mandate"] = standing.mandates[method["id"]]
    return told


def _tell(moment: Moment, charge: Thing, card: Card) -> None:
    if charge["status"] == "succeeded":
        moment.effect("payments.charge", "create", charge, values(charge))
    elif charge["status"] == "failed":
        said = {"amount": charge["amount"], "currency": charge["currency"], "code": card.decline or card.code}
        moment.effect("payments.decline", "create", charge, said)
    moment.tell(f"charge.{charge['status']}", charge)


def settled(moment: Moment, charge: Thing, card: Card) -> None:
    """A pending charge's money has arrived."""
    charge.update(status="succeeded", paid=True)
    _tell(moment, charge, card)


def fell_through(moment: Moment, charge: Thing, card: Card) -> None:
    """A pending charge's bank said no."""
    charge.update(
        status="failed",
        captured=False,
        amount_captured=0,
        failure_code=card.code,
        outcome=charge_shapes.outcome(card, pays=False),
    )
    charge["failure_message"] = card.message
    _tell(moment, charge, card)


def _descriptor(intent: Thing) -> str:
    suffix = intent["statement_descriptor_suffix"]
    return str(intent["statement_descriptor"] or (f"STAGING SHOP* {suffix}"[:22] if suffix else "STAGING SHOP"))


def values(charge: Thing) -> Thing:
    """A charge in the words of its sink."""
    return {"amount": charge["amount"], "currency": charge["currency"], "captured": charge["captured"]}


def book(moment: Moment, charge: Thing) -> None:
    """Give a captured charge its balance transaction, as the provider does shortly after taking the money."""
    method = moment.account.find("payment_method", charge["payment_method"])
    at_once = method is not None and methods.card_of(moment, method).after == "available"
    kind = "charge" if charge["payment_method_details"].get("type") in ("card", "card_present") else "payment"
    amount, currency = charge["amount_captured"], charge["currency"]
    entry = funds.enter(
        moment,
        charge,
        kind,
        amount,
        fee=0 if at_once else funds.fee_of(amount, currency),
        category="charge",
        text=charge["description"],
        on=None if at_once else funds.matures(moment),
    )
    moment.change(charge, "charge.updated", balance_transaction=entry["id"])
    if at_once:
        funds.tell_available(moment)
    aftermath.follow(moment, charge)


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change what a charge says of itself: words, address, group, whose it is, whether it was fraud."""
    charge = moment.account.get("charge", name)
    if params.get("customer"):
        if charge["customer"] not in (None, params["customer"]):
            raise invalid("Cannot change the customer of a charge that has one.", "customer")
        present(moment, params["customer"])
    with moment.changing(charge, "charge.updated"):
        rewrite(charge, params, "customer", "description", "receipt_email", "shipping", "transfer_group")
        if params.get("fraud_details"):
            report = unset(params["fraud_details"]["user_report"])
            charge["fraud_details"] = {"user_report": report} if report else {}
    return charge
