"""The customer portal: configurations, sessions, and what a customer does on its page."""

from typing import Any, cast

import pytest
import stripe

from tests.payments.browsing import GOOD_CARD, Seen, fill, look
from tests.payments.conftest import Bare
from tests.payments.making_portal import FEATURES, offering

ASKS = {**GOOD_CARD, "cardNumber": "4000002760003184"}


def customer_of(client: stripe.StripeClient) -> tuple[stripe.Customer, stripe.Subscription]:
    """Somebody with a card and a monthly subscription."""
    customer = client.v1.customers.create({"email": "a@example.com"})
    card = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    client.v1.customers.update(customer.id, {"invoice_settings": {"default_payment_method": card.id}})
    price = client.v1.prices.create(
        {"currency": "usd", "unit_amount": 900, "recurring": {"interval": "month"}, "product_data": {"name": "Pro"}}
    )
    return customer, client.v1.subscriptions.create({"customer": customer.id, "items": [{"price": price.id}]})


def entered(client: stripe.StripeClient, customer: str, **more: Any) -> str:
    """The address of a portal session."""
    asked = cast(stripe.params.billing_portal.SessionCreateParams, {"customer": customer, **more})
    return client.v1.billing_portal.sessions.create(asked).url


def act(url: str, do: str, **fields: str) -> Seen:
    """Press a button of the page, and see where that leads."""
    done = fill(url, do=do, **fields)
    return look(done.url) if done.status == 303 and done.url.startswith(url) else done


def test_cancelling_and_coming_back(client: stripe.StripeClient) -> None:
    """The customer is asked why, cancels at the end of the period, and changes their mind."""
    customer, live = customer_of(client)
    url = entered(client, customer.id, return_url="https://example.com/account")
    page = look(url)
    assert ("Pro" in page.text, "Renews on" in page.text, "Visa" in page.text) == (True, True, True)
    assert "https://example.com/account" in page.links
    question = look(f"{url}?cancel={live.id}")
    assert ("Why do you leave?" in question.text, "You can use it until" in question.text) == (True, True)
    gone = act(url, "cancel", subscription=live.id, reason="too_expensive")
    assert ("Cancels on" in gone.text, "Your subscription is cancelled." in gone.text) == (True, True)
    now = client.v1.subscriptions.retrieve(live.id)
    assert now.cancellation_details is not None
    assert (now.cancel_at_period_end, now.cancellation_details.feedback) == (True, "too_expensive")
    assert "Renews on" in act(url, "resume", subscription=live.id).text
    assert client.v1.subscriptions.retrieve(live.id).cancel_at_period_end is False


def test_another_customers_subscription_is_out_of_reach(client: stripe.StripeClient) -> None:
    """A session serves one customer: nobody else's subscriptions or cards."""
    (mine, _), (_, theirs) = customer_of(client), customer_of(client)
    url = entered(client, mine.id)
    card = client.v1.customers.payment_methods.list(str(theirs.customer)).data[0]
    assert act(url, "cancel", subscription=theirs.id).status == 402
    assert act(url, "remove", method=card.id).status == 402
    assert look(f"{url}?cancel={theirs.id}").status == 400
    assert client.v1.subscriptions.retrieve(theirs.id).cancel_at_period_end is False
    assert act(url, "no such deed").status == 400


@pytest.mark.parametrize("card", [GOOD_CARD, ASKS], ids=["at once", "after the bank was asked"])
def test_changing_the_card(client: stripe.StripeClient, card: dict[str, str]) -> None:
    """A new card becomes the default; the old one can be removed."""
    customer, _ = customer_of(client)
    old = client.v1.customers.payment_methods.list(customer.id).data[0]
    url = entered(client, customer.id)
    assert "Your card number is incomplete." in act(url, "add", **{**card, "cardNumber": "42"}).text
    done = act(url, "add", **card)
    if card is ASKS:
        back = fill(done.url, answer="yes")
        done = look(look(back.url).url)
    assert "Your card is saved." in done.text
    default = client.v1.customers.retrieve(customer.id).invoice_settings
    assert default is not None
    assert default.default_payment_method not in (None, old.id)
    assert "It is removed." in act(url, "remove", method=old.id).text
    left = [one.id for one in client.v1.customers.payment_methods.list(customer.id).data]
    assert left == [default.default_payment_method]


