"""What a checkout session looks like when it has just been opened."""

from typing import Any

from fakes.payments.state.moment import Moment
from fakes.payments.state.store import Thing

UNSET: Thing = dict.fromkeys(
    (
        "after_expiration",
        "allow_promotion_codes",
        "billing_address_collection",
        "client_secret",
        "collected_information",
        "consent",
        "currency_conversion",
        "customer_account",
        "integration_identifier",
        "invoice",
        "locale",
        "optional_items",
        "origin_context",
        "payment_intent",
        "payment_link",
        "payment_method_configuration_details",
        "permissions",
        "recovered_from",
        "saved_payment_method_options",
        "setup_intent",
        "shipping_address_collection",
        "shipping_cost",
        "submit_type",
        "subscription",
        "wallet_options",
    )
)
AS_GIVEN = (
    "allow_promotion_codes",
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "customer",
    "integration_identifier",
    "locale",
    "origin_context",
    "redirect_on_completion",
    "return_url",
    "shipping_address_collection",
    "submit_type",
    "success_url",
    "wallet_options",
)
"""Parameters that a session shows as they were given."""
TEXTS = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
INVOICE_UNSET = ("account_tax_ids", "custom_fields", "description", "footer", "issuer", "rendering_options")


def session(moment: Moment, params: Thing, mode: str, expires_at: int) -> Thing:
    """A session without its amounts; not kept or told yet."""
    account = moment.account
    name = account.fresh("checkout.session")
    ui_mode = params.get("ui_mode", "hosted_page")
    shown: Thing = {
        "id": name,
        "object": "checkout.session",
        **UNSET,
        "adaptive_pricing": {"enabled": False} if mode != "setup" else None,
        "amount_subtotal": None,
        "amount_total": None,
        "automatic_tax": automatic_tax(params),
        "cancel_url": None,
        "client_reference_id": None,
        "created": moment.now,
        "currency": None,
        "custom_fields": [custom_field(one, with_value=True) for one in params.get("custom_fields") or ()],
        "custom_text": custom_text(params),
        "customer": None,
        "customer_creation": _customer_creation(params, mode),
        "customer_details": _details(moment, params),
        "customer_email": params.get("customer_email"),
        "discounts": [],
        "expires_at": expires_at,
        "invoice_creation": invoice_creation(params) if mode == "payment" else None,
        "livemode": False,
        "metadata": {},
        "mode": mode,
        "payment_method_collection": params.get(
            "payment_method_collection", "if_required" if mode == "payment" else "always"
        ),
        "payment_method_options": {},
        "payment_method_types": list(params.get("payment_method_types") or ["card"]),
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": bool((params.get("phone_number_collection") or {}).get("enabled"))},
        "shipping_options": [],
        "status": "open",
        "success_url": None,
        "total_details": None,
        "ui_mode": ui_mode,
        "url": None,
    }
    shown.update({name: params[name] for name in AS_GIVEN if name in params})
    if ui_mode == "hosted_page":
        shown["url"] = f"{account.pages_url}/c/pay/{name}"
    else:
        shown["client_secret"] = f"{name}_secret_{account.letters(50)}"
    _extras(shown, params)
    return shown


def _extras(shown: Thing, params: Thing) -> None:
    """What is there only when it was asked for."""
    shown["consent_collection"] = consent_collection(params)
    recovery = (params.get("after_expiration") or {}).get("recovery")
    if recovery:
        shown["after_expiration"] = {
            "recovery": {
                "allow_promotion_codes": recovery.get("allow_promotion_codes", False),
                "enabled": recovery["enabled"],
                "expires_at": None,
                "url": None,
            }
        }
    if params.get("tax_id_collection"):
        given = params["tax_id_collection"]
        shown["tax_id_collection"] = {"enabled": given["enabled"], "required": given.get("required", "never")}
    if params.get("saved_payment_method_options"):
        given = params["saved_payment_method_options"]
        shown["saved_payment_method_options"] = {
            "allow_redisplay_filters": given.get("allow_redisplay_filters", ["always"]),
            "payment_method_remove": given.get("payment_method_remove", "disabled"),
            "payment_method_save": given.get("payment_method_save"),
        }


def consent_collection(params: Thing) -> Thing | None:
    """What the buyer is asked to agree to."""
    consent = params.get("consent_collection")
    return consent and {
        "payment_method_reuse_agreement": consent.get("payment_method_reuse_agreement"),
        "promotions": consent.get("promotions", "none"),
        "terms_of_service": consent.get("terms_of_service", "none"),
    }


def _customer_creation(params: Thing, mode: str) -> str | None:
    if mode == "subscription" or params.get("customer"):
        return None
    return str(params.get("customer_creation", "if_required"))


def _details(moment: Moment, params: Thing) -> Thing | None:
    """What is known of the buyer before they come: nothing is null."""
    customer = moment.account.find("customer", params.get("customer"))
    email: str | None = params.get("customer_email") or (customer["email"] if customer else None)
    if customer is None and not email:
        return None
    return details(email=email, exempt=customer["tax_exempt"] if customer else "none")


def details(email: str | None = None, exempt: str = "none") -> Thing:
    """What is known of a buyer of whom only this is known."""
    return {
        "address": None,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": None,
        "phone": None,
        "tax_exempt": exempt,
        "tax_ids": [],
    }


def automatic_tax(params: Thing) -> Thing:
    """Whether taxes come by themselves; where the buyer is, nobody knows yet."""
    given = params.get("automatic_tax") or {}
    on = bool(given.get("enabled"))
    return {
        "enabled": on,
        "liability": given.get("liability", {"type": "self"}) if on else None,
        "provider": "stripe" if on else None,
        "status": "requires_location_inputs" if on else None,
    }


def custom_text(params: Thing) -> Thing:
    """Words of the merchant's own on the page."""
    given = params.get("custom_text") or {}
    return {name: given.get(name) or None for name in TEXTS}


def custom_field(given: Thing, *, with_value: bool) -> Thing:
    """A field of the merchant's own; sessions show what was filled in."""
    kind = given["type"]
    limits: Thing = dict(given.get(kind) or {})
    inner: Thing = {"default_value": limits.get("default_value")}
    if kind == "dropdown":
        inner["options"] = limits.get("options", [])
    else:
        inner |= {name: limits.get(name) for name in ("maximum_length", "minimum_length")}
    if with_value:
        inner["value"] = None
    return {
        "key": given["key"],
        "label": {"custom": given["label"]["custom"], "type": "custom"},
        "optional": given.get("optional", False),
        "type": kind,
        kind: inner,
    }


def invoice_creation(params: Thing) -> Thing:
    """Whether a payment leaves an invoice, and what would be on it."""
    given: Thing = params.get("invoice_creation") or {}
    data: dict[str, Any] = given.get("invoice_data") or {}
    return {
        "enabled": given.get("enabled", False),
        "invoice_data": {**dict.fromkeys(INVOICE_UNSET), "metadata": {}, **data},
    }
