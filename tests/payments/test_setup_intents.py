"""Setup intents: confirmed by the server and by the phone, asked back by a bank, refused, given up; then charged."""

import json
from typing import Any

import pytest
import requests
import stripe

from fakes.plugin import Fakes
from tests.payments.conftest import Bare, connected
from tests.payments.judging import faults

CARD = {"payment_method_types[]": "card"}


def _events(bare: Bare, kind: str) -> list[str]:
    return [one for one in bare.types if one.startswith(kind)]


def _amounts(*amounts: int) -> dict[str, Any]:
    return {f"amounts[{place}]": amount for place, amount in enumerate(amounts)}


def test_the_whole_way_with_the_official_client(client: stripe.StripeClient, person: stripe.Customer) -> None:
    """Made, changed, confirmed, listed, and the card it left can be charged while its owner is away."""
    setup = client.v1.setup_intents.create({"customer": person.id, "metadata": {"order": "7"}})
    assert (setup.status, setup.usage) == ("requires_payment_method", "off_session")
    client.v1.setup_intents.update(setup.id, {"description": "for later"})
    done = client.v1.setup_intents.confirm(setup.id, {"payment_method": "pm_card_visa"})
    assert (done.status, done.description) == ("succeeded", "for later")
    assert client.v1.payment_methods.retrieve(str(done.payment_method)).customer == person.id
    assert [one.id for one in client.v1.setup_intents.list({"customer": person.id}).data] == [setup.id]
    [attempt] = client.v1.setup_attempts.list({"setup_intent": setup.id}).data
    assert (attempt.id, attempt.status) == (done.latest_attempt, "succeeded")
    paid = client.v1.payment_intents.create(
        {
            "amount": 900,
            "currency": "usd",
            "customer": person.id,
            "payment_method": str(done.payment_method),
            "off_session": True,
            "confirm": True,
        }
    )
    assert paid.status == "succeeded"


def test_events_in_order(bare: Bare) -> None:
    """Created, attached, succeeded."""
    customer = bare.post("customers")["id"]
    bare.post("setup_intents", customer=customer, payment_method="pm_card_visa", confirm="true", **CARD)
    assert bare.types[1:] == ["setup_intent.created", "payment_method.attached", "setup_intent.succeeded"]


def test_a_decline_is_kept(client: stripe.StripeClient, person: stripe.Customer) -> None:
    """402 with the setup intent in the error, which remembers why; nothing is attached."""
    with pytest.raises(stripe.CardError) as raised:
        client.v1.setup_intents.create(
            {"customer": person.id, "payment_method": "pm_card_chargeDeclined", "confirm": True}
        )
    assert (raised.value.http_status, raised.value.code) == (402, "card_declined")
    assert raised.value.error is not None
    assert raised.value.error.setup_intent is not None
    kept = client.v1.setup_intents.retrieve(raised.value.error.setup_intent.id)
    assert kept.status == "requires_payment_method"
    assert kept.last_setup_error is not None
    assert kept.last_setup_error.decline_code == "generic_decline"
    assert client.v1.payment_methods.list({"customer": person.id}).data == []


@pytest.mark.parametrize(("answer", "status"), [("yes", "succeeded"), ("no", "requires_payment_method")])
def test_the_page_of_the_bank(client: stripe.StripeClient, person: stripe.Customer, answer: str, status: str) -> None:
    """A bank that asks sends the customer to a page; their answer decides, and they come back to the shop."""
    setup = client.v1.setup_intents.create(
        {
            "customer": person.id,
            "payment_method": "pm_card_authenticationRequired",
            "confirm": True,
            "return_url": "https://shop.example/back?cart=1",
        }
    )
    assert setup.status == "requires_action"
    assert setup.next_action is not None
    assert setup.next_action.redirect_to_url is not None
    url = str(setup.next_action.redirect_to_url.url)
    assert "Complete authentication" in requests.get(url, timeout=5).text
    back = requests.post(url, {"answer": answer}, timeout=5, allow_redirects=False)
    ended = "failed" if answer == "no" else "succeeded"
    assert back.status_code == 303
    assert back.headers["location"].startswith(f"https://shop.example/back?cart=1&setup_intent={setup.id}")
    assert back.headers["location"].endswith(f"redirect_status={ended}")
    now = client.v1.setup_intents.retrieve(setup.id)
    assert (now.status, now.next_action) == (status, None)
    if answer == "no":
        assert now.last_setup_error is not None
        assert now.last_setup_error.code == "setup_intent_authentication_failure"
    assert requests.post(url, {"answer": "yes"}, timeout=5, allow_redirects=False).status_code == 303
    assert client.v1.setup_intents.retrieve(setup.id).status == status


