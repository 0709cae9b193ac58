"""What a checkout page asks for, by what its session wants; and whether what was filled in will do."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fakes.payments.state.store import Thing

WRITTEN: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "card": (
        ("cardNumber", "Card number", "1234 1234 1234 1234"),
        ("cardExpiry", "Expiry", "MM / YY"),
        ("cardCvc", "CVC", "CVC"),
        ("billingName", "Name on card", "Full name"),
    ),
    "sepa_debit": (("iban", "IBAN", "DE00 0000 0000 0000 0000 00"), ("billingName", "Account holder", "Full name")),
    "bacs_debit": (("sortCode", "Sort code", "10-88-00"), ("accountNumber", "Account number", "00012345")),
    "us_bank_account": (
        ("routingNumber", "Routing number", "110000000"),
        ("usAccountNumber", "Account number", "000123456789"),
        ("billingName", "Account holder", "Full name"),
    ),
    "acss_debit": (
        ("transitNumber", "Transit number", "11000"),
        ("institutionNumber", "Institution number", "000"),
        ("acssAccountNumber", "Account number", "000123456789"),
    ),
    "au_becs_debit": (("bsb", "BSB", "000-000"), ("accountNumber", "Account number", "000123456")),
}
"""What is written for each way to pay: (name, label, hint); for every other way there is nothing to write."""
HINTS: Mapping[str, Mapping[str, str]] = {
    "email": {"type": "email", "autocomplete": "email", "inputmode": "email"},
    "phone": {"type": "tel", "autocomplete": "tel", "inputmode": "tel"},
    "cardNumber": {"autocomplete": "cc-number", "inputmode": "numeric"},
    "cardExpiry": {"autocomplete": "cc-exp", "inputmode": "numeric"},
    "cardCvc": {"autocomplete": "cc-csc", "inputmode": "numeric"},
    "billingName": {"autocomplete": "cc-name"},
}
NAMES = {
    "card": "Card", "sepa_debit": "SEPA debit", "bacs_debit": "Bacs debit", "au_becs_debit": "BECS debit",
    "ideal": "iDEAL", "eps": "EPS", "p24": "Przelewy24", "us_bank_account": "Bank account",
}  # fmt: skip
WORDS_MOST = 255
UNPLACED = "With this we cannot tell which taxes are due."


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in."""

    name: str
    label: str
    group: str
    hint: str = ""
    needed: bool = True
    options: tuple[tuple[str, str], ...] = ()
    """(value, words) of a choice; empty for text."""
    value: str = ""
    mistake: str = ""

    @property
    def attributes(self) -> Mapping[str, str]:
        """How browsers and phones help with it."""
        return HINTS.get(self.name, {})


def asked(session: Thing) -> Iterator[Field]:
    """Everything but the way to pay, in order."""
    details = session["customer_details"] or {}
    if not details.get("email"):
        yield Field("email", "Email", "Contact", "you@example.com")
    if session["phone_number_collection"]["enabled"]:
        yield Field("phone", "Phone", "Contact")
    if session["shipping_address_collection"]:
        countries = tuple((one, one) for one in session["shipping_address_collection"]["allowed_countries"])
        yield Field("shippingName", "Name", "Shipping")
        yield Field("shippingAddressLine1", "Address", "Shipping")
        yield Field("shippingPostalCode", "Postal code", "Shipping", needed=False)
        yield Field("shippingLocality", "City", "Shipping")
        yield Field("shippingCountry", "Country", "Shipping", options=countries)
    if _taxes_by_bill(session):
        address = details.get("address") or {}
        yield Field(
            "billingCountry", "Country (two letters)", "Billing address", "US", value=address.get("country") or ""
        )
        code = address.get("postal_code") or ""
        yield Field("billingPostalCode", "Postal code", "Billing address", needed=False, value=code)
    for one in session["custom_fields"]:
        inner = one[one["type"]]
        options = tuple((choice["value"], choice["label"]) for choice in inner.get("options", ()))
        label, needed, value = one["label"]["custom"], not one["optional"], inner["default_value"] or ""
        yield Field(f"custom_{one['key']}", label, "More", needed=needed, options=options, value=value)


