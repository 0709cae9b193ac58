"""Renewals and webhook retries share an account's time: moved on, both come in order, signed with the real time."""

import json
from typing import Any

import stripe

from fakes.plugin import Fakes
from harness.clock import SYSTEM, unix_s
from tests.payments.conftest import Hook, hooked

DAY_S = 86_400


def _told(hook: Hook) -> list[dict[str, Any]]:
    return [json.loads(body) for _, body in hook.got]


def test_forty_days(client: stripe.StripeClient, shop: Fakes, marker: str) -> None:
    """Forty days bring a renewal; what the endpoint refused at first is told again before it, and nothing is lost."""
    with hooked() as heard:
        kinds: Any = ["invoice.paid", "customer.created"]
        made = client.v1.webhook_endpoints.create({"url": heard.url, "enabled_events": kinds})
        shop.control("PUT", "/retries", schedule="live", fake="payments")
        heard.status = 500
        customer = client.v1.customers.create(
            {"email": f"{marker}@example.com", "payment_method": "pm_card_visa",
             "invoice_settings": {"default_payment_method": "pm_card_visa"}}
        )  # fmt: skip
        heard.wait(1, "customer.created")
        heard.status = 200
        product = client.v1.products.create({"name": "Plan"}).id
        price: Any = {
            "currency": "usd", "unit_amount": 900, "recurring": {"interval": "month"}, "product": product
        }  # fmt: skip
        client.v1.subscriptions.create({"customer": customer.id, "items": [{"price_data": price}]})
        heard.wait(1, "invoice.paid")
        began = SYSTEM.at_ns()
        shop.control("POST", "/time", fake="payments", seconds=40 * DAY_S)
        assert SYSTEM.at_ns() - began < 10e9
        shop.settle()
        told = _told(heard)
        assert [one["type"] for one in told] == ["customer.created", "invoice.paid", "customer.created", "invoice.paid"]
        assert told[0]["id"] == told[2]["id"]
        assert 27 * DAY_S < told[3]["created"] - told[1]["created"] < 40 * DAY_S
        for headers, _ in heard.got:
            assert abs(int(headers["stripe-signature"].partition(",")[0][2:]) - unix_s()) < 60
        assert not client.v1.events.list({"delivery_success": False}).data
        shop.control("PUT", "/retries", schedule="fast")
        client.v1.webhook_endpoints.delete(made.id)
