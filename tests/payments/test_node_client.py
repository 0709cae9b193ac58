"""The payment provider through `stripe`, the vendor's Node client, unmodified."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fakes.plugin import Fakes
from tests.nodes import play
from tests.payments.browsing import GOOD_CARD, fill
from tests.payments.conftest import Hook

SCRIPT = Path(__file__).parent / "client.cjs"
LINE = {"quantity": 2, "price_data": {"currency": "usd", "unit_amount": 900, "product_data": {"name": "Tea"}}}


def said(shop: Fakes, *steps: list[Any], key: str = "secret_key") -> list[Any]:
    """What came of each step, with the shop's own key or the one that phones have."""
    at = urlsplit(shop.url("payments"))
    options = {"host": at.hostname, "port": at.port, "protocol": at.scheme, "telemetry": False, "maxNetworkRetries": 0}
    answer: list[Any] = play(SCRIPT, {"key": shop.key("payments", key), "options": options, "steps": steps})
    return answer


def test_paying_and_being_declined(shop: Fakes, marker: str) -> None:
    """Objects as the client reads them, its own errors with code and decline code, a key that is repeated."""
    pay = {"amount": 1200, "currency": "usd", "confirm": True, "return_url": "https://example.com"}
    once = {"idempotencyKey": marker}
    customer, intent, again, declined, missing, unknown, listed = said(
        shop,
        ["customers.create", {"email": f"{marker}@example.com", "metadata": {"order": "7"}}],
        ["paymentIntents.create", {**pay, "payment_method": "pm_card_visa", "customer": "$0.id"}, once],
        ["paymentIntents.create", {**pay, "payment_method": "pm_card_visa", "customer": "$0.id"}, once],
        ["paymentIntents.create", {**pay, "payment_method": "pm_card_visa_chargeDeclinedInsufficientFunds"}],
        ["customers.retrieve", "cus_none"],
        ["customers.create", {"nickname": "x"}],
        ["paymentIntents.list", {"customer": "$0.id", "limit": 3}],
    )
    assert (customer["metadata"], intent["status"], again["id"]) == ({"order": "7"}, "succeeded", intent["id"])
    assert (declined["error"], declined["decline"]) == ("StripeCardError", "insufficient_funds")
    assert (missing["error"], missing["status"], missing["own"]) == ("StripeInvalidRequestError", 404, True)
    assert (unknown["code"], unknown["param"]) == ("parameter_unknown", "nickname")
    assert [one["id"] for one in listed["data"]] == [intent["id"]]


def test_checkout_portal_and_devices(shop: Fakes) -> None:
    """Sessions, links, portal, ephemeral keys and customer sessions by their names."""
    opened = {"mode": "payment", "line_items": [LINE], "success_url": "https://example.com/ok"}
    sheet = {"components": {"mobile_payment_element": {"enabled": True}}, "customer": "$0.id"}
    _, session, items, link, portal, key, sheet_said, price = said(
        shop,
        ["customers.create", {"email": "a@example.com"}],
        ["checkout.sessions.create", opened],
        ["checkout.sessions.listLineItems", "$1.id"],
        ["paymentLinks.create", {"line_items": [LINE]}],
        ["billingPortal.sessions.create", {"customer": "$0.id"}],
        ["ephemeralKeys.create", {"customer": "$0.id"}, {"apiVersion": "2026-10-28.endive"}],
        ["customerSessions.create", sheet],
        ["prices.create", {"currency": "usd", "unit_amount": 500, "product_data": {"name": "Tea"}}],
    )
    assert items["data"][0]["amount_total"] == 1800
    assert fill(session["url"], email="a@example.com", **GOOD_CARD).status == 303
    assert ("/b/" in link["url"], "/p/session/" in portal["url"]) == (True, True)
    assert key["secret"].startswith("ek_test_")
    assert sheet_said["client_secret"].startswith("cuss_secret_")
    assert price["unit_amount"] == 500


def test_a_webhook_is_what_the_client_accepts(shop: Fakes, hook: Hook, marker: str) -> None:
    """Its own check of the signature passes, and fails for another secret."""
    made = said(shop, ["customers.create", {"email": f"{marker}@example.com"}])[0]
    shop.settle()
    headers, body = next(
        one for one in reversed(hook.got) if json.loads(one[1])["data"]["object"].get("id") == made["id"]
    )
    secret, header = shop.key("payments", "webhook_secret"), headers["stripe-signature"]
    right, wrong = said(
        shop,
        ["webhooks.constructEvent", body.decode(), header, secret],
        ["webhooks.constructEvent", body.decode(), header, "whsec_wrong"],
    )
    assert (right["type"], right["data"]["object"]["id"]) == ("customer.created", made["id"])
    assert wrong["error"] == "StripeSignatureVerificationError"
