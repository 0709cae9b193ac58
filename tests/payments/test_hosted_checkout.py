"""The page of a checkout session, paid by a person: by posting its form; test_hosted_browser.py does it by browser."""

from typing import Any, cast

import pytest
import stripe

from fakes.plugin import Fakes
from tests.payments.browsing import GOOD_CARD, fill, look
from tests.payments.conftest import Bare, Hook
from tests.payments.making_checkout import line

Params = stripe.params.checkout.SessionCreateParams
TEA: stripe.params.checkout.SessionCreateParamsLineItem = {
    "price_data": {"currency": "usd", "unit_amount": 900, "product_data": {"name": "Tea & <cake>"}},
    "quantity": 2,
}
CARDS = {
    "declined": "4000000000000002",
    "funds": "4000000000009995",
    "asks": "4000002760003184",
    "no_test_card": "4111 1111 1111 1111",
}


def opened(client: stripe.StripeClient, **more: Any) -> stripe.checkout.Session:
    """A session; `more` adds parameters or replaces them."""
    asked: Params = {
        "mode": "payment",
        "line_items": [TEA],
        "success_url": "https://example.com/ok?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://example.com/cart",
    }
    return client.v1.checkout.sessions.create(cast(Params, {**asked, **more}))


def now(client: stripe.StripeClient, session: stripe.checkout.Session) -> stripe.checkout.Session:
    """The session as it is now, with its payment."""
    return client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent", "setup_intent"]})


def test_a_person_pays(client: stripe.StripeClient, hook: Hook) -> None:
    """The page shows what is bought; a good card leads back to the shop, and the merchant hears of it."""
    session = opened(client)
    assert session.url is not None
    page = look(session.url)
    assert (page.status, "Tea &amp; &lt;cake&gt;" in page.text, "$18.00" in page.text) == (200, True, True)
    assert "https://example.com/cart" in page.links
    done = fill(session.url, email="zoe@example.com", billingName="Zoë", **GOOD_CARD)
    assert (done.status, done.url) == (303, f"https://example.com/ok?session={session.id}")
    paid = now(client, session)
    assert (paid.status, paid.payment_status) == ("complete", "paid")
    assert paid.customer_details is not None
    assert (paid.customer_details.email, paid.customer_details.name) == ("zoe@example.com", "Zoë")
    told = [one for _, one in hook.wait(1, "checkout.session.completed")]
    assert any(session.id.encode() in one for one in told)
    # Whoever comes back by the address is sent on again.
    assert look(session.url).url == done.url


@pytest.mark.parametrize(
    ("card", "words"),
    [("declined", "Your card was declined."), ("funds", "insufficient funds"), ("no_test_card", "non test card")],
)
def test_a_decline_is_shown_and_the_next_card_pays(client: stripe.StripeClient, card: str, words: str) -> None:
    """The session stays open after a decline."""
    session = opened(client)
    assert session.url is not None
    page = fill(session.url, email="a@example.com", **{**GOOD_CARD, "cardNumber": CARDS[card]})
    assert page.status == (400 if card == "no_test_card" else 402)
    assert words in page.text
    assert CARDS[card] in page.text
    assert now(client, session).status == "open"
    assert fill(session.url, email="a@example.com", **GOOD_CARD).status == 303


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"cardNumber": "4242"}, "Your card number is incomplete."),
        ({"cardNumber": "4242424242424241"}, "Your card number is incorrect."),
        ({"cardExpiry": "13 / 34"}, "expiration date is incomplete"),
        ({"cardExpiry": "01 / 20"}, "expiration year is invalid"),
        ({"cardCvc": "1"}, "security code is incomplete"),
        ({"email": "zoe"}, "Your email is incomplete."),
        ({"email": ""}, "This is needed."),
    ],
)
def test_what_is_written_wrongly_is_said(client: stripe.StripeClient, written: dict[str, str], words: str) -> None:
    """Nothing happens, and the page says what to change; a security code is not shown again."""
    session = opened(client)
    assert session.url is not None
    page = fill(session.url, **({"email": "a@example.com"} | GOOD_CARD | written))
    assert (page.status, words in page.text, page.fields["cardCvc"]) == (400, True, "")
    assert now(client, session).payment_intent is None


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_the_bank_asks(client: stripe.StripeClient, answer: str) -> None:
    """The buyer is sent to their bank; yes pays, no leads back to the open page."""
    session = opened(client)
    assert session.url is not None
    asked = fill(session.url, email="a@example.com", **{**GOOD_CARD, "cardNumber": CARDS["asks"]})
    assert (asked.status, "/redirect/authenticate/" in asked.url) == (303, True)
    assert "$18.00" in look(asked.url).text
    back = fill(asked.url, answer=answer)
    assert back.url.startswith(session.url)
    after = look(back.url)
    if answer == "yes":
        assert (after.url, now(client, session).payment_status) == (
            f"https://example.com/ok?session={session.id}",
            "paid",
        )
        return
    assert (after.status, now(client, session).status) == (200, "open")
    assert fill(session.url, **GOOD_CARD).status == 303


