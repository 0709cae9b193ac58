"""Expanding: which paths are taken, which are refused, and what is shown at their end."""

import json
from typing import Any

import pytest

from fakes.payments.wire.operations import OPERATIONS
from tests.payments import expansions
from tests.payments.conftest import Bare
from tests.payments.openapi import document


def test_the_table_is_current() -> None:
    """The committed table is what the document says; `python -m tests.payments.expansions` writes it anew."""
    assert expansions.FILE.read_text() == expansions.rendered()


def test_every_kind_with_references_is_in_the_table() -> None:
    """What the vendor says can be expanded is known for each kind that this fake has."""
    table = expansions.table()
    without = {line.kind for line in OPERATIONS.values()} - set(table)
    schemas = document()["components"]["schemas"]
    assert [kind for kind in without if "expansionResources" in json.dumps(schemas[kind])] == []


@pytest.fixture
def paid(bare: Bare) -> dict[str, Any]:
    """A paid intent of a customer."""
    customer = bare.post("customers", email="ann@example.com")["id"]
    form = {"amount": "900", "currency": "usd", "confirm": "true", "payment_method": "pm_card_visa"}
    return bare.post("payment_intents", customer=customer, **form)


def test_four_levels(bare: Bare, paid: dict[str, Any]) -> None:
    """A path may go through four objects, and any number of them may share its beginning."""
    paths = {"expand[0]": "latest_charge.balance_transaction.source.customer", "expand[1]": "latest_charge.customer"}
    shown = bare.get(f"payment_intents/{paid['id']}", **paths)
    charge = shown["latest_charge"]
    assert charge["balance_transaction"]["source"]["customer"]["object"] == "customer"
    assert charge["customer"]["email"] == "ann@example.com"
    assert shown["customer"] == paid["customer"]


def test_expanding_changes_nothing(bare: Bare, paid: dict[str, Any]) -> None:
    """What was shown with its parts is shown with ids again by the next call."""
    bare.get(f"payment_intents/{paid['id']}", **{"expand[]": "latest_charge.customer"})
    assert bare.get(f"payment_intents/{paid['id']}")["latest_charge"] == paid["latest_charge"]
    assert bare.get(f"charges/{paid['latest_charge']}")["customer"] == paid["customer"]


def test_pages(bare: Bare, paid: dict[str, Any]) -> None:
    """In a page each element is expanded, by a path that begins with `data`."""
    assert paid["customer"]
    found = bare.get("payment_intents", **{"expand[]": "data.latest_charge.customer"})
    assert found["data"][0]["latest_charge"]["customer"]["object"] == "customer"
    refused = bare.get("payment_intents", **{"expand[]": "customer"})["error"]
    assert refused["message"] == (
        "This property cannot be expanded (customer). You may want to try expanding 'data.customer' instead."
    )


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nothing", "This property cannot be expanded (nothing)."),
        ("amount", "This property cannot be expanded (amount)."),
        ("latest_charge.amount", "This property cannot be expanded (latest_charge.amount)."),
        ("latest_charge.refunds.customer", "This property cannot be expanded (latest_charge.refunds.customer)."),
        ("data.customer", "This property cannot be expanded (data.customer)."),
        ("a.b.c.d.e", "You cannot expand more than 4 levels of a property. Property: a.b.c.d.e"),
    ],
)
def test_paths_that_lead_nowhere(bare: Bare, paid: dict[str, Any], path: str, message: str) -> None:
    """A field that holds no reference, and a path that is too long, are 400s that name the path."""
    reply = bare.raw("GET", f"/v1/payment_intents/{paid['id']}", {"expand[]": path})
    error = json.loads(reply.body)["error"]
    assert (reply.status, error["param"], error["message"]) == (400, "expand", message)


def test_a_wrong_path_is_refused_before_anything_happens(bare: Bare) -> None:
    """Nothing is made by a call whose path leads nowhere, so that its key can be used again."""
    form = {"email": "ann@example.com"}
    assert bare.raw("POST", "/v1/customers", {**form, "expand[]": "nothing"}, "k").status == 400
    assert bare.get("customers")["data"] == []
    assert bare.raw("POST", "/v1/customers", form, "k").status == 200


def test_what_is_not_set_stays_null(bare: Bare) -> None:
    """A reference that is not set, and one to what this fake does not keep, is shown as it is."""
    intent = bare.post("payment_intents", amount=900, currency="usd", **{"expand[]": "customer"})
    assert intent["customer"] is None
    assert bare.post("customers", **{"expand[]": "test_clock"})["test_clock"] is None
