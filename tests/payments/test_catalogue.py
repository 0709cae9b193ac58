"""What is sold and for how much: prices, coupons, promotion codes, taxes; with the official client where it matters."""

from typing import Any

import pytest
import stripe

from tests.payments.conftest import Bare

TIERS: dict[str, Any] = {
    "tiers[0][up_to]": 5,
    "tiers[0][unit_amount]": 100,
    "tiers[1][up_to]": "inf",
    "tiers[1][unit_amount]": 80,
    "tiers[1][flat_amount]": 50,
}


def _price(bare: Bare, **form: Any) -> str:
    named = {"recurring[interval]": "month", "product_data[name]": "x"}
    return str(bare.post("prices", currency="usd", **named, **form)["id"])


def _total(bare: Bare, price: str, quantity: int, **more: Any) -> int:
    customer = bare.post("customers")["id"]
    form: dict[str, Any] = {
        "subscription_details[items][0][price]": price,
        "subscription_details[items][0][quantity]": quantity,
    }
    return int(bare.post("invoices/create_preview", customer=customer, **form, **more)["total"])


@pytest.mark.parametrize(
    ("mode", "quantity", "total"),
    [
        ("graduated", 0, 0),
        ("graduated", 5, 500),
        ("graduated", 6, 500 + 80 + 50),
        ("volume", 0, 0),
        ("volume", 5, 500),
        ("volume", 6, 6 * 80 + 50),
    ],
)
def test_tiers(bare: Bare, mode: str, quantity: int, total: int) -> None:
    """Graduated tiers add up, volume tiers are priced by the last one."""
    price = _price(bare, billing_scheme="tiered", tiers_mode=mode, **TIERS)
    assert _total(bare, price, quantity) == total
    shown = bare.get(f"prices/{price}", **{"expand[]": "tiers"})
    assert "tiers" not in bare.get(f"prices/{price}")
    assert [one["up_to"] for one in shown["tiers"]] == [5, None]
    assert shown["unit_amount"] is None


def test_packages_and_fractions(bare: Bare) -> None:
    """Quantities are counted in packages; fractions of the smallest unit are rounded at the end, halves up."""
    packs = _price(bare, unit_amount=700, **{"transform_quantity[divide_by]": 3, "transform_quantity[round]": "up"})
    assert [_total(bare, packs, many) for many in (3, 4)] == [700, 1400]
    tiny = _price(bare, unit_amount_decimal="0.5")
    assert [_total(bare, tiny, many) for many in (1, 2, 3)] == [1, 1, 2]


@pytest.mark.parametrize(
    ("form", "param"),
    [
        ({"unit_amount": -1}, "unit_amount"),
        ({"unit_amount_decimal": "0.1234567890123"}, "unit_amount_decimal"),
        ({"billing_scheme": "tiered", "tiers_mode": "volume"}, "tiers"),
        ({"billing_scheme": "tiered", **TIERS}, "tiers_mode"),
        ({"billing_scheme": "tiered", "tiers_mode": "volume", **TIERS, "tiers[1][up_to]": 9}, "tiers[1][up_to]"),
        ({"unit_amount": 1, "recurring[interval_count]": 37}, "recurring[interval_count]"),
        ({"unit_amount": 1, "recurring[usage_type]": "metered"}, "recurring[meter]"),
    ],
)
def test_prices_that_are_refused(bare: Bare, form: dict[str, Any], param: str) -> None:
    """A price that cannot be is refused, with the parameter to blame."""
    named = {"recurring[interval]": "month", "product_data[name]": "x"}
    assert bare.post("prices", currency="usd", **named, **form)["error"]["param"] == param
    assert bare.get("prices")["data"] == []


def test_other_currencies(client: stripe.StripeClient) -> None:
    """What a price costs in other currencies is shown when asked for."""
    price = client.v1.prices.create(
        {
            "currency": "usd",
            "unit_amount": 1000,
            "product_data": {"name": "x"},
            "currency_options": {"eur": {"unit_amount": 900}},
            "expand": ["currency_options"],
        }
    )
    options = price.to_dict()["currency_options"]
    assert {name: one["unit_amount"] for name, one in options.items()} == {"eur": 900, "usd": 1000}
    more = client.v1.prices.update(price.id, {"currency_options": {"gbp": {"unit_amount": 800}}})
    assert "currency_options" not in more.to_dict()


