"""Payment methods: cards and accounts made from test tokens or numbers, attached to customers or used once."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from fakes.payments.state import banks, cards, method_shapes
from fakes.payments.state.customers import present
from fakes.payments.state.given import merge_metadata, rewrite, unset
from fakes.payments.state.instrument import Card
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, invalid, missing, unexpected
from fakes.payments.state.standing import Standing
from fakes.payments.state.store import Thing

REUSED = (
    "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a "
    "connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use "
    "a PaymentMethod multiple times, you must attach it to a Customer first."
)


def card_of(moment: Moment, method: Thing) -> Card:
    """The test card or account behind a payment method."""
    name = moment.account.links.card_of_method[method["id"]]
    return cards.CARDS.get(name) or _other(name)


def _other(name: str) -> Card:
    return banks.ACCOUNTS.get(name) or cards.IN_PERSON.get(name) or cards.BY_AMOUNT.get(name) or banks.PLAIN[name]


def make(
    moment: Moment, name: str, billing: Thing | None = None, given: Thing | None = None, ident: str | None = None
) -> Thing:
    """A payment method for one of the test cards or accounts; `given` is what else was said about it.

    `ident` is the id of a card that was kept the old way.
    """
    found = cards.CARDS.get(name) or _other(name)
    billing = billing or {}
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    plain = dict.fromkeys(("email", "name", "phone", "tax_id"))
    shown = method_shapes.card(found, given or {}) if found.kind == "card" else None
    method: Thing = {
        "id": ident or moment.account.fresh("payment_method"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {**plain, **billing, "address": {**address, **(billing.get("address") or {})}},
        found.kind: shown if shown is not None else method_shapes.other(found.kind, found, given or {}),
        "created": moment.now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": found.kind,
    }
    moment.account.put(method)
    moment.account.links.card_of_method[method["id"]] = name
    return method


def resolve(moment: Moment, token: Any, param: str = "payment_method") -> Thing:
    """The payment method a parameter names; a test token makes a fresh one each time."""
    text = str(token)
    name = cards.named(text) if text.startswith("pm_card_") else text.removeprefix("pm_")
    if name is not None and text.startswith("pm_") and (name in cards.CARDS or name in banks.ACCOUNTS):
        made = make(moment, name)
        if name in banks.ACCOUNTS:
            moment.account.side(Standing).verified.add(made["id"])
        return made
    method = moment.account.find("payment_method", token)
    if method is None:
        raise missing("payment_method", text, param)
    return usable_again(moment, method)


def usable_again(moment: Moment, method: Thing) -> Thing:
    """The method, unless it was used up."""
    if method["customer"] is None and method["id"] in moment.account.side(Standing).spent:
        raise Problem(REUSED)
    return method


def create(moment: Moment, params: Thing) -> Thing:
    """A payment method from a token, a test number, a test account, or nothing but its type."""
    kind = params.get("type")
    if kind is None:
        raise invalid("Missing required param: type.", "type", "parameter_missing")
    if kind not in banks.TYPES:
        raise invalid(f"This account does not take payment methods of type {kind!r}.", "type")
    billing = {name: unset(value) for name, value in (params.get("billing_details") or {}).items()}
    given = params.get(kind) or {}
    if kind == "card":
        method = make(moment, card_named(moment, given), billing, given)
    else:
        method = make(
            moment, _account(kind, given), billing, {**given, "billing": billing} if kind == "link" else given
        )
    if params.get("allow_redisplay"):
        method["allow_redisplay"] = params["allow_redisplay"]
    merge_metadata(method, params.get("metadata", {}))
    return method


def card_named(moment: Moment, given: Thing, at: str = "card") -> str:
    """The test card of these numbers or this token, or what the provider says of them."""
    name = cards.named(given.get("token", "")) or moment.account.links.card_of_method.get(given.get("token", ""))
    if name in cards.CARDS:
        return name
    if given.get("token"):
        raise missing("token", given["token"], f"{at}[token]")
    number = str(given.get("number", "")).replace(" ", "").replace("-", "")
    if not (number.isascii() and number.isdigit() and 12 <= len(number) <= 19 and cards.luhn(number)):
        raise _mistyped("Your card number is incorrect.", "incorrect_number", f"{at}[number]")
    month, year = (_number(given.get(name, usual)) for name, usual in (("exp_month", 12), ("exp_year", 2034)))
    if not 1 <= month <= 12:
        raise _mistyped("Your card's expiration month is invalid.", "invalid_expiry_month", f"{at}[exp_month]")
    if not _unexpired(moment, year, month):
        raise _mistyped("Your card's expiration year is invalid.", "invalid_expiry_year", f"{at}[exp_year]")
    cvc = given.get("cvc")
    if cvc is not None and not (cvc.isdigit() and 3 <= len(cvc) <= 4):
        raise _mistyped("Your card's security code is invalid.", "invalid_cvc", f"{at}[cvc]")
    if number not in cards.BY_NUMBER:
        raise Problem(
            "Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test "
            "cards, visit: https://stripe.com/docs/testing.",
            kind="card_error",
            status=402,
            code="card_declined",
            decline_code="test_mode_live_card",
            param=f"{at}[number]",
        )
    return cards.BY_NUMBER[number]


def _number(given: Any) -> int:
    """A month or a year, which older operations take as text."""
    text = str(given)
    return int(text) if text.isascii() and text.isdigit() else -1


def _unexpired(moment: Moment, year: int, month: int) -> bool:
    year = year if year > 99 else 2000 + year
    now = datetime.fromtimestamp(moment.now, UTC)
    return (now.year, now.month) <= (year, month) and year <= now.year + 50


def _mistyped(message: str, code: str, param: str) -> Problem:
    return Problem(message, kind="card_error", status=402, code=code, param=param)


def _account(kind: str, given: Thing) -> str:
    """The test account of these numbers; any other pays."""
    number = str(given.get("account_number") or given.get("iban") or "").replace(" ", "")
    if kind == "sepa_debit" and not banks.iban(number):
        raise unexpected("The IBAN you provided is invalid.", "invalid_bank_account_iban", param="sepa_debit[iban]")
    if kind == "sepa_debit" and number == "AT511904300000066666":
        raise unexpected("The bank account cannot be debited.", "bank_account_unusable", param="sepa_debit[iban]")
    if kind == "us_bank_account" and not (number or given.get("financial_connections_account")):
        raise invalid(
            "Missing required param: us_bank_account[account_number].",
            "us_bank_account[account_number]",
            "parameter_missing",
        )
    return banks.BY_ACCOUNT.get((kind, number), kind)


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change metadata and billing details of an attached payment method."""
    method = moment.account.get("payment_method", name)
    if method["customer"] is None:
        raise unexpected(
            "You must save this PaymentMethod to a customer before you can update it.",
            "payment_method_customer_decline",
        )
    with moment.changing(method, "payment_method.updated"):
        rewrite(method, params)
        for field, value in (params.get("billing_details") or {}).items():
            method["billing_details"][field] = unset(value)
        for field in ("exp_month", "exp_year"):
            if field in (params.get("card") or {}):
                method["card"][field] = params["card"][field]
    return method


def attach(moment: Moment, params: Thing, name: str) -> Thing:
    """Give a payment method to a customer."""
    if not params.get("customer"):
        raise invalid("Missing required param: customer.", "customer", "parameter_missing")
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
    if method["type"] == "card_present":
        raise unexpected(
            "A PaymentMethod of type card_present cannot be attached to a customer. Attach the card that was generated "
            "from it instead.",
            "payment_method_unexpected_state",
            param="payment_method",
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
    moment.account.side(Standing).spent.add(name)
    if customer and (customer.get("invoice_settings") or {}).get("default_payment_method") == name:
        customer["invoice_settings"]["default_payment_method"] = None
    return method


def declined(card: Card, method: Thing, **more: Any) -> Problem:
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


def away(card: Card) -> Card:
    """What a card that asks for its owner says when the owner is away."""
    message = "Your card was declined. This transaction requires authentication."
    return replace(card, code="authentication_required", decline="authentication_required", message=message)


def of_customer(_moment: Moment, method: Thing, params: Thing) -> bool:
    """The filters of the list of a customer's payment methods."""
    return bool(method["customer"] == params["id"] and params.get("type", method["type"]) == method["type"])
