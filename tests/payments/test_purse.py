"""What customers keep and have, the old ways to pay, credit, cash and tax ids."""

from typing import Any

import pytest
import requests
import stripe

from fakes.plugin import Fakes
from tests.payments.conftest import Bare, connected


def test_a_kept_card(client: stripe.StripeClient, person: stripe.Customer) -> None:
    """A token becomes a customer's card and their default; it is charged, changed and let go."""
    token = client.v1.tokens.create(
        {"card": {"number": "5555555555554444", "exp_month": "3", "exp_year": "2031", "cvc": "123", "name": "Ada"}}
    )
    assert (token.type, token.used) == ("card", False)
    card = client.v1.customers.payment_sources.create(person.id, {"source": token.id})
    assert isinstance(card, stripe.Card)
    assert (card.brand, card.last4, card.exp_year, card.name) == ("MasterCard", "4444", 2031, "Ada")
    assert client.v1.customers.retrieve(person.id).default_source == card.id
    with pytest.raises(stripe.InvalidRequestError) as raised:
        client.v1.customers.payment_sources.create(person.id, {"source": token.id})
    assert raised.value.code == "token_already_used"
    charge = client.v1.charges.create({"amount": 900, "currency": "usd", "customer": person.id})
    assert (charge.status, charge.payment_method, charge.payment_intent) == ("succeeded", card.id, None)
    changed = client.v1.customers.payment_sources.update(person.id, card.id, {"exp_month": "5"})
    assert isinstance(changed, stripe.Card)
    assert changed.exp_month == 5
    assert [one.id for one in client.v1.customers.payment_sources.list(person.id).data] == [card.id]
    assert [one.id for one in client.v1.payment_methods.list({"customer": person.id}).data] == [card.id]
    client.v1.customers.payment_sources.delete(person.id, card.id)
    assert client.v1.customers.retrieve(person.id).default_source is None
    with pytest.raises(stripe.CardError) as refused:
        client.v1.charges.create({"amount": 900, "currency": "usd", "customer": person.id})
    assert refused.value.code == "missing"


def test_events_of_a_kept_card(bare: Bare) -> None:
    """Created and made the default, updated, deleted."""
    customer = bare.post("customers")["id"]
    card = bare.post(f"customers/{customer}/sources", source="tok_visa")["id"]
    bare.post(f"customers/{customer}/sources/{card}", **{"metadata[foo]": "bar"})
    bare.raw("DELETE", f"/v1/customers/{customer}/sources/{card}")
    assert bare.types[1:] == [
        "customer.source.created",
        "customer.updated",
        "customer.source.updated",
        "customer.source.deleted",
        "customer.updated",
    ]


def test_a_card_that_is_declined_is_not_kept(bare: Bare) -> None:
    """The bank is asked when a card is kept."""
    customer = bare.post("customers")["id"]
    refused = bare.post(f"customers/{customer}/sources", source="tok_chargeDeclined")["error"]
    assert (refused["code"], refused["decline_code"]) == ("card_declined", "generic_decline")
    assert bare.get(f"customers/{customer}/sources")["data"] == []
    kept = bare.post(f"customers/{customer}/sources", source="tok_chargeCustomerFail")
    assert kept["object"] == "card"
    assert bare.post("charges", amount=900, currency="usd", customer=customer)["error"]["code"] == "card_declined"


def test_a_bank_account_is_verified(bare: Bare) -> None:
    """By the two amounts that it got, and once."""
    customer = bare.post("customers")["id"]
    bank = {"country": "US", "currency": "usd", "account_number": "000123456789", "routing_number": "110000000"}
    form = {f"bank_account[{name}]": value for name, value in bank.items()}
    kept = bare.post(f"customers/{customer}/sources", source=bare.post("tokens", **form)["id"])
    path = f"customers/{customer}/sources/{kept['id']}/verify"
    assert (kept["status"], kept["last4"]) == ("new", "6789")
    wrong: dict[str, Any] = {"amounts[0]": 1, "amounts[1]": 2}
    assert bare.post(path, **wrong)["error"]["code"] == "bank_account_verification_failed"
    right: dict[str, Any] = {"amounts[0]": 32, "amounts[1]": 45}
    assert bare.post(path, **right)["status"] == "verified"
    assert bare.post(path, **right)["error"]["code"] == "bank_account_verification_failed"


