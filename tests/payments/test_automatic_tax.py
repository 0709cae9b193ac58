"""Taxes that come by themselves, in invoices, subscriptions, schedules, quotes and previews; beside `tax_rates`, never."""

from typing import Any

import pytest
import stripe
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.plugin import Fakes
from tests.payments.conftest import Bare
from tests.payments.conftest import connected
from tests.payments.seasons import DAY, Season
from tests.payments.taxing import (
    AUTO,
    BERLIN,
    FRISCO,
    PARIS,
    RATES,
    adds_up,
    customer,
    living,
    refused,
    settled,
    taxing,
)

MONTH = 31 * DAY
LOST = "customer_tax_location_invalid"


def price(bare: Bare, amount: int = 1000, code: str = "", **more: Any) -> str:
    """A price for once; with a tax code of its product, or a behaviour of its own."""
    product = {"product_data[name]": "Tea"} | ({"product_data[tax_code]": code} if code else {})
    return str(bare.post("prices", currency="usd", unit_amount=amount, **product, **more)["id"])


def plan(bare: Bare, amount: int = 1000) -> str:
    """A monthly price."""
    return price(bare, amount, **{"recurring[interval]": "month"})


def drafted(bare: Bare, who: str, *prices: str, **more: Any) -> dict[str, Any]:
    """A draft of these, whose taxes come by themselves."""
    for one in prices:
        bare.post("invoiceitems", customer=who, **{"pricing[price]": one})
    return bare.post("invoices", customer=who, pending_invoice_items_behavior="include", **AUTO, **more)


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
    found = [(line["amount"], line["taxes"][0]["tax_behavior"], line["taxes"][0]["amount"]) for line in _lines(invoice)]
    assert found == [(1190, "inclusive", 190), (1000, "exclusive", 190), (500, "exclusive", 0)]
    assert _lines(invoice)[2]["taxes"][0]["taxability_reason"] == "product_exempt"
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


def _lines(invoice: dict[str, Any]) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = invoice["lines"]["data"]
    return data


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
    rate = {"display_name": "Post", "fixed_amount[amount]": 500, "fixed_amount[currency]": "usd"}
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


def test_a_subscription_is_taxed_each_time(bare: Bare) -> None:
    """Its first invoice, a change in the middle and a renewal have the taxes of the place as it is then."""
    season = Season(taxing(bare))
    bare.post(f"customers/{season.customer}", **living(BERLIN))
    live = season.subscribe(plan(bare), **AUTO)
    assert live["automatic_tax"] == {"disabled_reason": None, "enabled": True, "liability": {"type": "self"}}
    assert season.invoices(live)[0]["amount_paid"] == 1190
    item = live["items"]["data"][0]["id"]
    season.at(DAY)
    bare.post(f"subscription_items/{item}", quantity=3, proration_behavior="always_invoice")
    change = season.invoices(live)[0]
    less, more = _lines(change)
    assert (less["taxes"][0]["amount"] < 0, more["taxes"][0]["amount"] > 0) == (True, True)
    adds_up(change)
    assert change["amount_paid"] == change["total"] == pytest.approx(change["subtotal"] * 1.19, abs=1)
    ahead = bare.post("invoices/create_preview", subscription=live["id"])
    assert (ahead["total"], ahead["automatic_tax"]["status"]) == (3570, "complete")
    bare.post(f"customers/{season.customer}", **living(FRISCO))
    season.at(MONTH + 2 * 3600)
    renewal = season.invoices(live)[0]
    assert (renewal["total"], renewal["amount_paid"], renewal["status"]) == (3218, 3218, "paid")
    taken = sum(one["amount"] for one in bare.sinks("payments.charge"))
    assert taken == sum(one["amount_paid"] for one in season.invoices(live))


