"""What a dispute looks like; nothing is decided here."""

from fakes.payments.state.moment import Moment
from fakes.payments.state.store import Thing

DAYS_TO_ANSWER = 9
DAY_S = 86400
EVIDENCE = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)
CODES = {"fraudulent": "10.4", "product_not_received": "13.1"}


def fresh(moment: Moment, charge: Thing, reason: str, *, inquiry: bool) -> Thing:
    """A dispute of a charge that nobody answered yet."""
    due_by = (moment.now // DAY_S + DAYS_TO_ANSWER + 1) * DAY_S - 1
    billing = charge["billing_details"]
    known = {"customer_email_address": billing["email"], "customer_name": billing["name"], "customer_purchase_ip": None}
    dispute: Thing = {
        "id": moment.account.fresh("dispute"),
        "object": "dispute",
        "amount": charge["amount_captured"] - charge["amount_refunded"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": moment.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(EVIDENCE), **known, "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": due_by,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
    paid = charge["payment_method_details"]
    card = paid.get("card") or paid.get("card_present")
    if card is not None:
        code = CODES.get(reason, "10.4")
        told = {
            "brand": card["brand"],
            "case_type": "inquiry" if inquiry else "chargeback",
            "network_reason_code": code.partition(".")[0] if inquiry else code,
        }
        dispute["payment_method_details"] = {"type": "card", "card": told}
    return dispute
