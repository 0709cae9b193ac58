"""In person: a reader is told what to do, a card is held to it, and the intent goes the way of every intent."""

from typing import Any

import pytest
import stripe

from fakes.plugin import Fakes
from tests.payments.conftest import Bare
from tests.payments.making_kept import reader
from tests.payments.tills import charge_of, shown, told, wanted

DONE = ["charge.succeeded", "payment_intent.succeeded", "charge.updated", "terminal.reader.action_succeeded"]


def test_a_card_is_held_to_the_reader(
    client: stripe.StripeClient, shop: Fakes, till: str, person: stripe.Customer, marker: str
) -> None:
    """The action waits, then succeeds; the charge says what was read where; everything is the customer's."""
    intent = wanted(client, customer=person.id)
    busy = client.v1.terminal.readers.process_payment_intent(till, {"payment_intent": intent.id})
    assert busy.action is not None
    assert (busy.action.status, busy.action.type) == ("in_progress", "process_payment_intent")
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"
    done = client.v1.test_helpers.terminal.readers.present_payment_method(till)
    assert done.action is not None
    assert (done.action.status, done.action.failure_code) == ("succeeded", None)
    paid = client.v1.payment_intents.retrieve(intent.id)
    assert (paid.status, paid.amount_received, paid.customer) == ("succeeded", 900, person.id)
    details = charge_of(client, intent.id)["payment_method_details"]
    card = details["card_present"]
    assert details["type"] == "card_present"
    assert (card["last4"], card["reader"], card["generated_card"]) == ("4242", till, None)
    [entry] = client.v1.balance_transactions.list({"source": charge_of(client, intent.id)["id"]}).data
    assert entry.type == "charge"
    assert (card["amount_authorized"], card["receipt"]["authorization_code"]) == (900, "123456")
    assert [one["values"] for one in shop.records("effect", person=marker, sink="payments.charge")] == [
        {"amount": 900, "currency": "usd", "captured": True}
    ]
    assert told(shop, marker)[-5:] == ["payment_intent.created", *DONE]


def test_everybody_pays_at_the_same_reader(client: stripe.StripeClient, shop: Fakes, till: str, marker: str) -> None:
    """What a second person does at a reader is theirs, not that of who used it first; nor is the reader anybody's."""
    for one in (f"{marker[:-1]}a", f"{marker[:-1]}b"):
        customer = client.v1.customers.create({"email": f"{one}@example.com"})
        shown(client, till, wanted(client, customer=customer.id).id)
        assert len(shop.records("effect", person=one, sink="payments.charge")) == 1
        assert told(shop, one)[-1] == "terminal.reader.action_succeeded"


@pytest.mark.parametrize(
    ("number", "amount", "code", "reason"),
    [
        ("4000000000000002", 900, "card_declined", "generic_decline"),
        ("4000000000009995", 900, "card_declined", "insufficient_funds"),
        ("4000000000000069", 900, "expired_card", None),
        ("4000000000000119", 900, "processing_error", None),
        ("", 901, "card_declined", "call_issuer"),
        ("", 905, "card_declined", "generic_decline"),
        ("", 955, "card_declined", "incorrect_pin"),
        ("", 965, "card_declined", "withdrawal_count_limit_exceeded"),
        ("", 975, "card_declined", "pin_try_exceeded"),
        ("6011111111111117", 1065, "card_declined", "withdrawal_count_limit_exceeded"),
    ],
)
def test_declines(
    client: stripe.StripeClient, shop: Fakes, till: str, person: stripe.Customer, marker: str,
    number: str, amount: int, code: str, reason: str | None,
) -> None:  # fmt: skip
    """The action fails, the decline is written down, and the intent can be paid with another card."""
    intent = wanted(client, amount, customer=person.id)
    failed = shown(client, till, intent.id, number)
    assert failed.action is not None
    assert (failed.action.status, failed.action.failure_code) == ("failed", code)
    error = failed.action.to_dict()["api_error"]
    assert (error["type"], error["code"], error.get("decline_code")) == ("card_error", code, reason)
    now = client.v1.payment_intents.retrieve(intent.id)
    assert (now.status, now.payment_method) == ("requires_payment_method", None)
    assert now.last_payment_error is not None
    assert now.last_payment_error.code == code
    [effect] = shop.records("effect", person=marker, sink="payments.decline")
    assert effect["values"]["code"] == (reason or code)
    assert told(shop, marker)[-3:] == [
        "charge.failed",
        "payment_intent.payment_failed",
        "terminal.reader.action_failed",
    ]
    client.v1.payment_intents.update(intent.id, {"amount": 900})
    again = shown(client, till, intent.id, "5555555555554444")
    assert again.action is not None
    assert again.action.status == "succeeded"
    assert charge_of(client, intent.id)["payment_method_details"]["card_present"]["brand"] == "mastercard"


