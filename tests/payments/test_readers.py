"""What a reader can be told to do, one thing at a time, and what the person in front of it does."""

from typing import Any

import pytest
import stripe

from fakes.plugin import Fakes
from tests.payments.conftest import Bare
from tests.payments.making_kept import reader
from tests.payments.tills import shown, told, wanted


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
    refused("terminal_reader_busy", readers.collect_payment_method, {"payment_intent": intent.id})
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


def test_looked_at_before_it_is_confirmed(
    client: stripe.StripeClient, shop: Fakes, till: str, person: stripe.Customer, marker: str
) -> None:
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
    assert told(shop, marker)[-1] == "terminal.reader.action_updated"
    with pytest.raises(stripe.InvalidRequestError, match="cannot be attached"):
        client.v1.payment_methods.attach(seen["id"], {"customer": person.id})
    done = readers.confirm_payment_intent(till, {"payment_intent": intent.id}).to_dict()["action"]
    assert (done["status"], done["type"]) == ("succeeded", "confirm_payment_intent")
    assert told(shop, marker)[-1] == "terminal.reader.action_succeeded"
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_a_search_finds_what_was_collected(bare: Bare) -> None:
    """The intent of a collected card is found by its new status, and no longer by its old one."""
    till = reader(bare)["id"]
    intent = bare.post("payment_intents", amount=900, currency="usd", **{"payment_method_types[]": "card_present"})[
        "id"
    ]
    found = "status:'requires_payment_method'", "status:'requires_confirmation'"
    bare.clock.advance(3600)
    assert [len(bare.get("payment_intents/search", query=query)["data"]) for query in found] == [1, 0]
    bare.post(f"terminal/readers/{till}/collect_payment_method", payment_intent=intent)
    bare.post(f"test_helpers/terminal/readers/{till}/present_payment_method")
    bare.clock.advance(3600)
    assert [len(bare.get("payment_intents/search", query=query)["data"]) for query in found] == [0, 1]