def test_charges_the_old_way(client: stripe.StripeClient) -> None:
    """A token is charged, authorised, captured in part, declined; each money taken once."""
    paid = client.v1.charges.create({"amount": 900, "currency": "usd", "source": "tok_visa", "metadata": {"a": "b"}})
    assert (paid.status, paid.captured, paid.metadata["a"]) == ("succeeded", True, "b")
    held = client.v1.charges.create({"amount": 900, "currency": "usd", "source": "tok_visa", "capture": False})
    assert (held.captured, held.amount_captured) == (False, 0)
    taken = client.v1.charges.capture(held.id, {"amount": 500})
    assert (taken.captured, taken.amount_captured) == (True, 500)
    with pytest.raises(stripe.InvalidRequestError) as raised:
        client.v1.charges.capture(held.id)
    assert raised.value.code == "charge_already_captured"
    with pytest.raises(stripe.CardError) as refused:
        client.v1.charges.create({"amount": 900, "currency": "usd", "source": "tok_chargeDeclinedInsufficientFunds"})
    assert refused.value.error is not None
    assert (refused.value.code, refused.value.error.decline_code) == ("card_declined", "insufficient_funds")
    failed = client.v1.charges.retrieve(str(refused.value.error.charge))
    assert (failed.status, failed.paid) == ("failed", False)


def test_effects_of_old_charges(bare: Bare) -> None:
    """Money taken, authorised and declined goes to the same sinks as that of intents."""
    bare.post("charges", amount=900, currency="usd", source="tok_visa")
    held = bare.post("charges", amount=800, currency="usd", source="tok_visa", capture="false")["id"]
    bare.post(f"charges/{held}/capture")
    bare.post("charges", amount=700, currency="usd", source="tok_chargeDeclined")
    taken = bare.sinks("payments.charge")
    assert [(one["op"], one["amount"], one["captured"]) for one in taken] == [
        ("create", 900, True),
        ("create", 800, False),
        ("update", 800, True),
    ]
    assert [one["code"] for one in bare.sinks("payments.decline")] == ["generic_decline"]


@pytest.mark.parametrize(
    ("form", "code", "param"),
    [
        ({"amount": 900, "currency": "usd"}, "parameter_missing", None),
        ({"currency": "usd", "source": "tok_visa"}, "parameter_missing", "amount"),
        ({"amount": 900, "currency": "usd", "source": "tok_none"}, "resource_missing", "source"),
        ({"amount": 900, "currency": "usd", "source": "card_1none"}, "missing", "customer"),
        ({"amount": 10, "currency": "usd", "source": "tok_visa"}, "amount_too_small", "amount"),
    ],
)
def test_old_charges_refused(bare: Bare, form: dict[str, Any], code: str, param: str | None) -> None:
    """What is missing or wrong is named, and nothing is charged."""
    refused = bare.post("charges", **form)["error"]
    assert (refused["code"], refused.get("param")) == (code, param)
    assert bare.types == []


def test_a_source_that_asks_its_owner(client: stripe.StripeClient, shop: Fakes) -> None:
    """A redirect source is chargeable once its owner agreed on the page, and then used up."""
    phone = connected(shop, shop.key("payments", "publishable_key"))
    source = phone.v1.sources.create(
        {"type": "ideal", "amount": 900, "currency": "eur", "redirect": {"return_url": "https://shop.example/back"}}
    )
    assert source.status == "pending"
    assert source.redirect is not None
    form: Any = {"amount": 900, "currency": "eur", "source": source.id}
    with pytest.raises(stripe.InvalidRequestError, match="chargeable"):
        client.v1.charges.create(form)
    back = requests.post(source.redirect.url, {"answer": "yes"}, timeout=5, allow_redirects=False)
    assert back.headers["location"].startswith(f"https://shop.example/back?source={source.id}&client_secret=")
    assert client.v1.charges.create(form).status == "succeeded"
    assert client.v1.sources.retrieve(source.id).status == "consumed"


def test_credit(client: stripe.StripeClient, person: stripe.Customer) -> None:
    """Entries carry a customer's balance on; they keep to one currency."""
    entries = client.v1.customers.balance_transactions
    first = entries.create(person.id, {"amount": -500, "currency": "usd", "description": "sorry"})
    second = entries.create(person.id, {"amount": 200, "currency": "usd"})
    assert (first.ending_balance, second.ending_balance) == (-500, -300)
    assert client.v1.customers.retrieve(person.id).balance == -300
    assert [one.id for one in entries.list(person.id).data] == [second.id, first.id]
    assert entries.update(person.id, first.id, {"description": "x"}).description == "x"
    with pytest.raises(stripe.InvalidRequestError, match="currency"):
        entries.create(person.id, {"amount": 1, "currency": "eur"})


def _transfer(bare: Bare, customer: str, amount: int, currency: str = "usd") -> dict[str, Any]:
    form = {"payment_method_types[]": "customer_balance", "confirm": "true", "customer": customer}
    form |= {"payment_method_data[type]": "customer_balance"}
    return bare.post("payment_intents", amount=amount, currency=currency, **form)