def test_where_the_amount_decides_nothing(client: stripe.StripeClient, till: str) -> None:
    """For a card that does something of its own, and for other digits; without decimals, the last two digits count."""
    for intent, number, status in (
        (wanted(client, 905), "4001007020000002", "succeeded"),
        (wanted(client, 902), "", "succeeded"),
        (wanted(client, 105, currency="jpy"), "", "failed"),
        (wanted(client, 1050, currency="jpy"), "", "succeeded"),
    ):
        assert shown(client, till, intent.id, number).to_dict()["action"]["status"] == status


@pytest.mark.parametrize(
    ("number", "brand", "method"),
    [
        ("4001007020000002", "visa", "offline_pin"),
        ("4000002760000008", "visa", "online_pin"),
        ("6280000360000978", "eftpos_au", "approval"),
        ("4711009900000316877", "girocard", "approval"),
    ],
)
def test_cards_of_readers_alone(client: stripe.StripeClient, till: str, number: str, brand: str, method: str) -> None:
    """Test cards that cannot pay online; the receipt says whether a PIN was entered."""
    intent = wanted(client)
    shown(client, till, intent.id, number)
    card = charge_of(client, intent.id)["payment_method_details"]["card_present"]
    assert (card["brand"], card["receipt"]["cardholder_verification_method"]) == (brand, method)


@pytest.mark.parametrize(
    "how",
    [
        {"capture_method": "manual"},
        {"payment_method_options": {"card_present": {"capture_method": "manual_preferred"}}},
    ],
)
def test_captured_in_part_and_refunded(
    client: stripe.StripeClient, shop: Fakes, till: str, person: stripe.Customer, marker: str, how: dict[str, Any]
) -> None:
    """Authorised at the reader, then captured and refunded by the server, like a card."""
    intent = wanted(client, customer=person.id, **how)
    shown(client, till, intent.id)
    held = client.v1.payment_intents.retrieve(intent.id)
    assert (held.status, held.amount_capturable) == ("requires_capture", 900)
    charge = charge_of(client, intent.id)
    assert charge["captured"] is False
    assert charge["payment_method_details"]["card_present"]["capture_before"] == charge["created"] + 5 * 86400
    assert client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 600}).amount_received == 600
    refund = client.v1.refunds.create({"payment_intent": intent.id, "amount": 200})
    assert refund.destination_details is not None
    assert (refund.status, refund.destination_details.type) == ("succeeded", "card")
    assert [one["values"]["amount"] for one in shop.records("effect", person=marker, sink="payments.refund")] == [200]


def test_canceled_while_it_was_held(client: stripe.StripeClient, till: str) -> None:
    """What was authorised is let go."""
    intent = wanted(client, capture_method="manual")
    shown(client, till, intent.id)
    assert client.v1.payment_intents.cancel(intent.id).status == "canceled"
    assert charge_of(client, intent.id)["refunded"]


def test_a_larger_authorisation(client: stripe.StripeClient, till: str) -> None:
    """It is made larger only where that was asked for."""
    intent = wanted(client, capture_method="manual")
    shown(client, till, intent.id)
    with pytest.raises(stripe.InvalidRequestError, match="not eligible for incremental"):
        client.v1.payment_intents.increment_authorization(intent.id, {"amount": 1200})
    options = {"card_present": {"request_incremental_authorization_support": True}}
    intent = wanted(client, capture_method="manual", payment_method_options=options)
    shown(client, till, intent.id)
    assert client.v1.payment_intents.increment_authorization(intent.id, {"amount": 1200}).amount_capturable == 1200


def test_a_disputed_payment(client: stripe.StripeClient, till: str) -> None:
    """The test card that is disputed online is disputed here."""
    intent = wanted(client)
    shown(client, till, intent.id, "4000000000000259")
    [dispute] = client.v1.disputes.list({"payment_intent": intent.id}).data
    assert dispute.payment_method_details is not None
    assert dispute.payment_method_details.card is not None
    assert (dispute.reason, dispute.payment_method_details.card.brand) == ("fraudulent", "visa")
    assert charge_of(client, intent.id)["disputed"]


def test_a_card_for_later(client: stripe.StripeClient, till: str, person: stripe.Customer) -> None:
    """With `setup_future_usage`, a card is generated, attached, and charged while its owner is away."""
    intent = wanted(client, customer=person.id, setup_future_usage="off_session")
    shown(client, till, intent.id, "4000056655665556", process_config={"allow_redisplay": "always"})
    present = charge_of(client, intent.id)
    saved = client.v1.payment_methods.retrieve(present["payment_method_details"]["card_present"]["generated_card"])
    assert saved.card is not None
    assert saved.card.generated_from is not None
    assert (saved.type, saved.customer, saved.card.last4) == ("card", person.id, "5556")
    assert (saved.allow_redisplay, saved.card.generated_from.charge) == ("always", present["id"])
    again: Any = {
        "amount": 900,
        "currency": "usd",
        "customer": person.id,
        "payment_method": saved.id,
        "off_session": True,
        "confirm": True,
    }
    paid = client.v1.payment_intents.create(again)
    assert paid.status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        client.v1.payment_methods.attach(present["payment_method"], {"customer": person.id})


