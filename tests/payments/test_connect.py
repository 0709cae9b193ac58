"""The merchant's own money and connected accounts: payouts, top-ups, transfers, fees, and what accounts still owe."""

from typing import Any

import pytest
import stripe

from tests.payments.conftest import Bare

DAY = 86400
BANK: Any = {
    "object": "bank_account",
    "country": "US",
    "currency": "usd",
    "account_number": "000123456789",
    "routing_number": "110000000",
}


def _fund(bare: Bare, amount: int = 10_000) -> None:
    bare.post("payment_intents", amount=amount, currency="usd", payment_method="pm_card_bypassPending", confirm="true")


def _available(bare: Bare) -> int:
    return int(bare.get("balance")["available"][0]["amount"])


def _bank(number: str = "000123456789") -> dict[str, Any]:
    return {f"external_account[{name}]": value for name, value in {**BANK, "account_number": number}.items()}


def test_payouts(client: stripe.StripeClient) -> None:
    """Only what is available; changed, canceled while pending, listed."""
    client.v1.payment_intents.create(
        {"amount": 5000, "currency": "usd", "payment_method": "pm_card_bypassPending", "confirm": True}
    )
    payout = client.v1.payouts.create({"amount": 1100, "currency": "usd", "description": "rent"})
    assert (payout.status, payout.type, payout.description) == ("pending", "bank_account", "rent")
    assert client.v1.payouts.update(payout.id, {"metadata": {"a": "b"}}).metadata is not None
    assert payout.id in [one.id for one in client.v1.payouts.list({"status": "pending"}).data]
    assert client.v1.payouts.cancel(payout.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="pending"):
        client.v1.payouts.cancel(payout.id)
    with pytest.raises(stripe.InvalidRequestError) as raised:
        client.v1.payouts.create({"amount": 100_000_000, "currency": "usd"})
    assert raised.value.code == "balance_insufficient"


def test_a_payout_arrives(bare: Bare) -> None:
    """At midnight two days later; what was sent is no longer there."""
    _fund(bare)
    payout = bare.post("payouts", amount=4000, currency="usd")
    assert _available(bare) == 6000
    bare.clock.advance(2 * DAY)
    assert bare.get(f"payouts/{payout['id']}")["status"] == "paid"
    assert bare.types[-2:] == ["payout.updated", "payout.paid"]
    [entry] = bare.get("balance_transactions", type="payout")["data"]
    assert (entry["amount"], entry["source"]) == (-4000, payout["id"])


def test_a_payout_bounces(bare: Bare) -> None:
    """A bank account that is closed sends it back, and the money is there again."""
    _fund(bare)
    account = bare.post("accounts", type="custom")["id"]
    bank = bare.post(f"accounts/{account}/external_accounts", **_bank("000111111113"))["id"]
    payout = bare.post("payouts", amount=4000, currency="usd", destination=bank, method="instant")["id"]
    bare.clock.advance(2)
    now = bare.get(f"payouts/{payout}")
    assert (now["status"], now["failure_code"]) == ("failed", "account_closed")
    assert (_available(bare), bare.types[-1]) == (10_000, "payout.failed")


def test_top_ups(bare: Bare) -> None:
    """There a moment later; canceled before that, never."""
    first, second = (bare.post("topups", amount=700, currency="usd")["id"] for _ in range(2))
    assert bare.post(f"topups/{second}/cancel")["status"] == "canceled"
    bare.clock.advance(2)
    assert bare.get(f"topups/{first}")["status"] == "succeeded"
    assert (_available(bare), bare.types[-1]) == (700, "topup.succeeded")
    assert bare.post(f"topups/{first}/cancel")["error"]["code"] == "topup_not_cancelable"