@pytest.mark.parametrize("currency", ["usd", "eur", "gbp", "jpy", "mxn"])
def test_money_by_bank_transfer(bare: Bare, currency: str) -> None:
    """What arrives pays in part, then in full; what is left stays the customer's."""
    customer = bare.post("customers")["id"]
    intent = _transfer(bare, customer, 20000, currency)
    told = intent["next_action"]["display_bank_transfer_instructions"]
    assert (intent["status"], told["amount_remaining"]) == ("requires_action", 20000)
    path = f"test_helpers/customers/{customer}/fund_cash_balance"
    bare.post(path, amount=15000, currency=currency)
    now = bare.get(f"payment_intents/{intent['id']}")
    assert now["next_action"]["display_bank_transfer_instructions"]["amount_remaining"] == 5000
    assert bare.types.count("payment_intent.partially_funded") == 1
    assert bare.sinks("payments.charge") == []
    bare.post(path, amount=8000, currency=currency)
    assert bare.get(f"payment_intents/{intent['id']}")["status"] == "succeeded"
    assert [one["amount"] for one in bare.sinks("payments.charge")] == [20000]
    assert bare.get(f"customers/{customer}/cash_balance")["available"] == {currency: 3000}
    assert bare.types[-1] == "cash_balance.funds_available"


def test_the_merchant_reconciles(bare: Bare) -> None:
    """With manual reconciliation nothing is paid until the merchant says so; giving up returns the money."""
    customer = bare.post("customers")["id"]
    bare.post(f"customers/{customer}/cash_balance", **{"settings[reconciliation_mode]": "manual"})
    intent = _transfer(bare, customer, 2000)
    path = f"payment_intents/{intent['id']}/apply_customer_balance"
    assert bare.post(path)["error"]["code"] == "insufficient_funds"
    bare.post(f"test_helpers/customers/{customer}/fund_cash_balance", amount=2500, currency="usd")
    assert bare.post(path, amount=500)["status"] == "requires_action"
    assert bare.post(path, amount=1500)["status"] == "succeeded"
    other = _transfer(bare, customer, 900)
    bare.post(f"payment_intents/{other['id']}/apply_customer_balance", amount=400)
    bare.post(f"payment_intents/{other['id']}/cancel")
    assert bare.get(f"customers/{customer}/cash_balance")["available"] == {"usd": 500}
    kinds = [one["type"] for one in bare.get(f"customers/{customer}/cash_balance_transactions")["data"]]
    assert kinds == ["unapplied_from_payment", *["applied_to_payment"] * 3, "funded"]


def test_a_transfer_needs_a_customer(bare: Bare) -> None:
    """Money that comes by itself must be somebody's."""
    form = {"payment_method_types[]": "customer_balance", "confirm": "true"}
    refused = bare.post("payment_intents", amount=2000, currency="usd", **form)["error"]
    assert refused["param"] == "customer"


def test_tax_ids(client: stripe.StripeClient, person: stripe.Customer) -> None:
    """Of a customer, listed and deleted; and the account's own."""
    made = client.v1.customers.tax_ids.create(person.id, {"type": "eu_vat", "value": "DE123456789"})
    assert (made.country, made.verification and made.verification.status) == ("DE", "pending")
    own = client.v1.tax_ids.create({"type": "gb_vat", "value": "GB123456789"})
    assert [one.id for one in client.v1.customers.tax_ids.list(person.id).data] == [made.id]
    assert own.id in [one.id for one in client.v1.tax_ids.list().data]
    assert made.id not in [one.id for one in client.v1.tax_ids.list().data]
    assert client.v1.customers.tax_ids.delete(person.id, made.id).deleted
    with pytest.raises(stripe.InvalidRequestError, match="Invalid value"):
        client.v1.customers.tax_ids.create(person.id, {"type": "eu_vat", "value": "1"})


@pytest.mark.parametrize(
    ("value", "status"), [("DE000000000", "verified"), ("DE111111111", "unverified"), ("DE222222222", "pending")]
)
def test_authorities_answer(bare: Bare, value: str, status: str) -> None:
    """By the documented test values, a moment later, and told."""
    customer = bare.post("customers")["id"]
    made = bare.post(f"customers/{customer}/tax_ids", type="eu_vat", value=value)["id"]
    bare.clock.advance(2)
    assert bare.get(f"customers/{customer}/tax_ids/{made}")["verification"]["status"] == status
    assert bare.types.count("customer.tax_id.updated") == (status != "pending")


def test_one_customers_things_are_not_anothers(bare: Bare) -> None:
    """A path through somebody else finds nothing."""
    owner, other = (bare.post("customers")["id"] for _ in range(2))
    card = bare.post(f"customers/{owner}/sources", source="tok_visa")["id"]
    entry = bare.post(f"customers/{owner}/balance_transactions", amount=1, currency="usd")["id"]
    tax = bare.post(f"customers/{owner}/tax_ids", type="us_ein", value="12-3456789")["id"]
    for path in (f"sources/{card}", f"balance_transactions/{entry}", f"tax_ids/{tax}"):
        assert bare.raw("GET", f"/v1/customers/{owner}/{path}").status == 200
        assert bare.raw("GET", f"/v1/customers/{other}/{path}").status == 404
