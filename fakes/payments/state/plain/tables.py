"""What the vendor publishes and nobody changes: tax codes, what it offers in each country, bundles of plastic."""

from fakes.payments.state.problem import missing
from fakes.payments.state.store import Thing

CODES = {
    "txcd_99999999": ("General - Tangible Goods", "A physical good that can be moved or touched."),
    "txcd_20030000": ("General - Services", "General category for services."),
    "txcd_10000000": ("General - Electronically Supplied Services", "A service through the internet."),
    "txcd_10103000": ("Software as a service (SaaS) - personal use", "Pre-written software, for a person's own use."),
    "txcd_10103001": ("Software as a service (SaaS) - business use", "Pre-written software, for use in a business."),
    "txcd_10502000": ("Gift Card", "A card or voucher that is worth an amount of money."),
    "txcd_92010001": ("Shipping", "The charges to deliver a good."),
    "txcd_00000000": ("Nontaxable", "Any nontaxable good or service."),
}  # fmt: skip
"""Some of the vendor's hundreds of codes."""
NOT_TAXED = ("txcd_00000000", "txcd_10502000")
EURO = ("AT", "BE", "DE", "ES", "FI", "FR", "IE", "IT", "LU", "NL", "PT")
OTHERS = {
    "AU": "aud", "CA": "cad", "CH": "chf", "DK": "dkk", "GB": "gbp", "JP": "jpy", "NO": "nok", "SE": "sek", "US": "usd",
}  # fmt: skip
COUNTRIES = {**dict.fromkeys(EURO, "eur"), **OTHERS}
"""Where this fake has accounts, and the currency that is used there."""
CURRENCIES = ("usd", "aud", "cad", "chf", "dkk", "eur", "gbp", "jpy", "nok", "sek")
BUNDLES = {
    "ics_standardblack": ("Standard Black", "standard", "unsupported"),
    "ics_customcardlogo": ("Custom Card Logo", "custom", "optional"),
}


def tax_codes() -> list[Thing]:
    """All tax codes."""
    return [_code(name) for name in CODES]


def tax_code(name: str) -> Thing:
    """One tax code."""
    if name not in CODES:
        raise missing("tax code", name)
    return _code(name)


def _code(name: str) -> Thing:
    title, text = CODES[name]
    return {"id": name, "object": "tax_code", "description": text, "name": title}


def country_specs() -> list[Thing]:
    """What is offered in each country."""
    return [country_spec(name) for name in sorted(COUNTRIES)]


def country_spec(name: str) -> Thing:
    """What is offered in one country."""
    if name not in COUNTRIES:
        raise missing("country spec", name)
    own = COUNTRIES[name]
    needs = {"additional": [], "minimum": ["business_profile.url", "external_account", "tos_acceptance.date"]}
    person = {**needs, "minimum": [*needs["minimum"], "individual.first_name", "individual.last_name"]}
    return {
        "id": name,
        "object": "country_spec",
        "default_currency": own,
        "supported_bank_account_currencies": {own: [name]},
        "supported_payment_currencies": [own, *(one for one in CURRENCIES if one != own)],
        "supported_payment_methods": ["card", "stripe"],
        "supported_transfer_countries": sorted(COUNTRIES),
        "verification_fields": {"company": needs, "individual": person},
    }


def bundles() -> list[Thing]:
    """Which cards of plastic can be ordered."""
    return [bundle(name) for name in BUNDLES]


def bundle(name: str) -> Thing:
    """One of them."""
    if name not in BUNDLES:
        raise missing("physical bundle", name)
    title, kind, logo = BUNDLES[name]
    features = {"card_logo": logo, "carrier_text": "optional", "second_line": "optional"}
    told = {"id": name, "object": "issuing.physical_bundle", "features": features, "livemode": False}
    return {**told, "name": title, "status": "active", "type": kind}