def test_transfers(client: stripe.StripeClient) -> None:
    """Sent, changed, taken back in parts, and no more than that."""
    client.v1.payment_intents.create(
        {"amount": 5000, "currency": "usd", "payment_method": "pm_card_bypassPending", "confirm": True}
    )
    account = client.v1.accounts.create({"type": "express", "country": "US"})
    moved = client.v1.transfers.create({"amount": 1000, "currency": "usd", "destination": account.id})
    client.v1.transfers.update(moved.id, {"metadata": {"a": "b"}})
    part = client.v1.transfers.reversals.create(moved.id, {"amount": 400})
    now = client.v1.transfers.retrieve(moved.id)
    assert (now.amount_reversed, now.reversed, [one.id for one in now.reversals.data]) == (400, False, [part.id])
    with pytest.raises(stripe.InvalidRequestError, match="greater than unreversed"):
        client.v1.transfers.reversals.create(moved.id, {"amount": 601})
    client.v1.transfers.reversals.create(moved.id)
    assert client.v1.transfers.retrieve(moved.id).reversed
    assert len(client.v1.transfers.reversals.list(moved.id).data) == 2
    with pytest.raises(stripe.InvalidRequestError, match="No such destination"):
        client.v1.transfers.create({"amount": 1000, "currency": "usd", "destination": "acct_none"})


def test_a_shared_payment(bare: Bare) -> None:
    """What a payment for somebody else brings is sent on, less the platform's fee, which can be given back."""
    account = bare.post("accounts", type="express")["id"]
    form: dict[str, Any] = {"transfer_data[destination]": account, "application_fee_amount": 300}
    form |= {"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": "true"}
    intent = bare.post("payment_intents", **form)
    charge = bare.get(f"charges/{intent['latest_charge']}", **{"expand[0]": "transfer", "expand[1]": "application_fee"})
    assert (charge["transfer"]["amount"], charge["transfer"]["destination"]) == (2000, account)
    assert (charge["application_fee"]["amount"], charge["application_fee"]["account"]) == (300, account)
    path = f"application_fees/{charge['application_fee']['id']}"
    assert bare.post(f"{path}/refunds", amount=100)["amount"] == 100
    assert bare.post(f"{path}/refunds", amount=201)["error"]["code"] == "fee_already_refunded"
    assert bare.get(path)["amount_refunded"] == 100
    assert bare.get("balance")["pending"][0]["amount"] == 2000 - 88 - 2000


@pytest.mark.parametrize(
    ("form", "param"),
    [
        ({"application_fee_amount": 100}, "application_fee_amount"),
        ({"transfer_data[destination]": "acct_none"}, "transfer_data[destination]"),
    ],
)
def test_shares_refused(bare: Bare, form: dict[str, Any], param: str) -> None:
    """A fee needs somebody to share with, who must be there."""
    refused = bare.post("payment_intents", amount=2000, currency="usd", **form)["error"]
    assert (refused["param"], bare.types) == (param, [])


def test_much_given_back(bare: Bare) -> None:
    """A fee and a transfer show the ten newest of what was given back of them, and say that there is more."""
    account = bare.post("accounts", type="custom")["id"]
    shared = {"transfer_data[destination]": account, "application_fee_amount": 100}
    bare.post("payment_intents", amount=5000, currency="usd", payment_method="pm_card_visa", confirm="true", **shared)
    [fee], [transfer] = bare.get("application_fees")["data"], bare.get("transfers")["data"]
    for path, inner in ((f"application_fees/{fee['id']}", "refunds"), (f"transfers/{transfer['id']}", "reversals")):
        made = [bare.post(f"{path}/{inner}", amount=1)["id"] for _ in range(10)]
        assert not bare.get(path)[inner]["has_more"]
        made.append(bare.post(f"{path}/{inner}", amount=1)["id"])
        shelf = bare.get(path)[inner]
        assert ([one["id"] for one in shelf["data"]], shelf["has_more"]) == (made[:0:-1], True)


def test_settings_are_changed_in_part(bare: Bare) -> None:
    """What is not named inside a group of settings stays as it was."""
    account = bare.post("accounts", type="custom")["id"]
    changed = bare.post(f"accounts/{account}", **{"settings[payouts][schedule][interval]": "manual"})
    assert changed["settings"]["payouts"]["schedule"] == {"delay_days": 2, "interval": "manual"}


