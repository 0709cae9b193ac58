"""Payment links: made, changed, followed, sold out."""

from typing import Any

import pytest
import stripe

from tests.payments.browsing import GOOD_CARD, fill, look
from tests.payments.conftest import Bare, Hook
from tests.payments.making_checkout import line

Params = stripe.params.PaymentLinkCreateParams


def sold(client: stripe.StripeClient, **more: object) -> stripe.PaymentLink:
    """A link that sells tea; `more` adds parameters."""
    price = client.v1.prices.create({"currency": "usd", "unit_amount": 900, "product_data": {"name": "Tea"}})
    asked: Params = {"line_items": [{"price": price.id, "quantity": 2}], "metadata": {"campaign": "spring"}}
    return client.v1.payment_links.create({**asked, **more})  # type: ignore[typeddict-item]


def session_of(client: stripe.StripeClient, link: stripe.PaymentLink) -> stripe.checkout.Session:
    """The newest session of a link."""
    return client.v1.checkout.sessions.list({"payment_link": link.id, "limit": 1}).data[0]


def test_following_a_link(client: stripe.StripeClient, hook: Hook) -> None:
    """Each visit opens a session of its own, with the link's items and metadata; when paid, the page says thanks."""
    link = sold(client)
    first, second = look(link.url), look(f"{link.url}?prefilled_email=a%40example.com&client_reference_id=r7")
    assert (first.status, first.url != second.url) == (303, True)
    session = session_of(client, link)
    assert (session.url, session.client_reference_id, session.customer_email) == (second.url, "r7", "a@example.com")
    assert (session.amount_total, session.payment_link) == (1800, link.id)
    assert session.metadata is not None
    assert session.metadata["campaign"] == "spring"
    paid = fill(second.url, **GOOD_CARD)
    assert (paid.status, "Thank you" in paid.text) == (200, True)
    told = [body for _, body in hook.wait(1, "checkout.session.completed")]
    assert any(link.id.encode() in body for body in told)
    items = client.v1.payment_links.line_items.list(link.id).data
    assert [(one.quantity, one.amount_total) for one in items] == [(2, 1800)]


def test_a_link_sells_out(client: stripe.StripeClient) -> None:
    """After as many sessions as it may complete, it is closed, in the merchant's words; sessions begun before stay."""
    link = sold(client, restrictions={"completed_sessions": {"limit": 1}}, inactive_message="All gone.")
    session, left = look(link.url).url, look(link.url).url
    assert fill(session, email="a@example.com", **GOOD_CARD).status == 200
    closed = look(link.url)
    assert (closed.status, "All gone." in closed.text) == (410, True)
    assert client.v1.payment_links.retrieve(link.id).active is False
    assert look(left).status == 200


def test_a_link_that_sends_buyers_on(client: stripe.StripeClient) -> None:
    """Its own address after completion, with the session's id."""
    to = "https://example.com/thanks?s={CHECKOUT_SESSION_ID}"
    link = sold(client, after_completion={"type": "redirect", "redirect": {"url": to}})
    done = fill(look(link.url).url, email="a@example.com", **GOOD_CARD)
    assert done.url == f"https://example.com/thanks?s={session_of(client, link).id}"


def test_changing_a_link(client: stripe.StripeClient) -> None:
    """Quantity, activity and metadata change for the sessions to come; the event says what was before."""
    link = sold(client)
    item = client.v1.payment_links.line_items.list(link.id).data[0]
    client.v1.payment_links.update(link.id, {"line_items": [{"id": item.id, "quantity": 3}], "metadata": {"a": "b"}})
    look(link.url)
    assert session_of(client, link).amount_total == 2700
    client.v1.payment_links.update(link.id, {"active": False})
    assert look(link.url).status == 410
    event = client.v1.events.list({"type": "payment_link.updated", "limit": 1}).data[0]
    assert event.data.previous_attributes is not None
    assert event.data.previous_attributes["active"] is True
    assert [one.id for one in client.v1.payment_links.list({"active": False, "limit": 100}).data if one.id == link.id]


def test_a_link_that_subscribes(bare: Bare) -> None:
    """A recurring price makes its sessions subscribe."""
    plan: dict[str, Any] = {"line_items[0][price]": bare.plan(1200), "line_items[0][quantity]": 1}
    link = bare.post("payment_links", **plan, **{"subscription_data[trial_period_days]": "7"})
    went = bare.raw("GET", link["url"].removeprefix("https://checkout.stripe.com"))
    session = bare.get(f"checkout/sessions/{went.headers['Location'].rsplit('/', 1)[1]}")
    assert (session["mode"], session["amount_total"]) == ("subscription", 0)
    assert bare.slice.pay(session["url"], "good_card")["result"] == "paid"
    assert bare.get("subscriptions")["data"][0]["status"] == "trialing"


@pytest.mark.parametrize(
    ("form", "param"),
    [
        ({}, "line_items"),
        (line() | {"subscription_data[description]": "x"}, "subscription_data"),
        (line() | {"after_completion[type]": "redirect"}, "after_completion[redirect]"),
        (line() | {"success_url": "https://example.com"}, "success_url"),
    ],
)
def test_what_a_link_does_not_take(bare: Bare, form: dict[str, str], param: str) -> None:
    """Each refusal names the parameter."""
    assert bare.post("payment_links", **form)["error"]["param"] == param


def test_the_wallet_follows_links_and_invoices(bare: Bare) -> None:
    """A phone that is given their addresses pays them."""
    link = bare.post("payment_links", **line())
    assert bare.slice.pay(link["url"], "good_card")["result"] == "paid"
    assert bare.get("checkout/sessions", payment_link=link["id"])["data"][0]["status"] == "complete"
    bare.post(f"payment_links/{link['id']}", active="false")
    assert bare.slice.pay(link["url"], "good_card")["result"] == "refused"
    customer = bare.post("customers")["id"]
    draft = bare.post("invoices", customer=customer, collection_method="send_invoice", days_until_due="7")["id"]
    bare.post("invoiceitems", customer=customer, invoice=draft, amount="900", currency="usd")
    invoice = bare.post(f"invoices/{draft}/finalize")
    assert bare.slice.pay(invoice["hosted_invoice_url"], "declined_card")["result"] == "declined"
    assert bare.slice.pay(invoice["hosted_invoice_url"], "good_card")["result"] == "paid"
    assert bare.get(f"invoices/{draft}")["status"] == "paid"


def test_no_such_link(bare: Bare) -> None:
    """An address that nobody made."""
    assert bare.raw("GET", "/b/test_nothing").status == 404
