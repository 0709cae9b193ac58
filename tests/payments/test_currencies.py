"""Currencies: how amounts are written, the least and the most, and the last digits that some must have."""

from typing import Any

import pytest

from fakes.payments.state.money import LEAST
from tests.payments.conftest import Bare


def _pay(bare: Bare, amount: int, currency: str) -> dict[str, Any]:
    form: dict[str, Any] = {"amount": amount, "currency": currency, "payment_method": "pm_card_visa", "confirm": "true"}
    answer = bare.post("payment_intents", **form)
    return answer.get("error", answer)  # type: ignore[no-any-return]


@pytest.mark.parametrize("currency", sorted(LEAST))
def test_the_least(bare: Bare, currency: str) -> None:
    """The documented minimum is charged, and one less is refused and charges nothing."""
    refused = _pay(bare, LEAST[currency] - 1, currency)
    assert (refused["code"], refused["param"]) == ("amount_too_small", "amount")
    assert bare.types == []
    assert _pay(bare, LEAST[currency], currency)["status"] == "succeeded"


@pytest.mark.parametrize(
    ("currency", "most", "words"),
    [
        ("usd", 99_999_999, "$999,999.99"),
        ("jpy", 99_999_999, "¥99,999,999"),
        ("idr", 999_999_999_999, "9,999,999,999.99"),
    ],
)
def test_the_most(bare: Bare, currency: str, most: int, words: str) -> None:
    """Eight digits, twelve for one currency; the refusal shows the amount as people write it."""
    refused = _pay(bare, most + 1, currency)
    assert (refused["code"], words in refused["message"]) == ("amount_too_large", True)
    assert _pay(bare, most, currency)["status"] == "succeeded"


@pytest.mark.parametrize(
    ("currency", "good", "bad"), [("kwd", 5120, 5124), ("bhd", 1000, 1001), ("isk", 50_000, 50_050), ("ugx", 500, 550)]
)
def test_last_digits(bare: Bare, currency: str, good: int, bad: int) -> None:
    """Three decimals end in 0, and what has no decimals any more in 00; refunds too."""
    assert _pay(bare, bad, currency)["param"] == "amount"
    intent = _pay(bare, good, currency)
    assert intent["status"] == "succeeded"
    refused = bare.post("refunds", payment_intent=intent["id"], amount=1)["error"]
    assert refused["code"] == "parameter_invalid_integer"
    assert bare.sinks("payments.refund") == []


def test_amounts_are_shown_as_people_write_them(bare: Bare) -> None:
    """No decimals, two, or three."""
    shown = {}
    for currency, amount in (("jpy", 900), ("usd", 900), ("kwd", 9000)):
        intent = _pay(bare, amount, currency)
        shown[currency] = bare.post("refunds", payment_intent=intent["id"], amount=amount + 10)["error"]["message"]
    assert "(¥910)" in shown["jpy"]
    assert "($9.10)" in shown["usd"]
    assert "(9.010 kwd)" in shown["kwd"]


@pytest.mark.parametrize("currency", ["huf", "twd"])
def test_paid_out_whole(bare: Bare, currency: str) -> None:
    """Two currencies are charged with decimals, and paid out without."""
    bare.post(
        "payment_intents", amount=50_050, currency=currency, payment_method="pm_card_bypassPending", confirm="true"
    )
    assert bare.post("payouts", amount=10_050, currency=currency)["error"]["param"] == "amount"
    assert bare.post("payouts", amount=10_000, currency=currency)["status"] == "pending"


@pytest.mark.parametrize("currency", ["xyz", "", "us"])
def test_no_such_currency(bare: Bare, currency: str) -> None:
    """What is no currency is refused by name."""
    assert _pay(bare, 900, currency)["param"] == "currency"
