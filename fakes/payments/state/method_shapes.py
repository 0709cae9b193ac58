"""What a payment method shows of the card or account behind it; nothing is decided here."""

import hashlib

from fakes.payments.state.instrument import Card
from fakes.payments.state.store import Thing


def fingerprint(text: str) -> str:
    """What is the same for the same number, and tells nothing of it."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def card(found: Card, given: Thing) -> Thing:
    """The `card` of a payment method; `given` may say when it expires."""
    return {
        "brand": found.brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "fail" if "cvc_check" in found.fails else "unchecked",
        },
        "country": found.country,
        "display_brand": "american_express" if found.brand == "amex" else found.brand,
        "exp_month": given.get("exp_month", 12),
        "exp_year": given.get("exp_year", 2034),
        "fingerprint": fingerprint(found.number),
        "funding": found.funding,
        "generated_from": None,
        "last4": found.last4,
        "networks": {"available": [found.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def other(kind: str, found: Card, given: Thing) -> Thing:
    """The part of a payment method that is named like its type, for types other than cards."""
    number = str(given.get("account_number") or given.get("iban") or found.number)
    shown = {"fingerprint": fingerprint(number), "last4": number[-4:]}
    if kind == "card_present":
        return _present(found)
    if kind == "us_bank_account":
        return {
            **shown,
            "account_holder_type": given.get("account_holder_type", "individual"),
            "account_type": given.get("account_type", "checking"),
            "bank_name": "STRIPE TEST BANK",
            "financial_connections_account": given.get("financial_connections_account"),
            "networks": {"preferred": "ach", "supported": ["ach"]},
            "routing_number": given.get("routing_number", "110000000"),
            "status_details": {},
        }
    if kind == "sepa_debit":
        generated = {"charge": None, "setup_attempt": None}
        return {
            **shown,
            "bank_code": number[4:9],
            "branch_code": None,
            "country": number[:2] or found.country,
            "generated_from": generated,
        }
    if kind == "bacs_debit":
        return {**shown, "sort_code": given.get("sort_code", "108800")}
    if kind == "au_becs_debit":
        return {**shown, "bsb_number": given.get("bsb_number", "000000")}
    if kind == "acss_debit":
        institution = given.get("institution_number", "000")
        transit = given.get("transit_number", "11000")
        return {**shown, "bank_name": "STRIPE TEST BANK", "institution_number": institution, "transit_number": transit}
    if kind == "link":
        return {"email": (given.get("billing") or {}).get("email")}
    return {**dict.fromkeys(_FIELDS.get(kind, ())), **given}


def _present(found: Card) -> Thing:
    """What a reader reads of a card."""
    return {
        "brand": found.brand,
        "brand_product": None,
        "cardholder_name": None,
        "country": found.country,
        "description": None,
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": fingerprint(found.number),
        "funding": found.funding,
        "issuer": None,
        "last4": found.last4,
        "networks": {"available": [found.brand], "preferred": None},
        "offline": {"stored_at": None, "type": None},
        "preferred_locales": ["en"],
        "read_method": "contact_emv",
    }


_FIELDS = {
    "ideal": ("bank", "bic"),
    "p24": ("bank",),
    "eps": ("bank",),
    "klarna": ("dob",),
    "paypal": ("country", "payer_email", "payer_id"),
    "cashapp": ("buyer_id", "cashtag"),
}
