"""Payment methods: cards made from test tokens, attached to customers or used once."""

import hashlib
from typing import Any

from fakes.payments.state import cards
from fakes.payments.state.customers import merge_metadata, present
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, invalid, missing, unexpected
from fakes.payments.state.store import Thing

REUSED = (
    "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a "
    "connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use "
    "a PaymentMethod multiple times, you must attach it to a Customer first."
)


def card_of(moment: Moment, method: Thing) -> cards.Card:
    """The test card behind a payment method."""
    return cards.CARDS[moment.account.links.card_of_method[method["id"]]]


def make(moment: Moment, card_name: str, billing: Thing | None = None) -> Thing:
    """A payment method for one of the test cards."""
    card = cards.CARDS[card_name]
    method: Thing = {
        "id": moment.account.fresh("payment_method"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {
            "address": dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state")),
            "email": None,
            "name": None,
            "phone": None,
            "tax_id": None,
            **(billing or {}),
        },
        "card": {
            "brand": card.brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "unchecked"},
            "country": card.country,
            "display_brand": "american_express" if card.brand == "amex" else card.brand,
            "exp_month": 12,
            "exp_year": 2034,
            "fingerprint": hashlib.sha256(card.number.encode()).hexdigest()[:16],
            "funding": card.funding,
            "generated_from": None,
            "last4": card.last4,
            "networks": {"available": [card.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": moment.now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }
    moment.account.put(method)
    moment.account.links.card_of_method[method["id"]] = card_name
    return method


def resolve(moment: Moment, token: Any, param: str = "payment_method") -> Thing:
    """The payment method a parameter names; a test token makes a fresh one each time."""
    name = cards.named(str(token))
    if name is not None and str(token).startswith("pm_card_"):
        return make(moment, name)
    method = moment.account.find("payment_method", token)
    if method is None:
        raise missing("payment_method", str(token), param)
    return method


def create(moment: Moment, params: Thing) -> Thing:
    """A card from a token or a test number; other types are not offered."""
    if params.get("type") != "card":
        raise invalid(f"This account does not take payment methods of type {params.get('type')!r}.", "type")
    given = params.get("card") or {}
    name = cards.named(given.get("token", "")) or cards.BY_NUMBER.get(str(given.get("number", "")).replace(" ", ""))
    if name is None:
        raise Problem(
            "Your card number is incorrect.",
            kind="card_error",
            status=402,
            code="incorrect_number",
            param="card[number]",
        )
    method = make(moment, name, params.get("billing_details"))
    merge_metadata(method, params.get("metadata", {}))
    return method


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change metadata and billing details of an attached payment method."""
    method = moment.account.get("payment_method", name)
    if method["customer"] is None:
        raise unexpected(
            "You must save this PaymentMethod to a customer before you can update it.",
            "payment_method_customer_decline",
        )
    with moment.changing(method, "payment_method.updated"):
        if "metadata" in params:
            merge_metadata(method, params["metadata"])
        method["billing_details"].update(params.get("billing_details") or {})
    return method


def attach(moment: Moment, params: Thing, name: str) -> Thing:
    """Give a payment method to a customer."""
    customer = present(moment, params["customer"])
    return attach_to(moment, attachable(moment, name, customer), customer)


def attachable(moment: Moment, token: Any, customer: Thing) -> Thing:
    """The payment method, if it may be attached; cards that are declined at once are declined here too."""
    method = resolve(moment, token)
    if method["customer"] not in (None, customer["id"]):
        raise unexpected(
            "The payment method you provided has already been attached to a customer.",
            "payment_method_already_attached",
        )
    card = card_of(moment, method)
    if not card.attaches:
        raise declined(card, method)
    return method


def attach_to(moment: Moment, method: Thing, customer: Thing) -> Thing:
    """Give a payment method to a customer, once."""
    if method["customer"] == customer["id"]:
        return method
    method["customer"] = customer["id"]
    moment.tell("payment_method.attached", method)
    return method


def detach(moment: Moment, _params: Thing, name: str) -> Thing:
    """Take a payment method from its customer, for good."""
    method = moment.account.get("payment_method", name)
    if method["customer"] is None:
        raise unexpected(
            "The payment method you provided is not attached to a customer so detachment is impossible.",
            "payment_method_not_attached",
        )
    customer = moment.account.find("customer", method["customer"])
    with moment.changing(method, "payment_method.detached"):
        method["customer"] = None
    if customer and (customer.get("invoice_settings") or {}).get("default_payment_method") == name:
        customer["invoice_settings"]["default_payment_method"] = None
    return method


def declined(card: cards.Card, method: Thing, **more: Any) -> Problem:
    """The card error of a card that is declined."""
    advice = "try_again_later" if card.decline in ("generic_decline", "processing_error") else None
    return Problem(
        card.message,
        kind="card_error",
        status=402,
        code=card.code,
        decline_code=card.decline if card.code in ("card_declined", "authentication_required") else None,
        advice_code=advice,
        param="cvc" if card.code == "incorrect_cvc" else None,
        payment_method=method,
        **more,
    )


def of_customer(_moment: Moment, method: Thing, params: Thing) -> bool:
    """The filters of the list of a customer's payment methods."""
    return bool(method["customer"] == params["id"] and params.get("type", method["type"]) == method["type"])
