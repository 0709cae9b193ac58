"""The life of a subscription, from an unpaid first invoice to its end."""

import json

import pytest
import stripe

from fakes.plugin import Fakes
from tests.payments.conftest import Bare, pay

INTERVAL: stripe.params.PriceCreateParamsRecurring = {"interval": "month"}


@pytest.fixture(scope="module")
def starter(client: stripe.StripeClient) -> stripe.Price:
    """A plan of 9 dollars a month."""
    return _plan(client, "starter", 900)


@pytest.fixture(scope="module")
def pro(client: stripe.StripeClient) -> stripe.Price:
    """A plan of 29 dollars a month."""
    return _plan(client, "pro", 2900)


def _plan(client: stripe.StripeClient, key: str, amount: int) -> stripe.Price:
    return client.v1.prices.create(
        {
            "currency": "usd",
            "unit_amount": amount,
            "recurring": INTERVAL,
            "product_data": {"name": key},
            "lookup_key": key,
        }
    )


def test_from_unpaid_to_ended(
    client: stripe.StripeClient, shop: Fakes, person: stripe.Customer, starter: stripe.Price, pro: stripe.Price
) -> None:
    """Begun incomplete, paid by the phone, moved to another plan, canceled at the end of the period, then now."""
    begun = client.v1.subscriptions.create(
        {
            "customer": person.id,
            "items": [{"price": starter.id}],
            "payment_behavior": "default_incomplete",
            "payment_settings": {"save_default_payment_method": "on_subscription"},
            "expand": ["latest_invoice.confirmation_secret", "latest_invoice.payments"],
        }
    )
    invoice = begun.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert invoice.confirmation_secret is not None
    assert (begun.status, invoice.status, invoice.amount_due) == ("incomplete", "open", 900)
    assert pay(shop, invoice.confirmation_secret.client_secret, "good_card") == "paid"
    live = client.v1.subscriptions.retrieve(begun.id)
    assert (live.status, client.v1.invoices.retrieve(invoice.id).status) == ("active", "paid")
    item = live["items"].data[0]
    assert item.current_period_end - item.current_period_start in range(28 * 86400, 31 * 86400 + 1)
    moved = client.v1.subscriptions.update(live.id, {"items": [{"id": item.id, "price": pro.id}]})
    assert moved["items"].data[0].price.lookup_key == "pro"
    assert moved.latest_invoice == invoice.id
    leaving = client.v1.subscriptions.update(live.id, {"cancel_at_period_end": True})
    assert (leaving.status, leaving.cancel_at) == ("active", item.current_period_end)
    assert client.v1.subscriptions.update(live.id, {"cancel_at_period_end": False}).cancel_at is None
    assert client.v1.subscriptions.cancel(live.id).status == "canceled"
    assert not client.v1.subscriptions.list({"customer": person.id}).data
    assert [one.id for one in client.v1.subscriptions.list({"status": "ended"}).data] == [live.id]
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        client.v1.subscriptions.cancel(live.id)


def test_paid_at_once_with_a_saved_card(
    client: stripe.StripeClient, person: stripe.Customer, starter: stripe.Price, pro: stripe.Price
) -> None:
    """With a default payment method a subscription is active at once, and a change can be charged at once."""
    card = client.v1.payment_methods.attach("pm_card_visa", {"customer": person.id})
    live = client.v1.subscriptions.create(
        {"customer": person.id, "items": [{"price": starter.id}], "default_payment_method": card.id}
    )
    assert live.status == "active"
    moved = client.v1.subscriptions.update(
        live.id,
        {
            "items": [{"id": live["items"].data[0].id, "price": pro.id}],
            "proration_behavior": "always_invoice",
            "expand": ["latest_invoice"],
        },
    )
    assert isinstance(moved.latest_invoice, stripe.Invoice)
    assert (moved.latest_invoice.status, moved.latest_invoice.billing_reason) == ("paid", "subscription_update")
    assert 1990 <= moved.latest_invoice.total <= 2000
    assert len(client.v1.invoices.list({"subscription": live.id}).data) == 2