def test_a_declined_card_is_not_saved(client: stripe.StripeClient) -> None:
    """The page says so."""
    customer, _ = customer_of(client)
    page = act(entered(client, customer.id), "add", **{**GOOD_CARD, "cardNumber": "4000000000000002"})
    assert (page.status, "Your card was declined." in page.text) == (402, True)
    assert len(client.v1.customers.payment_methods.list(customer.id).data) == 1


def test_details(client: stripe.StripeClient) -> None:
    """What the configuration lets customers change of themselves, and nothing else."""
    customer, _ = customer_of(client)
    url = entered(client, customer.id)
    assert "incomplete" in act(url, "details", email="nobody").text
    assert "Saved." in act(url, "details", email="b@example.com", name="Zoë", balance="-500").text
    now = client.v1.customers.retrieve(customer.id)
    assert (now.email, now.name, now.balance) == ("b@example.com", "Zoë", 0)


def test_changing_plan_and_cancelling_at_once(bare: Bare) -> None:
    """By a configuration of the merchant's own; what is off cannot be done by posting it either."""
    first, second = bare.plan(900), bare.plan(2900, "pro")
    live = bare.subscribed(first)
    product = bare.get(f"prices/{second}")["product"]
    own = bare.post("billing_portal/configurations", **FEATURES, **offering(product, second))["id"]
    session = bare.post("billing_portal/sessions", customer=live["customer"], configuration=own)
    path = session["url"].removeprefix("https://checkout.stripe.com")
    assert bare.raw("POST", path, {"do": "change", "subscription": live["id"], "price": first}).status == 402
    assert bare.raw("POST", path, {"do": "change", "subscription": live["id"], "price": second}).status == 303
    assert bare.get(f"subscriptions/{live['id']}")["items"]["data"][0]["price"]["id"] == second
    bare.post(f"billing_portal/configurations/{own}", **{"features[subscription_update][enabled]": "false"})
    assert bare.raw("POST", path, {"do": "change", "subscription": live["id"], "price": second}).status == 400
    assert bare.raw("POST", path, {"do": "cancel", "subscription": live["id"]}).status == 303
    assert bare.get(f"subscriptions/{live['id']}")["status"] == "canceled"


def test_coming_for_one_thing(client: stripe.StripeClient) -> None:
    """A session with a flow begins with its question, and leads on when that is done."""
    customer, live = customer_of(client)
    away = {"type": "redirect", "redirect": {"return_url": "https://example.com/bye"}}
    flow = {"type": "subscription_cancel", "subscription_cancel": {"subscription": live.id}, "after_completion": away}
    url = entered(client, customer.id, flow_data=flow)
    assert "Cancel Pro?" in look(url).text
    assert fill(url, do="cancel", subscription=live.id).url == "https://example.com/bye"


def _refused(bare: Bare, path: str, **form: Any) -> str:
    return str(bare.post(f"billing_portal/{path}", **form)["error"]["param"])


def test_what_is_refused(bare: Bare) -> None:
    """Each refusal names the parameter."""
    customer = bare.post("customers")["id"]
    own = bare.post("billing_portal/configurations", **FEATURES)["id"]
    assert _refused(bare, "sessions") == "customer"
    assert _refused(bare, "sessions", customer="cus_x") == "customer"
    assert _refused(bare, "sessions", customer=customer, configuration="bpc_x") == "configuration"
    update = {"flow_data[type]": "subscription_update", "flow_data[subscription_update][subscription]": "sub_x"}
    assert _refused(bare, "sessions", customer=customer, configuration=own, **update) == "flow_data[type]"
    cancel = {"flow_data[type]": "subscription_cancel"}
    assert _refused(bare, "sessions", customer=customer, **cancel) == "flow_data[subscription_cancel]"
    products = {"features[subscription_update][enabled]": "true"}
    assert _refused(bare, "configurations", **products) == "features[subscription_update][products]"
    bare.post(f"billing_portal/configurations/{own}", active="false")
    assert _refused(bare, "sessions", customer=customer, configuration=own) == "configuration"
    bare.post("billing_portal/sessions", customer=customer)
    default = bare.get("billing_portal/configurations", is_default="true")["data"][0]["id"]
    assert _refused(bare, f"configurations/{default}", active="false") == "active"
    assert bare.raw("GET", "/p/session/test_nothing").status == 404
