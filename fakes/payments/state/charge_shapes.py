"""What a charge shows of how it was paid and of what the network said."""

from fakes.payments.state.instrument import Card
from fakes.payments.state.store import Thing

_BLOCKED = {
    "network_status": "not_sent_to_network",
    "reason": "highest_risk_level",
    "risk_score": 92,
    "seller_message": "Stripe blocked this payment as too risky.",
    "type": "blocked",
}


def outcome(card: Card, *, pays: bool) -> Thing:
    """How the bank, or the provider before it, decided."""
    told: Thing = {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None if pays else "01",
        "network_status": "approved_by_network" if pays else "declined_by_network",
        "reason": "elevated_risk_level" if pays and card.risk == "elevated" else None if pays else card.decline,
        "risk_level": card.risk,
        "risk_score": 71 if card.risk == "elevated" else 12,
        "seller_message": "Payment complete." if pays else "The bank did not return any further details.",
        "type": "authorized" if pays else "issuer_declined",
    }
    if card.risk == "highest":
        told |= {**_BLOCKED, "network_decline_code": None}
    return told


def details(method: Thing, card: Card, intent: Thing, authorized: int | None) -> Thing:
    """The `payment_method_details` of a charge."""
    if method["type"] != "card":
        left_out = ("networks", "status_details", "financial_connections_account", "generated_from", "dob", "email")
        shown = {name: value for name, value in method[method["type"]].items() if name not in left_out}
        return {method["type"]: shown, "type": method["type"]}
    options = intent["payment_method_options"].get("card") or {}
    shown = {
        name: method["card"][name]
        for name in ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    }
    grows = options.get("request_incremental_authorization") == "if_available"
    return {
        "card": {
            **shown,
            "amount_authorized": authorized,
            "authorization_code": None,
            "checks": {
                "address_line1_check": "fail" if "address_line1_check" in card.fails else None,
                "address_postal_code_check": "fail" if "address_postal_code_check" in card.fails else None,
                "cvc_check": "fail" if "cvc_check" in card.fails else "pass",
            },
            "extended_authorization": {"status": "disabled"},
            "incremental_authorization": {"status": "available" if grows else "unavailable"},
            "installments": None,
            "mandate": None,
            "multicapture": {"status": "unavailable"},
            "network": card.brand,
            "network_token": {"used": False},
            "network_transaction_id": None,
            "overcapture": {"maximum_amount_capturable": authorized or 0, "status": "unavailable"},
            "regulated_status": "unregulated",
            "three_d_secure": None,
            "wallet": None,
        },
        "type": "card",
    }


def three_d_secure(transaction: str) -> Thing:
    """What a charge says of a customer who answered their bank."""
    return {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": transaction,
        "version": "2.2.0",
    }