def _taxes_by_bill(session: Thing) -> bool:
    """Whether taxes need a billing address: none is known, or the one that is known was written here."""
    wanted = session["automatic_tax"]
    if not wanted["enabled"] or (session["shipping_address_collection"] and not session["customer"]):
        return False
    return wanted["status"] != "complete" or bool((session["customer_details"] or {}).get("address"))


def filled(session: Thing, given: Mapping[str, Any]) -> list[Field]:
    """The fields with what was written, and what is wrong with it."""
    return [_judged(one, str(given.get(one.name, one.value)).strip(), session) for one in asked(session)]


def _judged(field: Field, value: str, session: Thing) -> Field:
    mistake = ""
    if not value:
        mistake = "This is needed." if field.needed else ""
    elif len(value) > WORDS_MOST:
        mistake = f"At most {WORDS_MOST} characters."
    elif field.options and value not in dict(field.options):
        mistake = "Choose one of these."
    elif field.name == "billingCountry" and not re.fullmatch("[A-Za-z]{2}", value):
        mistake = "Write the two letters of your country."
    elif field.name == "email" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        mistake = "Your email is incomplete."
    elif field.name.startswith("custom_"):
        mistake = _custom(session, field.name.removeprefix("custom_"), value)
    return replace(field, value=value, mistake=mistake)


def _custom(session: Thing, key: str, value: str) -> str:
    one = next(field for field in session["custom_fields"] if field["key"] == key)
    inner = one[one["type"]]
    if one["type"] == "numeric" and not (value.isascii() and value.isdigit()):
        return "Only digits."
    least, most = inner.get("minimum_length"), inner.get("maximum_length")
    if least is not None and len(value) < least:
        return f"At least {least} characters."
    return f"At most {most} characters." if most is not None and len(value) > most else ""


def unplaced(fields: list[Field]) -> list[Field]:
    """The fields, when what they say of where the buyer is does not do for taxes."""
    ends = ("PostalCode", "Country")
    return [replace(one, mistake=one.mistake or UNPLACED) if one.name.endswith(ends) else one for one in fields]


def told(fields: list[Field], given: Mapping[str, Any]) -> Thing:
    """What was filled in well, as a session takes it."""
    values = {one.name: one.value for one in fields if one.value and not one.mistake}
    found: Thing = {name: values[name] for name in ("email", "phone") if name in values}
    if given.get("billingName"):
        found["name"] = str(given["billingName"])[:WORDS_MOST]
    if "shippingCountry" in values:
        found["shipping"] = {"address": _address(values, "shipping"), "name": values.get("shippingName")}
    if "billingCountry" in values:
        found["address"] = _address(values, "billing")
    found["custom_fields"] = {
        name.removeprefix("custom_"): value for name, value in values.items() if name.startswith("custom_")
    }
    return found


def _address(values: Mapping[str, str], whose: str) -> Thing:
    return {
        "city": values.get(f"{whose}Locality"),
        "country": values[f"{whose}Country"].upper(),
        "line1": values.get(f"{whose}AddressLine1"),
        "line2": None,
        "postal_code": values.get(f"{whose}PostalCode"),
        "state": None,
    }


def written(kind: str, given: Mapping[str, Any], mistakes: Mapping[str, str]) -> list[Field]:
    """What is written for one way to pay; a security code is never shown again."""
    return [
        Field(
            name,
            label,
            kind,
            hint,
            value="" if name == "cardCvc" else str(given.get(name, "")),
            mistake=mistakes.get(name, ""),
        )
        for name, label, hint in WRITTEN.get(kind, ())
    ]


def ways(session: Thing, given: Mapping[str, Any], mistakes: Mapping[str, str]) -> list[tuple[str, str, list[Field]]]:
    """The ways to pay of a session, each with its name and what is written for it."""
    return [
        (kind, NAMES.get(kind, kind.replace("_", " ").title()), written(kind, given, mistakes))
        for kind in session["payment_method_types"]
    ]
