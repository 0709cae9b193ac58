"""Taxes that come by themselves, in invoices, previews and quotes; beside `tax_rates`, never."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.payments.state.tax import automatic
from fakes.plugin import Fakes
from tests.payments.conftest import Bare, connected
from tests.payments.taxing import (
    AUTO,
    BERLIN,
    FRISCO,
    LOST,
    PARIS,
    RATES,
    adds_up,
    customer,
    drafted,
    lines_of,
    living,
    plan,
    price,
    refused,
    settled,
    taxing,
)


def test_by_the_official_client(shop: Fakes) -> None:
    """Settings, a registration, a customer with an address: the invoice has the tax of that place, and it is paid."""
    client = connected(shop, "sk_test_taxed")
    client.v1.tax.settings.update(
        {"defaults": {"tax_code": "txcd_10000000"}, "head_office": {"address": {"country": "DE"}}}
    )
    client.v1.tax.registrations.create(
        {
            "country": "DE",
            "active_from": "now",
            "country_options": {"de": {"type": "standard", "standard": {"place_of_supply_scheme": "standard"}}},
        }
    )
    who = client.v1.customers.create({"address": {"country": "DE", "postal_code": "10115"}})
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": who.id})
    client.v1.customers.update(who.id, {"invoice_settings": {"default_payment_method": method.id}})
    client.v1.invoice_items.create({"customer": who.id, "amount": 1000, "currency": "eur"})
    draft = client.v1.invoices.create(
        {
            "customer": who.id,
            "currency": "eur",
            "automatic_tax": {"enabled": True},
            "pending_invoice_items_behavior": "include",
        }
    )
    auto = draft.automatic_tax
    assert (auto.enabled, auto.status, auto.provider, auto.disabled_reason) == (True, "complete", "stripe", None)
    assert auto.liability is not None
    assert auto.liability.type == "self"
    paid = client.v1.invoices.pay(draft.id)
    assert (paid.status, paid.total, paid.amount_paid, paid.total_excluding_tax) == ("paid", 1190, 1190, 1000)
    assert paid.total_taxes is not None
    tax = paid.total_taxes[0]
    assert (tax.amount, tax.taxability_reason, tax.taxable_amount) == (190, "standard_rated", 1000)
    assert tax.tax_rate_details is not None
    rate = client.v1.tax_rates.retrieve(str(tax.tax_rate_details.tax_rate))
    assert (rate.percentage, rate.country, rate.tax_type, rate.inclusive) == (19, "DE", "vat", False)
    assert rate.active is False
    assert client.v1.tax_rates.list().data == []


def test_rates_of_places(bare: Bare) -> None:
    """The shipping address counts, then the billing address; the US by their postal codes; unregistered, nothing."""
    taxing(bare)
    sent = {**living(BERLIN, "shipping[address]"), "shipping[name]": "Zoë"}
    cases = [
        (customer(bare, BERLIN), 1190, "standard_rated"),
        (customer(bare, FRISCO), 1073, "standard_rated"),
        (customer(bare, FRISCO, **sent), 1190, "standard_rated"),
        (customer(bare, PARIS), 1000, "not_collecting"),
        (customer(bare, {"country": "BR"}), 1000, "not_supported"),
    ]
    tea = price(bare)
    for who, total, reason in cases:
        invoice = drafted(bare, who, tea)
        assert (invoice["total"], invoice["automatic_tax"]["status"]) == (total, "complete")
        tax = invoice["lines"]["data"][0]["taxes"][0]
        taxable = 1000 if reason == "standard_rated" else 0
        assert (tax["taxability_reason"], tax["taxable_amount"], tax["amount"]) == (reason, taxable, total - 1000)
        adds_up(invoice)
    # One rate for each place: the second invoice there refers to the same.
    named = {one["total_taxes"][0]["tax_rate_details"]["tax_rate"] for one in bare.get("invoices")["data"]}
    assert len(named) == 4


@pytest.mark.parametrize(("status", "reason"), [("exempt", "customer_exempt"), ("reverse", "reverse_charge")])
def test_customers_who_owe_no_tax(bare: Bare, status: str, reason: str) -> None:
    """An exempt customer pays none, and the reason is told."""
    invoice = drafted(taxing(bare), customer(bare, BERLIN, tax_exempt=status), price(bare))
    assert (invoice["total"], invoice["total_taxes"][0]["taxability_reason"]) == (1000, reason)


def test_products_and_behaviours(bare: Bare) -> None:
    """Each line by its product's code and its price's behaviour; unspecified is what the settings say."""
    taxing(bare)
    who = customer(bare, BERLIN)
    within = price(bare, 1190, tax_behavior="inclusive")
    invoice = drafted(bare, who, within, price(bare), price(bare, 500, "txcd_00000000"))
    found = [
        (line["amount"], line["taxes"][0]["tax_behavior"], line["taxes"][0]["amount"]) for line in lines_of(invoice)
    ]
    assert found == [(1190, "inclusive", 190), (1000, "exclusive", 190), (500, "exclusive", 0)]
    assert lines_of(invoice)[2]["taxes"][0]["taxability_reason"] == "product_exempt"
    assert (invoice["total"], invoice["subtotal_excluding_tax"], invoice["total_excluding_tax"]) == (2880, 2500, 2500)
    assert len(invoice["total_taxes"]) == 3
    adds_up(invoice)
    settled(bare, **{"defaults[tax_behavior]": "inclusive"})
    assert drafted(bare, who, price(bare, 1190))["total"] == 1190
    settled(bare, **{"defaults[tax_behavior]": "inferred_by_currency"})
    assert drafted(bare, who, price(bare))["total"] == 1190
    euro: dict[str, Any] = {"customer": who, "currency": "eur", "amount": 1190}
    bare.post("invoiceitems", **euro)
    in_euro = bare.post("invoices", customer=who, currency="eur", pending_invoice_items_behavior="include", **AUTO)
    assert (in_euro["total"], in_euro["total_excluding_tax"]) == (1190, 1000)


def test_items_say_it_themselves(bare: Bare) -> None:
    """An item without a price has a behaviour and a code of its own, and can be given others."""
    who = customer(taxing(bare), BERLIN)
    draft = drafted(bare, who)
    about: dict[str, Any] = {"customer": who, "invoice": draft["id"], "amount": 1190, "currency": "usd"}
    item = bare.post("invoiceitems", **about, tax_behavior="inclusive")
    read = f"invoices/{draft['id']}"
    assert (bare.get(read)["total"], bare.get(read)["total_excluding_tax"]) == (1190, 1000)
    bare.post(f"invoiceitems/{item['id']}", tax_behavior="exclusive")
    assert bare.get(read)["total"] == 1416
    bare.post(f"invoiceitems/{item['id']}", tax_code="txcd_00000000")
    assert bare.get(read)["total_taxes"][0]["taxability_reason"] == "product_exempt"


def test_discounts_and_shipping(bare: Bare) -> None:
    """Discounts come off before taxes; sending the goods is taxed too."""
    who = customer(taxing(bare), BERLIN)
    coupon = bare.post("coupons", percent_off=50, duration="forever")["id"]
    rate: dict[str, Any] = {"display_name": "Post", "fixed_amount[amount]": 500, "fixed_amount[currency]": "usd"}
    post = bare.post("shipping_rates", type="fixed_amount", **rate)["id"]
    more = {"discounts[0][coupon]": coupon, "shipping_cost[shipping_rate]": post}
    invoice = drafted(bare, who, price(bare), **more)
    assert invoice["shipping_cost"]["amount_tax"] == 95
    assert invoice["shipping_cost"]["amount_total"] == 595
    assert (invoice["total"], invoice["amount_shipping"]) == (500 + 95 + 500 + 95, 500)
    assert invoice["total_taxes"][0]["taxable_amount"] == 1000
    adds_up(invoice)
    # Turned off again, nothing of it is left.
    off = bare.post(f"invoices/{invoice['id']}", **{"automatic_tax[enabled]": "false"})
    assert (off["total"], off["total_taxes"], off["shipping_cost"]["amount_total"]) == (1000, [], 500)
    assert off["automatic_tax"]["status"] is None


def test_what_it_needs(bare: Bare) -> None:
    """Without settings, or without a place, it cannot be turned on; the US need a postal code."""
    tea = plan(bare)
    nowhere, german = customer(bare), customer(bare, BERLIN)
    items = {"items[0][price]": tea}
    assert refused(bare, "invoices", customer=german, **AUTO) == ("stripe_tax_inactive", "automatic_tax")
    assert "head office" in bare.post("invoices", customer=german, **AUTO)["error"]["message"]
    assert refused(bare, "subscriptions", customer=german, **items, **AUTO) == ("stripe_tax_inactive", "automatic_tax")
    assert refused(bare, "quotes", customer=german, **AUTO) == ("stripe_tax_inactive", "automatic_tax")
    bare.post("tax/settings", **{"head_office[address][country]": "DE"})
    assert "not been activated" in bare.post("invoices", customer=german, **AUTO)["error"]["message"]
    taxing(bare)
    for who in (nowhere, customer(bare, {"country": "US"}), customer(bare, {"city": "Berlin"})):
        assert refused(bare, "invoices", customer=who, **AUTO) == (LOST, None)
        assert refused(bare, "subscriptions", customer=who, **items, **AUTO) == (LOST, None)
        draft = bare.post("invoices", customer=who)["id"]
        assert refused(bare, f"invoices/{draft}", **AUTO) == (LOST, None)
    live = bare.post("subscriptions", customer=nowhere, **items)
    assert refused(bare, f"subscriptions/{live['id']}", **AUTO) == (LOST, None)
    assert bare.get("subscriptions")["data"][0]["automatic_tax"]["enabled"] is False
    assert bare.get("invoices", customer=german)["data"] == []


def test_a_merchant_asks_beforehand(bare: Bare) -> None:
    """A customer shows whether they can be taxed, and where they are; a place that is to be known at once, must be."""
    taxing(bare)
    cases = [
        (customer(bare), "unrecognized_location", None),
        (customer(bare, PARIS), "not_collecting", ("FR", None, "billing_address")),
        (customer(bare, FRISCO), "supported", ("US", "CA", "billing_address")),
    ]
    for who, can, where in cases:
        tax = bare.get(f"customers/{who}", **{"expand[]": "tax"})["tax"]
        place = tax["location"] and tuple(tax["location"][name] for name in ("country", "state", "source"))
        assert (tax["automatic_tax"], place) == (can, where)
    gone = customer(bare, BERLIN)
    bare.raw("DELETE", f"/v1/customers/{gone}")
    assert "tax" not in bare.get(f"customers/{gone}", **{"expand[]": "tax"})
    asked = {"tax[validate_location]": "immediately"}
    assert refused(bare, "customers", **asked, **living({"country": "US"})) == (LOST, None)
    assert bare.post("customers", **asked, **living(FRISCO))["address"]["postal_code"] == "94103"
    assert refused(bare, f"customers/{cases[1][0]}", address="", **asked) == (LOST, None)
    assert bare.get(f"customers/{cases[1][0]}")["address"]["country"] == "FR"


def test_never_beside_tax_rates(bare: Bare) -> None:
    """Rates that are named are refused beside it, wherever they stand; taken away, it can be turned on."""
    who, tea = customer(taxing(bare), BERLIN), plan(bare)
    rate = bare.post("tax_rates", display_name="VAT", inclusive="false", percentage=7)["id"]
    usual, item = {"default_tax_rates[0]": rate}, {"items[0][price]": tea}
    assert refused(bare, "invoices", customer=who, **AUTO, **usual)[1] == "default_tax_rates"
    assert refused(bare, "subscriptions", customer=who, **item, **AUTO, **usual)[1] == "default_tax_rates"
    own = {"items[0][tax_rates][0]": rate}
    assert refused(bare, "subscriptions", customer=who, **item, **AUTO, **own)[1] == "items[0][tax_rates]"
    draft = drafted(bare, who)["id"]
    more: dict[str, Any] = {"customer": who, "amount": 100, "currency": "usd"}
    assert refused(bare, "invoiceitems", **more, invoice=draft, **{"tax_rates[0]": rate})[1] == "tax_rates"
    added = {"lines[0][amount]": 100, "lines[0][tax_rates][0]": rate}
    assert refused(bare, f"invoices/{draft}/add_lines", **added)[1] == "tax_rates"
    assert bare.get("invoiceitems", customer=who)["data"] == []
    bare.post("invoiceitems", **more, **{"tax_rates[0]": rate})
    asked = {"customer": who, "pending_invoice_items_behavior": "include"}
    assert refused(bare, "invoices", **asked, **AUTO)[1] == "tax_rates"
    named = bare.post("invoices", **asked)
    assert named["total"] == 107
    assert refused(bare, f"invoices/{named['id']}", **AUTO)[1] == "tax_rates"
    live = bare.post("subscriptions", customer=who, **item, **usual)["id"]
    assert refused(bare, f"subscriptions/{live}", **AUTO)[1] == "default_tax_rates"
    changed = bare.post(f"subscriptions/{live}", **AUTO, default_tax_rates="")
    assert (changed["automatic_tax"]["enabled"], changed["default_tax_rates"]) == (True, [])
    one = changed["items"]["data"][0]["id"]
    assert refused(bare, f"subscription_items/{one}", **{"tax_rates[0]": rate})[1] == "items[0][tax_rates]"
    offered = {"line_items[0][price]": tea, "line_items[0][tax_rates][0]": rate}
    assert refused(bare, "quotes", customer=who, **offered, **AUTO)[1] == "line_items[0][tax_rates]"
    assert refused(bare, "quotes", customer=who, **{**usual, "line_items[0][price]": tea}, **AUTO)[1] == (
        "default_tax_rates"
    )
    ahead = {"customer": who, "subscription_details[items][0][price]": tea}
    assert refused(
        bare, "invoices/create_preview", **ahead, **AUTO, **{"subscription_details[default_tax_rates][0]": rate}
    ) == (None, "default_tax_rates")


def test_credit_notes_give_taxes_back(bare: Bare) -> None:
    """A line is credited with its taxes, in part and as a whole."""
    who = customer(taxing(bare), BERLIN)
    paid = bare.post(f"invoices/{drafted(bare, who, price(bare))['id']}/pay")
    line: dict[str, Any] = {
        "lines[0][type]": "invoice_line_item",
        "lines[0][invoice_line_item]": lines_of(paid)[0]["id"],
    }
    note = bare.post("credit_notes", invoice=paid["id"], refund_amount=357, **{**line, "lines[0][amount]": 300})
    assert (note["total"], note["total_excluding_tax"], note["total_taxes"][0]["amount"]) == (357, 300, 57)
    assert note["lines"]["data"][0]["tax_rates"] == []
    rest = bare.post("credit_notes", invoice=paid["id"], refund_amount=833, **{**line, "lines[0][amount]": 700})
    assert note["total"] + rest["total"] == paid["total"]


def test_previews(bare: Bare) -> None:
    """A preview is taxed where its customer lives, or would live; nothing is refused for want of a place, or kept."""
    who, tea = customer(taxing(bare)), plan(bare)
    asked: dict[str, Any] = {"customer": who, "subscription_details[items][0][price]": tea, **AUTO}
    nowhere = bare.post("invoices/create_preview", **asked)
    assert (nowhere["total"], nowhere["automatic_tax"]["status"]) == (1000, "requires_location_inputs")
    there = bare.post("invoices/create_preview", **asked, **living(BERLIN, "customer_details[address]"))
    assert (there["total"], there["automatic_tax"]["status"]) == (1190, "complete")
    adds_up(there)
    exempt = bare.post(
        "invoices/create_preview",
        **asked,
        **living(BERLIN, "customer_details[address]"),
        **{"customer_details[tax_exempt]": "exempt"},
    )
    assert exempt["total"] == 1000
    assert bare.get(f"customers/{who}")["address"] is None
    extra: dict[str, Any] = {"invoice_items[0][amount]": 1190, "invoice_items[0][currency]": "usd"}
    within = {**extra, "invoice_items[0][tax_behavior]": "inclusive"}
    both = bare.post("invoices/create_preview", **asked, **within, **living(BERLIN, "customer_details[address]"))
    assert both["total"] == 2380
    assert bare.slice._provider.account().side(automatic.Kept).terms == {}
    fresh = Bare()
    there = {"customer": customer(fresh, BERLIN), "subscription_details[items][0][price]": plan(fresh), **AUTO}
    assert refused(fresh, "invoices/create_preview", **there) == ("stripe_tax_inactive", "automatic_tax")


def test_quotes(bare: Bare) -> None:
    """An offer has the taxes of its customer's place; accepted, its invoice or subscription has them too."""
    who = customer(taxing(bare), BERLIN)
    once: dict[str, Any] = {"line_items[0][price]": price(bare), "line_items[0][quantity]": 2}
    quote = bare.post("quotes", customer=who, **once, **AUTO)
    assert (quote["amount_total"], quote["total_details"]["amount_tax"]) == (2380, 380)
    assert (quote["automatic_tax"]["status"], quote["computed"]["upfront"]["amount_total"]) == ("complete", 2380)
    bare.post(f"quotes/{quote['id']}/finalize")
    invoice = bare.post(f"quotes/{quote['id']}/accept")["invoice"]
    assert bare.get(f"invoices/{invoice}")["total"] == 2380
    again = bare.post("quotes", customer=who, **{"line_items[0][price]": plan(bare)}, **AUTO)["id"]
    bare.post(f"customers/{who}", address="")
    assert refused(bare, f"quotes/{again}/finalize") == (LOST, None)
    bare.post(f"customers/{who}", **living(FRISCO))
    assert bare.post(f"quotes/{again}/finalize")["amount_total"] == 1073
    bare.post(f"customers/{who}", address="")
    assert refused(bare, f"quotes/{again}/accept") == (LOST, None)
    bare.post(f"customers/{who}", **living(FRISCO))
    live = bare.post(f"quotes/{again}/accept")["subscription"]
    assert bare.get(f"subscriptions/{live}")["automatic_tax"]["enabled"] is True
    assert bare.get("invoices", subscription=live)["data"][0]["total"] == 1073


