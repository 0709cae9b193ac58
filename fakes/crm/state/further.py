"""The properties of the types of record that a pipeline meets seldom: leads, quotes, orders, invoices; data alone.

They are reached by the placeholder that custom types share, and their effects land in the same sink. `standard.py` puts
them beside the others.
"""

from collections.abc import Iterable, Mapping

from fakes.crm.state.forms import DAY, HTML, LONG, MOMENT, NUMBER, SELECT, TEXT, YES_NO, Fields

MONEY: Fields = {"hs_currency_code": SELECT, "hs_total_price": NUMBER, "hs_subtotal_price": NUMBER, "hs_tax": NUMBER}
FURTHER: Mapping[str, Fields] = {
    "leads": {
        "hs_lead_name": TEXT, "hs_lead_type": SELECT, "hs_lead_label": SELECT, "hubspot_owner_id": SELECT,
    },
    "quotes": {
        "hs_title": TEXT, "hs_expiration_date": MOMENT, "hs_status": SELECT, "hs_currency": SELECT, "hs_terms": LONG,
        "hs_comments": LONG, "hs_language": TEXT, "hs_quote_amount": NUMBER, "hubspot_owner_id": SELECT,
    },
    "orders": {
        **MONEY, "hs_order_name": TEXT, "hs_external_order_id": TEXT, "hs_external_order_status": TEXT,
        "hs_source_store": TEXT, "hs_fulfillment_status": TEXT, "hs_billing_address_email": TEXT,
        "hs_shipping_tracking_number": TEXT, "hubspot_owner_id": SELECT,
    },
    "carts": {
        **MONEY, "hs_cart_name": TEXT, "hs_external_cart_id": TEXT, "hs_external_status": TEXT, "hs_cart_url": TEXT,
        "hs_source_store": TEXT, "hubspot_owner_id": SELECT,
    },
    "invoices": {
        "hs_title": TEXT, "hs_currency": SELECT, "hs_invoice_date": MOMENT, "hs_due_date": MOMENT,
        "hs_invoice_status": SELECT, "hs_number": TEXT, "hs_amount_billed": NUMBER, "hs_balance_due": NUMBER,
        "hs_external_invoice_id": TEXT, "hs_comments": LONG, "hubspot_owner_id": SELECT,
    },
    "goal_targets": {
        "hs_goal_name": TEXT, "hs_target_amount": NUMBER, "hs_start_datetime": MOMENT, "hs_end_datetime": MOMENT,
    },
    "communications": {
        "hs_timestamp": MOMENT, "hs_communication_channel_type": SELECT, "hs_communication_logged_from": TEXT,
        "hs_communication_body": HTML, "hubspot_owner_id": SELECT,
    },
    "postal_mail": {
        "hs_timestamp": MOMENT, "hs_postal_mail_body": HTML, "hubspot_owner_id": SELECT, "hs_attachment_ids": TEXT,
    },
    "taxes": {"hs_label": TEXT, "hs_type": SELECT, "hs_value": NUMBER, "hs_tax_date": DAY, "hs_tax_included": YES_NO},
}  # fmt: skip
STATUSES: Mapping[str, Iterable[str]] = {
    "hs_lead_type": ("NEW_BUSINESS", "RE_ATTEMPTING", "UPSELL"),
    "hs_lead_label": ("WARM", "HOT", "COLD"),
    "hs_status": ("DRAFT", "APPROVAL_NOT_NEEDED", "PENDING_APPROVAL", "APPROVED", "REJECTED"),
    "hs_invoice_status": ("draft", "open", "paid", "voided"),
    "hs_communication_channel_type": ("WHATS_APP", "LINKEDIN_MESSAGE", "SMS"),
    "hs_type": ("PERCENT", "FIXED"),
}
TYPES: tuple[tuple[str, str, str, int, str], ...] = (
    ("leads", "0-136", "lead", 101, "hs_lead_name"),
    ("quotes", "0-14", "quote", 102, "hs_title"),
    ("orders", "0-123", "order", 103, "hs_order_name"),
    ("carts", "0-142", "cart", 104, "hs_cart_name"),
    ("invoices", "0-53", "invoice", 105, "hs_title"),
    ("goal_targets", "0-74", "goal_target", 106, "hs_goal_name"),
    ("communications", "0-18", "communication", 107, "hs_communication_body"),
    ("postal_mail", "0-116", "postal_mail", 108, "hs_postal_mail_body"),
    ("taxes", "0-85", "tax", 109, "hs_label"),
)
"""Name, number, singular, the first digits of ids, and what is searched."""