def test_payment_behaviours(client: stripe.StripeClient, person: stripe.Customer, starter: stripe.Price) -> None:
    """A declining card leaves an incomplete subscription, or none at all when that is asked for."""
    card = client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": person.id})
    wanted: stripe.params.SubscriptionCreateParams = {
        "customer": person.id,
        "items": [{"price": starter.id}],
        "default_payment_method": card.id,
    }
    assert client.v1.subscriptions.create(wanted).status == "incomplete"
    with pytest.raises(stripe.CardError):
        client.v1.subscriptions.create({**wanted, "payment_behavior": "error_if_incomplete"})
    assert len(client.v1.subscriptions.list({"customer": person.id}).data) == 1


def test_nothing_to_charge(client: stripe.StripeClient, person: stripe.Customer, starter: stripe.Price) -> None:
    """Without a payment method and without `default_incomplete` there is no subscription."""
    with pytest.raises(stripe.InvalidRequestError, match="no attached payment source"):
        client.v1.subscriptions.create({"customer": person.id, "items": [{"price": starter.id}]})


def test_old_places_by_version(client: stripe.StripeClient, person: stripe.Customer, starter: stripe.Price) -> None:
    """An invoice's payment intent can be expanded in versions that have it there, and not in the pinned one."""
    wanted: stripe.params.SubscriptionCreateParams = {
        "customer": person.id,
        "items": [{"price": starter.id}],
        "payment_behavior": "default_incomplete",
        "expand": ["latest_invoice.payment_intent"],
    }
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.subscriptions.create(wanted)
    old = client.v1.subscriptions.create(wanted, {"stripe_version": "2024-06-20"}).to_dict()
    assert old["latest_invoice"]["payment_intent"]["status"] == "requires_payment_method"
    assert old["current_period_end"] == old["items"]["data"][0]["current_period_end"]


def test_items(client: stripe.StripeClient, person: stripe.Customer, starter: stripe.Price, pro: stripe.Price) -> None:
    """Items are added, multiplied and removed; the last one stays."""
    card = client.v1.payment_methods.attach("pm_card_visa", {"customer": person.id})
    live = client.v1.subscriptions.create(
        {"customer": person.id, "items": [{"price": starter.id}], "default_payment_method": card.id}
    )
    added = client.v1.subscription_items.create({"subscription": live.id, "price": pro.id})
    assert client.v1.subscription_items.update(added.id, {"quantity": 3}).quantity == 3
    assert len(client.v1.subscription_items.list({"subscription": live.id}).data) == 2
    first = live["items"].data[0].id
    assert client.v1.subscription_items.delete(first).deleted
    with pytest.raises(stripe.InvalidRequestError, match="at least one active item"):
        client.v1.subscription_items.delete(added.id)


def test_a_trial(bare: Bare) -> None:
    """A trial costs nothing and needs no card."""
    price = bare.plan()
    customer = bare.post("customers")["id"]
    begun = bare.post("subscriptions", customer=customer, trial_period_days=7, **{"items[0][price]": price})
    invoice = bare.get(f"invoices/{begun['latest_invoice']}")
    assert bare.get(f"subscriptions/{begun['id']}")["status"] == "trialing"
    assert (invoice["status"], invoice["amount_paid"]) == ("paid", 0)


