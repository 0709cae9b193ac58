"""Deliveries as the official client verifies them, and every forgery as it refuses it."""

import pytest
import stripe

from fakes.payments.signing import ACCEPTED, FORGERIES, altered, header
from fakes.plugin import Fakes
from harness.clock import unix_s
from tests.payments.conftest import Hook


def _verified(shop: Fakes, delivery: tuple[dict[str, str], bytes]) -> stripe.Event:
    headers, body = delivery
    return stripe.Webhook.construct_event(  # type: ignore[no-any-return]
        body, headers.get("stripe-signature", ""), shop.key("payments", "webhook_secret")
    )


def test_a_delivery_is_verified(shop: Fakes, client: stripe.StripeClient, hook: Hook, marker: str) -> None:
    """What the fake delivers is what the official client accepts, letters beyond ASCII included."""
    made = client.v1.customers.create({"name": f"Zoë ✓ {marker}"})
    hook.wait(1, "customer.created")
    event = _verified(shop, hook.got[-1])
    assert event.to_dict()["data"]["object"]["name"] == made.name
    assert event.api_version == stripe.api_version


@pytest.mark.parametrize("forgery", sorted(FORGERIES))
def test_forgeries(shop: Fakes, client: stripe.StripeClient, hook: Hook, marker: str, forgery: str) -> None:
    """A lie signed well is accepted by the client, signed wrongly in any way it is refused."""
    intent = client.v1.payment_intents.create({"amount": 900, "currency": "usd", "metadata": {"marker": marker}})
    before = len(hook.got)
    shop.control("POST", "/forge", fake="payments", person=marker, lie="payment_succeeded", forgery=forgery)
    delivery = next(one for one in hook.got[before:] if b"payment_intent.succeeded" in one[1])
    assert intent.id.encode() in delivery[1]
    if forgery in ACCEPTED:
        assert _verified(shop, delivery).type == "payment_intent.succeeded"
    else:
        with pytest.raises(stripe.SignatureVerificationError):
            _verified(shop, delivery)
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_a_rolled_secret() -> None:
    """While two secrets are valid, both sign, and a receiver with either accepts."""
    body, now = b'{"id": "evt_1", "object": "event"}', unix_s()
    told = header(body, now, ["whsec_new", "whsec_old"])["Stripe-Signature"]
    assert told.count("v1=") == 2
    for secret in ("whsec_new", "whsec_old"):
        stripe.WebhookSignature.verify_header(body, told, secret, 300)


def test_our_signature_is_theirs() -> None:
    """The official client's own signer makes the same header."""
    theirs = stripe.WebhookSignature.generate_signature_header("{}", "whsec_a", 5)
    assert header(b"{}", 5, ["whsec_a"])["Stripe-Signature"] == theirs


def test_one_byte_is_altered() -> None:
    """An altered body differs in exactly one byte."""
    body = b'{\n  "api_version": "2026-10-28.endive"\n}'
    assert sum(one != other for one, other in zip(body, altered(body), strict=True)) == 1
