"""The official client, unmodified, sync and async, over a real socket."""

import asyncio

import pytest
import stripe

from fakes.payments.state.store import API_VERSION
from fakes.plugin import Fakes
from tests.payments.conftest import connected, pay


def test_the_pinned_version_is_served(client: stripe.StripeClient) -> None:
    """The fake serves the API version that the installed client pins, and says so in its header."""
    assert stripe.api_version == API_VERSION == "2026-10-28.endive"
    answer = client.v1.customers.create({}).last_response
    assert answer is not None
    assert answer.headers["stripe-version"] == API_VERSION
    assert str(answer.request_id).startswith("req_")


def test_a_customer_is_kept(client: stripe.StripeClient, marker: str) -> None:
    """What was created is what is read; updates merge metadata, an empty text unsets, deletion leaves a tombstone."""
    made = client.v1.customers.create(
        {"email": f"{marker}@example.com", "name": "Zoë ✓", "metadata": {"a": "1", "b": "2"}}
    )
    changed = client.v1.customers.update(made.id, {"metadata": {"a": "", "c": "3"}, "name": ""})
    assert client.v1.customers.retrieve(made.id).to_dict() == changed.to_dict()
    assert (changed.name, changed.metadata.to_dict() if changed.metadata else None) == (None, {"b": "2", "c": "3"})
    assert client.v1.customers.delete(made.id).deleted
    assert client.v1.customers.retrieve(made.id).deleted
    assert not client.v1.customers.list({"email": f"{marker}@example.com"}).data


def test_prices_are_found_by_lookup_key(client: stripe.StripeClient) -> None:
    """A lookup key finds its price, belongs to one price only, and can be transferred."""
    product = client.v1.products.create({"name": "Plan"})
    wanted = {"currency": "eur", "unit_amount": 900, "recurring": {"interval": "month"}, "product": product.id}
    first = client.v1.prices.create({**wanted, "lookup_key": "lookup"})  # type: ignore[typeddict-item]
    assert [one.id for one in client.v1.prices.list({"lookup_keys": ["lookup", "other"]}).data] == [first.id]
    with pytest.raises(stripe.InvalidRequestError, match="already uses that lookup key"):
        client.v1.prices.create({**wanted, "lookup_key": "lookup"})  # type: ignore[typeddict-item]
    second = client.v1.prices.create({**wanted, "lookup_key": "lookup", "transfer_lookup_key": True})  # type: ignore[typeddict-item]
    found = client.v1.prices.list({"lookup_keys": ["lookup"], "expand": ["data.product"]}).data
    assert [(one.id, one.product.name) for one in found if not isinstance(one.product, str)] == [(second.id, "Plan")]


def test_a_payment_confirmed_by_the_server(client: stripe.StripeClient, person: stripe.Customer) -> None:
    """A server-side confirmation takes the money and shows the charge when expanded."""
    paid = client.v1.payment_intents.create(
        {
            "amount": 1200,
            "currency": "JPY",
            "customer": person.id,
            "confirm": True,
            "payment_method": "pm_card_visa",
            "expand": ["latest_charge.balance_transaction", "customer"],
        }
    )
    charge = paid.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert isinstance(charge.balance_transaction, stripe.BalanceTransaction)
    assert (paid.status, paid.currency, paid.amount_received) == ("succeeded", "jpy", 1200)
    assert isinstance(paid.customer, stripe.Customer)
    assert [one.id for one in client.v1.charges.list({"payment_intent": paid.id}).data] == [charge.id]


@pytest.mark.parametrize(
    ("method", "code", "reason"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
        ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", None),
    ],
)
def test_declines(client: stripe.StripeClient, method: str, code: str, reason: str | None) -> None:
    """A declined card is a CardError that carries the intent, which stays and can be paid otherwise."""
    with pytest.raises(stripe.CardError) as caught:
        client.v1.payment_intents.create({"amount": 900, "currency": "usd", "confirm": True, "payment_method": method})
    error = caught.value.error
    assert error is not None
    assert error.payment_intent is not None
    assert (caught.value.http_status, caught.value.code, error.decline_code) == (402, code, reason)
    intent = client.v1.payment_intents.retrieve(error.payment_intent.id)
    assert (intent.status, intent.payment_method) == ("requires_payment_method", None)
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.code == code
    assert client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}).status == "succeeded"


