"""The shapes of an invoice, its lines and its payment record; no behaviour."""

from fakes.payments.state.money import shown
from fakes.payments.state.store import Account, Thing


def line(account: Account, item: Thing, amount: int, start: int, end: int, *, proration: str = "") -> Thing:
    """One line: a full period of an item, or a correction in the middle of one, with the words for it."""
    price = item["price"]
    words = proration or (
        f"{item['quantity']} × {price.get('nickname') or price.get('lookup_key') or price['id']} "
        f"(at {shown(price['unit_amount'], price['currency'])} / {price['recurring']['interval']})"
    )
    return {
        "id": account.fresh("line_item"),
        "object": "line_item",
        "amount": amount,
        "currency": price["currency"],
        "description": words,
        "discount_amounts": [],
        "discountable": not proration,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": None,
                "proration": bool(proration),
                "proration_details": {"credited_items": None},
                "subscription": item["subscription"],
                "subscription_item": item["id"],
            },
            "type": "subscription_item_details",
        },
        "period": {"end": end, "start": start},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": item["quantity"],
        "subscription": item["subscription"],
        "subtotal": amount,
        "taxes": [],
    }


_UNSET: Thing = dict.fromkeys(
    (
        "account_tax_ids",
        "application",
        "automatically_finalizes_at",
        "custom_fields",
        "customer_account",
        "default_payment_method",
        "default_source",
        "description",
        "due_date",
        "effective_at",
        "ending_balance",
        "footer",
        "from_invoice",
        "hosted_invoice_url",
        "invoice_pdf",
        "last_finalization_error",
        "latest_revision",
        "next_payment_attempt",
        "number",
        "on_behalf_of",
        "receipt_number",
        "rendering",
        "shipping_cost",
        "shipping_details",
        "statement_descriptor",
        "status_details",
        "test_clock",
        "webhooks_delivered_at",
    )
)
_ZERO: Thing = dict.fromkeys(
    (
        "amount_overpaid",
        "amount_paid",
        "amount_paid_off_stripe",
        "amount_shipping",
        "attempt_count",
        "post_payment_credit_notes_amount",
        "pre_payment_credit_notes_amount",
        "starting_balance",
    ),
    0,
)


def _empty() -> Thing:
    lists = ("customer_tax_ids", "default_tax_rates", "discounts")
    totals = ("total_discount_amounts", "total_pretax_credit_amounts", "total_taxes")
    moments = ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")
    return {
        **{name: [] for name in (*lists, *totals)},
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "issuer": {"type": "self"},
        "metadata": {},
        "payment_settings": {"default_mandate": None, "payment_method_options": None, "payment_method_types": None},
        "status_transitions": dict.fromkeys(moments),
    }


def draft(account: Account, customer: Thing, subscription: Thing, lines: list[Thing], reason: str) -> Thing:
    """An invoice that nobody has seen yet."""
    name, now = account.fresh("invoice"), account.now()
    total = sum(one["amount"] for one in lines)
    for one in lines:
        one["invoice"] = name
    described = {"metadata": dict(subscription["metadata"]), "subscription": subscription["id"]}
    invoice = {
        "id": name,
        "object": "invoice",
        **_UNSET,
        **_ZERO,
        **_empty(),
        "account_country": "US",
        "account_name": "Staging shop",
        "attempted": False,
        "auto_advance": False,
        "billing_reason": reason,
        "collection_method": subscription["collection_method"],
        "created": now,
        "currency": subscription["currency"],
        "customer": customer["id"],
        "lines": {
            "object": "list",
            "data": lines,
            "has_more": False,
            "total_count": len(lines),
            "url": f"/v1/invoices/{name}/lines",
        },
        "livemode": False,
        "parent": {"quote_details": None, "subscription_details": described, "type": "subscription_details"},
        "period_end": now,
        "period_start": now,
        "status": "draft",
    }
    for field in ("address", "email", "name", "phone", "shipping", "tax_exempt"):
        invoice[f"customer_{field}"] = customer[field]
    for field in ("amount_due", "amount_remaining"):
        invoice[field] = max(0, total)
    for field in ("subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax"):
        invoice[field] = total
    return invoice


def payment(account: Account, invoice: Thing, intent: Thing) -> Thing:
    """The record that ties an invoice to the intent that pays it."""
    return {
        "id": account.fresh("invoice_payment"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": invoice["amount_due"],
        "created": account.now(),
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": True,
        "livemode": False,
        "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }
