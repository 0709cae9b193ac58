"""What is kept as it was written: made, changed, moved by its steps and refused, like everything else."""

import json
from typing import Any

import pytest

from fakes.payments.state.plain.shaping import blank, shapes, write
from tests.payments import blanks
from tests.payments.conftest import Bare
from tests.payments.making_issuing import HOME, card
from tests.payments.making_kept import calculation, design, file, financial, linked, reader, registered


def test_the_shapes_are_current() -> None:
    """The committed table is what the document says; `python -m tests.payments.blanks` writes it anew."""
    assert blanks.FILE.read_text() == blanks.rendered()


def test_a_parameter_of_another_type_is_not_written() -> None:
    """What the shape has no place for, or not of this type, leaves the object as it is."""
    thing = blank({"a": "i", "b?": {"c*": "s"}, "d*": ["b"]})
    assert thing == {"a": 0, "b": None}
    write({"a": "i", "b?": {"c*": "s"}, "d*": ["b"]}, thing, {"a": True, "b": {"c": "x", "z": 1}, "d": [False], "e": 5})
    assert thing == {"a": 0, "b": {"c": "x"}, "d": [False]}
    write({"b?": {"c*": "s"}, "d*": ["b"]}, thing, {"b": "", "d": ""})
    assert thing == {"a": 0, "b": None}
    assert "payload?" in shapes()["apps.secret"]


@pytest.mark.parametrize(
    ("path", "form", "code", "param"),
    [
        ("terminal/locations", {"zz": "1"}, "parameter_unknown", "zz"),
        ("terminal/locations", {"display_name": "HQ"}, "parameter_missing", "address"),
        ("terminal/readers", {}, "parameter_missing", "registration_code"),
        ("terminal/readers", {"registration_code": "x"}, None, "registration_code"),
        ("radar/value_lists", {"name": "x"}, "parameter_missing", "alias"),
        ("radar/value_list_items", {"value": "x", "value_list": "rsl_no"}, "resource_missing", "value_list"),
        ("file_links", {"file": "file_no"}, "resource_missing", "file"),
        ("treasury/financial_accounts", {"supported_currencies[]": "eur"}, None, "supported_currencies"),
        ("issuing/personalization_designs", {"physical_bundle": "x"}, "resource_missing", "physical_bundle"),
        ("apps/secrets", {"name": "a", "payload": "b", "scope[type]": "user"}, None, "scope[user]"),
        ("tax/registrations", {"country": "DE", "active_from": "now", "country_options[at][type]": "ioss"}, None, None),
        ("terminal/connection_tokens", {"location": "tml_no"}, "resource_missing", "location"),
    ],
)
def test_refusals(bare: Bare, path: str, form: dict[str, Any], code: str | None, param: str | None) -> None:
    """In the vendor's words, and nothing is made."""
    error = bare.post(path, **form)["error"]
    assert error.get("code") == code
    assert error.get("param") == (param or "country_options")
    made = bare.slice._provider.account().tables
    assert not [one for kind, rows in made.items() for one in rows if "." in kind or kind == "file_link"]


def test_what_is_gone_is_not_found(bare: Bare) -> None:
    """Deleting is answered with a receipt; after that there is no such object, and a list does not have it."""
    one = reader(bare)
    path = f"/v1/terminal/readers/{one['id']}"
    gone = json.loads(bare.raw("DELETE", path).body)
    told = {name: one[name] for name in ("device_type", "serial_number")}
    assert gone == {"id": one["id"], "object": "terminal.reader", "deleted": True, **told}
    assert bare.raw("GET", path).status == 404
    assert bare.get("terminal/readers")["data"] == []


def test_a_key_makes_one(bare: Bare) -> None:
    """Idempotency keys hold here as everywhere."""
    form: dict[str, Any] = {"alias": "ips", "name": "IPs", "item_type": "ip_address"}
    first = bare.post("radar/value_lists", key="k", **form)
    assert bare.post("radar/value_lists", key="k", **form) == first
    assert len(bare.get("radar/value_lists")["data"]) == 1


def test_change_in_part(bare: Bare) -> None:
    """What is given changes, an empty text unsets, the rest stays."""
    place = bare.get("terminal/locations", limit=1)["data"] or [
        bare.post("terminal/locations", display_name="HQ", phone="+1", **{"address[country]": "US"})
    ]
    path = f"terminal/locations/{place[0]['id']}"
    now = bare.post(path, **{"address[city]": "Berlin", "phone": "", "metadata[a]": "b"})
    assert (now["address"], now["display_name"]) == ({**place[0]["address"], "city": "Berlin", "country": "US"}, "HQ")
    assert "phone" not in now
    assert now["metadata"] == {"a": "b"}
    assert bare.get(path) == now


def test_a_reader_does_one_thing_at_a_time(bare: Bare) -> None:
    """It waits for a card until it is told to stop; a payment that is over cannot be processed."""
    one, path = reader(bare), "terminal/readers/{}/{}"
    types = {"payment_method_types[]": "card_present"}
    intent = bare.post("payment_intents", amount=900, currency="usd", **types)["id"]
    busy = bare.post(path.format(one["id"], "process_payment_intent"), payment_intent=intent)
    assert (busy["action"]["status"], busy["action"]["type"]) == ("in_progress", "process_payment_intent")
    other = bare.post("payment_intents", amount=700, currency="usd", **types)["id"]
    again = bare.post(path.format(one["id"], "collect_payment_method"), payment_intent=other)
    assert again["error"]["code"] == "terminal_reader_busy"
    replaced = bare.post(path.format(one["id"], "process_payment_intent"), payment_intent=other)
    assert replaced["action"]["process_payment_intent"]["payment_intent"] == other
    assert bare.post(path.format(one["id"], "cancel_action"))["action"] is None
    bare.post(f"payment_intents/{intent}/cancel")
    over = bare.post(path.format(one["id"], "process_payment_intent"), payment_intent=intent)
    assert over["error"]["code"] == "intent_invalid_state"
    cart: dict[str, Any] = {"cart[currency]": "usd", "cart[total]": 900, "cart[line_items][0][description]": "Tea"}
    cart |= {"cart[line_items][0][amount]": 900, "cart[line_items][0][quantity]": 1}
    shown = bare.post(path.format(one["id"], "set_reader_display"), type="cart", **cart)
    assert shown["action"]["set_reader_display"]["cart"]["line_items"][0]["description"] == "Tea"
    assert bare.post(path.format(one["id"], "set_reader_display"), type="cart")["error"]["param"] == "cart"
    assert not [kind for kind in bare.types if kind.startswith("terminal.")]


def test_lists_of_values(bare: Bare) -> None:
    """A value is on a list once, fits its kind, is found by id and alias, and goes with its list."""
    kept = bare.post("radar/value_lists", alias="ips", name="IPs", item_type="ip_address")
    assert bare.post("radar/value_lists", alias="ips", name="x")["error"]["param"] == "alias"
    items = "radar/value_list_items"
    one = bare.post(items, value_list="ips", value="1.2.3.4")
    assert bare.post(items, value_list="ips", value="1.2.3.4")["error"]["param"] == "value"
    assert bare.post(items, value_list="ips", value="nowhere")["error"]["param"] == "value"
    assert [each["id"] for each in bare.get(items, value_list="ips")["data"]] == [one["id"]]
    assert bare.get(items, value_list="rsl_no")["error"]["code"] == "resource_missing"
    assert [each["id"] for each in bare.get("radar/value_lists", contains="1.2")["data"]] == [kept["id"]]
    assert bare.get("radar/value_lists", contains="9")["data"] == []
    second = bare.post(items, value_list=kept["id"], value="1.2.3.5")
    bare.raw("DELETE", f"/v1/{items}/{second['id']}")
    now = bare.get(f"radar/value_lists/{kept['id']}")
    assert [each["id"] for each in now["list_items"]["data"]] == [one["id"]]
    bare.raw("DELETE", f"/v1/radar/value_lists/{kept['id']}")
    assert bare.get(f"{items}/{one['id']}")["error"]["code"] == "resource_missing"


def test_secrets_are_told_on_demand(bare: Bare) -> None:
    """A secret is one for its name and scope, and says what it is only when asked to."""
    form = {"name": "key", "scope[type]": "account"}
    first = bare.post("apps/secrets", payload="one", **form)
    second = bare.post("apps/secrets", payload="two", **form)
    assert first["id"] == second["id"]
    assert "payload" not in second
    assert bare.get("apps/secrets/find", **form, **{"expand[]": "payload"})["payload"] == "two"
    assert bare.get("apps/secrets", **{"scope[type]": "user", "scope[user]": "u"})["data"] == []
    assert bare.post("apps/secrets/delete", **form)["deleted"] is True
    assert bare.get("apps/secrets/find", **form)["error"]["code"] == "resource_missing"


