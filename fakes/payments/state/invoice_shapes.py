"""The shapes of an invoice, its lines and its payment record; no behaviour."""

from fakes.payments.state import automatic_tax, billing
from fakes.payments.state.money import shown
from fakes.payments.state.store import Account, Thing


def _line(account: Account, *, amount: int, currency: str, quantity: int | None, period: Thing) -> Thing:
    return {
        "id": account.fresh("line_item"),
        "object": "line_item",
        "amount": amount,
        "currency": currency,
        "description": None,
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "parent": None,
        "period": period,
        "pretax_credit_amounts": [],
        "pricing": None,
        "quantity": quantity,
        "subscription": None,
        "subtotal": amount,
        "taxes": [],
    }


def pricing_of(price: Thing) -> Thing:
    """How a line or an invoice item says what it costs."""
    return {
        "price_details": {"price": price["id"], "product": price["product"]},
        "type": "price_details",
        "unit_amount_decimal": price["unit_amount_decimal"],
    }


def line(account: Account, item: Thing, amount: int, start: int, end: int, quantity: int | None = None) -> Thing:
    """The line of a full period of a subscription's item."""
    price = item["price"]
    many = item.get("quantity", 0) if quantity is None else quantity
    made = _line(account, amount=amount, currency=price["currency"], quantity=many, period={"end": end, "start": start})
    made.update(
        description=f"{many} × {name_of(account, price)} (at {each(price)} / {price['recurring']['interval']})",
        discounts=list(item["discounts"]),
        parent={
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": None,
                "proration": False,
                "proration_details": {"credited_items": None},
                "subscription": item["subscription"],
                "subscription_item": item["id"],
            },
            "type": "subscription_item_details",
        },
        pricing=pricing_of(price),
        subscription=item["subscription"],
    )
    if item["tax_rates"]:
        billing.of(account).rates[made["id"]] = [rate["id"] for rate in item["tax_rates"]]
    return made


def name_of(account: Account, price: Thing) -> str:
    """What a price is for, in words: its product's name."""
    product = account.find("product", price["product"])
    return str((product or {}).get("name") or price.get("nickname") or price["id"])


def each(price: Thing) -> str:
    """What one of a price costs, in words."""
    return "tiered price" if price["unit_amount"] is None else shown(price["unit_amount"], price["currency"])


def item_line(account: Account, item: Thing) -> Thing:
    """The line of an invoice item."""
    made = _line(
        account, amount=item["amount"], currency=item["currency"], quantity=item["quantity"], period=item["period"]
    )
    subscription = ((item["parent"] or {}).get("subscription_details") or {}).get("subscription")
    made.update(
        description=item["description"],
        discountable=item["discountable"],
        discounts=list(item["discounts"]),
        metadata=dict(item["metadata"]),
        parent={
            "invoice_item_details": {
                "invoice_item": item["id"],
                "proration": item["proration"],
                "proration_details": {"credited_items": None},
                "subscription": subscription,
            },
            "subscription_item_details": None,
            "type": "invoice_item_details",
        },
        pricing=item["pricing"],
        subscription=subscription,
    )
    if item["tax_rates"]:
        billing.of(account).rates[made["id"]] = [rate["id"] for rate in item["tax_rates"]]
    return made


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


def draft(account: Account, customer: Thing, currency: str, reason: str) -> Thing:
    """An invoice without lines that nobody has seen yet."""
    name, now = account.fresh("invoice"), account.now()
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
        "collection_method": "charge_automatically",
        "created": now,
        "currency": currency,
        "customer": customer["id"],
        "lines": listed_lines(name, []),
        "livemode": False,
        "parent": None,
        "period_end": now,
        "period_start": now,
        "status": "draft",
        "test_clock": customer["test_clock"],
    }
    for field in ("address", "email", "name", "phone", "shipping", "tax_exempt"):
        invoice[f"customer_{field}"] = customer[field]
    return invoice


def listed_lines(name: str, lines: list[Thing]) -> Thing:
    """The lines of an invoice as it shows them: the first ten."""
    return {
        "object": "list",
        "data": lines[:10],
        "has_more": len(lines) > 10,
        "total_count": len(lines),
        "url": f"/v1/invoices/{name}/lines",
    }


def of_subscription(invoice: Thing, subscription: Thing) -> None:
    """Make a draft the subscription's: paid as it is paid, taxed as it is taxed."""
    described = {"metadata": dict(subscription["metadata"]), "subscription": subscription["id"]}
    invoice["parent"] = {"quote_details": None, "subscription_details": described, "type": "subscription_details"}
    invoice["collection_method"] = subscription["collection_method"]
    invoice["default_tax_rates"] = list(subscription["default_tax_rates"])
    if subscription["automatic_tax"]["enabled"]:
        automatic_tax.switch(invoice, subscription["automatic_tax"])


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
