"""How a customer wants to pay, handed to the server as a token; and what is refused leaves nothing behind."""

from typing import Any

import pytest
import stripe

from tests.payments.conftest import Bare


def _token(bare: Bare, **form: Any) -> str:
    return str(bare.post("test_helpers/confirmation_tokens", **form)["id"])


def test_a_token_pays_once(client: stripe.StripeClient) -> None:
    """It says how to pay, where to send it, and where to come back to; a second time it is refused."""
    address: Any = {"line1": "1 Test Street"}
    token = client.v1.test_helpers.confirmation_tokens.create(
        {
            "payment_method": "pm_card_visa",
            "return_url": "https://shop.example/back",
            "shipping": {"name": "Ada", "address": address},
        }
    )
    assert token.payment_method_preview is not None
    assert token.payment_method_preview.type == "card"
    paid = client.v1.payment_intents.create(
        {
            "amount": 900,
            "currency": "usd",
            "automatic_payment_methods": {"enabled": True},
            "confirmation_token": token.id,
            "confirm": True,
        }
    )
    assert paid.status == "succeeded"
    assert paid.shipping is not None
    assert paid.shipping.name == "Ada"
    assert client.v1.confirmation_tokens.retrieve(token.id).payment_intent == paid.id
    other = client.v1.payment_intents.create({"amount": 900, "currency": "usd"})
    with pytest.raises(stripe.InvalidRequestError, match="already been used"):
        client.v1.payment_intents.confirm(other.id, {"confirmation_token": token.id})


def test_a_token_sets_up(bare: Bare) -> None:
    """Setup intents take them too, and a card that asks comes back to where the token says."""
    customer = bare.post("customers")["id"]
    token = _token(bare, payment_method="pm_card_authenticationRequired", return_url="https://shop.example/back")
    setup = bare.post("setup_intents", customer=customer, confirmation_token=token, confirm="true")
    assert setup["next_action"]["redirect_to_url"]["return_url"] == "https://shop.example/back"
    assert bare.get(f"confirmation_tokens/{token}")["setup_intent"] == setup["id"]


def test_what_does_not_go_with_a_token(bare: Bare) -> None:
    """Another method beside it, no confirmation, nothing in it, or too late."""
    token = _token(bare, payment_method="pm_card_visa")
    form: dict[str, Any] = {"amount": 900, "currency": "usd", "confirmation_token": token}
    assert bare.post("payment_intents", **form)["error"]["param"] == "confirmation_token"
    assert (
        "only specify one"
        in bare.post("payment_intents", **form, confirm="true", payment_method="pm_card_visa")["error"]["message"]
    )
    assert bare.post("test_helpers/confirmation_tokens")["error"]["code"] == "parameter_missing"
    bare.clock.advance(12 * 3600)
    assert bare.post("payment_intents", **form, confirm="true")["error"]["code"] == "confirmation_token_expired"


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("payment_intents", {"amount": 900, "currency": "usd"}),
        (
            "payment_intents",
            {"amount": 900, "currency": "eur", "payment_method_types[]": "ideal", "payment_method_data[type]": "ideal"},
        ),
        ("payment_intents", {"amount": 900, "currency": "usd", "payment_method_types[]": "customer_balance"}),
        ("setup_intents", {}),
    ],
)
def test_a_refusal_leaves_nothing(bare: Bare, path: str, form: dict[str, Any]) -> None:
    """Made and confirmed in one call, refused as such: there is no intent, and no event told of one."""
    assert "error" in bare.post(path, **form, confirm="true")
    assert (bare.get(path)["data"], bare.types) == ([], [])


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({}, True),
        ({"return_url": "https://shop.example/back"}, False),
        ({"automatic_payment_methods[allow_redirects]": "never"}, False),
        ({"off_session": "true"}, False),
    ],
)
def test_automatic_methods_need_a_place_to_come_back_to(bare: Bare, more: dict[str, str], refused: bool) -> None:
    """Unless redirects are excluded, or the customer is away."""
    form = {"payment_method": "pm_card_visa", "confirm": "true", "automatic_payment_methods[enabled]": "true"}
    answer = bare.post("payment_intents", amount=900, currency="usd", **form, **more)
    assert ((answer.get("error") or {}).get("param") == "return_url") is refused
    assert len(bare.sinks("payments.charge")) == (not refused)