def test_links_end(bare: Bare) -> None:
    """A link to a file ends when it is said to, by itself or at once."""
    wanted = file(bare)["id"]
    link = bare.post("file_links", file=wanted, expires_at=int(bare.clock.wall().timestamp()) + 60)
    assert [one["id"] for one in bare.get(f"files/{wanted}")["links"]["data"]] == [link["id"]]
    assert link["expired"] is False
    bare.clock.advance(61)
    assert bare.get(f"file_links/{link['id']}")["expired"] is True
    assert bare.post(f"file_links/{link['id']}", expires_at="")["expired"] is False
    assert bare.post(f"file_links/{link['id']}", expires_at="now")["expired"] is True
    assert [one["id"] for one in bare.get("file_links", expired="true")["data"]] == [link["id"]]


def test_which_methods_are_shown(bare: Bare) -> None:
    """What is not said follows the vendor's defaults; a preference decides."""
    made = bare.post("payment_method_configurations", **{"affirm[display_preference][preference]": "on"})
    assert (made["affirm"]["available"], made["card"]["available"], made["p24"]["available"]) == (True, True, False)
    path = f"payment_method_configurations/{made['id']}"
    now = bare.post(path, active="false", **{"card[display_preference][preference]": "off"})
    assert (now["active"], now["card"]["available"], now["affirm"]["available"]) == (False, False, True)
    assert bare.get("payment_method_configurations", active="true")["data"] == []


def test_a_risk_is_reviewed(bare: Bare) -> None:
    """A payment with an elevated risk waits for somebody to look at it, once."""
    form: dict[str, Any] = {
        "amount": 900,
        "currency": "usd",
        "confirm": "true",
        "payment_method": "pm_card_riskLevelElevated",
    }
    paid = bare.post(
        "payment_intents",
        **form,
        **{"automatic_payment_methods[enabled]": "true"} | {"return_url": "https://example.com"},
    )
    (review,) = bare.get("reviews")["data"]
    assert (review["open"], review["charge"]) == (True, paid["latest_charge"])
    assert bare.get(f"charges/{paid['latest_charge']}")["review"] == review["id"]
    done = bare.post(f"reviews/{review['id']}/approve")
    assert (done["open"], done["closed_reason"]) == (False, "approved")
    assert bare.post(f"reviews/{review['id']}/approve")["error"]["code"] == "review_already_closed"
    assert [kind for kind in bare.types if kind.startswith("review")] == ["review.opened", "review.closed"]


def test_designs_and_the_way_of_plastic(bare: Bare) -> None:
    """A design is found good or bad by the vendor, here by a test; a card goes its way step by step."""
    one, helpers = design(bare), "test_helpers/issuing"
    assert one["status"] == "review"
    other = {"physical_bundle": "ics_standardblack", "lookup_key": "k", "preferences[is_default]": "true"}
    kept = bare.post("issuing/personalization_designs", **other)["id"]
    for filters in ({"lookup_keys[]": "k"}, {"preferences[is_default]": "true"}):
        assert [each["id"] for each in bare.get("issuing/personalization_designs", **filters)["data"]] == [kept]
    active = bare.post(f"{helpers}/personalization_designs/{one['id']}/activate")
    assert active["status"] == "active"
    why = {"rejection_reasons[card_logo][]": "geographic_location"}
    refused = bare.post(f"{helpers}/personalization_designs/{one['id']}/reject", **why)
    assert refused["rejection_reasons"] == {"card_logo": ["geographic_location"], "carrier_text": None}
    shipping = {f"shipping[address][{name}]": value for name, value in HOME.items()} | {"shipping[name]": "Zoë"}
    sent = card(bare, type="physical", **shipping)["id"]
    path = f"{helpers}/cards/{sent}/shipping"
    assert bare.post(f"{path}/deliver")["error"]["code"] == "card_shipping_unexpected_state"
    assert bare.post(f"{path}/ship")["shipping"]["status"] == "shipped"
    assert bare.post(f"{path}/deliver")["shipping"]["status"] == "delivered"
    virtual = bare.post(f"{helpers}/cards/{card(bare)['id']}/shipping/ship")
    assert virtual["error"]["code"] == "card_not_physical"


