"""What random calls once broke: each is refused with the parameter that is wrong."""

from typing import Any

import pytest

from tests.payments.conftest import Bare


def test_attaching_to_nobody(bare: Bare) -> None:
    """A payment method needs its customer."""
    error = bare.post("payment_methods/pm_card_visa/attach")["error"]
    assert (error["code"], error["param"]) == ("parameter_missing", "customer")


@pytest.mark.parametrize("form", [{"person[first_name]": "Ann"}, {"cvc_update[cvc]": "123"}], ids=["person", "cvc"])
def test_a_token_of_something_that_cannot_pay(bare: Bare, form: dict[str, str]) -> None:
    """It is no source, neither to keep nor to charge, and stays unused."""
    token = bare.post("tokens", **form)["id"]
    customer = bare.post("customers", email="hxaaaaaaaaaaaa@example.com")["id"]
    assert bare.post(f"customers/{customer}/sources", source=token)["error"]["param"] == "source"
    assert bare.post("charges", amount=900, currency="usd", source=token)["error"]["param"] == "source"
    assert bare.get(f"tokens/{token}")["used"] is False


@pytest.mark.parametrize("amount", ["many", "NaN", "Infinity", "1e400", "-1e400"])
def test_an_amount_that_is_none(bare: Bare, amount: str) -> None:
    """Text, and numbers beyond reason, are no price of an item."""
    customer = bare.post("customers", email="hxaaaaaaaaaaaa@example.com")["id"]
    asked = {"customer": customer, "currency": "usd", "unit_amount_decimal": amount}
    assert bare.post("invoiceitems", **asked)["error"]["param"] == "unit_amount_decimal"
    assert bare.post("invoiceitems", **{**asked, "unit_amount_decimal": "-12.5"})["amount"] == -13


@pytest.mark.parametrize("amount", ["many", "NaN", "Infinity", "1e30", "1e400000000"])
def test_a_price_of_no_amount(bare: Bare, amount: str) -> None:
    """The same of prices, their tiers and their other currencies, told at once however large the number is."""
    asked = {"currency": "usd", "product_data[name]": "Coffee"}
    error = bare.post("prices", **asked, unit_amount_decimal=amount)["error"]
    assert error["param"] == "unit_amount_decimal"
    tiered = {"billing_scheme": "tiered", "tiers_mode": "volume", "tiers[0][up_to]": "inf"}
    error = bare.post("prices", **asked, **tiered, **{"tiers[0][unit_amount_decimal]": amount})["error"]
    assert error["param"] == "tiers[0][unit_amount_decimal]"
    other: dict[str, Any] = {"unit_amount": 900, "currency_options[eur][unit_amount_decimal]": amount}
    assert bare.post("prices", **asked, **other)["error"]["param"] == "unit_amount_decimal"


@pytest.mark.parametrize("value", ["many", "NaN", "Infinity", "1e400000000", "1e-400000000", "0.5"])
def test_usage_that_is_no_number(bare: Bare, value: str) -> None:
    """A meter counts whole numbers; what is none is refused, and the event is not counted."""
    meter = {"display_name": "Calls", "event_name": "calls", "default_aggregation[formula]": "sum"}
    bare.post("billing/meters", **meter)
    customer = bare.post("customers", email="hxaaaaaaaaaaaa@example.com")["id"]
    asked = {"event_name": "calls", "identifier": "one", "payload[stripe_customer_id]": customer}
    assert bare.post("billing/meter_events", **asked, **{"payload[value]": value})["error"]["param"] == "payload[value]"
    assert bare.post("billing/meter_events", **asked, **{"payload[value]": "5"})["identifier"] == "one"


@pytest.mark.parametrize("path", ["tokens", "sources"])
def test_a_bank_account_is_no_card(bare: Bare, path: str) -> None:
    """What stands for one cannot be made a card's token or source."""
    bank = bare.post("payment_methods/pm_usBankAccount_success/attach", customer=bare.post("customers")["id"])["id"]
    asked = {"card": bank} if path == "tokens" else {"type": "card", "token": bank}
    assert bare.post(path, **asked)["error"]["code"] == "resource_missing"


