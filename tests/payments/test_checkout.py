"""Checkout sessions: what may be asked for, what it comes to, how a session ends."""

from typing import Any

import pytest
import stripe

from tests.payments.conftest import Bare
from tests.payments.making_checkout import line, session


def refusal(bare: Bare, **form: Any) -> tuple[str, str]:
    """The parameter that is to blame, and the message."""
    error = session(bare, **form)["error"]
    return error.get("param", ""), error["message"]


@pytest.mark.parametrize(
    ("form", "param"),
    [
        ({"customer": "cus_x", "customer_email": "a@example.com"}, "customer_email"),
        ({"allow_promotion_codes": "true", "discounts[0][coupon]": "x"}, "discounts"),
        ({"customer": "cus_x"}, "customer"),
        ({"mode": "setup", "currency": "usd"}, "line_items"),
        ({"mode": "subscription"}, "mode"),
        ({"mode": "payment", "subscription_data[description]": "x"}, "subscription_data"),
        ({"return_url": "https://example.com"}, "return_url"),
        ({"ui_mode": "embedded_page"}, "success_url"),
        ({"ui_mode": "hosted"}, "ui_mode"),
        ({"line_items[0][quantity]": 0}, "line_items[0][quantity]"),
        ({"line_items[0][price_data][unit_amount]": 49}, "line_items"),
        ({"currency": "eur"}, "currency"),
        ({"discounts[0][coupon]": "nope"}, "discounts[0][coupon]"),
        ({"line_items[0][tax_rates][0]": "txr_x"}, "line_items[0][tax_rates][0]"),
        ({"shipping_options[0][shipping_rate]": "shr_x"}, "shipping_options[0][shipping_rate]"),
    ],
)
def test_what_does_not_go_together_is_refused(bare: Bare, form: dict[str, Any], param: str) -> None:
    """Each refusal names the parameter, and nothing is left behind."""
    assert refusal(bare, **form)[0] == param
    assert bare.get("checkout/sessions")["data"] == []


def test_needed_parameters(bare: Bare) -> None:
    """Without items, or without a way back, there is no session."""
    assert bare.post("checkout/sessions", mode="payment")["error"]["param"] == "line_items"
    assert bare.post("checkout/sessions", mode="payment", **line())["error"]["param"] == "success_url"
    embedded = bare.post("checkout/sessions", mode="payment", ui_mode="embedded_page", **line())
    assert embedded["error"]["param"] == "return_url"
    never: dict[str, Any] = {"ui_mode": "embedded_page", "redirect_on_completion": "never"}
    assert bare.post("checkout/sessions", mode="payment", **never, **line())["url"] is None


@pytest.mark.parametrize(("after_s", "fine"), [(1799, False), (1800, True), (86400, True), (86401, False)])
def test_bounds_of_expiry(bare: Bare, after_s: int, fine: bool) -> None:
    """Half an hour at least, a day at most."""
    now = int(bare.clock.wall().timestamp())
    assert (session(bare, expires_at=now + after_s).get("object") == "checkout.session") is fine


def test_a_session_expires_by_time(bare: Bare) -> None:
    """An open one with its event and a way to try again; one that was paid does not."""
    now = int(bare.clock.wall().timestamp())
    late = session(bare, expires_at=now + 3600, **{"after_expiration[recovery][enabled]": "true"})
    paid = session(bare, expires_at=now + 3600)
    bare.slice.pay(paid["url"], "good_card")
    bare.clock.advance(3599)
    assert bare.get(f"checkout/sessions/{late['id']}")["status"] == "open"
    bare.clock.advance(1)
    over = bare.get(f"checkout/sessions/{late['id']}")
    assert (over["status"], over["url"], over["payment_status"]) == ("expired", None, "unpaid")
    assert over["after_expiration"]["recovery"]["url"].startswith("https://")
    assert bare.types.count("checkout.session.expired") == 1
    assert bare.get(f"checkout/sessions/{paid['id']}")["status"] == "complete"
    assert bare.slice.pay(late["url"], "good_card")["result"] == "refused"


