"""What is wrong with a request, told as the provider tells it: type, code, parameter, words, and where to read more."""

import json
from typing import Any

import pytest
import requests

from fakes.payments.state.wholly import Before
from fakes.plugin import Fakes
from tests.payments.conftest import Bare

INTENT = {"amount": "900", "currency": "usd"}


def refused(bare: Bare, path: str, form: dict[str, str], method: str = "POST") -> tuple[int, dict[str, Any]]:
    """Status and error object."""
    reply = bare.raw(method, f"/v1/{path}", form)
    return reply.status, json.loads(reply.body)["error"]


@pytest.mark.parametrize(
    ("path", "form", "code", "param", "message"),
    [
        ("payment_intents", {"currency": "usd"}, "parameter_missing", "amount", "Missing required param: amount."),
        (
            "payment_intents",
            {**INTENT, "currency": ""},
            "parameter_invalid_empty",
            "currency",
            "You passed an empty string for 'currency'. We assume empty values are an attempt to unset a parameter; "
            "however 'currency' cannot be unset. You should remove 'currency' from your request or supply a non-empty "
            "value.",
        ),
        ("payment_intents", {**INTENT, "amount": "9.5"}, "parameter_invalid_integer", "amount", "Invalid integer: 9.5"),
        ("payment_intents", {**INTENT, "shiping": "x"}, "parameter_unknown", "shiping", None),
        ("customers", {"address[town]": "x"}, "parameter_unknown", "address[town]", None),
        ("customers", {"zz": "1", "qq": "2"}, "parameter_unknown", "zz", "Received unknown parameters: zz, qq"),
        (
            "payment_intents",
            {**INTENT, "capture_method": "never"},
            None,
            "capture_method",
            "Invalid capture_method: must be one of automatic, automatic_async, or manual",
        ),
        (
            "payment_intents",
            {**INTENT, "setup_future_usage": "now"},
            None,
            "setup_future_usage",
            "Invalid setup_future_usage: must be one of off_session or on_session",
        ),
        (
            "customers",
            {"description": "d" * 5001},
            None,
            "description",
            "Invalid string: dddddddddd...dddddddddd; must be at most 5000 characters",
        ),
        (
            "payment_intents",
            {**INTENT, "statement_descriptor": "x" * 23},
            None,
            "statement_descriptor",
            "Invalid string: xxxxxxxxxx...xxxxxxxxxx; must be at most 22 characters",
        ),
        ("customers", {"address": "x"}, None, "address", "Invalid object"),
        ("payment_intents", {**INTENT, "payment_method_types": "card"}, None, "payment_method_types", "Invalid array"),
        (
            "payment_intents",
            {**INTENT, "customer": "cus_x"},
            "resource_missing",
            "customer",
            "No such customer: 'cus_x'",
        ),
    ],
)
def test_parameters(
    bare: Bare, path: str, form: dict[str, str], code: str | None, param: str, message: str | None
) -> None:
    """Missing, empty, of the wrong type, unknown, no choice, too long, of nothing: each in the provider's words."""
    status, error = refused(bare, path, form)
    assert (status, error["type"], error.get("code"), error["param"]) == (400, "invalid_request_error", code, param)
    assert message is None or error["message"] == message
    if code is not None:
        assert error["doc_url"] == f"https://docs.stripe.com/error-codes/{code.replace('_', '-')}"


def test_a_name_that_is_almost_right(bare: Bare) -> None:
    """A parameter that is spelled almost right is named; one that resembles nothing is not guessed at."""
    _, error = refused(bare, "customers", {"emial": "ann@example.com"})
    assert error["message"] == "Received unknown parameter: emial. Did you mean email?"
    _, error = refused(bare, "customers", {"address[cty]": "x"})
    assert error["message"] == "Received unknown parameter: address[cty]. Did you mean address[city]?"
    _, error = refused(bare, "customers", {"zzz": "x"})
    assert error["message"] == "Received unknown parameter: zzz"