def test_fields_that_the_merchant_asks_for(client: stripe.StripeClient) -> None:
    """Phone, shipping address, terms and the merchant's own fields are asked for, checked and kept."""
    fields = [
        {"key": "size", "type": "dropdown", "label": {"type": "custom", "custom": "Size"},
         "dropdown": {"options": [{"label": "Large", "value": "l"}]}},
        {"key": "code", "type": "numeric", "label": {"type": "custom", "custom": "Code"},
         "numeric": {"minimum_length": 3}},
    ]  # fmt: skip
    session = opened(
        client,
        custom_fields=fields,
        phone_number_collection={"enabled": True},
        shipping_address_collection={"allowed_countries": ["DE"]},
        consent_collection={"terms_of_service": "required"},
        customer_email="a@example.com",
    )
    assert session.url is not None
    wrong = fill(session.url, custom_size="xl", custom_code="12", shippingCountry="FR", **GOOD_CARD)
    assert wrong.status == 400
    for words in ("At least 3 characters.", "Choose one of these.", "This is needed.", "Please agree"):
        assert words in wrong.text
    right = {"custom_size": "l", "custom_code": "123", "shippingCountry": "DE", "shippingName": "Zoë", "phone": "+491"}
    right |= {"shippingAddressLine1": "Weg 1", "shippingLocality": "Bonn", "terms": "accepted"}
    assert fill(session.url, **right, **GOOD_CARD).status == 303
    done = now(client, session)
    assert [one.to_dict()[one.type]["value"] for one in done.custom_fields] == ["l", "123"]
    assert done.collected_information is not None
    assert done.collected_information.shipping_details is not None
    assert done.collected_information.shipping_details.address.city == "Bonn"
    assert done.consent is not None
    assert done.consent.terms_of_service == "accepted"


def test_a_bank_account_pays_later(client: stripe.StripeClient, shop: Fakes, hook: Hook) -> None:
    """A debit completes its session unpaid; how it ends is told afterwards."""
    euros: Any = [{**TEA, "price_data": {"currency": "eur", "unit_amount": 900, "product_data": {"name": "Tea"}}}]
    good, bad = (opened(client, line_items=euros, payment_method_types=["card", "sepa_debit"]) for _ in range(2))
    assert good.url is not None
    assert bad.url is not None
    assert fill(good.url, email="a@example.com", method="sepa_debit", iban="x").status == 400
    way = {"email": "a@example.com", "method": "sepa_debit", "billingName": "Zoë"}
    for session, iban in ((good, "AT61 1904 3002 3457 3201"), (bad, "AT861904300235473202")):
        assert fill(str(session.url), iban=iban, **way).status == 303
        assert (now(client, session).status, now(client, session).payment_status) == ("complete", "unpaid")
    for session, kind in ((good, "succeeded"), (bad, "failed")):
        told = hook.wait(1, f"checkout.session.async_payment_{kind}")
        assert session.id.encode() in told[0][1]
    assert [now(client, one).payment_status for one in (good, bad)] == ["paid", "unpaid"]


