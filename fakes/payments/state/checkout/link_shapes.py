"""What a payment link looks like, and which session it asks for when somebody opens it."""

from fakes.payments.state.checkout import shapes
from fakes.payments.state.store import Thing

FOR_SESSIONS = (
    "allow_promotion_codes",
    "automatic_tax",
    "billing_address_collection",
    "consent_collection",
    "custom_fields",
    "custom_text",
    "invoice_creation",
    "payment_intent_data",
    "payment_method_types",
    "phone_number_collection",
    "shipping_address_collection",
    "shipping_options",
    "subscription_data",
    "submit_type",
    "tax_id_collection",
)
"""Parameters that a link hands on to each of its sessions."""
CHANGEABLE = (*FOR_SESSIONS, "after_completion", "customer_creation", "inactive_message", "restrictions", "metadata")


_INTENT_DATA = (
    "capture_method",
    "description",
    "setup_future_usage",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)


def after_completion(given: Thing | None) -> Thing:
    """What happens when the buyer is done."""
    if given and given["type"] == "redirect":
        return {"type": "redirect", "redirect": {"url": (given.get("redirect") or {}).get("url")}}
    words = ((given or {}).get("hosted_confirmation") or {}).get("custom_message")
    return {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": words}}


def parts(params: Thing, mode: str) -> Thing:
    """Everything of a link that follows from its parameters and may change later."""
    limit = ((params.get("restrictions") or {}).get("completed_sessions") or {}).get("limit")
    return {
        "after_completion": after_completion(params.get("after_completion")),
        "allow_promotion_codes": params.get("allow_promotion_codes", False),
        "automatic_tax": {
            "enabled": bool((params.get("automatic_tax") or {}).get("enabled")),
            "liability": (params.get("automatic_tax") or {}).get("liability"),
        },
        "billing_address_collection": params.get("billing_address_collection", "auto"),
        "consent_collection": shapes.consent_collection(params),
        "custom_fields": [shapes.custom_field(one, with_value=False) for one in params.get("custom_fields") or ()],
        "custom_text": shapes.custom_text(params),
        "customer_creation": params.get("customer_creation", "always" if mode == "subscription" else "if_required"),
        "inactive_message": params.get("inactive_message") or None,
        "invoice_creation": shapes.invoice_creation(params) if mode == "payment" else None,
        "payment_intent_data": _payment_intent_data(params),
        "payment_method_collection": params.get("payment_method_collection", "always"),
        "payment_method_types": params.get("payment_method_types") or None,
        "phone_number_collection": {"enabled": bool((params.get("phone_number_collection") or {}).get("enabled"))},
        "restrictions": limit and {"completed_sessions": {"count": 0, "limit": limit}},
        "shipping_address_collection": params.get("shipping_address_collection") or None,
        "submit_type": params.get("submit_type", "auto"),
        "subscription_data": _subscription_data(params) if mode == "subscription" else None,
        "tax_id_collection": {
            "enabled": bool((params.get("tax_id_collection") or {}).get("enabled")),
            "required": (params.get("tax_id_collection") or {}).get("required", "never"),
        },
    }


def _payment_intent_data(params: Thing) -> Thing | None:
    given = params.get("payment_intent_data")
    return given and {**dict.fromkeys(_INTENT_DATA), "metadata": {}, **given}


def _subscription_data(params: Thing) -> Thing:
    given = params.get("subscription_data") or {}
    return {
        "description": given.get("description"),
        "invoice_settings": {"issuer": (given.get("invoice_settings") or {}).get("issuer", {"type": "self"})},
        "metadata": given.get("metadata") or {},
        "trial_period_days": given.get("trial_period_days"),
        "trial_settings": given.get("trial_settings"),
    }