@settings(max_examples=25, deadline=None)
@given(
    amounts=st.lists(st.tuples(st.integers(-500, 9999), st.sampled_from(["inclusive", "exclusive"])), min_size=1),
    place=st.sampled_from([BERLIN, FRISCO, PARIS]),
    off=st.integers(0, 99),
)
def test_it_adds_up(amounts: list[tuple[int, str]], place: dict[str, str], off: int) -> None:
    """Whatever is sold, wherever: each line's tax is right to half a unit, and all amounts agree."""
    bare = taxing(Bare())
    who = customer(bare, place)
    for amount, behavior in amounts[:10]:
        bare.post("invoiceitems", customer=who, amount=amount, currency="usd", tax_behavior=behavior)
    coupon = {"discounts[0][coupon]": bare.post("coupons", percent_off=off, duration="once")["id"]} if off else {}
    invoice = drafted(bare, who, **coupon)
    adds_up(invoice)
    percent = RATES.get(place["country"], 0)
    for line in lines_of(invoice):
        left = line["amount"] - sum(one["amount"] for one in line["discount_amounts"])
        tax = line["taxes"][0]
        base = 100 + percent if tax["tax_behavior"] == "inclusive" else 100
        assert abs(tax["amount"] - left * percent / base) <= 0.5 + 1e-9
