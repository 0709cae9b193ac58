"""Issued cards: virtual ones, and physical ones that nobody sends."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from fakes.payments.state import cards as test_cards
from fakes.payments.state.given import fits, merge_metadata, rewrite, unset
from fakes.payments.state.issuing import cardholders, controls
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import currency_of
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Account, Thing

KIND = "issuing.card"
YEARS = 4
BEGINNING = "4000009990"
"""How the numbers of issued test cards begin."""


@dataclass
class Numbers:
    """The hidden part of the account's issued cards."""

    issued: int = 0
    full: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The card's id -> its number and security code."""


def create(moment: Moment, params: Thing) -> Thing:
    """A card for a cardholder, inactive unless it is made active."""
    account = moment.account
    if not params.get("cardholder"):
        raise invalid("Missing required param: cardholder.", "cardholder", "parameter_missing")
    holder = account.get(cardholders.KIND, params["cardholder"], "cardholder")
    _may_be_active(holder, params.get("status"))
    if params["type"] == "physical" and not params.get("shipping"):
        raise invalid("Missing required param: shipping.", "shipping", "parameter_missing")
    replaced = (
        account.get(KIND, params["replacement_for"], "replacement_for") if params.get("replacement_for") else None
    )
    if replaced is not None and not params.get("replacement_reason"):
        raise invalid("Missing required param: replacement_reason.", "replacement_reason", "parameter_missing")
    name, number = account.fresh(KIND), _number(account.side(Numbers))
    account.side(Numbers).full[name] = (number, f"{account.side(Numbers).issued * 37 % 1000:03d}")
    then = datetime.fromtimestamp(moment.now, UTC)
    card: Thing = {
        "id": name,
        "object": KIND,
        "brand": "Visa",
        "cancellation_reason": None,
        "cardholder": holder,
        "created": moment.now,
        "currency": currency_of(params["currency"]),
        "exp_month": params.get("exp_month", then.month),
        "exp_year": params.get("exp_year", then.year + YEARS),
        "financial_account": params.get("financial_account"),
        "last4": number[-4:],
        "latest_fraud_warning": None,
        "lifecycle_controls": params.get("lifecycle_controls"),
        "livemode": False,
        "metadata": {},
        "personalization_design": params.get("personalization_design"),
        "replaced_by": None,
        "replacement_for": replaced and replaced["id"],
        "replacement_reason": params.get("replacement_reason"),
        "second_line": unset(params.get("second_line")),
        "shipping": _shipping(params["shipping"]) if params["type"] == "physical" else None,
        "spending_controls": controls.shown(params.get("spending_controls")),
        "status": params.get("status", "inactive"),
        "type": params["type"],
        "wallets": _wallets(holder),
    }
    merge_metadata(card, params.get("metadata", {}))
    account.put(card)
    if replaced is not None:
        replaced["replaced_by"] = card["id"]
    moment.tell("issuing_card.created", card)
    return card


def _may_be_active(holder: Thing, status: str | None) -> None:
    if status == "active" and holder["requirements"]["past_due"]:
        raise invalid(
            "This card cannot be activated: its cardholder has outstanding requirements "
            f"({', '.join(holder['requirements']['past_due'])}).",
            "status",
        )


def _number(numbers: Numbers) -> str:
    numbers.issued += 1
    body = f"{BEGINNING}{numbers.issued:05d}"
    return next(body + digit for digit in "0123456789" if test_cards.luhn(body + digit))


def _shipping(given: Thing) -> Thing:
    return {
        "address": {"line2": None, "state": None, **given["address"]},
        "address_validation": None,
        "carrier": None,
        "customs": None,
        "eta": None,
        "name": given["name"],
        "phone_number": given.get("phone_number"),
        "require_signature": given.get("require_signature"),
        "service": given.get("service", "standard"),
        "status": "pending",
        "tracking_number": None,
        "tracking_url": None,
        "type": given.get("type", "individual"),
    }


def _wallets(holder: Thing) -> Thing:
    why = None if holder["email"] or holder["phone_number"] else "missing_cardholder_contact"
    each = {"eligible": why is None, "ineligible_reason": why}
    return {"apple_pay": dict(each), "google_pay": dict(each), "primary_account_identifier": None}


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change what is given; a cancelled card stays cancelled."""
    card = moment.account.get(KIND, name)
    if card["status"] == "canceled" and params.get("status", "canceled") != "canceled":
        raise invalid("A canceled card cannot be used again.", "status")
    _may_be_active(card["cardholder"], params.get("status"))
    with moment.changing(card, "issuing_card.updated"):
        rewrite(card, params, "status", "personalization_design", "cancellation_reason")
        if "spending_controls" in params:
            card["spending_controls"] = controls.shown(params["spending_controls"], card["spending_controls"])
    return card


def issued(account: Account, card: Thing) -> tuple[str, str]:
    """The number and security code of a card."""
    return account.side(Numbers).full[card["id"]]


def wanted(_moment: Moment, card: Thing, params: Thing) -> bool:
    """The filters of the list."""
    if "cardholder" in params and card["cardholder"]["id"] != params["cardholder"]:
        return False
    names = ("exp_month", "exp_year", "last4", "status", "type", "personalization_design")
    return fits(card, params, *names)