def test_an_inactive_price(bare: Bare) -> None:
    """What is no longer sold cannot be subscribed to."""
    price = bare.plan()
    bare.post(f"prices/{price}", active="false")
    customer = bare.post("customers")["id"]
    refused = bare.post("subscriptions", customer=customer, **{"items[0][price]": price})
    assert "inactive" in refused["error"]["message"]


def test_a_coupons_life(client: stripe.StripeClient) -> None:
    """Made under an id of one's own, renamed, redeemed until it is used up, deleted."""
    coupon = client.v1.coupons.create(
        {"id": "SPRING", "percent_off": 25, "duration": "forever", "max_redemptions": 1, "name": "Spring"}
    )
    assert (coupon.id, coupon.percent_off, coupon.valid) == ("SPRING", 25, True)
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        client.v1.coupons.create({"id": "SPRING", "percent_off": 5})
    assert client.v1.coupons.update("SPRING", {"name": "Early"}).name == "Early"
    code = client.v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": "SPRING"}, "code": "early25"})
    found = client.v1.promotion_codes.list({"code": "EARLY25"}).data
    assert [one.id for one in found] == [code.id]
    price = client.v1.prices.create(
        {"currency": "usd", "unit_amount": 1000, "recurring": {"interval": "month"}, "product_data": {"name": "x"}}
    )
    customer = client.v1.customers.create()
    wanted: stripe.params.SubscriptionCreateParams = {
        "customer": customer.id,
        "items": [{"price": price.id}],
        "payment_behavior": "default_incomplete",
        "discounts": [{"promotion_code": code.id}],
        "expand": ["discounts", "latest_invoice"],
    }
    begun = client.v1.subscriptions.create(wanted)
    discount, invoice = begun.discounts[0], begun.latest_invoice
    assert isinstance(discount, stripe.Discount)
    assert isinstance(invoice, stripe.Invoice)
    assert (discount.promotion_code, discount.source.coupon, invoice.amount_due) == (code.id, "SPRING", 750)
    used = client.v1.coupons.retrieve("SPRING")
    assert (used.times_redeemed, used.valid) == (1, False)
    assert client.v1.promotion_codes.retrieve(code.id).times_redeemed == 1
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.subscriptions.create(wanted)
    assert refused.value.code == "coupon_expired"
    assert client.v1.coupons.delete("SPRING").deleted
    with pytest.raises(stripe.InvalidRequestError, match="No such coupon"):
        client.v1.coupons.retrieve("SPRING")


@pytest.mark.parametrize(
    ("form", "param"),
    [
        ({}, "percent_off"),
        ({"percent_off": 5, "amount_off": 5}, "percent_off"),
        ({"percent_off": 101}, "percent_off"),
        ({"amount_off": 5}, "currency"),
        ({"percent_off": 5, "duration": "repeating"}, "duration_in_months"),
        ({"percent_off": 5, "redeem_by": 1}, "redeem_by"),
    ],
)
def test_coupons_that_are_refused(bare: Bare, form: dict[str, Any], param: str) -> None:
    """A coupon that cannot be is refused."""
    assert bare.post("coupons", **form)["error"]["param"] == param


def test_codes_for_some(bare: Bare) -> None:
    """A code may be for one customer, for newcomers, or until a date; an active text is taken."""
    mine, other = bare.post("customers")["id"], bare.post("customers")["id"]
    coupon = {"promotion[type]": "coupon", "promotion[coupon]": bare.post("coupons", percent_off=50)["id"]}
    price = bare.plan()

    def tried(customer: str, code: str) -> str:
        form = {"items[0][price]": price, "discounts[0][promotion_code]": code}
        answer = bare.post("subscriptions", customer=customer, payment_behavior="default_incomplete", **form)
        return str(answer.get("error", answer).get("message", answer.get("status")))

    hers = bare.post("promotion_codes", customer=mine, code="HERS", **coupon)["id"]
    assert "already exists" in bare.post("promotion_codes", code="hers", **coupon)["error"]["message"]
    assert "customer" in tried(other, hers)
    assert tried(mine, hers) == "incomplete"
    newcomers = bare.post("promotion_codes", **coupon, **{"restrictions[first_time_transaction]": "true"})["id"]
    assert "prior transactions" in tried(mine, newcomers)
    soon = bare.post("promotion_codes", expires_at=bare.world.unix_s() + 60, **coupon)["id"]
    bare.clock.advance(61)
    assert "expired" in tried(other, soon)
    bare.post(f"promotion_codes/{newcomers}", active="false")
    assert "not active" in tried(other, newcomers)


