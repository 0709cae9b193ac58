"""Every answer in our tests is judged by the vendor's document; a planted wrong field shows that it is."""

import pytest
import stripe

from fakes.payments.state.store import Account
from tests.payments.conftest import Bare
from tests.payments.watching import Watch


def plant(monkeypatch: pytest.MonkeyPatch, field: str, value: object) -> None:
    """Let every object that is kept have this field."""
    put = Account.put

    def planted(account: Account, thing: dict[str, object]) -> dict[str, object]:
        thing[field] = value
        return put(account, thing)

    monkeypatch.setattr(Account, "put", planted)


def test_right_answers_are_seen(bare: Bare, watch: Watch) -> None:
    """Answers, refusals and unknown routes all pass the judge."""
    before = watch.judged
    bare.post("customers", email="ann@example.com")
    bare.post("payment_intents", amount=9, currency="usd")
    bare.get("customers")
    assert (watch.judged - before, watch.taken()) == (3, [])


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("nickname", "x", "POST /v1/customers 200.nickname: unknown in customer"),
        ("created", "now", "POST /v1/customers 200.created: 'now' is no integer"),
        ("object", "custom", "POST /v1/customers 200.object: 'custom' is none of ['customer']"),
        ("currency", None, ""),
        ("livemode", None, "POST /v1/customers 200.livemode: null"),
        ("metadata", {"a": 5}, "POST /v1/customers 200.metadata[a]: 5 is no string"),
    ],
)
def test_a_planted_field_is_found(
    bare: Bare, watch: Watch, monkeypatch: pytest.MonkeyPatch, field: str, value: object, said: str
) -> None:
    """A field that is unknown, of another type, null or none of its choices turns the test red."""
    plant(monkeypatch, field, value)
    bare.post("customers", email="ann@example.com")
    assert watch.taken() == ([said] if said else [])


def test_a_planted_field_is_found_over_sockets(
    client: stripe.StripeClient, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes to the official client is judged as well."""
    plant(monkeypatch, "nickname", "x")
    client.v1.customers.create({"email": "ann@example.com"})
    assert watch.taken() == ["POST /v1/customers 200.nickname: unknown in customer"]
