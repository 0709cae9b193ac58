"""From what was written on a page to a payment method: a card or a bank account, or what is wrong with it."""

import re
from collections.abc import Mapping
from typing import Any

from fakes.payments.state import methods
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem
from fakes.payments.state.store import Thing

ACCOUNTS: Mapping[str, Mapping[str, str]] = {
    "sepa_debit": {"iban": "iban"},
    "bacs_debit": {"sort_code": "sortCode", "account_number": "accountNumber"},
    "us_bank_account": {"routing_number": "routingNumber", "account_number": "usAccountNumber"},
    "acss_debit": {
        "transit_number": "transitNumber",
        "institution_number": "institutionNumber",
        "account_number": "acssAccountNumber",
    },
    "au_becs_debit": {"bsb_number": "bsb", "account_number": "accountNumber"},
}
"""Parameter of the API -> name on the page, for each kind of bank account."""
PLACES = {
    "card[number]": "cardNumber",
    "card[exp_month]": "cardExpiry",
    "card[exp_year]": "cardExpiry",
    "card[cvc]": "cardCvc",
}
"""Parameter of the API that is refused -> name on the page."""


class Mistakes(Exception):
    """What was written wrongly: name on the page -> words."""

    def __init__(self, by_name: Mapping[str, str]) -> None:
        super().__init__(str(by_name))
        self.by_name = by_name


def method(moment: Moment, kind: str, given: Mapping[str, Any], email: str | None) -> Thing:
    """The payment method; `Mistakes` when it cannot be made of this."""
    billing = {"email": email, "name": str(given.get("billingName", "")).strip() or None}
    params: Thing = {"type": kind, "billing_details": {name: value for name, value in billing.items() if value}}
    if kind == "card":
        params["card"] = _card(given)
    elif kind in ACCOUNTS:
        params[kind] = _account(kind, given)
    try:
        return methods.create(moment, params)
    except Problem as problem:
        accounts = [written for name, written in ACCOUNTS.get(kind, {}).items() if problem.param == f"{kind}[{name}]"]
        raise Mistakes({PLACES.get(str(problem.param), (accounts or ["method"])[0]): problem.message}) from None


def _account(kind: str, given: Mapping[str, Any]) -> Thing:
    wanted = ACCOUNTS[kind]
    values = {name: re.sub(r"[\s-]", "", str(given.get(written, ""))) for name, written in wanted.items()}
    missing = {wanted[name]: "This is needed." for name, value in values.items() if not value}
    if missing:
        raise Mistakes(missing)
    return values


def _card(given: Mapping[str, Any]) -> Thing:
    mistakes: dict[str, str] = {}
    number = re.sub(r"[\s-]", "", str(given.get("cardNumber", "")))
    if not re.fullmatch(r"[0-9]{12,19}", number):
        mistakes["cardNumber"] = "Your card number is incomplete."
    expiry = re.fullmatch(r"\s*([0-9]{1,2})\s*/?\s*(?:20)?([0-9]{2})\s*", str(given.get("cardExpiry", "")))
    month, year = (int(expiry[1]), 2000 + int(expiry[2])) if expiry else (0, 0)
    if not 1 <= month <= 12:
        mistakes["cardExpiry"] = "Your card's expiration date is incomplete."
    code = str(given.get("cardCvc", "")).strip()
    if not re.fullmatch(r"[0-9]{3,4}", code):
        mistakes["cardCvc"] = "Your card's security code is incomplete."
    if mistakes:
        raise Mistakes(mistakes)
    return {"number": number, "exp_month": month, "exp_year": year, "cvc": code}
