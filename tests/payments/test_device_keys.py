"""Ephemeral keys and customer sessions, as the mobile payment sheet uses them."""

from typing import Any

import pytest
import requests
import stripe

from fakes.plugin import Fakes
from tests.payments.conftest import Bare, connected
from tests.payments.making_portal import key_for


def test_a_device_sees_its_customer_alone(client: stripe.StripeClient, shop: Fakes) -> None:
    """It reads and changes its customer and their cards; everything else is refused."""
    mine, other = (client.v1.customers.create({"email": "a@example.com"}) for _ in range(2))
    client.v1.payment_methods.attach("pm_card_visa", {"customer": mine.id})
    theirs = client.v1.payment_methods.attach("pm_card_visa", {"customer": other.id})
    key = client.v1.ephemeral_keys.create({"customer": mine.id}, {"stripe_version": "2026-10-28.endive"})
    assert key.secret is not None
    assert key.secret.startswith("ek_test_")
    device = connected(shop, key.secret)
    assert device.v1.customers.retrieve(mine.id).id == mine.id
    cards = device.v1.payment_methods.list({"customer": mine.id, "type": "card"}).data
    assert [one.card.last4 for one in cards if one.card] == ["4242"]
    fresh = client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_mastercard"}})
    assert device.v1.payment_methods.attach(fresh.id, {"customer": mine.id}).customer == mine.id
    assert device.v1.payment_methods.detach(fresh.id).customer is None
    for forbidden in (
        lambda: device.v1.customers.retrieve(other.id),
        lambda: device.v1.payment_methods.list({"customer": other.id}),
        lambda: device.v1.payment_methods.list(),
        lambda: device.v1.payment_methods.detach(theirs.id),
        lambda: device.v1.customers.list(),
        lambda: device.v1.refunds.create({"charge": "ch_x"}),
    ):
        with pytest.raises(stripe.PermissionError):
            forbidden()
    client.v1.ephemeral_keys.delete(key.id)
    with pytest.raises(stripe.AuthenticationError, match="Expired"):
        device.v1.customers.retrieve(mine.id)


def test_a_key_needs_a_version(shop: Fakes) -> None:
    """The vendor's mobile software pins one, so the merchant's server must say which."""
    url, secret = shop.url("payments"), shop.key("payments", "secret_key")
    answer = requests.post(f"{url}/v1/ephemeral_keys", auth=(secret, ""), data={"customer": "cus_x"}, timeout=10)
    assert (answer.status_code, "Stripe-Version" in answer.json()["error"]["message"]) == (400, True)


def test_a_key_lasts_an_hour(bare: Bare) -> None:
    """By the account's clock; and the secret is shown once."""
    from fakes.calls import Refusal

    customer = bare.post("customers")["id"]
    key = key_for(bare, customer)
    assert key["expires"] - key["created"] == 3600
    assert "secret" not in bare.slice._provider.account().get("ephemeral_key", key["id"])
    bare.clock.advance(3599)
    bare.call("GET", f"/v1/customers/{customer}", account=key["secret"])
    bare.clock.advance(1)
    with pytest.raises(Refusal) as caught:
        bare.call("GET", f"/v1/customers/{customer}", account=key["secret"])
    assert caught.value.reply.status == 401


@pytest.mark.parametrize("form", [{}, {"customer": "cus_x", "issuing_card": "ic_x"}, {"customer": "cus_x"}])
def test_a_key_is_for_one_thing_that_exists(bare: Bare, form: dict[str, Any]) -> None:
    """No object, two objects, and one that is not there."""
    call = bare.call("POST", "/v1/ephemeral_keys", form)
    call.headers = {**call.headers, "stripe-version": "2026-10-28.endive"}
    assert call.route is not None
    reply: Any = call.route.handler(call)
    assert reply.status == 400


def test_a_customer_session(client: stripe.StripeClient) -> None:
    """Features have the vendor's defaults; at least one component must be on."""
    customer = client.v1.customers.create({"email": "a@example.com"})
    made = client.v1.customer_sessions.create(
        {
            "customer": customer.id,
            "components": {
                "mobile_payment_element": {"enabled": True, "features": {"payment_method_save": "enabled"}},
            },
        }
    )
    assert (made.customer, made.expires_at - made.created) == (customer.id, 1800)
    assert made.client_secret.startswith("cuss_secret_")
    assert made.components is not None
    features = made.components.mobile_payment_element.features
    assert features is not None
    assert (features.payment_method_save, features.payment_method_redisplay) == ("enabled", "disabled")
    with pytest.raises(stripe.InvalidRequestError, match="at least one component"):
        client.v1.customer_sessions.create({"customer": customer.id, "components": {"buy_button": {"enabled": False}}})
