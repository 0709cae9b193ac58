"""A card that was held to a reader: what its charge shows, and the card for later payments that is made from it.

Not the reader itself, which is declared in `plain.terminal` and acts in `plain.reading`; not how an intent is paid,
which is `paying` for these cards as for all. Called by `charges`, `setups` and `plain.reading`.
"""

from dataclasses import dataclass, field

from fakes.payments.state import cards, methods
from fakes.payments.state.instrument import Card
from fakes.payments.state.moment import Moment
from fakes.payments.state.store import Thing

DAY_S = 86400
LASTS_DAYS = {"visa": 5}
OTHERS_LAST_DAYS = 2
"""How long an authorisation at a reader lasts that nobody captures, by brand."""
VERIFIED = ("offline_pin", "online_pin")
"""How cards are named whose owner enters a PIN."""
ACCOUNTS = {"credit": "credit", "debit": "checking", "prepaid": "prepaid"}


@dataclass(slots=True)
class Places:
    """Where cards were presented, which their payment methods do not show."""

    of_method: dict[str, Thing] = field(default_factory=dict)
    """The reader, and its location if it has one, by payment method."""


def method(moment: Moment, name: str, reader: Thing, allow_redisplay: str | None) -> Thing:
    """The payment method of a card of this name at this reader; good for one payment."""
    made = methods.make(moment, name)
    made["allow_redisplay"] = allow_redisplay or "unspecified"
    place = {"reader": reader["id"], "location": reader["location"]}
    moment.account.side(Places).of_method[made["id"]] = {part: its for part, its in place.items() if its}
    return made


def held(intent: Thing) -> bool:
    """Whether the options for cards at a reader say that the money is to be authorised only."""
    options = intent["payment_method_options"].get("card_present") or {}
    return options.get("capture_method") in ("manual", "manual_preferred")


def lasts_s(card: Card) -> int:
    """How long an authorisation lasts that nobody captures."""
    return LASTS_DAYS.get(card.brand, OTHERS_LAST_DAYS) * DAY_S


def details(moment: Moment, intent: Thing, method: Thing, card: Card, charge: str | None) -> Thing:
    """What a charge shows of the payment; the card for later is made here. `charge` is None if it was declined."""
    options = intent["payment_method_options"].get("card_present") or {}
    told = {name: value for name, value in method["card_present"].items() if name != "networks"}
    told |= {
        "amount_authorized": intent["amount"] if charge else None,
        "emv_auth_data": None,
        "generated_card": None,
        "incremental_authorization_supported": bool(options.get("request_incremental_authorization_support")),
        "network": card.brand,
        "network_transaction_id": None,
        "overcapture_supported": False,
        "receipt": _receipt(moment, card, method, paid=charge is not None),
        **moment.account.side(Places).of_method.get(method["id"], {}),
    }
    if charge and (intent["capture_method"] == "manual" or held(intent)):
        told["capture_before"] = moment.now + lasts_s(card)
    if charge and intent["setup_future_usage"]:
        kept = generate(moment, method, charge=charge, payment_method_details=_shown(told))
        customer = moment.account.find("customer", intent["customer"])
        if customer is not None:
            methods.attach_to(moment, kept, customer)
        told["generated_card"] = kept["id"]
    return _shown(told)


def _shown(told: Thing) -> Thing:
    return {"card_present": {**told}, "type": "card_present"}


def generate(moment: Moment, method: Thing, **origin: object) -> Thing:
    """The card that can be charged later without its owner, made from one at a reader; attached to nobody yet."""
    name = moment.account.links.card_of_method[method["id"]].removeprefix(cards.PRESENT)
    made = methods.make(moment, name if name in cards.CARDS else "visa")
    same = ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    made["card"].update({part: method["card_present"][part] for part in same})
    made["card"]["generated_from"] = {"charge": None, "payment_method_details": None, "setup_attempt": None, **origin}
    made["allow_redisplay"] = method["allow_redisplay"]
    return made


def _receipt(moment: Moment, card: Card, method: Thing, *, paid: bool) -> Thing:
    """What must stand on a printed receipt."""
    name = moment.account.links.card_of_method[method["id"]].removeprefix(cards.PRESENT)
    return {
        "account_type": ACCOUNTS[card.funding],
        "application_cryptogram": method["card_present"]["fingerprint"].upper(),
        "application_preferred_name": f"Stripe {card.funding.capitalize()}",
        "authorization_code": "123456" if paid else None,
        "authorization_response_code": "3030" if paid else "3035",
        "cardholder_verification_method": next((one for one in VERIFIED if name.startswith(one)), "approval"),
        "dedicated_file_name": "D27600002545500100",
        "terminal_verification_results": "8000008000",
        "transaction_status_information": "6800",
    }