def test_a_bank_account_that_is_verified_first(client: stripe.StripeClient) -> None:
    """The buyer confirms that it is theirs on the bank's page; then the debit is on its way."""
    session = opened(client, payment_method_types=["us_bank_account"])
    way = {"email": "a@example.com", "method": "us_bank_account", "routingNumber": "110000000"}
    assert "This is needed." in fill(str(session.url), **way).text
    asked = fill(str(session.url), usAccountNumber="000123456789", **way)
    assert "/redirect/authenticate/" in asked.url
    back = fill(asked.url, answer="yes")
    assert look(back.url).url == f"https://example.com/ok?session={session.id}"
    done = now(client, session)
    assert (done.status, done.payment_status) == ("complete", "unpaid")


def test_saving_a_card(client: stripe.StripeClient) -> None:
    """A session in setup mode leaves a card with its customer, and takes no money."""
    customer = client.v1.customers.create({"email": "a@example.com"})
    session = opened(client, mode="setup", line_items=[], currency="usd", customer=customer.id)
    assert (session.payment_status, session.setup_intent is None) == ("no_payment_required", False)
    assert session.url is not None
    assert "Save" in look(session.url).text
    assert fill(session.url, **GOOD_CARD).status == 303
    done = now(client, session)
    assert isinstance(done.setup_intent, stripe.SetupIntent)
    assert (done.status, done.setup_intent.status, done.payment_intent) == ("complete", "succeeded", None)
    assert [one.id for one in client.v1.customers.payment_methods.list(customer.id).data] == [
        done.setup_intent.payment_method
    ]


def test_subscribing(client: stripe.StripeClient) -> None:
    """A subscription session makes the customer and the subscription, and shows the rhythm."""
    plan: Any = [{"quantity": 1, "price_data": {"currency": "usd", "unit_amount": 1200, "product_data": {"name": "Pro"},
                                          "recurring": {"interval": "month", "interval_count": 3}}}]  # fmt: skip
    session = opened(client, mode="subscription", line_items=plan, subscription_data={"metadata": {"order": "7"}})
    assert session.url is not None
    page = look(session.url)
    assert ("every 3 months" in page.text, "Subscribe to Pro" in page.text) == (True, True)
    assert fill(session.url, email="b@example.com", **GOOD_CARD).status == 303
    done = now(client, session)
    subscription = client.v1.subscriptions.retrieve(str(done.subscription))
    assert (subscription.status, subscription.metadata["order"], subscription.customer) == (
        "active",
        "7",
        done.customer,
    )


def test_a_promotion_code(client: stripe.StripeClient) -> None:
    """The buyer writes it on the page; a wrong one is said to be wrong, a right one changes the total."""
    coupon = client.v1.coupons.create({"percent_off": 50, "duration": "once"})
    client.v1.promotion_codes.create({"code": "SPRING", "promotion": {"type": "coupon", "coupon": coupon.id}})
    session = opened(client, allow_promotion_codes=True)
    assert session.url is not None
    wrong = fill(session.url, do="promotion", promotionCode="winter")
    assert (wrong.status, "This code is invalid." in wrong.text) == (400, True)
    right = fill(session.url, do="promotion", promotionCode=" spring ")
    assert (right.status, "Pay $9.00" in right.text, "Promotion code" in right.text) == (200, True, False)
    assert fill(session.url, email="a@example.com", **GOOD_CARD).status == 303
    done = now(client, session)
    assert (done.amount_total, done.payment_status) == (900, "paid")
    assert client.v1.coupons.retrieve(coupon.id).times_redeemed == 1