def test_under_the_customers_path(bare: Bare) -> None:
    """The older operations find, begin, change and end the subscriptions of their customer, and of no other."""
    customer, other = bare.post("customers")["id"], bare.post("customers")["id"]
    form = {"items[0][price]": bare.plan(), "payment_behavior": "default_incomplete"}
    begun = bare.post(f"customers/{customer}/subscriptions", **form)
    assert (begun["customer"], begun["status"]) == (customer, "incomplete")
    assert [one["id"] for one in bare.get(f"customers/{customer}/subscriptions")["data"]] == [begun["id"]]
    assert bare.get(f"customers/{other}/subscriptions")["data"] == []
    change = {"metadata[a]": "b"}
    assert "error" in bare.post(f"customers/{other}/subscriptions/{begun['id']}", **change)
    assert bare.post(f"customers/{customer}/subscriptions/{begun['id']}", **change)["metadata"] == {"a": "b"}
    ended = json.loads(bare.raw("DELETE", f"/v1/customers/{customer}/subscriptions/{begun['id']}").body)
    assert ended["status"] == "canceled"
    mode = {"billing_mode[type]": "flexible", "billing_mode[flexible][proration_discounts]": "itemized"}
    moved = bare.post(f"subscriptions/{bare.subscribed(bare.plan(key='m'))['id']}/migrate", **mode)
    assert moved["billing_mode"]["flexible"] == {"proration_discounts": "itemized"}


def test_a_method_for_later(bare: Bare) -> None:
    """A trial without a method has a setup intent; the method that it is given becomes the subscription's."""
    customer = bare.post("customers")["id"]
    saves = {"payment_settings[save_default_payment_method]": "on_subscription", "items[0][price]": bare.plan()}
    begun = bare.post("subscriptions", customer=customer, trial_period_days=7, **saves)
    setup = bare.get(f"setup_intents/{begun['pending_setup_intent']}")
    assert (setup["status"], setup["customer"], setup["usage"]) == ("requires_payment_method", customer, "off_session")
    assert bare.slice.pay(setup["client_secret"], "good_card")["result"] == "paid"
    ready = bare.get(f"subscriptions/{begun['id']}")
    assert ready["pending_setup_intent"] is None
    assert bare.get(f"payment_methods/{ready['default_payment_method']}")["customer"] == customer


def test_an_unpaid_one_is_canceled(bare: Bare) -> None:
    """Ending a subscription whose first invoice is unpaid voids the invoice, and its payment can no longer be made."""
    price = bare.plan()
    customer = bare.post("customers")["id"]
    form = {"items[0][price]": price, "expand[]": "latest_invoice.confirmation_secret"}
    begun = bare.post("subscriptions", customer=customer, payment_behavior="default_incomplete", **form)
    secret = begun["latest_invoice"]["confirmation_secret"]["client_secret"]
    bare.raw("DELETE", f"/v1/subscriptions/{begun['id']}")
    assert bare.get(f"invoices/{begun['latest_invoice']['id']}")["status"] == "void"
    assert bare.slice.pay(secret, "good_card")["result"] == "refused"


def test_prorations_wait_for_the_next_invoice(bare: Bare) -> None:
    """A change in the middle of a period is charged with the next invoice unless asked for at once."""
    live = bare.subscribed(bare.plan())
    bare.clock.advance(15 * 86400)
    form = {"items[0][id]": live["items"]["data"][0]["id"], "items[0][price]": bare.plan(2900, "pro")}
    bare.post(f"subscriptions/{live['id']}", **form)
    bare.slice.act("hxaaaaaaaaaaaa", "renew", {})
    renewed = bare.get("invoices", subscription=live["id"])["data"][0]
    assert [line["amount"] < 0 for line in renewed["lines"]["data"]] == [True, False, False]
    assert renewed["total"] == 2900 + sum(line["amount"] for line in renewed["lines"]["data"][:2])


def test_invoices_are_paid_and_voided(bare: Bare) -> None:
    """An open invoice is paid by its own endpoint, once, or declared void."""
    live = bare.subscribed(bare.plan())
    again = bare.raw("POST", f"/v1/invoices/{live['latest_invoice']}/pay")
    assert json.loads(again.body)["error"]["message"] == "Invoice is already paid"
    bare.slice.act("hxaaaaaaaaaaaa", "fail_renewal", {})
    failed = bare.get(f"subscriptions/{live['id']}")
    assert failed["status"] == "past_due"
    assert bare.post(f"invoices/{failed['latest_invoice']}/pay")["status"] == "paid"
    assert bare.get(f"subscriptions/{live['id']}")["status"] == "active"