def test_a_linked_account(bare: Bare) -> None:
    """A session links an account a moment later; only what was permitted is read, and not too often."""
    session = linked(bare)
    (one,) = session["accounts"]["data"]
    assert bare.get("financial_connections/accounts", session=session["id"])["data"][0]["id"] == one["id"]
    holder = {"account_holder[customer]": session["account_holder"]["customer"]}
    assert bare.get("financial_connections/accounts", **holder)["data"][0]["id"] == one["id"]
    assert bare.get("financial_connections/accounts", **{"account_holder[customer]": "cus_x"})["data"] == []
    path = f"financial_connections/accounts/{one['id']}"
    now = bare.post(f"{path}/refresh", **{"features[]": "balance"})
    assert (now["balance"]["current"], now["balance_refresh"]["status"]) == ({"usd": 100000}, "succeeded")
    assert bare.post(f"{path}/refresh", **{"features[]": "balance"})["error"]["code"] == "too_early_to_refresh"
    assert bare.post(f"{path}/subscribe", **{"features[]": "transactions"})["subscriptions"] == ["transactions"]
    assert bare.post(f"{path}/unsubscribe", **{"features[]": "transactions"})["subscriptions"] == []
    owners = bare.get(f"{path}/owners", ownership="fcaowns_no")
    assert owners["error"]["code"] == "resource_missing"
    assert bare.get("financial_connections/transactions", account=one["id"])["data"] == []
    assert bare.get("financial_connections/transactions", account="fca_no")["error"]["param"] == "account"
    assert bare.post(f"{path}/disconnect")["status"] == "disconnected"
    assert bare.post(f"{path}/disconnect")["error"]["code"] == "account_unexpected_state"
    narrow = linked(bare, **{"permissions[1]": "balances", "permissions[2]": "balances"})["accounts"]["data"][0]["id"]
    refused = bare.post(f"financial_connections/accounts/{narrow}/refresh", **{"features[]": "ownership"})
    assert refused["error"]["param"] == "features"


def test_taxes_are_due_where_they_are_collected(bare: Bare) -> None:
    """Without a registration nothing is due; with one, the rate of the place, on top or within."""
    free = calculation(bare)
    assert (free["amount_total"], free["tax_breakdown"][0]["taxability_reason"]) == (1000, "not_collecting")
    registered(bare)
    due = calculation(bare, **{"expand[]": "line_items"})
    assert (due["tax_amount_exclusive"], due["amount_total"]) == (73, 1073)
    assert due["line_items"]["data"][0]["amount_tax"] == 73
    within = calculation(bare, **{"line_items[0][tax_behavior]": "inclusive", "shipping_cost[amount]": 500})
    assert (within["tax_amount_inclusive"], within["tax_amount_exclusive"], within["amount_total"]) == (68, 36, 1536)
    exempt = calculation(bare, **{"line_items[0][tax_code]": "txcd_00000000"})
    assert exempt["tax_breakdown"][0]["taxability_reason"] == "product_exempt"
    other = {"customer_details[address][country]": "DE", "customer_details[address][state]": ""}
    assert calculation(bare, **other)["tax_amount_exclusive"] == 0
    registered(bare, "IE", type="oss_union")
    assert calculation(bare, **other)["tax_amount_exclusive"] == 190
    line: dict[str, Any] = {"line_items[0][amount]": 5}
    nowhere = bare.post("tax/calculations", currency="usd", **line)
    assert nowhere["error"]["code"] == "customer_tax_location_invalid"


def test_registrations_have_their_time(bare: Bare) -> None:
    """One counts from when it is said to, until it is ended."""
    one = registered(bare)
    assert one["status"] == "active"
    assert bare.get("tax/registrations", status="scheduled")["data"] == []
    ended = bare.post(f"tax/registrations/{one['id']}", expires_at="now")
    assert ended["status"] == "expired"
    assert [each["id"] for each in bare.get("tax/registrations", status="expired")["data"]] == [one["id"]]
    assert calculation(bare)["tax_amount_exclusive"] == 0


def test_what_was_recorded_is_taken_back(bare: Bare) -> None:
    """A calculation is recorded under a reference of its own, and reversed wholly or in part."""
    registered(bare)
    form = {"calculation": calculation(bare)["id"], "reference": "o1"}
    sold = bare.post("tax/transactions/create_from_calculation", **form)
    assert bare.post("tax/transactions/create_from_calculation", **form)["error"]["param"] == "reference"
    (line,) = bare.get(f"tax/transactions/{sold['id']}/line_items")["data"]
    assert (line["amount"], line["amount_tax"]) == (1000, 73)
    part: dict[str, Any] = {"mode": "partial", "original_transaction": sold["id"], "reference": "b1"}
    assert bare.post("tax/transactions/create_reversal", **part)["error"]["param"] == "line_items"
    back: dict[str, Any] = {"original_line_item": line["id"], "reference": "L1b", "amount": 500, "amount_tax": 36}
    part |= {f"line_items[0][{name}]": value for name, value in back.items()}
    taken = bare.post("tax/transactions/create_reversal", **part, **{"expand[]": "line_items"})
    told = taken["line_items"]["data"][0]
    assert (taken["type"], told["amount"], told["amount_tax"]) == ("reversal", -500, -36)
    whole = {"mode": "full", "original_transaction": sold["id"], "reference": "b2"}
    full = bare.post("tax/transactions/create_reversal", **whole)
    assert bare.get(f"tax/transactions/{full['id']}/line_items")["data"][0]["amount"] == -1000
    again = {"mode": "full", "original_transaction": full["id"], "reference": "b3"}
    assert bare.post("tax/transactions/create_reversal", **again)["error"]["param"] == "original_transaction"
    bare.clock.advance(91 * 86400)
    late = bare.post("tax/transactions/create_from_calculation", **{**form, "reference": "o2"})
    assert late["error"]["code"] == "tax_calculation_expired"


