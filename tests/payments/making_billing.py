"""Makes one of everything of the catalogue and of billing, so that the shapes can be judged."""

from typing import Any

from tests.payments.conftest import Bare

INNER = "billing.meter_event", "billing.meter_event_adjustment", "billing.meter_event_summary", "plan"
"""Kinds that are answered but not kept under their own name."""


def make(bare: Bare) -> dict[str, list[dict[str, Any]]]:
    """Everything once; answers the objects of the kinds in `INNER`."""
    coupon = bare.post("coupons", percent_off=20, duration="forever")["id"]
    bare.post("coupons", amount_off=100, currency="usd", duration="repeating", duration_in_months=3)
    code = bare.post("promotion_codes", **{"promotion[type]": "coupon", "promotion[coupon]": coupon})["id"]
    rate = bare.post("tax_rates", display_name="VAT", inclusive="false", percentage=19)["id"]
    customer = bare.post("customers", balance=-300, coupon=coupon, email="a@example.com")["id"]
    method = bare.post("payment_methods/pm_card_visa/attach", customer=customer)["id"]
    bare.post(f"customers/{customer}", **{"invoice_settings[default_payment_method]": method})
    price = bare.plan(1500, "made")
    more: dict[str, Any] = {"discounts[0][promotion_code]": code, "default_tax_rates[0]": rate, "items[0][quantity]": 2}
    live = bare.post("subscriptions", customer=customer, **{"items[0][price]": price}, **more)
    bare.post("invoiceitems", customer=customer, amount=700, currency="usd", description="x")
    bare.post("invoices/create_preview", subscription=live["id"])
    draft = bare.post("invoices", customer=customer, pending_invoice_items_behavior="include")["id"]
    bare.post(f"invoices/{draft}/finalize")
    bare.post(f"invoices/{draft}/pay")
    bare.post(f"customers/{customer}/balance_transactions", amount=-50, currency="usd")
    _documents(bare, customer, price, live["id"])
    tiers: dict[str, Any] = {"tiers[0][up_to]": 5, "tiers[0][unit_amount]": 100}
    tiers |= {"tiers[1][up_to]": "inf", "tiers[1][flat_amount]": 9}
    form: dict[str, Any] = {"product_data[name]": "t", "billing_scheme": "tiered", "tiers_mode": "graduated", **tiers}
    bare.post("prices", currency="usd", **form, **{"recurring[interval]": "month"})
    plan = bare.post("plans", currency="usd", interval="month", amount=2000, **{"product[name]": "p"})
    lines = [line for one in bare.get("credit_notes")["data"] for line in one["lines"]["data"]]
    return {"plan": [plan], "credit_note_line_item": lines, **_usage(bare, customer)}


def _documents(bare: Bare, customer: str, price: str, subscription: str) -> None:
    bare.post("invoiceitems", customer=customer, amount=5000, currency="usd")
    invoice = bare.post("invoices", customer=customer, pending_invoice_items_behavior="include")["id"]
    bare.post(f"invoices/{invoice}/finalize")
    line: dict[str, Any] = {"lines[0][quantity]": 2, "lines[0][type]": "custom_line_item", "lines[0][unit_amount]": 500}
    bare.post("credit_notes", invoice=invoice, **line)
    bare.post(f"invoices/{invoice}/pay")
    line = {"lines[0][type]": "invoice_line_item", "lines[0][amount]": 700}
    line["lines[0][invoice_line_item]"] = bare.get(f"invoices/{invoice}/lines")["data"][0]["id"]
    note = bare.get("credit_notes/preview", invoice=invoice, credit_amount=560, **line)
    bare.post("credit_notes", invoice=invoice, credit_amount=note["total"], **line)
    quote = bare.post("quotes", customer=customer, **{"line_items[0][price]": price})["id"]
    bare.post(f"quotes/{quote}/finalize")
    bare.post(f"quotes/{quote}/accept")
    bare.post("subscription_schedules", from_subscription=subscription)


def _usage(bare: Bare, customer: str) -> dict[str, list[dict[str, Any]]]:
    sums = {"default_aggregation[formula]": "sum"}
    meter = bare.post("billing/meters", display_name="m", event_name="calls", **sums)
    payload: dict[str, Any] = {"payload[stripe_customer_id]": customer, "payload[value]": 7}
    event = bare.post("billing/meter_events", event_name="calls", identifier="one", **payload)
    hour = bare.clock.wall().replace(minute=0, second=0, microsecond=0).timestamp()
    span = {"start_time": int(hour) - 3600, "end_time": int(hour) + 3600}
    found = bare.get(f"billing/meters/{meter['id']}/event_summaries", customer=customer, **span)["data"]
    cancel = {"cancel[identifier]": "one"}
    undone = bare.post("billing/meter_event_adjustments", event_name="calls", type="cancel", **cancel)
    return {
        "billing.meter_event": [event],
        "billing.meter_event_adjustment": [undone],
        "billing.meter_event_summary": found,
    }