def test_expiring_gives_up_what_was_begun(bare: Bare) -> None:
    """The payment intent of a declined attempt is cancelled with its session; a second expiry is refused."""
    made = session(bare)
    assert bare.slice.pay(made["url"], "declined_card")["result"] == "declined"
    over = bare.post(f"checkout/sessions/{made['id']}/expire")
    assert bare.get(f"payment_intents/{over['payment_intent']}")["status"] == "canceled"
    assert bare.post(f"checkout/sessions/{made['id']}/expire")["error"]["code"] == "checkout_session_not_open"


def test_amounts_with_shipping(bare: Bare) -> None:
    """Items, their quantities and the first way of shipping make the total; another way changes it."""
    ways: dict[str, Any] = {}
    for place, cost in enumerate((500, 1500)):
        at = f"shipping_options[{place}][shipping_rate_data]"
        ways |= {f"{at}[display_name]": "Post", f"{at}[type]": "fixed_amount"}
        ways |= {f"{at}[fixed_amount][amount]": cost, f"{at}[fixed_amount][currency]": "usd"}
    made = session(bare, **line(900, 2), **line(100, 3, place=1), **ways)
    assert (made["amount_subtotal"], made["amount_total"]) == (2100, 2600)
    assert made["total_details"]["amount_shipping"] == 500
    express = {"shipping_options[0][shipping_rate]": made["shipping_options"][1]["shipping_rate"]}
    changed = bare.post(f"checkout/sessions/{made['id']}", **express, **{"metadata[order]": "7"})
    assert (changed["amount_total"], changed["metadata"]) == (3600, {"order": "7"})
    items = bare.get(f"checkout/sessions/{made['id']}/line_items", limit=1)
    assert (items["data"][0]["amount_total"], items["has_more"]) == (1800, True)
    rest = bare.get(f"checkout/sessions/{made['id']}/line_items", starting_after=items["data"][0]["id"])
    assert [(one["quantity"], one["description"]) for one in rest["data"]] == [(3, "Tea")]


def test_a_closed_session_changes_only_its_metadata(bare: Bare) -> None:
    """Nothing about money changes once it is over."""
    made = session(bare)
    bare.post(f"checkout/sessions/{made['id']}/expire")
    form = {"collected_information[shipping_details][name]": "x"}
    form |= {"collected_information[shipping_details][address][line1]": "1", "metadata[a]": "b"}
    form["collected_information[shipping_details][address][country]"] = "DE"
    assert bare.post(f"checkout/sessions/{made['id']}", **form)["error"]["code"] == "checkout_session_not_open"
    assert bare.post(f"checkout/sessions/{made['id']}", **{"metadata[a]": "b"})["metadata"] == {"a": "b"}


def _line_of(bare: Bare, product: str, amount: int, place: int) -> dict[str, Any]:
    price = bare.post("prices", currency="usd", unit_amount=amount, product=product)["id"]
    return {f"line_items[{place}][price]": price, f"line_items[{place}][quantity]": 1}


@pytest.mark.parametrize(
    ("coupon", "offs"),
    [
        ({"percent_off": 25}, [25, 13]),
        ({"percent_off": 100}, [99, 50]),
        ({"amount_off": 30, "currency": "usd"}, [20, 10]),
        ({"amount_off": 500, "currency": "usd"}, [99, 50]),
        ({"percent_off": 50, "for": "cake"}, [0, 25]),
    ],
)
def test_discounts(bare: Bare, coupon: dict[str, Any], offs: list[int]) -> None:
    """A share of each item, or an amount divided among them, never more than there is; redeemed when it is paid."""
    tea, cake = (bare.post("products", name=name)["id"] for name in ("Tea", "Cake"))
    wanted = {name: value for name, value in coupon.items() if name != "for"}
    made = bare.post("coupons", **wanted, **({"applies_to[products][0]": cake} if "for" in coupon else {}))
    sold = {**_line_of(bare, tea, 99, 0), **_line_of(bare, cake, 50, 1), "discounts[0][coupon]": made["id"]}
    opened = bare.post("checkout/sessions", mode="payment", success_url="https://example.com", **sold)
    items = bare.get(f"checkout/sessions/{opened['id']}/line_items")["data"]
    assert [item["amount_discount"] for item in items] == offs
    assert [item["amount_total"] for item in items] == [99 - offs[0], 50 - offs[1]]
    assert (opened["total_details"]["amount_discount"], opened["amount_total"]) == (sum(offs), 149 - sum(offs))
    assert bare.get(f"coupons/{made['id']}")["times_redeemed"] == 0
    bare.slice.pay(opened["url"], "good_card")
    assert bare.get(f"coupons/{made['id']}")["times_redeemed"] == 1