def test_settings_are_pending_until_they_are_whole(bare: Bare) -> None:
    """The vendor says what is missing; a code that is none is refused."""
    assert bare.get("tax/settings")["status_details"]["pending"]["missing_fields"] == [
        "defaults.tax_code",
        "head_office",
    ]
    assert bare.post("tax/settings", **{"defaults[tax_code]": "txcd_1"})["error"]["code"] == "resource_missing"
    bare.post("tax/settings", **{"defaults[tax_code]": "txcd_10000000"})
    assert bare.post("tax/settings", **{"head_office[address][country]": "DE"})["status"] == "active"
    assert bare.types.count("tax.settings.updated") == 2


def test_funding_is_by_the_right_bank(bare: Bare) -> None:
    """An account of the customer's own, the same each time; the currency must be that of the transfer."""
    path = f"customers/{bare.post('customers')['id']}/funding_instructions"
    form = {"funding_type": "bank_transfer", "bank_transfer[type]": "eu_bank_transfer"}
    assert bare.post(path, currency="usd", **form)["error"]["param"] == "currency"
    assert bare.post(path, currency="eur", **form)["error"]["param"] == "bank_transfer[eu_bank_transfer][country]"
    country = {"bank_transfer[eu_bank_transfer][country]": "DE"}
    first = bare.post(path, currency="eur", **form, **country)
    assert first["bank_transfer"]["financial_addresses"][0]["iban"]["iban"].startswith("DE")
    assert bare.post(path, currency="eur", **form, **country) == first


def test_what_the_vendor_publishes(bare: Bare) -> None:
    """Codes, countries and bundles are found by id, and nothing else is."""
    assert bare.get("tax_codes/txcd_99999999")["name"] == "General - Tangible Goods"
    assert bare.get("country_specs/US")["default_currency"] == "usd"
    assert bare.get("issuing/physical_bundles", type="custom")["data"][0]["id"] == "ics_customcardlogo"
    for path in ("tax_codes/txcd_1", "country_specs/XX", "issuing/physical_bundles/x"):
        assert bare.get(path)["error"]["code"] == "resource_missing"
    assert bare.get("sigma/scheduled_query_runs")["data"] == []


def test_a_copy_of_an_account_has_it_all(bare: Bare) -> None:
    """What is kept beside the objects goes back with them: secrets, lines, transactions, settings."""
    registered(bare)
    due = calculation(bare)
    form = {"name": "key", "scope[type]": "account"}
    bare.post("apps/secrets", payload="one", **form)
    bare.post("tax/settings", **{"defaults[tax_code]": "txcd_10000000"})
    copy = bare.slice.snapshot()
    bare.post("apps/secrets", payload="two", **form)
    bare.slice.reset()
    bare.slice.restore(copy)
    assert bare.get("apps/secrets/find", **form, **{"expand[]": "payload"})["payload"] == "one"
    assert bare.get(f"tax/calculations/{due['id']}/line_items")["data"][0]["amount_tax"] == 73
    assert bare.get("tax/settings")["defaults"]["tax_code"] == "txcd_10000000"


def test_what_is_refused_changes_nothing(bare: Bare) -> None:
    """Not in part either: neither a change nor a step."""
    for alias in ("a", "b"):
        kept = bare.post("radar/value_lists", alias=alias, name=alias)
    refused = bare.post(f"radar/value_lists/{kept['id']}", alias="a", name="x", **{"metadata[a]": "b"})
    assert refused["error"]["param"] == "alias"
    assert bare.get(f"radar/value_lists/{kept['id']}") == kept
    account = financial(bare)
    path = f"treasury/financial_accounts/{account['id']}"
    wanted = {"nickname": "x", "platform_restrictions[inbound_flows]": "restricted"}
    assert bare.post(path, **wanted, **{"forwarding_settings[type]": "financial_account"})["error"]
    assert bare.post(f"{path}/close")["error"]
    assert bare.get(path) == account