def test_a_card_from_a_token(client: stripe.StripeClient) -> None:
    """A card that was made from a token pays; an unknown number is incorrect."""
    card = client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_mastercard"}})
    paid = client.v1.payment_intents.create(
        {"amount": 900, "currency": "usd", "confirm": True, "payment_method": card.id}
    )
    assert paid.status == "succeeded"
    with pytest.raises(stripe.CardError) as caught:
        client.v1.payment_methods.create(
            {"type": "card", "card": {"number": "4111111111111112", "exp_month": 12, "exp_year": 2034}}
        )
    assert caught.value.code == "incorrect_number"
    with pytest.raises(stripe.InvalidRequestError, match=r"Missing required param: card\[exp_month\]"):
        client.raw_request("post", "/v1/payment_methods", type="card", card={"number": "4242424242424242"})


def test_authentication_is_asked_for(client: stripe.StripeClient) -> None:
    """A card that asks for its owner needs an action on session, and is declined off session."""
    wanted: stripe.params.PaymentIntentCreateParams = {"amount": 900, "currency": "usd", "confirm": True}
    asked = client.v1.payment_intents.create({**wanted, "payment_method": "pm_card_threeDSecure2Required"})
    assert asked.status == "requires_action"
    assert asked.next_action is not None
    with pytest.raises(stripe.CardError) as caught:
        client.v1.payment_intents.create(
            {**wanted, "payment_method": "pm_card_threeDSecure2Required", "off_session": True}
        )
    assert caught.value.code == "authentication_required"


def test_manual_capture(client: stripe.StripeClient) -> None:
    """An authorised payment is captured in part, once; a captured one cannot be canceled."""
    held = client.v1.payment_intents.create(
        {
            "amount": 900,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "capture_method": "manual",
        }
    )
    assert (held.status, held.amount_capturable) == ("requires_capture", 900)
    taken = client.v1.payment_intents.capture(held.id, {"amount_to_capture": 500})
    assert (taken.status, taken.amount_received) == ("succeeded", 500)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_intents.cancel(held.id)
    assert caught.value.code == "payment_intent_unexpected_state"


def test_refunds_in_parts(client: stripe.StripeClient) -> None:
    """Parts of a payment are given back until nothing is left, and never more."""
    paid = client.v1.payment_intents.create(
        {"amount": 900, "currency": "usd", "confirm": True, "payment_method": "pm_card_visa"}
    )
    first = client.v1.refunds.create({"payment_intent": paid.id, "amount": 300})
    with pytest.raises(stripe.InvalidRequestError, match=r"\$7\.00.*\$6\.00"):
        client.v1.refunds.create({"payment_intent": paid.id, "amount": 700})
    assert isinstance(paid.latest_charge, str)
    assert not client.v1.charges.retrieve(paid.latest_charge).refunded
    second = client.v1.refunds.create({"charge": paid.latest_charge})
    assert (first.amount, second.amount, second.status) == (300, 600, "succeeded")
    assert client.v1.charges.retrieve(paid.latest_charge).refunded
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"charge": paid.latest_charge})
    assert caught.value.code == "charge_already_refunded"


def test_saved_cards(client: stripe.StripeClient, person: stripe.Customer) -> None:
    """A test card is attached as a method of its own, listed, made the default, and let go for good."""
    saved = client.v1.payment_methods.attach("pm_card_mastercard", {"customer": person.id})
    client.v1.customers.update(person.id, {"invoice_settings": {"default_payment_method": saved.id}})
    assert [one.id for one in client.v1.customers.payment_methods.list(person.id).data] == [saved.id]
    with pytest.raises(stripe.InvalidRequestError, match="belongs to a Customer"):
        client.v1.payment_intents.create({"amount": 900, "currency": "usd", "payment_method": saved.id})
    with pytest.raises(stripe.CardError):
        client.v1.payment_methods.attach("pm_card_visa_chargeDeclined", {"customer": person.id})
    assert client.v1.payment_methods.detach(saved.id).customer is None


def test_pages(client: stripe.StripeClient, shop: Fakes) -> None:
    """Lists are newest first, cut into pages by cursor in both directions, and the client walks them all."""
    alone = connected(shop, "sk_test_pages")
    made = [alone.v1.customers.create({"description": str(place)}).id for place in range(7)]
    page = alone.v1.customers.list({"limit": 3})
    assert [one.id for one in page.data] == made[:3:-1]
    assert page.has_more
    before = alone.v1.customers.list({"limit": 2, "ending_before": made[1]})
    assert [one.id for one in before.data] == [made[3], made[2]]
    assert before.has_more
    assert [one.id for one in page.auto_paging_iter()] == made[::-1]
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        client.v1.customers.list({"starting_after": made[0]})


