"""Taxes that come by themselves in checkout: a place is written on the page, and what is paid includes its taxes."""

from typing import Any

import pytest
import stripe
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.calls import Reply
from fakes.plugin import Fakes
from tests.payments.browsing import GOOD_CARD, fill, look
from tests.payments.conftest import Bare, connected, pay
from tests.payments.making_checkout import line, session
from tests.payments.taxing import AUTO, BERLIN, FRISCO, PARIS, adds_up, customer, living, refused, taxing

LOST = "requires_location_inputs"
AUTO_BOTH = {"customer_update[address]": "auto", "customer_update[shipping]": "auto"}
SENT = {"shipping_address_collection[allowed_countries][0]": "DE"}

HOUSE = {
    "shippingName": "Zoë",
    "shippingAddressLine1": "Am Park 1",
    "shippingLocality": "Berlin",
    "shippingCountry": "DE",
    "shippingPostalCode": "10115",
}
"""A shipping address as it is written on the page."""


def now(bare: Bare, made: dict[str, Any]) -> dict[str, Any]:
    """A session as it is now."""
    return bare.get(f"checkout/sessions/{made['id']}")


def page(bare: Bare, made: dict[str, Any], **fields: str) -> Reply:
    """What the page answers to a form with a card that pays."""
    return bare.raw("POST", f"/c/pay/{made['id']}", {"do": "pay", "email": "a@example.com", **GOOD_CARD, **fields})


def home(place: dict[str, str]) -> dict[str, str]:
    """A billing address as it is written on the page."""
    return {"billingCountry": place["country"], "billingPostalCode": place.get("postal_code", "")}


def subscribing(bare: Bare, amount: int = 900, **more: Any) -> dict[str, Any]:
    """The parameters of a session that subscribes."""
    plan = {"line_items[0][price]": bare.plan(amount, f"plan{amount}"), "line_items[0][quantity]": 1}
    return {"mode": "subscription", "success_url": "https://example.com", **plan, **more}


def taken(bare: Bare) -> list[int]:
    """All money that was taken."""
    return [one["amount"] for one in bare.sinks("payments.charge")]


def test_by_the_official_client_and_a_browser(shop: Fakes) -> None:
    """The page asks where the buyer lives, shows the new total, and then takes it."""
    client = connected(shop, "sk_test_taxed_checkout")
    client.v1.tax.settings.update(
        {"defaults": {"tax_code": "txcd_10000000"}, "head_office": {"address": {"country": "DE"}}}
    )
    options: stripe.params.tax.RegistrationCreateParamsCountryOptions = {
        "us": {"type": "state_sales_tax", "state": "CA"}
    }
    client.v1.tax.registrations.create({"country": "US", "active_from": "now", "country_options": options})
    tea: stripe.params.checkout.SessionCreateParamsLineItem = {
        "price_data": {"currency": "usd", "unit_amount": 1000, "product_data": {"name": "Tea"}},
        "quantity": 1,
    }
    made = client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [tea],
            "success_url": "https://example.com",
            "automatic_tax": {"enabled": True},
        }
    )
    assert (made.automatic_tax.status, made.amount_total) == (LOST, 1000)
    assert made.url is not None
    written = {"email": "a@example.com", **GOOD_CARD, **home(FRISCO)}
    shown = fill(made.url, **written)
    assert (shown.status, "The total has changed" in shown.text, "$10.73" in shown.text) == (200, True, True)
    assert shown.fields["billingPostalCode"] == "94103"
    assert fill(made.url, **written).status == 303
    paid = client.v1.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent"]})
    assert (paid.status, paid.amount_total, paid.automatic_tax.status) == ("complete", 1073, "complete")
    assert paid.total_details is not None
    assert paid.total_details.amount_tax == 73
    intent = paid.payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert intent.amount_received == 1073
    link = client.v1.payment_links.create(
        {"line_items": [{"price": _price(client), "quantity": 1}], "automatic_tax": {"enabled": True}}
    )
    opened = look(link.url).url
    assert pay(shop, opened, "good_card") == "paid"
    bought = client.v1.checkout.sessions.list({"payment_link": link.id}).data[0]
    assert (bought.amount_total, bought.automatic_tax.enabled) == (1073, True)


def _price(client: stripe.StripeClient) -> str:
    return client.v1.prices.create({"currency": "usd", "unit_amount": 1000, "product_data": {"name": "Tea"}}).id


