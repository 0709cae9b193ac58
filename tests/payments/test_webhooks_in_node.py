"""Deliveries, forgeries and thin events as the vendor's Node client judges them."""

import base64
from pathlib import Path
from typing import Any

import stripe

from fakes.payments.signing import ACCEPTED, FORGERIES
from fakes.plugin import Fakes
from tests import nodes
from tests.payments.conftest import Hook, hooked
from tests.payments.making_thin import destination

SCRIPT = Path(__file__).with_name("verifying.cjs")


def _parcel(delivery: tuple[dict[str, str], bytes], secret: str, *, thin: bool = False) -> dict[str, Any]:
    headers, body = delivery
    return {
        "body": base64.b64encode(body).decode(),
        "header": headers.get("stripe-signature", ""),
        "secret": secret,
        "thin": thin,
    }


def _judged(shop: Fakes, deliveries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    given = {"url": shop.url("payments"), "key": shop.key("payments", "secret_key"), "deliveries": deliveries}
    return list(nodes.play(SCRIPT, given))


def test_every_way_to_sign(shop: Fakes, client: stripe.StripeClient, hook: Hook, marker: str) -> None:
    """What the Python client accepts or refuses, the Node client accepts or refuses too."""
    client.v1.payment_intents.create({"amount": 900, "currency": "usd", "metadata": {"marker": marker}})
    hook.wait(1, "payment_intent.created")
    told = []
    for name in FORGERIES:
        before = len(hook.got)
        shop.control("POST", "/forge", fake="payments", person=marker, lie="payment_succeeded", forgery=name)
        told.append(next(one for one in hook.got[before:] if b"payment_intent.succeeded" in one[1]))
    secret = shop.key("payments", "webhook_secret")
    answers = _judged(shop, [_parcel(one, secret) for one in told])
    accepted = {name for name, answer in zip(FORGERIES, answers, strict=True) if "type" in answer}
    assert accepted == ACCEPTED
    assert {answer["error"] for answer in answers if "error" in answer} == {"StripeSignatureVerificationError"}


def test_a_thin_event(shop: Fakes, client: stripe.StripeClient, marker: str) -> None:
    """The notice is verified, and the event and the object that it names are fetched."""
    with hooked() as heard:
        wanted: Any = destination(webhook_endpoint={"url": heard.url}, include=["webhook_endpoint.signing_secret"])
        made = client.v2.core.event_destinations.create(wanted)
        customer = client.v1.customers.create({"name": marker})
        shop.settle()
        secret = (made.webhook_endpoint and made.webhook_endpoint.signing_secret) or ""
        (answer,) = _judged(shop, [_parcel(heard.got[0], secret, thin=True)])
        client.v2.core.event_destinations.delete(made.id)
    assert (answer["type"], answer["related"]) == ("v1.customer.created", customer.id)
    assert client.v1.events.retrieve(answer["snapshot"]).type == "customer.created"
