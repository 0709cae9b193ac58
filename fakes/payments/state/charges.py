"""Charges: each attempt to take money, whether it succeeded or was declined."""

from fakes.payments.state.cards import Card
from fakes.payments.state.customers import merge_metadata, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.store import Thing


def attempt(moment: Moment, intent: Thing, method: Thing, card: Card, *, pays: bool) -> Thing:
    """The charge of one confirmation; it is told and its effect is said here."""
    account = moment.account
    captures = intent["capture_method"] != "manual"
    charge: Thing = {
        "id": account.fresh("charge"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if pays and captures else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": {**method["billing_details"]},
        "calculated_statement_descriptor": "STAGING SHOP" if pays else None,
        "captured": pays and captures,
        "created": moment.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None if pays else card.code,
        "failure_message": None if pays else card.message,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": _outcome(card, pays=pays),
        "paid": pays,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": _details(method, intent["amount"] if pays else None),
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": intent["shipping"],
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "succeeded" if pays else "failed",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }
    if pays:
        charge["receipt_url"] = f"https://pay.stripe.com/receipts/payment/{charge['id']}"
    account.put(charge)
    intent["latest_charge"] = charge["id"]
    if pays:
        moment.effect("payments.charge", "create", charge, values(charge))
        moment.tell("charge.succeeded", charge)
    else:
        said = {"amount": charge["amount"], "currency": charge["currency"], "code": card.decline or card.code}
        moment.effect("payments.decline", "create", charge, said)
        moment.tell("charge.failed", charge)
    return charge


def values(charge: Thing) -> Thing:
    """A charge in the words of its sink."""
    return {"amount": charge["amount"], "currency": charge["currency"], "captured": charge["captured"]}


def _outcome(card: Card, *, pays: bool) -> Thing:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None if pays else "01",
        "network_status": "approved_by_network" if pays else "declined_by_network",
        "reason": None if pays else card.decline,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "Payment complete." if pays else "The bank did not return any further details.",
        "type": "authorized" if pays else "issuer_declined",
    }


def _details(method: Thing, authorized: int | None) -> Thing:
    card = method["card"]
    shown = {
        name: card[name] for name in ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    }
    return {
        "card": {
            **shown,
            "amount_authorized": authorized,
            "authorization_code": None,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
            "extended_authorization": {"status": "disabled"},
            "incremental_authorization": {"status": "unavailable"},
            "installments": None,
            "mandate": None,
            "multicapture": {"status": "unavailable"},
            "network": card["brand"],
            "network_token": {"used": False},
            "network_transaction_id": None,
            "overcapture": {"maximum_amount_capturable": authorized or 0, "status": "unavailable"},
            "regulated_status": "unregulated",
            "three_d_secure": None,
            "wallet": None,
        },
        "type": "card",
    }


def book(moment: Moment, charge: Thing) -> None:
    """Give a captured charge its balance transaction, as the provider does shortly after taking the money."""
    fee = round(charge["amount_captured"] * 0.029) + (30 if charge["currency"] in ("usd", "eur") else 0)
    entry: Thing = {
        "id": moment.account.fresh("balance_transaction"),
        "object": "balance_transaction",
        "amount": charge["amount_captured"],
        "available_on": moment.now + 2 * 86400,
        "balance_type": "payments",
        "created": moment.now,
        "currency": charge["currency"],
        "description": charge["description"],
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [
            {
                "amount": fee,
                "application": None,
                "currency": charge["currency"],
                "description": "Stripe processing fees",
                "type": "stripe_fee",
            }
        ],
        "net": charge["amount_captured"] - fee,
        "reporting_category": "charge",
        "source": charge["id"],
        "status": "pending",
        "type": "charge",
    }
    moment.account.put(entry)
    with moment.changing(charge, "charge.updated"):
        charge["balance_transaction"] = entry["id"]


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change a charge's description, metadata or receipt address."""
    charge = moment.account.get("charge", name)
    with moment.changing(charge, "charge.updated"):
        for field in ("description", "receipt_email"):
            if field in params:
                charge[field] = unset(params[field])
        if "metadata" in params:
            merge_metadata(charge, params["metadata"])
    return charge