def test_where_it_is_refused(bare: Bare) -> None:
    """Without settings, beside rates, where nothing is sold, and for a customer who could be anywhere."""
    who, usual = customer(bare), {"success_url": "https://example.com", **line()}
    inactive = ("stripe_tax_inactive", "automatic_tax")
    assert refused(bare, "checkout/sessions", mode="payment", **usual, **AUTO) == inactive
    assert refused(bare, "payment_links", **line(), **AUTO) == inactive
    link = bare.post("payment_links", **line())["id"]
    assert refused(bare, f"payment_links/{link}", **AUTO) == inactive
    taxing(bare)
    setup = bare.post("checkout/sessions", mode="setup", currency="usd", success_url="https://example.com", **AUTO)
    assert setup["error"]["message"] == "You cannot set `automatic_tax[enabled]=true` in `setup` mode."
    rate = bare.post("tax_rates", display_name="VAT", inclusive="false", percentage=7)["id"]
    own = {"line_items[0][tax_rates][0]": rate}
    assert refused(bare, "checkout/sessions", mode="payment", **usual, **AUTO, **own)[1] == "line_items[0][tax_rates]"
    data = {"subscription_data[default_tax_rates][0]": rate}
    assert refused(bare, "checkout/sessions", **subscribing(bare), **AUTO, **data)[1] == (
        "subscription_data[default_tax_rates]"
    )
    error = bare.post("checkout/sessions", mode="payment", customer=who, **usual, **AUTO)["error"]
    assert (error["code"], "valid address on the Customer" in error["message"]) == (
        "customer_tax_location_invalid",
        True,
    )
    assert session(bare, customer=who, **AUTO, **AUTO_BOTH)["automatic_tax"]["status"] == LOST


def test_a_known_customer(bare: Bare) -> None:
    """Whoever lives somewhere is taxed there from the start, and need not write it; the exempt pay none."""
    who = customer(taxing(bare), BERLIN)
    made = session(bare, customer=who, **AUTO)
    assert (made["amount_subtotal"], made["amount_total"], made["total_details"]["amount_tax"]) == (900, 1071, 171)
    item = bare.get(f"checkout/sessions/{made['id']}/line_items")["data"][0]
    assert (item["amount_tax"], item["amount_total"]) == (171, 1071)
    assert "billingCountry" not in bare.raw("GET", f"/c/pay/{made['id']}").body.decode()
    assert page(bare, made).status == 303
    assert taken(bare) == [1071]
    # Where their card is from is another matter, unless the merchant lets the page change the customer.
    details = living(FRISCO, "billing_details[address]")
    card = bare.post("payment_methods", type="card", **{"card[token]": "tok_visa"}, **details)["id"]
    again = session(bare, customer=who, **AUTO)["id"]
    bare.post(f"payment_pages/{again}/confirm", payment_method=card, expected_amount=1071)
    assert taken(bare) == [1071, 1071]
    exempt = customer(bare, BERLIN, tax_exempt="exempt")
    assert session(bare, customer=exempt, **AUTO)["amount_total"] == 900


def test_what_is_written_wrongly(bare: Bare) -> None:
    """A place that does not say enough is shown again, and nothing is taken; nor by a card without an address."""
    taxing(bare)
    made = session(bare, **AUTO)
    for written in ({}, {"billingCountry": "Germany"}, {"billingCountry": "US"}):
        answer = page(bare, made, **written)
        assert answer.status == 400
    assert b"which taxes are due" in answer.body
    card = bare.post("payment_methods", type="card", **{"card[token]": "tok_visa"})["id"]
    behind = f"payment_pages/{made['id']}/confirm"
    assert refused(bare, behind, payment_method=card)[0] == "customer_tax_location_invalid"
    assert (now(bare, made)["status"], taken(bare)) == ("open", [])
    details = living(BERLIN, "billing_details[address]")
    placed = bare.post("payment_methods", type="card", **{"card[token]": "tok_visa"}, **details)["id"]
    assert refused(bare, behind, payment_method=placed, expected_amount=900)[1] == "expected_amount"
    assert bare.post(behind, payment_method=placed, expected_amount=1071)["state"] == "complete"
    assert taken(bare) == [1071]