def test_unknown_parameters_are_refused(client: stripe.StripeClient) -> None:
    """A parameter that the provider does not know is refused by name, deep ones too."""
    with pytest.raises(stripe.InvalidRequestError, match="Received unknown parameter: surname") as caught:
        client.v1.customers.create({"surname": "x"})  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.param) == ("parameter_unknown", "surname")
    with pytest.raises(stripe.InvalidRequestError, match=r"invoice_settings\[method\]"):
        client.v1.customers.create({"invoice_settings": {"method": "x"}})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "usd", "amount_too_small"),
        (49, "jpy", "amount_too_small"),
        (0, "usd", "parameter_invalid_integer"),
        (100_000_000, "usd", "amount_too_large"),
        ("9.99", "usd", "parameter_invalid_integer"),
        (900, "zzz", None),
    ],
)
def test_amounts(client: stripe.StripeClient, amount: int, currency: str, code: str | None) -> None:
    """Amounts are whole numbers within the provider's bounds, in currencies it has."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_intents.create({"amount": amount, "currency": currency})
    assert caught.value.code == code


def test_expanding_what_cannot_be(client: stripe.StripeClient) -> None:
    """A path that leads nowhere is refused, and one that is too deep."""
    with pytest.raises(stripe.InvalidRequestError, match=r"cannot be expanded \(nothing\)"):
        client.v1.customers.create({"expand": ["nothing"]})
    with pytest.raises(stripe.InvalidRequestError, match="more than 4 levels"):
        client.v1.customers.create({"expand": ["a.b.c.d.e"]})


def test_keys_and_accounts(client: stripe.StripeClient, shop: Fakes, person: stripe.Customer) -> None:
    """Live keys and nonsense are refused; another test key has its own account; the publishable key may little."""
    with pytest.raises(stripe.AuthenticationError, match="Live keys are refused"):
        connected(shop, "sk_live_1234567890").v1.customers.list()
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key"):
        connected(shop, "nonsense").v1.customers.list()
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        connected(shop, "sk_test_other").v1.customers.retrieve(person.id)
    with pytest.raises(stripe.PermissionError):
        connected(shop, shop.key("payments", "publishable_key")).v1.customers.list()


def test_what_is_not_there(client: stripe.StripeClient) -> None:
    """An unknown id in the path is 404, in a parameter 400; an unknown path is 404 with the provider's words."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_intents.retrieve("pi_none")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_intents.create({"amount": 900, "currency": "usd", "customer": "cus_none"})
    assert (caught.value.http_status, caught.value.param) == (400, "customer")
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        client.raw_request("get", "/v1/unheard_of")


def test_webhook_endpoints(shop: Fakes) -> None:
    """The secret of an endpoint is told once, when it is made."""
    alone = connected(shop, "sk_test_endpoints")
    made = alone.v1.webhook_endpoints.create({"url": "https://example.com/hook", "enabled_events": ["*"]})
    assert made.secret is not None
    assert made.secret.startswith("whsec_")
    assert "secret" not in alone.v1.webhook_endpoints.retrieve(made.id).to_dict()
    assert alone.v1.webhook_endpoints.update(made.id, {"disabled": True}).status == "disabled"
    assert alone.v1.webhook_endpoints.delete(made.id).deleted
    assert not alone.v1.webhook_endpoints.list().data


@pytest.mark.filterwarnings("ignore:Use .content=:DeprecationWarning")  # of the official client itself
async def test_the_async_client(shop: Fakes) -> None:
    """The async client does the same."""
    http = stripe.HTTPXClient()
    key, address = shop.key("payments", "secret_key"), shop.url("payments")
    client = stripe.StripeClient(key, base_addresses={"api": address}, http_client=http)
    wanted: stripe.params.PaymentIntentCreateParams = {"amount": 900, "currency": "usd"}
    made = await asyncio.gather(*(client.v1.payment_intents.create_async(wanted) for _ in range(5)))
    assert len({one.id for one in made}) == 5
    with pytest.raises(stripe.CardError):
        await client.v1.payment_intents.confirm_async(made[0].id, {"payment_method": "pm_card_chargeDeclined"})
    await http.close_async()  # type: ignore[no-untyped-call]


def test_checkout(client: stripe.StripeClient, shop: Fakes) -> None:
    """A hosted session is paid by the wallet and then complete, with the payment it made."""
    line: stripe.params.checkout.SessionCreateParamsLineItem = {
        "price_data": {"currency": "usd", "unit_amount": 900, "product_data": {"name": "Credits"}},
        "quantity": 2,
    }
    made = client.v1.checkout.sessions.create(
        {"mode": "payment", "line_items": [line], "success_url": "https://example.com/ok", "metadata": {"order": "1"}}
    )
    assert (made.status, made.amount_total) == ("open", 1800)
    paid = pay(shop, made.url, "good_card")
    done = client.v1.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent", "line_items"]})
    assert (paid, done.status, done.payment_status) == ("paid", "complete", "paid")
    assert isinstance(done.payment_intent, stripe.PaymentIntent)
    assert done.payment_intent.amount_received == 1800