def test_a_place_that_is_lost(bare: Bare) -> None:
    """A renewal whose customer cannot be placed goes on without taxes, and says why; later ones do not try again."""
    season = Season(taxing(bare))
    bare.post(f"customers/{season.customer}", **living(BERLIN))
    live = season.subscribe(plan(bare), **AUTO)
    bare.post(f"customers/{season.customer}", address="")
    season.at(MONTH)
    draft = season.invoices(live)[0]
    assert (draft["status"], draft["total"]) == ("draft", 1000)
    assert (draft["automatic_tax"]["enabled"], draft["automatic_tax"]["status"]) == (True, "requires_location_inputs")
    told = season.at(MONTH + 3601)
    assert {"invoice.updated", "customer.subscription.updated", "invoice.finalized", "invoice.paid"} <= set(told)
    final = season.invoices(live)[0]
    assert (final["status"], final["amount_paid"], final["total_taxes"]) == ("paid", 1000, [])
    about = {"enabled": False, "liability": None}
    reason = "finalization_requires_location_inputs"
    assert final["automatic_tax"] == {**about, "disabled_reason": reason, "provider": None, "status": None}
    now = season.read(live)
    assert (now["status"], now["automatic_tax"]) == ("active", {**about, "disabled_reason": "requires_location_inputs"})
    assert refused(bare, f"subscriptions/{live['id']}", **AUTO) == (LOST, None)
    bare.post(f"customers/{season.customer}", **living(BERLIN))
    again = bare.post(f"subscriptions/{live['id']}", **AUTO)
    assert again["automatic_tax"] == {"disabled_reason": None, "enabled": True, "liability": {"type": "self"}}
    season.at(MONTH + 29 * DAY)
    assert season.invoices(live)[0]["amount_paid"] == 1190


def test_a_draft_that_cannot_be_finalised(bare: Bare) -> None:
    """An invoice of its own stays a draft when its customer's place is lost: told, refused, and finalised later."""
    season = Season(taxing(bare))
    bare.post(f"customers/{season.customer}", **living(BERLIN))
    draft = drafted(bare, season.customer, price(bare), auto_advance="true")["id"]
    bare.post(f"customers/{season.customer}", address="")
    assert "invoice.finalization_failed" in season.at(3601)
    stuck = bare.get(f"invoices/{draft}")
    assert (stuck["status"], stuck["last_finalization_error"]["code"]) == ("draft", LOST)
    assert stuck["automatic_tax"]["status"] == "requires_location_inputs"
    assert refused(bare, f"invoices/{draft}/finalize") == (LOST, None)
    assert refused(bare, f"invoices/{draft}/pay") == (LOST, None)
    bare.post(f"customers/{season.customer}", **living(FRISCO))
    final = bare.post(f"invoices/{draft}/finalize")
    assert (final["total"], final["last_finalization_error"]) == (1073, None)
    assert (final["automatic_tax"]["status"], final["customer_address"]["country"]) == ("complete", "US")


def test_credit_notes_give_taxes_back(bare: Bare) -> None:
    """A line is credited with its taxes, in part and as a whole."""
    who = customer(taxing(bare), BERLIN)
    paid = bare.post(f"invoices/{drafted(bare, who, price(bare))['id']}/pay")
    line = {"lines[0][type]": "invoice_line_item", "lines[0][invoice_line_item]": _lines(paid)[0]["id"]}
    note = bare.post("credit_notes", invoice=paid["id"], refund_amount=357, **line, **{"lines[0][amount]": 300})
    assert (note["total"], note["total_excluding_tax"], note["total_taxes"][0]["amount"]) == (357, 300, 57)
    assert note["lines"]["data"][0]["tax_rates"] == []
    rest = bare.post("credit_notes", invoice=paid["id"], refund_amount=833, **line, **{"lines[0][amount]": 700})
    assert note["total"] + rest["total"] == paid["total"]


def test_previews(bare: Bare) -> None:
    """A preview is taxed where its customer lives, or would live; nothing is refused for want of a place, or kept."""
    who, tea = customer(taxing(bare)), plan(bare)
    asked = {"customer": who, "subscription_details[items][0][price]": tea, **AUTO}
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
    extra = {"invoice_items[0][amount]": 1190, "invoice_items[0][currency]": "usd"}
    within = {**extra, "invoice_items[0][tax_behavior]": "inclusive"}
    both = bare.post("invoices/create_preview", **asked, **within, **living(BERLIN, "customer_details[address]"))
    assert both["total"] == 2380
    fresh = Bare()
    assert refused(fresh, "invoices/create_preview", customer=customer(fresh), **AUTO)[0] != LOST