@pytest.mark.parametrize("path", ["customers", "products"])
def test_metadata_is_bounded(bare: Bare, path: str) -> None:
    """50 keys of 40 characters with values of 500 fit, one more of anything does not."""
    most = {f"metadata[{'k' * 38}{number:02}]": "v" * 500 for number in range(50)}
    name = bare.post(path, **{**most, "name": "x"})["id"]
    status, error = refused(bare, f"{path}/{name}", {"metadata[more]": "x"})
    assert (status, error["message"]) == (400, "You cannot have more than 50 metadata keys")
    status, error = refused(bare, path, {"name": "x", f"metadata[{'k' * 41}]": "x"})
    assert (status, error["param"]) == (400, "metadata")
    status, error = refused(bare, path, {"name": "x", "metadata[k]": "v" * 501})
    assert (status, error["param"]) == (400, "metadata[k]")


def test_metadata_is_merged_dropped_and_cleared(bare: Bare) -> None:
    """New keys are added, an empty value drops one key, an empty whole drops all."""
    name = bare.post("customers", **{"metadata[a]": "1", "metadata[b]": "2"})["id"]
    assert bare.post(f"customers/{name}", **{"metadata[c]": "3"})["metadata"] == {"a": "1", "b": "2", "c": "3"}
    assert bare.post(f"customers/{name}", **{"metadata[a]": ""})["metadata"] == {"b": "2", "c": "3"}
    assert bare.post(f"customers/{name}", metadata="")["metadata"] == {}


def test_a_decline_says_all(bare: Bare) -> None:
    """A declined card is a 402 with the bank's reason, the charge and the intent."""
    form = {**INTENT, "confirm": "true", "payment_method": "pm_card_visa_chargeDeclinedInsufficientFunds"}
    status, error = refused(bare, "payment_intents", form)
    assert (status, error["type"], error["code"], error["decline_code"]) == (
        402,
        "card_error",
        "card_declined",
        "insufficient_funds",
    )
    assert error["charge"].startswith("ch_")
    assert error["payment_intent"]["last_payment_error"]["decline_code"] == "insufficient_funds"


def test_every_answer_names_its_request(bare: Bare) -> None:
    """The request's id is in a header of every answer, and in the address of its log in a refusal."""
    good, bad = bare.raw("POST", "/v1/customers"), bare.raw("POST", "/v1/customers", {"zzz": "x"})
    assert good.headers["Request-Id"].startswith("req_")
    log = json.loads(bad.body)["error"]["request_log_url"]
    assert log == f"https://dashboard.stripe.com/test/logs/{bad.headers['Request-Id']}"
    assert good.headers["Request-Id"] != bad.headers["Request-Id"]


@pytest.mark.parametrize(
    ("method", "path", "words"),
    [
        ("GET", "/v1/unheard_of", "Unrecognized request URL (GET: /v1/unheard_of). Please see "),
        ("DELETE", "/v1/charges/ch_1", "Unrecognized request URL (DELETE: /v1/charges/ch_1). Please see "),
        (
            "GET",
            "/v1/customers/",
            "Unrecognized request URL (GET: /v1/customers/). If you are trying to list objects, ",
        ),
    ],
)
def test_paths_that_are_not_there(shop: Fakes, method: str, path: str, words: str) -> None:
    """A path, method or empty id that the provider lacks is a 404 in its words; a stranger learns nothing."""
    url = shop.url("payments") + path
    key = {"Authorization": f"Bearer {shop.key('payments', 'secret_key')}"}
    answer = requests.request(method, url, headers=key, timeout=10)
    assert answer.status_code == 404
    assert answer.headers["Request-Id"]
    error = answer.json()["error"]
    assert (error["type"], error["message"][: len(words)]) == ("invalid_request_error", words)
    assert requests.request(method, url, timeout=10).status_code == 401


def test_what_the_fake_lacks_is_listed(shop: Fakes) -> None:
    """A call that this fake does not have is listed for whoever asks."""
    key = {"Authorization": f"Bearer {shop.key('payments', 'secret_key')}"}
    requests.get(shop.url("payments") + "/v1/climate/suppliers", headers=key, timeout=10)
    assert {"fake": "payments", "method": "GET", "path": "/v1/climate/suppliers", "count": 1} in shop.unknown_calls()


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("customers", {"name": "Ann", "coupon": "none"}),
        ("products", {"name": "Tea", "default_price_data[currency]": "xyz", "default_price_data[unit_amount]": 5}),
        ("accounts", {"type": "custom", "external_account": "btok_none"}),
    ],
)
def test_what_cannot_be_made_wholly_is_not_made(bare: Bare, path: str, form: dict[str, Any]) -> None:
    """A part that is refused leaves nothing behind, and nothing is told."""
    assert bare.post(path, **form)["error"]
    assert bare.get(path)["data"] == []
    assert (bare.types, bare.ledger.effects) == ([], [])