def test_a_coupon_of_another_currency_is_refused(bare: Bare) -> None:
    """An amount in euros is not taken off dollars."""
    coupon = bare.post("coupons", amount_off=30, currency="eur")["id"]
    assert refusal(bare, **{"discounts[0][coupon]": coupon})[0] == "discounts[0][coupon]"


@pytest.mark.parametrize(("inclusive", "tax", "total"), [("false", 171, 1071), ("true", 144, 900)])
def test_taxes(bare: Bare, inclusive: str, tax: int, total: int) -> None:
    """A rate is added to what is left of an item after its discount, or was in it all along."""
    rate = bare.post("tax_rates", display_name="VAT", percentage="19", inclusive=inclusive)["id"]
    coupon = bare.post("coupons", percent_off=10)["id"]
    made = session(bare, **line(1000), **{"line_items[0][tax_rates][0]": rate, "discounts[0][coupon]": coupon})
    assert (made["total_details"]["amount_tax"], made["amount_total"]) == (tax, total)


def test_a_subscription_keeps_its_discount(bare: Bare) -> None:
    """What the session shows is what the first invoice comes to, one-time items included."""
    coupon = bare.post("coupons", percent_off=50, duration="forever")["id"]
    code = bare.post("promotion_codes", code="HALF", **{"promotion[type]": "coupon", "promotion[coupon]": coupon})
    sold: dict[str, Any] = {
        "line_items[0][price]": bare.plan(1200),
        "line_items[0][quantity]": 1,
        **line(301, 1, place=1),
    }
    made = bare.post(
        "checkout/sessions", mode="subscription", success_url="https://example.com", **sold,
        **{"discounts[0][promotion_code]": code["id"]},
    )  # fmt: skip
    assert made["discounts"] == [{"coupon": None, "promotion_code": code["id"]}]
    bare.slice.pay(made["url"], "good_card")
    done = bare.get(f"checkout/sessions/{made['id']}", **{"expand[]": ["invoice", "subscription"]})
    assert (done["status"], done["invoice"]["amount_paid"]) == ("complete", made["amount_total"])
    assert len(done["subscription"]["discounts"]) == 1
    assert bare.get(f"promotion_codes/{code['id']}")["times_redeemed"] == 1


def test_a_payment_leaves_an_invoice(bare: Bare) -> None:
    """When the merchant wants one: of what was sold, discounts, taxes and shipping too, and paid by the payment."""
    coupon = bare.post("coupons", percent_off=10)["id"]
    rate = bare.post("tax_rates", display_name="VAT", percentage="19", inclusive="false")["id"]
    at = "shipping_options[0][shipping_rate_data]"
    post = {f"{at}[display_name]": "Post", f"{at}[type]": "fixed_amount"}
    post |= {f"{at}[fixed_amount][amount]": "500", f"{at}[fixed_amount][currency]": "usd"}
    wanted = {"invoice_creation[enabled]": "true", "invoice_creation[invoice_data][footer]": "Thanks"}
    taxed = {"line_items[0][tax_rates][0]": rate, "discounts[0][coupon]": coupon}
    made = session(bare, customer_email="a@example.com", **line(999, 3), **post, **wanted, **taxed)
    assert bare.slice.pay(made["url"], "good_card")["result"] == "paid"
    done = bare.get(f"checkout/sessions/{made['id']}", **{"expand[]": "invoice"})
    invoice = done["invoice"]
    assert (invoice["status"], invoice["total"], invoice["footer"]) == ("paid", done["amount_total"], "Thanks")
    assert invoice["customer"] == done["customer"]
    payments = bare.get("invoice_payments", invoice=invoice["id"])["data"]
    assert [one["payment"]["payment_intent"] for one in payments] == [done["payment_intent"]]
    assert bare.types.count("payment_intent.created") == 1
    assert bare.get(f"coupons/{coupon}")["times_redeemed"] == 1
    assert bare.types.index("invoice.paid") < bare.types.index("checkout.session.completed")