def test_quotes(bare: Bare) -> None:
    """An offer has the taxes of its customer's place; accepted, its invoice or subscription has them too."""
    who = customer(taxing(bare), BERLIN)
    once = {"line_items[0][price]": price(bare), "line_items[0][quantity]": 2}
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
    live = bare.post(f"quotes/{again}/accept")["subscription"]
    assert bare.get(f"subscriptions/{live}")["automatic_tax"]["enabled"] is True
    assert bare.get("invoices", subscription=live)["data"][0]["total"] == 1073


def test_schedules(bare: Bare) -> None:
    """Each phase is taxed as it says, or as the schedule says; a lost place turns it off there, too."""
    season = Season(taxing(bare))
    tea = plan(bare)
    month: dict[str, Any] = {f"phases[{place}][duration][interval]": "month" for place in range(3)}
    phases = month | {f"phases[{place}][items][0][price]": tea for place in range(3)}
    usual = {"default_settings[automatic_tax][enabled]": "true", "phases[1][automatic_tax][enabled]": "false"}
    asked = {"customer": season.customer, "start_date": "now", **phases, **usual}
    assert refused(bare, "subscription_schedules", **asked) == (LOST, None)
    bare.post(f"customers/{season.customer}", **living(BERLIN))
    rate = bare.post("tax_rates", display_name="VAT", inclusive="false", percentage=7)["id"]
    named = {"phases[0][default_tax_rates][0]": rate}
    assert refused(bare, "subscription_schedules", **asked, **named)[1] == "phases[0][default_tax_rates]"
    schedule = bare.post("subscription_schedules", **asked)
    live = {"id": schedule["subscription"]}
    season.at(3601)
    season.at(MONTH + 2 * 3600)
    season.at(MONTH + 28 * DAY + 3 * 3600)
    # Where two phases meet, the renewal is drawn up first, and the next phase begins then.
    assert [one["amount_paid"] for one in season.invoices(live)] == [1000, 1190, 1190]
    assert season.read(live)["automatic_tax"]["enabled"] is True
    bare.post(f"customers/{season.customer}", address="")
    schedule = bare.post("subscription_schedules", from_subscription=season.subscribe(tea)["id"])
    assert schedule["default_settings"]["automatic_tax"]["enabled"] is False


def test_a_schedule_whose_customer_is_lost(bare: Bare) -> None:
    """The phase that runs and the schedule's default are turned off with the subscription."""
    season = Season(taxing(bare))
    bare.post(f"customers/{season.customer}", **living(BERLIN))
    tea = plan(bare)
    phases = {"phases[0][items][0][price]": tea, "phases[0][duration][interval]": "year"}
    usual = {"default_settings[automatic_tax][enabled]": "true", "phases[0][automatic_tax][enabled]": "true"}
    made = bare.post("subscription_schedules", customer=season.customer, start_date="now", **phases, **usual)
    season.at(3601)
    bare.post(f"customers/{season.customer}", address="")
    season.at(MONTH + 2 * 3600)
    now = bare.get(f"subscription_schedules/{made['id']}")
    for one in (now["default_settings"], now["phases"][0]):
        assert one["automatic_tax"] == {
            "disabled_reason": "requires_location_inputs",
            "enabled": False,
            "liability": None,
        }
    assert [one["amount_paid"] for one in season.invoices({"id": made["subscription"]})] == [1000, 1190]


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
    for line in _lines(invoice):
        left = line["amount"] - sum(one["amount"] for one in line["discount_amounts"])
        tax = line["taxes"][0]
        base = 100 + percent if tax["tax_behavior"] == "inclusive" else 100
        assert abs(tax["amount"] - left * percent / base) <= 0.5 + 1e-9
