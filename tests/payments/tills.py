"""What happens at the one reader of a shop, as tests of payments in person do it with the official client."""

from typing import Any

import stripe

from fakes.plugin import Fakes


def wanted(client: stripe.StripeClient, amount: int = 900, **more: Any) -> stripe.PaymentIntent:
    """A payment intent for a card at a reader."""
    params: Any = {"amount": amount, "currency": "usd", "payment_method_types": ["card_present"], **more}
    return client.v1.payment_intents.create(params)


def shown(client: stripe.StripeClient, till: str, intent: str, number: str = "", **more: Any) -> stripe.terminal.Reader:
    """The reader after it was told to process an intent and a card was held to it."""
    begun: Any = {"payment_intent": intent, **more}
    client.v1.terminal.readers.process_payment_intent(till, begun)
    card: Any = {"card_present": {"number": number}, "type": "card_present"} if number else {}
    return client.v1.test_helpers.terminal.readers.present_payment_method(till, card)


def charge_of(client: stripe.StripeClient, intent: str) -> dict[str, Any]:
    """The last charge of an intent."""
    found = client.v1.payment_intents.retrieve(intent, {"expand": ["latest_charge"]}).latest_charge
    assert isinstance(found, stripe.Charge)
    told: dict[str, Any] = found.to_dict()
    return told


def told(shop: Fakes, marker: str) -> list[str]:
    """The types of a person's events, in order."""
    return [one["type"] for one in shop.records("news", person=marker)]
