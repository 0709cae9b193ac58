"""What can be said of customers and charges beside the plain fields, and methods that are used up."""

from typing import Any

import pytest
import stripe

from tests.payments.conftest import Bare


def test_a_customer_made_with_everything(client: stripe.StripeClient) -> None:
    """A card, tax ids, how invoices look, who reconciles; all of it is found where it belongs."""
    customer = client.v1.customers.create(
        {
            "source": "tok_visa",
            "tax_id_data": [{"type": "eu_vat", "value": "DE123456789"}],
            "cash_balance": {"settings": {"reconciliation_mode": "manual"}},
            "invoice_settings": {"footer": "Thanks", "custom_fields": [{"name": "Order", "value": "7"}]},
            "next_invoice_sequence": 17,
        }
    )
    assert customer.default_source is not None
    assert customer.invoice_settings is not None
    assert (customer.invoice_settings.footer, customer.next_invoice_sequence) == ("Thanks", 17)
    paths: Any = {"expand": ["sources", "tax_ids", "cash_balance", "default_source"]}
    shown = client.v1.customers.retrieve(customer.id, paths)
    assert shown.sources is not None
    assert [one.id for one in shown.sources.data] == [customer.default_source]
    assert shown.tax_ids is not None
    assert [one.value for one in shown.tax_ids.data] == ["DE123456789"]
    assert shown.cash_balance is not None
    assert shown.cash_balance.settings.reconciliation_mode == "manual"


def test_a_new_card_replaces_the_default(bare: Bare) -> None:
    """A source given to a customer is kept, becomes the default, and is told; only what is kept can be the default."""
    customer = bare.post("customers", source="tok_visa")
    assert bare.types == ["customer.created", "customer.source.created", "customer.updated"]
    now = bare.post(f"customers/{customer['id']}", source="tok_amex")
    assert now["default_source"] not in (None, customer["default_source"])
    back = bare.post(f"customers/{customer['id']}", default_source=customer["default_source"])
    assert back["default_source"] == customer["default_source"]
    other = bare.post("customers", source="tok_visa")["default_source"]
    refused = bare.post(f"customers/{customer['id']}", default_source=other)["error"]
    assert (refused["code"], refused["param"]) == ("resource_missing", "default_source")


def test_a_declined_card_makes_no_default(bare: Bare) -> None:
    """Neither card nor name is changed when the bank says no."""
    customer = bare.post("customers", source="tok_visa")
    told = len(bare.types)
    refused = bare.post(f"customers/{customer['id']}", source="tok_chargeDeclined", name="Eve")["error"]
    assert refused["code"] == "card_declined"
    now = bare.get(f"customers/{customer['id']}")
    assert (now["default_source"], now["name"]) == (customer["default_source"], None)
    assert bare.post("customers", source="tok_chargeDeclined")["error"]["code"] == "card_declined"
    assert (len(bare.get("customers")["data"]), len(bare.types)) == (1, told)


def test_a_balance_is_set_by_an_entry(bare: Bare) -> None:
    """What a customer owes is changed by an entry in their balance."""
    customer = bare.post("customers")["id"]
    assert bare.post(f"customers/{customer}", balance=-400)["balance"] == -400
    [entry] = bare.get(f"customers/{customer}/balance_transactions")["data"]
    assert (entry["amount"], entry["type"]) == (-400, "adjustment")


def test_a_method_without_a_customer_pays_once(bare: Bare) -> None:
    """Used up by a payment, or by being detached; attached to a customer it pays again and again."""
    form: dict[str, Any] = {"amount": 900, "currency": "usd", "confirm": "true"}
    method = bare.post("payment_methods", type="card", **{"card[token]": "tok_visa"})["id"]
    assert bare.post("payment_intents", payment_method=method, **form)["status"] == "succeeded"
    assert "may not be used again" in bare.post("payment_intents", payment_method=method, **form)["error"]["message"]
    customer = bare.post("customers")["id"]
    assert "error" in bare.post(f"payment_methods/{method}/attach", customer=customer)
    kept = bare.post("payment_methods/pm_card_visa/attach", customer=customer)["id"]
    for _ in range(2):
        paid = bare.post("payment_intents", payment_method=kept, customer=customer, **form)
        assert paid["status"] == "succeeded"
    bare.post(f"payment_methods/{kept}/detach")
    assert "may not be used again" in bare.post("payment_intents", payment_method=kept, **form)["error"]["message"]
    assert len(bare.sinks("payments.charge")) == 3


def test_an_intent_whose_method_was_used_elsewhere(bare: Bare) -> None:
    """Two intents with one method: the second cannot be confirmed any more."""
    method = bare.post("payment_methods", type="card", **{"card[token]": "tok_visa"})["id"]
    first, second = (bare.post("payment_intents", amount=900, currency="usd", payment_method=method) for _ in range(2))
    assert bare.post(f"payment_intents/{first['id']}/confirm")["status"] == "succeeded"
    assert "may not be used again" in bare.post(f"payment_intents/{second['id']}/confirm")["error"]["message"]
    done = bare.post(f"payment_intents/{second['id']}/confirm", payment_method="pm_card_visa")
    assert done["status"] == "succeeded"


def test_a_charge_is_changed(bare: Bare) -> None:
    """Its group, its customer if it has none, and whether it was fraud."""
    charge = bare.post("charges", amount=900, currency="usd", source="tok_visa")["id"]
    customer, other = (bare.post("customers")["id"] for _ in range(2))
    form = {"fraud_details[user_report]": "fraudulent", "transfer_group": "g1"}
    now = bare.post(f"charges/{charge}", customer=customer, **form)
    assert (now["fraud_details"], now["transfer_group"]) == ({"user_report": "fraudulent"}, "g1")
    assert [one["id"] for one in bare.get("charges", transfer_group="g1")["data"]] == [charge]
    assert bare.post(f"charges/{charge}", customer=other)["error"]["param"] == "customer"


@pytest.mark.parametrize(("amount", "reversed_", "fee"), [(2000, 2000, 300), (500, 500, 75)])
def test_a_shared_payment_is_given_back(bare: Bare, amount: int, reversed_: int, fee: int) -> None:
    """The connected account and the platform each give their share back, if asked."""
    account = bare.post("accounts", type="express")["id"]
    form: dict[str, Any] = {"transfer_data[destination]": account, "application_fee_amount": 300}
    form |= {"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": "true"}
    intent = bare.post("payment_intents", **form)
    both = {"reverse_transfer": "true", "refund_application_fee": "true"}
    refund = bare.post("refunds", payment_intent=intent["id"], amount=amount, **both)
    charge = bare.get(f"charges/{intent['latest_charge']}", **{"expand[0]": "transfer", "expand[1]": "application_fee"})
    assert (charge["transfer"]["amount_reversed"], charge["application_fee"]["amount_refunded"]) == (reversed_, fee)
    assert refund["transfer_reversal"] == charge["transfer"]["reversals"]["data"][0]["id"]
    plain = bare.post("charges", amount=900, currency="usd", source="tok_visa")["id"]
    assert bare.post("refunds", charge=plain, reverse_transfer="true")["error"]["param"] == "reverse_transfer"