SETUP = {"payment_method_types[0]": "us_bank_account"}
SEPA = {"payment_method_data[type]": "sepa_debit", "payment_method_data[sepa_debit][iban]": "DE89370400440532013000"}


def kept(bare: Bare) -> dict[str, set[str]]:
    """The ids of everything that the account holds."""
    tables = bare.slice._provider.account().tables
    return {kind: set(table) for kind, table in tables.items() if table}


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("setup_intents", {**SETUP, **SEPA}),
        ("payment_intents", {**INTENT, **SETUP, **SEPA}),
        ("setup_intents", {**SETUP, "payment_method": "pm_card_visa"}),
        ("accounts", {"type": "custom", "external_account[object]": "bank_account",
                      "external_account[country]": "US", "external_account[currency]": "usd",
                      "external_account[account_number]": "1", "individual[first_name]": "Ann"}),
        ("customers", {"source": "tok_visa", "tax_id_data[0][type]": "eu_vat", "tax_id_data[0][value]": "none"}),
    ],
)  # fmt: skip
def test_a_refused_creation_leaves_nothing_of_any_kind(bare: Bare, path: str, form: dict[str, Any]) -> None:
    """No table holds anything that the refused call made on its way."""
    before = kept(bare)
    error = bare.post(path, **form)["error"]
    # A parameter that is not known would be refused before anything is made.
    assert error["type"] == "invalid_request_error"
    assert error.get("code") != "parameter_unknown"
    assert kept(bare) == before
    assert (bare.types, bare.ledger.effects) == ([], [])


def test_a_refused_change_leaves_nothing_of_any_kind(bare: Bare) -> None:
    """An item that was brought along with one that is no item is not kept for the next invoice either."""
    plan = bare.plan()
    live = bare.subscribed(plan)
    once = bare.post("prices", currency="usd", unit_amount=100, product=bare.get(f"prices/{plan}")["product"])["id"]
    before = kept(bare)
    form = {"add_invoice_items[0][price]": once, "add_invoice_items[1][price]": "price_none"}
    assert bare.post(f"subscriptions/{live['id']}", description="x", **form)["error"]["code"] == "resource_missing"
    assert kept(bare) == before
    assert bare.get(f"subscriptions/{live['id']}") == live


def test_a_declined_call_keeps_what_it_made(bare: Bare) -> None:
    """A decline is carried out: the intent and its method are there afterwards."""
    form = {**INTENT, "confirm": "true", "payment_method": "pm_card_chargeDeclined", "payment_method_types[0]": "card"}
    error = bare.post("payment_intents", **form)["error"]
    assert error["type"] == "card_error"
    assert bare.get(f"payment_intents/{error['payment_intent']['id']}")["status"] == "requires_payment_method"


def test_what_cannot_be_changed_wholly_is_not_changed(bare: Bare) -> None:
    """A refused change leaves each field as it was, and what others hold of it."""
    live = bare.subscribed(bare.plan())
    item = live["items"]["data"][0]["id"]
    assert bare.post(f"subscriptions/{live['id']}", description="x", collection_method="send_invoice")["error"]
    assert bare.get(f"subscriptions/{live['id']}") == live
    assert bare.post(f"subscription_items/{item}", quantity=5, **{"discounts[0][coupon]": "none"})["error"]
    assert bare.get(f"subscription_items/{item}") == live["items"]["data"][0]
    bare.post(f"subscription_items/{item}", quantity=2)
    assert bare.get(f"subscriptions/{live['id']}")["items"]["data"][0]["quantity"] == 2


def test_an_object_as_it_was() -> None:
    """Down to the very parts that others hold; what was put in their place is left alone."""
    shared, other = {"a": 1}, {"a": 2}
    thing: dict[str, Any] = {"one": shared, "list": [shared, 5], "gone": None}
    before = Before(thing)
    thing.update(one=other, new=True)
    shared["a"] = 3
    thing["list"].append(6)
    del thing["gone"]
    assert before.put_back() is thing
    assert thing == {"one": {"a": 1}, "list": [{"a": 1}, 5], "gone": None}
    assert thing["one"] is shared
    assert other == {"a": 2}
