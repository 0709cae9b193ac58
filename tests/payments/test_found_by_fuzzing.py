"""What random calls once broke: each is refused with the parameter that is wrong."""

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
