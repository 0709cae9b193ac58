"""How a customer is to pay by bank transfer: to an account that is theirs alone, the same each time."""

import zlib
from typing import Any

from fakes.payments.state.customers import present
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import currency_of
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Thing

KINDS = {
    "eu_bank_transfer": ("eur", "iban"),
    "gb_bank_transfer": ("gbp", "sort_code"),
    "jp_bank_transfer": ("jpy", "zengin"),
    "mx_bank_transfer": ("mxn", "spei"),
    "us_bank_transfer": ("usd", "aba"),
}
"""The currency of each kind of transfer, and the kind of address."""
COUNTRIES = ("BE", "DE", "ES", "FR", "IE", "NL")
_NOWHERE = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def create(moment: Moment, params: Thing, name: str) -> Thing:
    """Where this customer sends money in this currency."""
    customer = present(moment, name, "id")
    currency, wanted = currency_of(params["currency"]), params["bank_transfer"]
    kind = wanted["type"]
    right, address = KINDS[kind]
    if currency != right:
        raise invalid(f"The currency of `{kind}` is {right}, not {currency}.", "currency")
    country = kind[:2].upper()
    if kind == "eu_bank_transfer":
        country = (wanted.get("eu_bank_transfer") or {}).get("country", "")
        if country not in COUNTRIES:
            raise invalid(
                f"Invalid country: must be one of {', '.join(COUNTRIES)}.", "bank_transfer[eu_bank_transfer][country]"
            )
    return {
        "object": "funding_instructions",
        "bank_transfer": {
            "country": country,
            "financial_addresses": [_address(customer, address, country)],
            "type": kind,
        },
        "currency": currency,
        "funding_type": "bank_transfer",
        "livemode": False,
    }


def _address(customer: Thing, kind: str, country: str) -> Thing:
    number = f"{zlib.crc32(customer['id'].encode()):010d}"
    told: dict[str, Any] = {
        "account_holder_address": {**_NOWHERE, "country": country},
        "account_holder_name": "Stripe",
        "bank_address": {**_NOWHERE, "country": country},
    }
    shapes: dict[str, tuple[Thing, list[str]]] = {
        "aba": (
            {
                "account_number": number,
                "account_type": "checking",
                "bank_name": "TEST BANK",
                "routing_number": "999999999",
            },
            ["ach", "domestic_wire_us"],
        ),
        "iban": ({"bic": "AGRIFRPP", "country": country, "iban": f"{country}89370400440{number}"}, ["sepa"]),
        "sort_code": ({"account_number": number[:8], "sort_code": "108800"}, ["bacs", "fps"]),
        "spei": ({"bank_code": "002", "bank_name": "BANAMEX", "clabe": f"00212345{number}"}, ["spei"]),
        "zengin": (
            {
                "account_number": number[:7],
                "account_type": "futsu",
                "bank_code": "0001",
                "bank_name": "TEST BANK",
                "branch_code": "950",
                "branch_name": "TEST BRANCH",
            },
            ["zengin"],
        ),
    }
    own, networks = shapes[kind]
    return {kind: {**told, **own}, "supported_networks": networks, "type": kind}