def test_a_card_is_saved_without_a_payment(client: stripe.StripeClient, till: str, person: stripe.Customer) -> None:
    """A setup intent at a reader ends with a generated card, which is the customer's."""
    wanted_setup: Any = {"payment_method_types": ["card_present"], "customer": person.id}
    setup = client.v1.setup_intents.create(wanted_setup)
    begun: Any = {"setup_intent": setup.id, "allow_redisplay": "limited"}
    client.v1.terminal.readers.process_setup_intent(till, begun)
    done = client.v1.test_helpers.terminal.readers.present_payment_method(till).to_dict()["action"]
    saved = client.v1.payment_methods.retrieve(done["process_setup_intent"]["generated_card"])
    now = client.v1.setup_intents.retrieve(setup.id, {"expand": ["latest_attempt"]})
    assert isinstance(now.latest_attempt, stripe.SetupAttempt)
    assert now.latest_attempt.payment_method_details.card_present is not None
    assert now.latest_attempt.payment_method_details.card_present.generated_card == saved.id
    assert (now.status, saved.customer, saved.allow_redisplay) == ("succeeded", person.id, "limited")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.terminal.readers.process_setup_intent(till, begun)
    assert caught.value.code == "intent_invalid_state"
    setup = client.v1.setup_intents.create(wanted_setup)
    begun["setup_intent"] = setup.id
    client.v1.terminal.readers.process_setup_intent(till, begun)
    declined: Any = {"card_present": {"number": "4000000000000002"}}
    done = client.v1.test_helpers.terminal.readers.present_payment_method(till, declined).to_dict()["action"]
    assert (done["status"], done["failure_code"]) == ("failed", "setup_intent_authentication_failure")
    assert client.v1.setup_intents.retrieve(setup.id).status == "requires_payment_method"


def test_a_refund_with_the_card(
    client: stripe.StripeClient, shop: Fakes, till: str, person: stripe.Customer, marker: str
) -> None:
    """The card that paid is presented once more; another one gets nothing."""
    intent, readers = wanted(client, customer=person.id), client.v1.terminal.readers
    shown(client, till, intent.id, "5555555555554444")
    back: Any = {"payment_intent": intent.id, "amount": 300, "metadata": {"why": "cold"}}
    other: Any = {"card_present": {"number": "4242424242424242"}}
    readers.refund_payment(till, back)
    done = client.v1.test_helpers.terminal.readers.present_payment_method(till, other).to_dict()["action"]
    assert (done["status"], done["failure_code"]) == ("failed", "charge_not_refundable")
    assert not shop.records("effect", person=marker, sink="payments.refund")
    readers.refund_payment(till, back)
    done = client.v1.test_helpers.terminal.readers.present_payment_method(till).to_dict()["action"]
    refund = client.v1.refunds.retrieve(done["refund_payment"]["refund"])
    assert (done["status"], refund.amount, refund.metadata and refund.metadata["why"]) == ("succeeded", 300, "cold")
    [effect] = shop.records("effect", person=marker, sink="payments.refund")
    assert effect["values"] == {"amount": 300, "currency": "usd", "metadata": {"why": "cold"}}
    client.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        readers.refund_payment(till, {"payment_intent": intent.id})
    assert caught.value.code == "charge_already_refunded"


def test_cards_online_are_not_for_readers(client: stripe.StripeClient) -> None:
    """An intent for a reader takes no card from elsewhere; Interac is named beside, in Canadian dollars only."""
    intent = wanted(client)
    with pytest.raises(stripe.InvalidRequestError, match="not allowed for this PaymentIntent"):
        client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    both = ["card_present", "interac_present"]
    assert wanted(client, payment_method_types=both, currency="cad").payment_method_types == both
    with pytest.raises(stripe.InvalidRequestError, match="interac_present takes cad"):
        wanted(client, payment_method_types=both)
    setup: Any = {"payment_method_types": both}
    with pytest.raises(stripe.InvalidRequestError, match="interac_present is invalid"):
        client.v1.setup_intents.create(setup)


@pytest.mark.parametrize(("number", "days"), [("4242424242424242", 5), ("5555555555554444", 2)])
def test_nobody_captures(bare: Bare, number: str, days: int) -> None:
    """What was authorised at a reader ends sooner than online, by the brand of the card."""
    till = reader(bare)["id"]
    types: dict[str, Any] = {"payment_method_types[]": "card_present", "capture_method": "manual"}
    intent = bare.post("payment_intents", amount=900, currency="usd", **types)["id"]
    bare.post(f"terminal/readers/{till}/process_payment_intent", payment_intent=intent)
    bare.post(f"test_helpers/terminal/readers/{till}/present_payment_method", **{"card_present[number]": number})
    bare.clock.advance(days * 86400 - 60)
    assert bare.get(f"payment_intents/{intent}")["status"] == "requires_capture"
    bare.clock.advance(120)
    assert bare.get(f"payment_intents/{intent}")["status"] == "canceled"