def test_quantities_and_shipping_are_the_buyers_choice(client: stripe.StripeClient) -> None:
    """A changed total is shown before it is paid; after a decline the payment follows the change."""
    item: Any = {**TEA, "adjustable_quantity": {"enabled": True, "minimum": 1, "maximum": 5}}
    ways = [
        {
            "shipping_rate_data": {
                "display_name": name,
                "type": "fixed_amount",
                "fixed_amount": {"amount": cost, "currency": "usd"},
            }
        }
        for name, cost in (("Post", 500), ("Bike", 1500))
    ]
    session = opened(client, line_items=[item], shipping_options=ways)
    assert session.url is not None
    assert fill(session.url, email="a@example.com", **{**GOOD_CARD, "cardNumber": CARDS["declined"]}).status == 402
    line_item = client.v1.checkout.sessions.line_items.list(session.id).data[0].id
    assert "Choose from 1 to 5." in fill(session.url, **{f"quantity_{line_item}": "6", "do": "update"}).text
    bike = client.v1.shipping_rates.list({"limit": 1}).data[0].id
    seen = fill(session.url, **{f"quantity_{line_item}": "3"}, shipping=bike, **GOOD_CARD)
    assert (seen.status, "The total has changed." in seen.text, "Pay $42.00" in seen.text) == (200, True, True)
    assert fill(session.url, **GOOD_CARD, shipping=bike).status == 303
    done = now(client, session)
    assert isinstance(done.payment_intent, stripe.PaymentIntent)
    assert (done.amount_total, done.payment_intent.amount_received) == (4200, 4200)


def test_a_returning_buyer(client: stripe.StripeClient) -> None:
    """What they saved the first time is offered the next time, to them alone; what they did not save is not."""
    customer, other = (client.v1.customers.create({"email": "a@example.com"}).id for _ in range(2))
    saving = {"saved_payment_method_options": {"payment_method_save": "enabled"}, "customer": customer}
    assert fill(str(opened(client, **saving).url), **GOOD_CARD).status == 303
    assert client.v1.customers.payment_methods.list(customer).data == []
    kept = {**GOOD_CARD, "cardNumber": "5555555555554444", "save": "yes"}
    first = opened(client, **saving)
    assert fill(str(first.url), **{**kept, "cardNumber": CARDS["declined"]}).status == 402
    assert fill(str(first.url), **kept).status == 303
    card = client.v1.customers.payment_methods.list(customer).data[0]
    assert (card.allow_redisplay, card.card.last4 if card.card else None) == ("always", "4444")
    again = opened(client, customer=customer)
    assert "Mastercard •••• 4444" in look(str(again.url)).text
    assert fill(str(again.url)).status == 303
    paid = now(client, again).payment_intent
    assert isinstance(paid, stripe.PaymentIntent)
    assert paid.payment_method == card.id
    stranger = opened(client, customer=other)
    assert "4444" not in look(str(stranger.url)).text
    assert fill(str(stranger.url), method=card.id).status == 400


def test_a_page_that_is_over(bare: Bare) -> None:
    """An expired page says so; by its recovery address the buyer begins again."""
    made = bare.post(
        "checkout/sessions", mode="payment", success_url="https://example.com", **line(),
        **{"after_expiration[recovery][enabled]": "true"},
    )  # fmt: skip
    over = bare.post(f"checkout/sessions/{made['id']}/expire")
    page = bare.raw("GET", f"/c/pay/{made['id']}")
    assert (page.status, b"expired" in page.body) == (410, True)
    again = bare.raw("GET", f"/c/pay/{made['id']}", {"recover": "1"})
    assert over["after_expiration"]["recovery"]["url"].endswith("?recover=1")
    fresh = bare.get(f"checkout/sessions/{again.headers['Location'].rsplit('/', 1)[1]}")
    assert (again.status, fresh["status"], fresh["recovered_from"]) == (303, "open", made["id"])
    assert bare.raw("GET", "/c/pay/cs_test_nothing").status == 404


def test_pages_ask_for_nothing_elsewhere(client: stripe.StripeClient) -> None:
    """No script, no picture, no font, no style from anywhere."""
    session = opened(client)
    assert session.url is not None
    text = look(session.url).text
    for forbidden in ("<script", "src=", "@import", "url(", "<link"):
        assert forbidden not in text