def test_shipping_counts_and_is_taxed(bare: Bare) -> None:
    """Where goods are sent counts; sending them is taxed by the rate's own behaviour."""
    taxing(bare)
    rate: dict[str, Any] = {"display_name": "Post", "fixed_amount[amount]": 500, "fixed_amount[currency]": "usd"}
    post = bare.post("shipping_rates", type="fixed_amount", **rate)["id"]
    within = bare.post("shipping_rates", type="fixed_amount", tax_behavior="inclusive", **rate)["id"]
    ways = {"shipping_options[0][shipping_rate]": post, "shipping_options[1][shipping_rate]": within}
    made = session(bare, **AUTO, **SENT, **ways)
    assert made["amount_total"] == 1400
    assert b"The total has changed" in page(bare, made, shipping=post, **HOUSE).body
    placed = now(bare, made)
    assert placed["shipping_cost"] == {
        "amount_subtotal": 500,
        "amount_tax": 95,
        "amount_total": 595,
        "shipping_rate": post,
    }
    assert placed["amount_total"] == 1071 + 595
    assert placed["total_details"] == {"amount_discount": 0, "amount_shipping": 500, "amount_tax": 171 + 95}
    assert b"The total has changed" in page(bare, made, shipping=within, **HOUSE).body
    assert (now(bare, made)["shipping_cost"]["amount_tax"], now(bare, made)["amount_total"]) == (80, 1571)
    assert page(bare, made, shipping=within, **HOUSE).status == 303
    assert taken(bare) == [1571]


def test_the_server_says_where(bare: Bare) -> None:
    """A shipping address that the merchant's server collected, and other ways of sending, are priced anew."""
    made = session(taxing(bare), **AUTO, **SENT)
    path = f"checkout/sessions/{made['id']}"
    place = living(BERLIN, "collected_information[shipping_details][address]")
    place |= {"collected_information[shipping_details][address][line1]": "Am Park 1"}
    told = bare.post(path, **place, **{"collected_information[shipping_details][name]": "Zoë"})
    assert (told["amount_total"], told["automatic_tax"]["status"]) == (1071, "complete")
    way = {"shipping_options[0][shipping_rate_data][display_name]": "Post"}
    way |= {"shipping_options[0][shipping_rate_data][type]": "fixed_amount"}
    way |= {"shipping_options[0][shipping_rate_data][fixed_amount][amount]": "100"}
    way |= {"shipping_options[0][shipping_rate_data][fixed_amount][currency]": "usd"}
    assert bare.post(path, **way)["amount_total"] == 1071 + 119
    # A place that does not say enough leaves no tax behind, nor on sending the goods.
    vague = {**place, "collected_information[shipping_details][address][country]": "US"}
    vague["collected_information[shipping_details][address][postal_code]"] = ""
    lost = bare.post(path, **vague, **{"collected_information[shipping_details][name]": "Zoë"})
    assert (lost["automatic_tax"]["status"], lost["amount_total"]) == (LOST, 1000)
    assert (lost["total_details"]["amount_tax"], lost["shipping_cost"]["amount_tax"]) == (0, 0)


@pytest.mark.parametrize("known", [False, True])
def test_a_subscription_is_taxed_where_its_buyer_is(bare: Bare, known: bool) -> None:
    """Its first invoice is what the page showed; the customer keeps the place, so that renewals are taxed there too."""
    taxing(bare)
    who = {"customer": customer(bare), "customer_update[address]": "auto"} if known else {}
    made = bare.post("checkout/sessions", **subscribing(bare), **AUTO, **who)
    assert page(bare, made, **home(BERLIN)).status == 200
    assert page(bare, made, **home(BERLIN)).status == 303
    paid = now(bare, made)
    assert (paid["status"], paid["amount_total"], taken(bare)) == ("complete", 1071, [1071])
    assert bare.get(f"customers/{paid['customer']}")["address"]["country"] == "DE"
    live = bare.get(f"subscriptions/{paid['subscription']}")
    assert live["automatic_tax"]["enabled"] is True
    invoice = bare.get(f"invoices/{live['latest_invoice']}")
    assert (invoice["total"], invoice["automatic_tax"]["status"]) == (1071, "complete")
    adds_up(invoice)
    bare.slice.act("hxaaaaaaaaaaaa", "renew", {})
    assert taken(bare) == [1071, 1071]