def test_the_page_opens_with_the_secret_alone(client: stripe.StripeClient, shop: Fakes) -> None:
    """Without the client secret there is no page, and no answer but yes or no."""
    setup = client.v1.setup_intents.create({"payment_method": "pm_card_authenticationRequired", "confirm": True})
    url = f"{shop.url('payments')}/redirect/authenticate/{setup.id}"
    assert requests.get(url, timeout=5).status_code == 404
    assert requests.post(url, {"answer": "yes"}, timeout=5).status_code == 404
    right = {"client_secret": str(setup.client_secret)}
    assert requests.post(url, {"answer": "maybe"}, params=right, timeout=5).status_code == 400
    assert client.v1.setup_intents.retrieve(setup.id).status == "requires_action"


def test_the_phone_confirms(client: stripe.StripeClient, shop: Fakes) -> None:
    """With the publishable key and the client secret, and no other; the bank is asked inside the app."""
    setup = client.v1.setup_intents.create({"description": "held by a phone"})
    phone = connected(shop, shop.key("payments", "publishable_key"))
    method = phone.v1.payment_methods.create(
        {"type": "card", "card": {"number": "4000002760003184", "exp_month": 1, "exp_year": 2040, "cvc": "123"}}
    )
    right: Any = {"client_secret": setup.client_secret, "payment_method": method.id}
    asked = phone.v1.setup_intents.confirm(setup.id, right)
    assert asked.next_action is not None
    assert asked.next_action.type == "use_stripe_sdk"
    assert phone.v1.setup_intents.retrieve(setup.id, {"client_secret": str(setup.client_secret)}).id == setup.id
    wrong: Any = {**right, "client_secret": f"{setup.id}_secret_x"}
    with pytest.raises(stripe.InvalidRequestError, match="client_secret"):
        phone.v1.setup_intents.confirm(setup.id, wrong)
    with pytest.raises(stripe.PermissionError):
        phone.v1.setup_intents.cancel(setup.id)


def test_a_card_that_asks_until_it_is_set_up(bare: Bare) -> None:
    """Away from its owner it pays only after a set-up; merely attached, it asks."""
    customer = bare.post("customers")["id"]
    attached = bare.post("payment_methods/pm_card_authenticationRequiredOnSetup/attach", customer=customer)["id"]
    form = {"amount": 900, "currency": "usd", "customer": customer, "off_session": "true", "confirm": "true"}
    refused = bare.post("payment_intents", payment_method=attached, **form)["error"]
    assert (refused["code"], refused["decline_code"]) == ("authentication_required", "authentication_required")
    setup = bare.post("setup_intents", customer=customer, payment_method=attached, confirm="true")
    assert setup["status"] == "requires_action"
    bare.raw(
        "POST", f"/redirect/authenticate/{setup['id']}", {"client_secret": setup["client_secret"], "answer": "yes"}
    )
    assert bare.get(f"setup_intents/{setup['id']}")["status"] == "succeeded"
    assert bare.post("payment_intents", payment_method=attached, **form)["status"] == "succeeded"


