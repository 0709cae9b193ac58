"""In person: a reader is told what to do, a card is held to it, and the intent goes the way of every intent."""

from typing import Any

import pytest
import stripe

from fakes.plugin import Fakes
from tests.payments.conftest import Bare
from tests.payments.making_kept import reader

DONE = ["charge.succeeded", "payment_intent.succeeded", "charge.updated", "terminal.reader.action_succeeded"]


@pytest.fixture(scope="module")
def till(client: stripe.StripeClient) -> str:
    """The one reader of the shop, which everybody pays at."""
    address: Any = {"line1": "1 Main St", "city": "Reno", "state": "NV", "postal_code": "89501", "country": "US"}
    place = client.v1.terminal.locations.create({"display_name": "HQ", "address": address})
    wanted: Any = {"registration_code": "simulated-wpe", "location": place.id}
    return client.v1.terminal.readers.create(wanted).id


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
    assert told(shop, marker)[-5:] == ["terminal.reader.action_updated", *DONE]


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
    again = shown(client, till, intent.id, "5555555555554444")
    assert again.action is not None
    assert again.action.status == "succeeded"
    assert charge_of(client, intent.id)["payment_method_details"]["card_present"]["brand"] == "mastercard"


def test_the_amount_decides_only_where_it_has_cents_and_no_number_does(client: stripe.StripeClient, till: str) -> None:
    """A number counts more than the amount; in a currency without decimals nothing is read from it."""
    for intent, number in ((wanted(client, 905), "4242424242424242"), (wanted(client, 905, currency="jpy"), "")):
        assert shown(client, till, intent.id, number).to_dict()["action"]["status"] == "succeeded"


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
    assert charge["payment_method_details"]["card_present"]["capture_before"] == charge["created"] + 2 * 86400
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


def test_looked_at_before_it_is_confirmed(client: stripe.StripeClient, till: str, person: stripe.Customer) -> None:
    """The collected card can be seen first; nothing is taken before the reader is told to confirm."""
    intent, readers = wanted(client, customer=person.id), client.v1.terminal.readers
    with pytest.raises(stripe.InvalidRequestError) as caught:
        readers.confirm_payment_intent(till, {"payment_intent": intent.id})
    assert caught.value.code == "intent_invalid_state"
    readers.collect_payment_method(till, {"payment_intent": intent.id})
    done = client.v1.test_helpers.terminal.readers.present_payment_method(till).to_dict()["action"]
    seen = done["collect_payment_method"]["payment_method"]
    assert (done["status"], seen["card_present"]["last4"]) == ("succeeded", "4242")
    held = client.v1.payment_intents.retrieve(intent.id)
    assert (held.status, held.payment_method, held.latest_charge) == ("requires_confirmation", seen["id"], None)
    with pytest.raises(stripe.InvalidRequestError, match="cannot be attached"):
        client.v1.payment_methods.attach(seen["id"], {"customer": person.id})
    done = readers.confirm_payment_intent(till, {"payment_intent": intent.id}).to_dict()["action"]
    assert (done["status"], done["type"]) == ("succeeded", "confirm_payment_intent")
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


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


def test_a_tip_on_the_reader(client: stripe.StripeClient, till: str) -> None:
    """It is added to what is paid; a declined card leaves the amount as it was."""
    intent, presents = wanted(client, 1000), client.v1.test_helpers.terminal.readers.present_payment_method
    tipped: Any = {"amount_tip": 150, "card_present": {"number": "4000000000000002"}}
    client.v1.terminal.readers.process_payment_intent(till, {"payment_intent": intent.id})
    presents(till, tipped)
    assert client.v1.payment_intents.retrieve(intent.id).amount == 1000
    client.v1.terminal.readers.process_payment_intent(till, {"payment_intent": intent.id})
    presents(till, {"amount_tip": 150})
    paid = client.v1.payment_intents.retrieve(intent.id)
    assert paid.amount_details is not None
    assert paid.amount_details.tip is not None
    assert (paid.amount_received, paid.amount_details.tip.amount) == (1150, 150)
    plain: Any = {"payment_intent": wanted(client).id, "process_config": {"skip_tipping": True}}
    client.v1.terminal.readers.process_payment_intent(till, plain)
    with pytest.raises(stripe.InvalidRequestError, match="does not ask for a tip"):
        presents(till, {"amount_tip": 150})
    client.v1.terminal.readers.cancel_action(till)


