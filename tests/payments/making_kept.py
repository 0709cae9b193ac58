"""Makes one of every kind that is kept as it was written, and of what is worked out for it, to judge their shapes."""

from typing import Any

from tests.payments import making_back_office
from tests.payments.conftest import Bare

Object = dict[str, Any]
CALIFORNIA = {"line1": "354 Oyster Point Blvd", "city": "South San Francisco", "state": "CA", "postal_code": "94080"}
FEATURES = (
    "card_issuing",
    "financial_addresses][aba",
    "inbound_transfers][ach",
    "intra_stripe_flows",
    "outbound_payments][ach",
    "outbound_transfers][ach",
)


def reader(bare: Bare) -> Object:
    """A simulated reader in a shop."""
    address = {f"address[{name}]": value for name, value in {**CALIFORNIA, "country": "US"}.items()}
    place = bare.post("terminal/locations", display_name="HQ", **address)
    return bare.post("terminal/readers", registration_code="simulated-wpe", location=place["id"], label="Till")


def design(bare: Bare) -> Object:
    """A design of a card of plastic."""
    return bare.post("issuing/personalization_designs", physical_bundle="ics_standardblack", name="Blue")


def file(bare: Bare) -> Object:
    """A file: what a report run wrote."""
    making_back_office.report(bare)
    bare.clock.advance(1)
    found: Object = bare.get("files")["data"][0]
    return found


def bank(bare: Bare) -> str:
    """A bank account in the US, as a payment method."""
    form = {"type": "us_bank_account", "billing_details[name]": "Jane"}
    number = {"account_number": "000123456789", "routing_number": "110000000", "account_holder_type": "company"}
    form |= {f"us_bank_account[{name}]": value for name, value in number.items()}
    return str(bare.post("payment_methods", **form)["id"])


def financial(bare: Bare, cents: int = 10000) -> Object:
    """A financial account that can do everything, with so much in it."""
    wanted = {f"features[{name}][requested]": "true" for name in FEATURES}
    account = bare.post("treasury/financial_accounts", **{"supported_currencies[]": "usd", **wanted})
    if cents:
        form = {"financial_account": account["id"], "network": "ach", "amount": cents, "currency": "usd"}
        bare.post("test_helpers/treasury/received_credits", **form)
    return bare.get(f"treasury/financial_accounts/{account['id']}")


def linked(bare: Bare, **form: Any) -> Object:
    """A session in which a customer has linked an account."""
    wanted: Object = {"account_holder[type]": "customer", "account_holder[customer]": bare.post("customers")["id"]}
    wanted |= {f"permissions[{place}]": name for place, name in enumerate(("balances", "ownership", "transactions"))}
    session = bare.post("financial_connections/sessions", **{**wanted, **form})
    bare.clock.advance(5)
    return bare.get(f"financial_connections/sessions/{session['id']}")


def calculation(bare: Bare, **form: Any) -> Object:
    """The taxes on ten dollars that go to California."""
    address = {f"customer_details[address][{name}]": value for name, value in CALIFORNIA.items()}
    address |= {"customer_details[address][country]": "US", "customer_details[address_source]": "shipping"}
    line = {"line_items[0][amount]": 1000, "line_items[0][reference]": "L1"}
    return bare.post("tax/calculations", currency="usd", **{**address, **line, **form})


def registered(bare: Bare, country: str = "US", **options: str) -> Object:
    """A registration that counts from now."""
    wanted = options or {"type": "state_sales_tax", "state": "CA"}
    form = {f"country_options[{country.lower()}][{name}]": value for name, value in wanted.items()}
    return bare.post("tax/registrations", country=country, active_from="now", **form)


def feature(bare: Bare, key: str = "export", product: str = "") -> Object:
    """A feature, of a product if one is given."""
    made = bare.post("entitlements/features", name=key.title(), lookup_key=key)
    if product:
        bare.post(f"products/{product}/features", entitlement_feature=made["id"])
    return made


def make(bare: Bare) -> dict[str, list[Object]]:
    """A bit of everything; answers what is in no table."""
    at = reader(bare)
    _at_the_till(bare, at["id"])
    bare.post("terminal/configurations", name="Shop", **{"offline[enabled]": "true"})
    design(bare)
    bare.post("payment_method_configurations", name="Mine", **{"affirm[display_preference][preference]": "on"})
    kept = bare.post("radar/value_lists", alias="ips", name="IPs", item_type="ip_address")
    bare.post("radar/value_list_items", value_list=kept["id"], value="1.2.3.4")
    price = bare.get(f"prices/{bare.plan(700, 'entitling')}")
    feature(bare, product=price["product"])
    bare.subscribed(price["id"])
    bare.post("file_links", file=file(bare)["id"])
    bare.post("apps/secrets", name="key", payload="x", **{"scope[type]": "account"})
    bare.post("payment_intents", amount=900, currency="usd", confirm="true", payment_method="pm_card_riskLevelElevated")
    return {**_money(bare), **_taxes(bare), **_tables(bare)}