def test_an_account_becomes_able(bare: Bare) -> None:
    """Its capabilities are active when nothing is missing any more, and it is told."""
    form = {"type": "custom", "country": "US", "capabilities[transfers][requested]": "true"}
    account = bare.post("accounts", **form)
    assert (account["charges_enabled"], account["capabilities"]) == (False, {"transfers": "inactive"})
    assert "tos_acceptance.date" in account["requirements"]["currently_due"]
    known: dict[str, Any] = {"business_type": "individual", "business_profile[mcc]": "5734"}
    known |= {"business_profile[url]": "https://ada.example", "tos_acceptance[date]": 1767225600}
    known |= {"tos_acceptance[ip]": "127.0.0.1", "individual[first_name]": "Ada", "individual[last_name]": "L"}
    known |= {"individual[email]": "ada@example.com", **_bank()}
    now = bare.post(f"accounts/{account['id']}", **known)
    assert (now["charges_enabled"], now["payouts_enabled"], now["requirements"]["currently_due"]) == (True, True, [])
    assert bare.get(f"accounts/{account['id']}/capabilities/transfers")["status"] == "active"
    assert bare.types[-1] == "account.updated"
    assert bare.post(f"accounts/{account['id']}/reject", reason="fraud")["charges_enabled"] is False


def test_persons_and_banks(client: stripe.StripeClient) -> None:
    """People and external accounts of an account: made, changed, listed, taken away; the default bank stays."""
    account = client.v1.accounts.create({"type": "custom", "country": "US"}).id
    person = client.v1.accounts.persons.create(account, {"first_name": "Ada", "relationship": {"owner": True}})
    assert client.v1.accounts.persons.update(account, person.id, {"last_name": "L"}).last_name == "L"
    assert [one.id for one in client.v1.accounts.persons.list(account).data] == [person.id]
    assert client.v1.accounts.persons.delete(account, person.id).deleted
    banks = client.v1.accounts.external_accounts
    first = banks.create(account, {"external_account": BANK})
    second = banks.create(account, {"external_account": BANK})
    assert (first.default_for_currency, second.default_for_currency) == (True, False)
    with pytest.raises(stripe.InvalidRequestError, match="default external account"):
        banks.delete(account, first.id)
    assert banks.delete(account, second.id).deleted
    assert [one.id for one in banks.list(account).data] == [first.id]
    assert client.v1.accounts.retrieve(account).external_accounts is not None


def test_accounts_come_and_go(bare: Bare) -> None:
    """Listed, asked for by the header, disconnected; the account that asks is always there."""
    account = bare.post("accounts", type="standard")["id"]
    assert [one["id"] for one in bare.get("accounts")["data"]] == [account]
    own = bare.get("account")
    assert (own["charges_enabled"], bare.get(f"accounts/{own['id']}")["id"]) == (True, own["id"])
    bare.raw("DELETE", f"/v1/accounts/{account}")
    assert bare.types[-1] == "account.application.deauthorized"
    assert bare.raw("GET", f"/v1/accounts/{account}").status == 404


def test_a_payout_is_taken_back(bare: Bare) -> None:
    """Only one that arrived, and once; the money is in the balance again."""
    _fund(bare)
    payout = bare.post("payouts", amount=4000, currency="usd", method="instant")["id"]
    assert bare.post(f"payouts/{payout}/reverse")["error"]["code"] == "payouts_not_allowed"
    bare.clock.advance(2)
    back = bare.post(f"payouts/{payout}/reverse")
    assert (back["amount"], back["original_payout"], _available(bare)) == (-4000, payout, 10_000)
    assert bare.get(f"payouts/{payout}")["reversed_by"] == back["id"]
    assert bare.post(f"payouts/{payout}/reverse")["error"]["code"] == "payouts_not_allowed"


def test_domains(client: stripe.StripeClient) -> None:
    """Registered once each, switched off, validated, listed by name."""
    first = client.v1.payment_method_domains.create({"domain_name": "Shop.example"})
    again = client.v1.payment_method_domains.create({"domain_name": "shop.example"})
    assert (first.id, first.apple_pay.status) == (again.id, "active")
    assert client.v1.payment_method_domains.update(first.id, {"enabled": False}).enabled is False
    assert client.v1.payment_method_domains.validate(first.id).id == first.id
    found = client.v1.payment_method_domains.list({"domain_name": "shop.example"}).data
    assert [one.id for one in found] == [first.id]
    with pytest.raises(stripe.InvalidRequestError, match="Invalid domain name"):
        client.v1.payment_method_domains.create({"domain_name": "nowhere"})