def test_only_what_a_reader_can_do(client: stripe.StripeClient, till: str) -> None:
    """One thing at a time, for intents that want a card at a reader and are not paid; a cancelled action is none."""
    readers, present = client.v1.terminal.readers, client.v1.test_helpers.terminal.readers.present_payment_method

    def refused(code: str | None, do: Any, params: Any = None) -> None:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            do(till, params or {})
        assert caught.value.code == code

    online = client.v1.payment_intents.create({"amount": 900, "currency": "usd"})
    intent = wanted(client)
    for verb in (readers.process_payment_intent, readers.collect_payment_method):
        refused("resource_missing", verb, {"payment_intent": "pi_no"})
        refused("payment_intent_invalid_parameter", verb, {"payment_intent": online.id})
    refused("intent_invalid_state", present)
    readers.process_payment_intent(till, {"payment_intent": intent.id})
    refused("intent_invalid_state", client.v1.test_helpers.terminal.readers.succeed_input_collection)
    refused("terminal_reader_busy", readers.process_payment_intent, {"payment_intent": intent.id})
    refused("terminal_reader_busy", readers.refund_payment, {"payment_intent": intent.id})
    cart = {"currency": "usd", "total": 900, "line_items": [{"amount": 900, "description": "Tea", "quantity": 1}]}
    refused("terminal_reader_busy", readers.set_reader_display, {"type": "cart", "cart": cart})
    refused(None, present, {"type": "interac_present", "interac_present": {"number": "4506445006931933"}})
    refused("parameter_invalid_integer", present, {"amount_tip": -1})
    with pytest.raises(stripe.CardError, match="non test card"):
        present(till, {"card_present": {"number": "4506445006931933"}})
    assert readers.cancel_action(till).action is None
    assert readers.cancel_action(till).action is None
    refused("intent_invalid_state", present)
    shown(client, till, intent.id)
    refused("intent_invalid_state", readers.process_payment_intent, {"payment_intent": intent.id})
    bought = client.v1.payment_intents.create(
        {"amount": 900, "currency": "usd", "confirm": True, "payment_method": "pm_card_visa"}
    )
    refused(None, readers.refund_payment, {"payment_intent": bought.id})
    refused("parameter_missing", readers.refund_payment)


def test_canceled_while_the_reader_waits(client: stripe.StripeClient, till: str) -> None:
    """The card comes too late: the action fails, and nothing is taken."""
    intent = wanted(client)
    client.v1.terminal.readers.process_payment_intent(till, {"payment_intent": intent.id})
    client.v1.payment_intents.cancel(intent.id)
    done = client.v1.test_helpers.terminal.readers.present_payment_method(till).to_dict()["action"]
    assert (done["status"], done["failure_code"]) == ("failed", "payment_intent_unexpected_state")
    other = wanted(client)
    client.v1.terminal.readers.collect_payment_method(till, {"payment_intent": other.id})
    client.v1.payment_intents.cancel(other.id)
    done = client.v1.test_helpers.terminal.readers.present_payment_method(till).to_dict()["action"]
    assert (done["status"], done["failure_code"]) == ("failed", "intent_invalid_state")
    assert client.v1.payment_intents.retrieve(other.id).status == "canceled"
    assert client.v1.payment_intents.retrieve(intent.id).latest_charge is None


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


def test_nobody_captures(bare: Bare) -> None:
    """What was authorised at a reader ends after two days, not after seven."""
    till = reader(bare)["id"]
    types: dict[str, Any] = {"payment_method_types[]": "card_present", "capture_method": "manual"}
    intent = bare.post("payment_intents", amount=900, currency="usd", **types)["id"]
    bare.post(f"terminal/readers/{till}/process_payment_intent", payment_intent=intent)
    bare.post(f"test_helpers/terminal/readers/{till}/present_payment_method")
    bare.clock.advance(2 * 86400 - 60)
    assert bare.get(f"payment_intents/{intent}")["status"] == "requires_capture"
    bare.clock.advance(120)
    assert bare.get(f"payment_intents/{intent}")["status"] == "canceled"


def test_what_the_customer_writes(client: stripe.StripeClient, till: str) -> None:
    """Inputs are answered, skipped where they may be, or given up by a helper; without one the reader waits."""
    helpers, readers = client.v1.test_helpers.terminal.readers, client.v1.terminal.readers
    choices = [{"id": "small", "text": "S"}, {"id": "large", "text": "L"}]
    wanted_inputs: Any = [
        {"type": "email", "custom_text": {"title": "Mail?"}, "toggles": [{"title": "News"}]},
        {"type": "selection", "custom_text": {"title": "Size?"}, "required": True, "selection": {"choices": choices}},
    ]
    with pytest.raises(stripe.InvalidRequestError, match="does not collect inputs"):
        helpers.succeed_input_collection(till)
    begun = readers.collect_inputs(till, {"inputs": wanted_inputs, "metadata": {"a": "b"}}).to_dict()["action"]
    assert (begun["status"], begun["collect_inputs"]["metadata"]) == ("in_progress", {"a": "b"})
    with pytest.raises(stripe.InvalidRequestError, match="does not wait for a card"):
        helpers.present_payment_method(till)
    first, second = helpers.succeed_input_collection(till).to_dict()["action"]["collect_inputs"]["inputs"]
    assert (first["skipped"], first["email"]["value"]) == (False, "jenny.rosen@example.com")
    assert (first["toggles"][0]["value"], second["selection"]["id"]) == ("disabled", "small")
    readers.collect_inputs(till, {"inputs": wanted_inputs})
    first, second = helpers.succeed_input_collection(till, {"skip_non_required_inputs": "all"}).to_dict()["action"][
        "collect_inputs"
    ]["inputs"]
    assert [(first["skipped"], first["email"]["value"]), second["skipped"]] == [(True, None), False]
    readers.collect_inputs(till, {"inputs": wanted_inputs})
    late = helpers.timeout_input_collection(till).to_dict()["action"]
    assert (late["status"], late["failure_code"]) == ("failed", "terminal_reader_timeout")
    wanted_inputs[1].pop("selection")
    with pytest.raises(stripe.InvalidRequestError, match=r"inputs\[1\]\[selection\]"):
        readers.collect_inputs(till, {"inputs": wanted_inputs})