def test_goods_of_a_subscription_are_taxed_where_they_are_sent(bare: Bare) -> None:
    """A new customer keeps the shipping address that counted, so that the invoice is taxed as the page was."""
    made = bare.post("checkout/sessions", **subscribing(taxing(bare)), **AUTO, **SENT)
    for status in (200, 303):
        assert page(bare, made, **HOUSE).status == status
    paid = now(bare, made)
    assert (paid["amount_total"], taken(bare)) == (1071, [1071])
    assert bare.get(f"customers/{paid['customer']}")["shipping"]["address"]["country"] == "DE"


def test_a_receipt_has_the_taxes(bare: Bare) -> None:
    """The invoice of a paid session comes to what was paid, with its taxes."""
    way = {"display_name": "Post", "fixed_amount[currency]": "usd", "type": "fixed_amount"}
    post = bare.post("shipping_rates", **way, **{"fixed_amount[amount]": "500"})["id"]
    ways = {"shipping_options[0][shipping_rate]": post}
    made = session(taxing(bare), **AUTO, **ways, **{"invoice_creation[enabled]": "true"})
    assert bare.slice.pay(made["url"], "good_card")["result"] == "paid"
    paid = now(bare, made)
    invoice = bare.get(f"invoices/{paid['invoice']}")
    # The person of the wallet lives in California.
    assert (paid["amount_total"], invoice["total"], invoice["amount_paid"]) == (1501, 1501, 1501)
    assert (invoice["automatic_tax"]["status"], invoice["total_taxes"][0]["amount"]) == ("complete", 65 + 36)
    assert paid["total_details"] == {"amount_discount": 0, "amount_shipping": 500, "amount_tax": 65 + 36}
    adds_up(invoice)


def test_codes_and_quantities_are_taxed_anew(bare: Bare) -> None:
    """What the buyer changes on the page is taxed after discounts."""
    who = customer(taxing(bare), BERLIN)
    coupon = bare.post("coupons", percent_off=50, duration="once")["id"]
    bare.post("promotion_codes", code="HALF", **{"promotion[type]": "coupon", "promotion[coupon]": coupon})
    more = {"allow_promotion_codes": "true", "line_items[0][adjustable_quantity][enabled]": "true"}
    made = session(bare, customer=who, **AUTO, **more)
    item = bare.get(f"checkout/sessions/{made['id']}/line_items")["data"][0]["id"]
    bare.raw("POST", f"/c/pay/{made['id']}", {"do": "promotion", "promotionCode": "half"})
    assert now(bare, made)["amount_total"] == 536
    bare.raw("POST", f"/c/pay/{made['id']}", {"do": "update", f"quantity_{item}": "3"})
    assert (now(bare, made)["total_details"]["amount_tax"], now(bare, made)["amount_total"]) == (257, 1607)


@settings(max_examples=25, deadline=None)
@given(
    amount=st.integers(200, 99999),
    behavior=st.sampled_from(["inclusive", "exclusive", "unspecified"]),
    place=st.sampled_from([BERLIN, FRISCO, PARIS]),
    off=st.integers(0, 60),
    subscribes=st.booleans(),
)
def test_what_is_shown_is_taken(amount: int, behavior: str, place: dict[str, str], off: int, subscribes: bool) -> None:
    """Whatever is sold to whomever wherever: the page's total is what is taken, and what the invoice comes to."""
    bare = taxing(Bare())
    more = {"discounts[0][coupon]": bare.post("coupons", percent_off=off, duration="once")["id"]} if off else {}
    data: dict[str, Any] = {"price_data][tax_behavior": behavior}
    kind: dict[str, Any] = {"invoice_creation[enabled]": "true"}
    if subscribes:
        data["price_data][recurring][interval"] = "month"
        kind = {"mode": "subscription"}
    made = session(bare, **line(amount, **data), **AUTO, **more, **kind)
    page(bare, made, **home(place))
    total = now(bare, made)["amount_total"]
    if now(bare, made)["status"] == "open":
        assert page(bare, made, **home(place)).status == 303
    paid = now(bare, made)
    assert (paid["status"], paid["amount_total"], taken(bare)) == ("complete", total, [total])
    invoice = bare.get(f"invoices/{paid['invoice']}")
    assert invoice["amount_paid"] == invoice["total"] == total
    taxes = sum(one["amount"] for one in invoice["total_taxes"])
    assert taxes == paid["total_details"]["amount_tax"]
    adds_up(invoice)