def test_giving_up(bare: Bare) -> None:
    """Canceled for a reason, once; and never after it succeeded."""
    setup = bare.post("setup_intents")["id"]
    ended = bare.post(f"setup_intents/{setup}/cancel", cancellation_reason="abandoned")
    assert (ended["status"], ended["cancellation_reason"]) == ("canceled", "abandoned")
    again = bare.post(f"setup_intents/{setup}/cancel")["error"]
    assert again["code"] == "setup_intent_unexpected_state"
    assert again["setup_intent"]["id"] == setup
    done = bare.post("setup_intents", payment_method="pm_card_visa", confirm="true")["id"]
    assert bare.post(f"setup_intents/{done}/cancel")["error"]["code"] == "setup_intent_unexpected_state"
    assert bare.post(f"setup_intents/{done}/confirm")["error"]["code"] == "setup_intent_unexpected_state"
    assert _events(bare, "setup_intent.canceled") == ["setup_intent.canceled"]


@pytest.mark.parametrize(
    ("form", "code", "param"),
    [
        ({"return_url": "https://x.example"}, None, "return_url"),
        ({"payment_method_types[]": "barter"}, "payment_intent_invalid_parameter", "payment_method_types"),
        ({"customer": "cus_none"}, "resource_missing", "customer"),
        ({"nonsense": "1"}, "parameter_unknown", "nonsense"),
        (
            {"payment_method": "pm_usBankAccount_success"},
            "payment_intent_incompatible_payment_method",
            "payment_method",
        ),
    ],
)
def test_refusals(bare: Bare, form: dict[str, str], code: str | None, param: str) -> None:
    """Wrong parameters are refused by name, and nothing is made."""
    refused = bare.post("setup_intents", **form)["error"]
    assert (refused.get("code"), refused["param"]) == (code, param)
    assert bare.types == []


def test_an_account_is_verified_by_what_it_got(bare: Bare) -> None:
    """A typed bank account gets two small amounts; the right ones set it up, wrong ones are counted."""
    customer = bare.post("customers")["id"]
    account = {"account_number": "000123456789", "routing_number": "110000000", "account_holder_type": "individual"}
    form = {f"payment_method_data[us_bank_account][{name}]": value for name, value in account.items()}
    form |= {"payment_method_data[type]": "us_bank_account", "payment_method_types[]": "us_bank_account"}
    form |= {"mandate_data[customer_acceptance][type]": "offline", "confirm": "true"}
    setup = bare.post("setup_intents", customer=customer, **form)
    assert setup["next_action"]["type"] == "verify_with_microdeposits"
    assert faults("setup_intent", setup) == []
    path = f"setup_intents/{setup['id']}/verify_microdeposits"
    assert bare.post(path, **_amounts(1, 2))["error"]["code"].endswith("amounts_mismatch")
    assert bare.post(path, descriptor_code="SM33CC")["error"]["code"].endswith("attempts_exceeded")
    assert bare.post(path, descriptor_code="SM44DD")["error"]["code"].endswith("timeout")
    done = bare.post(path, **_amounts(45, 32))
    assert done["status"] == "succeeded"
    mandate = bare.get(f"mandates/{done['mandate']}")
    assert (mandate["payment_method"], mandate["type"]) == (done["payment_method"], "multi_use")
    assert bare.post(path, descriptor_code="SM11AA")["error"]["code"] == "setup_intent_unexpected_state"


def test_the_wallet_sets_up_too(bare: Bare) -> None:
    """The wallet takes the client secret of a setup intent, as the vendor's payment sheet does; once."""
    setup = bare.post("setup_intents")
    assert bare.slice.pay(setup["client_secret"], "declined_card")["result"] == "declined"
    assert bare.slice.pay(setup["client_secret"], "authenticated_card")["result"] == "paid"
    assert bare.get(f"setup_intents/{setup['id']}")["status"] == "succeeded"
    assert json.loads(bare.ledger.told[-1].body)["data"]["object"]["id"] == setup["id"]