def test_an_empty_text_unsets_what_may_be_unset(bare: Bare) -> None:
    """Why somebody left may be; what a tax rate is called may not."""
    live = bare.subscribed(bare.plan())
    told = bare.post(f"subscriptions/{live['id']}", **{"cancellation_details[feedback]": "other"})
    assert told["cancellation_details"]["feedback"] == "other"
    form = {"cancellation_details[feedback]": "", "cancellation_details[comment]": ""}
    assert bare.post(f"subscriptions/{live['id']}", **form)["cancellation_details"]["feedback"] is None
    rate = bare.post("tax_rates", display_name="VAT", inclusive="false", percentage=19)
    assert bare.post(f"tax_rates/{rate['id']}", display_name="")["error"]["param"] == "display_name"
    assert bare.get(f"tax_rates/{rate['id']}") == rate


def test_a_capability_that_is_none(bare: Bare) -> None:
    """There is no such thing to ask for."""
    path = f"accounts/{bare.post('accounts', type='custom')['id']}/capabilities"
    assert bare.post(f"{path}/flying", requested="true")["error"]["code"] == "resource_missing"
    assert bare.post(f"{path}/transfers", requested="true")["requested"] is True
    assert bare.post(f"{path}/eps_payments", requested="true")["requested"] is True


@pytest.mark.parametrize("verb", ["finalize", "pay", "send"])
def test_a_draft_of_somebody_who_is_gone(bare: Bare, verb: str) -> None:
    """It stays a draft, and that is said."""
    customer = bare.post("customers", email="hxaaaaaaaaaaaa@example.com")["id"]
    bare.post("invoiceitems", customer=customer, amount=900, currency="usd")
    draft = bare.post("invoices", customer=customer, pending_invoice_items_behavior="include")
    bare.raw("DELETE", f"/v1/customers/{customer}")
    told = bare.post(f"invoices/{draft['id']}/{verb}")
    assert "deleted" in told["error"]["message"]
    assert bare.get(f"invoices/{draft['id']}")["status"] == "draft"


def test_a_draft_is_not_paid_by_what_is_not_there(bare: Bare) -> None:
    """Nor is it finalised, and no payment is begun."""
    customer = bare.post("customers", email="hxaaaaaaaaaaaa@example.com")["id"]
    bare.post("invoiceitems", customer=customer, amount=900, currency="usd")
    draft = bare.post("invoices", customer=customer, pending_invoice_items_behavior="include")["id"]
    assert bare.post(f"invoices/{draft}/pay", payment_method="pm_none")["error"]["code"] == "resource_missing"
    assert bare.get(f"invoices/{draft}")["status"] == "draft"
    assert bare.get("payment_intents")["data"] == []
    assert bare.post(f"invoices/{draft}/pay", payment_method="pm_card_visa")["status"] == "paid"


@pytest.mark.parametrize(
    ("name", "value"), [("coupon", "none"), ("invoice_settings[default_payment_method]", "pm_none")]
)
def test_a_customer_is_changed_wholly_or_not(bare: Bare, name: str, value: str) -> None:
    """What they owe is not moved when another part is refused."""
    customer = bare.post("customers", email="hxaaaaaaaaaaaa@example.com")
    form: dict[str, Any] = {"balance": -500, name: value}
    assert bare.post(f"customers/{customer['id']}", **form)["error"]
    assert bare.get(f"customers/{customer['id']}/balance_transactions")["data"] == []
    assert bare.get(f"customers/{customer['id']}") == customer


def test_a_quote_without_a_trial(bare: Bare) -> None:
    """An empty text unsets it."""
    form = {"subscription_data[trial_period_days]": "", "subscription_data[effective_date]": ""}
    told = bare.post("quotes", **form)["subscription_data"]
    assert (told["trial_period_days"], told["effective_date"]) == (None, None)