def test_a_coupon_that_is_used_up_meanwhile(bare: Bare) -> None:
    """Who comes second is refused before any money moves, and can pay again after choosing otherwise."""
    coupon = bare.post("coupons", percent_off=10, max_redemptions=1)["id"]
    first, second = (session(bare, **{"discounts[0][coupon]": coupon}) for _ in range(2))
    assert bare.slice.pay(first["url"], "good_card")["result"] == "paid"
    assert bare.slice.pay(second["url"], "good_card")["result"] == "declined"
    assert len(bare.sinks("payments.charge")) == 1
    assert bare.get(f"checkout/sessions/{second['id']}")["status"] == "open"
    assert bare.get(f"coupons/{coupon}")["times_redeemed"] == 1


def test_a_subscriptions_second_attempt_keeps_its_coupon(bare: Bare) -> None:
    """The first attempt, declined, has redeemed it; the second is not refused for that."""
    coupon = bare.post("coupons", percent_off=50, duration="once", max_redemptions=1)["id"]
    sold: dict[str, Any] = {"line_items[0][price]": bare.plan(1200), "line_items[0][quantity]": 1}
    asked = {"mode": "subscription", "success_url": "https://example.com", "discounts[0][coupon]": coupon}
    made = bare.post("checkout/sessions", **sold, **asked)
    assert bare.slice.pay(made["url"], "declined_card")["result"] == "declined"
    assert bare.slice.pay(made["url"], "good_card")["result"] == "paid"
    assert bare.get(f"checkout/sessions/{made['id']}", **{"expand[]": "invoice"})["invoice"]["amount_paid"] == 600


def test_tiers_and_metered_prices(bare: Bare) -> None:
    """Priced as invoices are: tiers by quantity; what is metered costs nothing today."""
    tiers: dict[str, Any] = {
        "tiers[0][up_to]": 2,
        "tiers[0][unit_amount]": 100,
        "tiers[1][up_to]": "inf",
        "tiers[1][unit_amount]": 50,
    }
    price = bare.post(
        "prices", currency="usd", billing_scheme="tiered", tiers_mode="graduated",
        **{"product_data[name]": "Seats", "recurring[interval]": "month"}, **tiers,
    )["id"]  # fmt: skip
    sold = {"line_items[0][price]": price, "line_items[0][quantity]": 4}
    made = bare.post("checkout/sessions", mode="subscription", success_url="https://example.com", **sold)
    assert made["amount_total"] == 300


def test_paying_by_wallet_asks_the_bank(bare: Bare) -> None:
    """A card whose owner does not answer leaves the session open; one who does answer completes it."""
    made = session(bare, client_reference_id="order-7", **{"payment_intent_data[metadata][order]": "7"})
    assert bare.slice.pay(made["url"], "requires_authentication")["result"] == "requires_action"
    assert bare.get(f"checkout/sessions/{made['id']}")["status"] == "open"
    assert bare.slice.pay(made["url"], "authenticated_card")["result"] == "paid"
    done = bare.get(f"checkout/sessions/{made['id']}", **{"expand[]": "payment_intent"})
    assert (done["status"], done["payment_status"], done["client_reference_id"]) == ("complete", "paid", "order-7")
    assert done["payment_intent"]["metadata"] == {"order": "7"}
    assert bare.types.count("checkout.session.completed") == 1