def _at_the_till(bare: Bare, reader: str) -> None:
    """A card held to a reader for everything that a reader can do."""
    types: Object = {"payment_method_types[]": "card_present", "currency": "usd", "setup_future_usage": "off_session"}
    intents = [bare.post("payment_intents", amount=amount, **types)["id"] for amount in (900, 905, 900)]
    setup = bare.post("setup_intents", **{"payment_method_types[]": "card_present"})["id"]
    for verb, form in (
        ("process_payment_intent", {"payment_intent": intents[0]}),
        ("refund_payment", {"payment_intent": intents[0], "amount": 100, "metadata[a]": "b"}),
        ("process_payment_intent", {"payment_intent": intents[1]}),
        ("process_setup_intent", {"setup_intent": setup, "allow_redisplay": "always"}),
        ("collect_payment_method", {"payment_intent": intents[2], "collect_config[skip_tipping]": "true"}),
    ):
        bare.post(f"terminal/readers/{reader}/{verb}", **form)
        bare.post(f"test_helpers/terminal/readers/{reader}/present_payment_method")
    bare.post(f"terminal/readers/{reader}/confirm_payment_intent", payment_intent=intents[2])
    asked = {"inputs[0][type]": "signature", "inputs[0][custom_text][title]": "Sign"}
    bare.post(f"terminal/readers/{reader}/collect_inputs", **asked)
    bare.post(f"test_helpers/terminal/readers/{reader}/succeed_input_collection")


def _money(bare: Bare) -> dict[str, list[Object]]:
    """Every way in and out of a financial account, and a linked account."""
    account, method = financial(bare)["id"], bank(bare)
    form: Object = {"financial_account": account, "amount": 100, "currency": "usd"}
    bare.post("treasury/inbound_transfers", origin_payment_method=method, **form)
    for path in ("outbound_transfers", "outbound_payments"):
        bare.post(f"treasury/{path}", destination_payment_method=method, **form)
    credit = bare.get("treasury/received_credits", financial_account=account)["data"][0]
    bare.post("treasury/financial_accounts", **{"supported_currencies[]": "usd"})
    small = bare.post("test_helpers/treasury/received_credits", network="ach", **form)
    bare.post("treasury/credit_reversals", received_credit=small["id"])
    debit = bare.post("test_helpers/treasury/received_debits", network="ach", **form)
    bare.post("treasury/debit_reversals", received_debit=debit["id"])
    session = linked(bare, **{"prefetch[0]": "balances", "prefetch[1]": "ownership", "prefetch[2]": "transactions"})
    one = session["accounts"]["data"][0]
    path = f"financial_connections/accounts/{one['id']}"
    return {
        "treasury.received_credit": [credit, small],
        "treasury.financial_account_features": [bare.get(f"treasury/financial_accounts/{account}/features")],
        "financial_connections.account_owner": bare.get(f"{path}/owners", ownership=one["ownership"])["data"],
        "terminal.connection_token": [bare.post("terminal/connection_tokens")],
    }


def _taxes(bare: Bare) -> dict[str, list[Object]]:
    """A calculation, what was recorded, and what was taken back."""
    registered(bare)
    made = calculation(bare, **{"shipping_cost[amount]": 500})
    sold = bare.post("tax/transactions/create_from_calculation", calculation=made["id"], reference="order 1")
    form = {"mode": "full", "original_transaction": sold["id"], "reference": "order 1, back"}
    bare.post("tax/transactions/create_reversal", **form)
    head = {f"head_office[address][{name}]": value for name, value in {**CALIFORNIA, "country": "US"}.items()}
    bare.post("tax/settings", **{"defaults[tax_code]": "txcd_10000000", **head})
    return {
        "tax.settings": [bare.get("tax/settings")],
        "tax.calculation_line_item": bare.get(f"tax/calculations/{made['id']}/line_items")["data"],
        "tax.transaction_line_item": bare.get(f"tax/transactions/{sold['id']}/line_items")["data"],
    }


def _tables(bare: Bare) -> dict[str, list[Object]]:
    """What the vendor publishes, and how customers pay by bank transfer."""
    customer = bare.post("customers")["id"]
    form = {"currency": "jpy", "funding_type": "bank_transfer", "bank_transfer[type]": "jp_bank_transfer"}
    return {
        "tax_code": bare.get("tax_codes")["data"],
        "country_spec": bare.get("country_specs")["data"],
        "issuing.physical_bundle": bare.get("issuing/physical_bundles")["data"],
        "funding_instructions": [bare.post(f"customers/{customer}/funding_instructions", **form)],
    }
