"""Makes one of every kind of object of the areas people and money in a bare shop, for `test_shapes`."""

from typing import Any

from tests.payments.conftest import Bare

AGREED = {"mandate_data[customer_acceptance][type]": "offline"}


def make(bare: Bare) -> dict[str, list[dict[str, Any]]]:
    """A bit of everything that people and money can do; answers what is in no table."""
    setups(bare)
    return {"cash_balance": purse(bare), "balance": money_back(bare), **connect(bare)}


def setups(bare: Bare) -> None:
    """Setup intents in each status, with cards and accounts, and what they leave behind."""
    customer = bare.post("customers")["id"]
    for method in ("pm_card_visa", "pm_card_authenticationRequired", "pm_card_chargeDeclined"):
        bare.post("setup_intents", customer=customer, payment_method=method, confirm="true")
    bare.post("setup_intents", customer=customer, usage="on_session")
    for method in ("pm_usBankAccount_success", "pm_sepaDebit_success_at"):
        kind = "us_bank_account" if "Bank" in method else "sepa_debit"
        form = {"payment_method_types[]": kind, "payment_method": method, "confirm": "true", **AGREED}
        bare.post("setup_intents", customer=customer, **form)


def purse(bare: Bare) -> list[dict[str, Any]]:
    """What customers keep: cards, bank accounts, sources, credit, money, tax ids; answers their cash balances."""
    customer = bare.post("customers")["id"]
    bare.post("tokens", **{"pii[id_number]": "000000000"})
    bare.post("test_helpers/confirmation_tokens", payment_method="pm_card_visa")
    bare.post("payment_method_domains", domain_name="shop.example")
    bare.post(f"customers/{customer}/sources", source="tok_visa")
    bare.post(f"customers/{customer}/sources", source=bare.post("sources", type="card", token="tok_amex")["id"])
    bank = {"country": "US", "currency": "usd", "account_number": "000123456789", "routing_number": "110000000"}
    token = bare.post("tokens", **{f"bank_account[{name}]": value for name, value in bank.items()})["id"]
    bare.post(f"customers/{customer}/sources", source=token)
    bare.post(f"customers/{customer}/balance_transactions", amount=-300, currency="usd")
    bare.post(f"customers/{customer}/tax_ids", type="eu_vat", value="DE123456789")
    bare.post("charges", amount=900, currency="usd", customer=customer)
    form = {"payment_method_types[]": "customer_balance", "confirm": "true", "customer": customer}
    form |= {"payment_method_options[customer_balance][funding_type]": "bank_transfer"}
    bare.post("payment_intents", amount=2000, currency="usd", **form)
    bare.post(f"test_helpers/customers/{customer}/fund_cash_balance", amount=3000, currency="usd")
    return [bare.get(f"customers/{customer}/cash_balance")]


def money_back(bare: Bare) -> list[dict[str, Any]]:
    """Refunds and disputes of every sort, and warnings; answers the balance."""
    for method in ("createDispute", "createDisputeInquiry", "createMultipleDisputes", "createIssuerFraudRecord"):
        form = {"payment_method": f"pm_card_{method}", "confirm": "true"}
        bare.post("payment_intents", amount=2000, currency="usd", **form)
    for method in ("visa", "pendingRefund", "refundFail", "bypassPending"):
        paid = bare.post("charges", amount=900, currency="usd", source=f"tok_{method}")["id"]
        bare.post("refunds", charge=paid, amount=400)
    bare.clock.advance(2)
    return [bare.get("balance")]


def connect(bare: Bare) -> dict[str, list[dict[str, Any]]]:
    """The merchant's own money and connected accounts; answers what is in no table."""
    bare.post("payment_intents", amount=90_000, currency="usd", payment_method="pm_card_bypassPending", confirm="true")
    bare.post("payouts", amount=1100, currency="usd")
    bare.post("topups", amount=1100, currency="usd")
    form = {"capabilities[transfers][requested]": "true", "external_account": "tok_visa_debit"}
    account = bare.post("accounts", type="express", **form)["id"]
    bare.post(f"accounts/{account}/persons", first_name="Ada")
    moved = bare.post("transfers", amount=1000, currency="usd", destination=account)["id"]
    bare.post(f"transfers/{moved}/reversals", amount=100)
    shared = {"transfer_data[destination]": account, "application_fee_amount": 100}
    bare.post("payment_intents", amount=900, currency="usd", payment_method="pm_card_visa", confirm="true", **shared)
    [fee] = bare.get("application_fees")["data"]
    bare.post(f"application_fees/{fee['id']}/refunds", amount=40)
    link = {"refresh_url": "https://x.example", "return_url": "https://x.example", "type": "account_onboarding"}
    return {
        "account_link": [bare.post("account_links", account=account, **link)],
        "login_link": [bare.post(f"accounts/{account}/login_links")],
        "capability": [bare.get(f"accounts/{account}/capabilities/transfers")],
    }