def test_a_customer_is_made_when_asked_for(bare: Bare) -> None:
    """`always` makes one of what the buyer filled in; else a guest pays."""
    made = session(bare, customer_creation="always", customer_email="a@example.com")
    bare.slice.pay(made["url"], "good_card")
    customer = bare.get(f"checkout/sessions/{made['id']}")["customer"]
    assert bare.get(f"customers/{customer}")["email"] == "a@example.com"
    guest = session(bare)
    bare.slice.pay(guest["url"], "good_card")
    assert bare.get(f"checkout/sessions/{guest['id']}")["customer"] is None


def test_nothing_to_pay(bare: Bare) -> None:
    """A session that comes to nothing needs no payment."""
    made = session(bare, **{"line_items[0][price_data][unit_amount]": 0})
    assert made["payment_status"] == "no_payment_required"
    assert bare.slice.pay(made["url"], "good_card")["result"] == "paid"
    done = bare.get(f"checkout/sessions/{made['id']}")
    assert (done["status"], done["payment_status"], done["payment_intent"]) == ("complete", "no_payment_required", None)


def test_money_that_is_only_held(bare: Bare) -> None:
    """A session whose payment waits to be captured is complete and unpaid, and paid after the capture."""
    made = session(bare, **{"payment_intent_data[capture_method]": "manual"})
    bare.slice.pay(made["url"], "good_card")
    done = bare.get(f"checkout/sessions/{made['id']}")
    assert (done["status"], done["payment_status"]) == ("complete", "unpaid")
    bare.post(f"payment_intents/{done['payment_intent']}/capture")
    assert bare.get(f"checkout/sessions/{made['id']}")["payment_status"] == "paid"
    assert "checkout.session.async_payment_succeeded" not in bare.types


def test_a_trial_by_an_embedded_page(bare: Bare) -> None:
    """Nothing is due today; the card is kept for the day when something is."""
    plan: dict[str, Any] = {
        "line_items[0][price]": bare.plan(1200),
        "line_items[0][quantity]": 2,
        "mode": "subscription",
    }
    embedded: dict[str, Any] = {"ui_mode": "embedded_page", "return_url": "https://example.com/{CHECKOUT_SESSION_ID}"}
    made = bare.post("checkout/sessions", **plan, **embedded, **{"subscription_data[trial_period_days]": "7"})
    assert (made["url"], made["amount_total"], made["payment_status"]) == (None, 0, "no_payment_required")
    assert bare.slice.pay(made["client_secret"], "good_card")["result"] == "paid"
    done = bare.get(f"checkout/sessions/{made['id']}", **{"expand[]": "subscription"})
    assert (done["status"], done["subscription"]["status"]) == ("complete", "trialing")
    method = bare.get(f"payment_methods/{done['subscription']['default_payment_method']}")
    assert method["customer"] == done["customer"]


def test_lists_are_filtered(bare: Bare) -> None:
    """By state, by payment, by the buyer's address."""
    first, second = session(bare, customer_email="a@example.com"), session(bare)
    bare.slice.pay(second["url"], "good_card")
    intent = bare.get(f"checkout/sessions/{second['id']}")["payment_intent"]
    for form, found in (
        ({"status": "open"}, first),
        ({"payment_intent": intent}, second),
        ({"customer_details[email]": "a@example.com"}, first),
    ):
        assert [one["id"] for one in bare.get("checkout/sessions", **form)["data"]] == [found["id"]]


def test_the_official_client_changes_a_session(client: stripe.StripeClient) -> None:
    """Created, changed, its items listed, expired."""
    item: stripe.params.checkout.SessionCreateParamsLineItem = {
        "price_data": {"currency": "usd", "unit_amount": 900, "product_data": {"name": "Tea"}},
        "quantity": 2,
    }
    sessions = client.v1.checkout.sessions
    made = sessions.create({"mode": "payment", "line_items": [item], "success_url": "https://example.com/ok"})
    changed = sessions.update(made.id, {"metadata": {"a": "b"}})
    assert changed.metadata is not None
    assert changed.metadata["a"] == "b"
    assert [one.amount_total for one in sessions.line_items.list(made.id).data] == [1800]
    assert sessions.expire(made.id).status == "expired"