def test_taxes_inside_and_on_top(bare: Bare) -> None:
    """Exclusive taxes come on top of what discounts leave, inclusive ones are within it; the exempt pay none."""
    vat = bare.post("tax_rates", display_name="VAT", inclusive="false", percentage=19)["id"]
    within = bare.post("tax_rates", display_name="GST", inclusive="true", percentage=10)["id"]
    coupon = bare.post("coupons", amount_off=500, currency="usd")["id"]
    customer = bare.post("customers")["id"]
    free = bare.post("customers", tax_exempt="exempt")["id"]

    def preview(who: str, rate: str) -> dict[str, Any]:
        item: dict[str, Any] = {"invoice_items[0][amount]": 1500, "invoice_items[0][tax_rates][0]": rate}
        more = {"discounts[0][coupon]": coupon, "currency": "usd"}
        return bare.post("invoices/create_preview", customer=who, **item, **more)

    top = preview(customer, vat)
    assert (top["subtotal"], top["total_excluding_tax"], top["total"]) == (1500, 1000, 1190)
    assert [(one["amount"], one["tax_behavior"]) for one in top["total_taxes"]] == [(190, "exclusive")]
    inside = preview(customer, within)
    assert (inside["total"], inside["total_taxes"][0]["amount"], inside["total_excluding_tax"]) == (1000, 91, 909)
    exempt = preview(free, vat)
    assert (exempt["total"], exempt["total_taxes"][0]["taxability_reason"]) == (1000, "customer_exempt")
    bare.post(f"tax_rates/{vat}", active="false")
    assert "inactive" in preview(customer, vat)["error"]["message"]
    assert bare.get(f"coupons/{coupon}")["times_redeemed"] == 0


def test_an_amount_off_is_divided(bare: Bare) -> None:
    """An amount comes off all lines in proportion, to the last cent, and off some products' lines only if so meant."""
    customer = bare.post("customers")["id"]
    one, other = (bare.post("products", name=name)["id"] for name in "ab")
    prices = [
        bare.post("prices", currency="usd", unit_amount=amount, product=product)["id"]
        for product, amount in ((one, 1000), (other, 2000))
    ]
    items = {f"invoice_items[{place}][price]": price for place, price in enumerate(prices)}
    coupon = bare.post("coupons", amount_off=100, currency="usd")["id"]
    invoice = bare.post("invoices/create_preview", customer=customer, **items, **{"discounts[0][coupon]": coupon})
    assert [line["discount_amounts"][0]["amount"] for line in invoice["lines"]["data"]] == [33, 67]
    meant = bare.post("coupons", amount_off=100, currency="usd", **{"applies_to[products][0]": one})["id"]
    invoice = bare.post("invoices/create_preview", customer=customer, **items, **{"discounts[0][coupon]": meant})
    offs = [sum(off["amount"] for off in line["discount_amounts"]) for line in invoice["lines"]["data"]]
    assert (offs, invoice["total"]) == ([100, 0], 2900)
    shown = bare.get(f"coupons/{meant}", **{"expand[]": "applies_to"})
    assert shown["applies_to"] == {"products": [one]}


def test_plans_are_prices(client: stripe.StripeClient) -> None:
    """A plan is a price of the same id; deleted, neither is there."""
    plan = client.v1.plans.create(
        {"id": "gold", "currency": "usd", "interval": "month", "amount": 2000, "product": {"name": "Gold"}}
    )
    assert (plan.id, plan.amount, client.v1.prices.retrieve("gold").unit_amount) == ("gold", 2000, 2000)
    assert client.v1.plans.update("gold", {"nickname": "Au"}).nickname == "Au"
    assert [one.id for one in client.v1.plans.list({"product": str(plan.product)}).data] == ["gold"]
    assert client.v1.plans.delete("gold").deleted
    with pytest.raises(stripe.InvalidRequestError, match="No such plan"):
        client.v1.plans.retrieve("gold")


def test_a_product_with_prices_stays(bare: Bare) -> None:
    """A product can be deleted only while nothing is sold of it."""
    product = bare.post("products", name="x")["id"]
    price = bare.post("prices", currency="usd", unit_amount=5, product=product)["id"]
    assert bare.post(f"products/{product}", default_price=price)["default_price"] == price
    refused = bare.raw("DELETE", f"/v1/products/{product}")
    assert (refused.status, b"user-created prices" in refused.body) == (400, True)
    other = bare.post("products", name="y")["id"]
    assert bare.post(f"products/{other}", default_price=price)["error"]["param"] == "default_price"
    assert bare.raw("DELETE", f"/v1/products/{other}").status == 200
