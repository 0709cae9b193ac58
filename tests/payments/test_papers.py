"""What goes in and out as bytes beside JSON: a file with its link, a quote to print; by the official client."""

import io
from typing import Any

import pytest
import requests
import stripe

from fakes.payments.state.papers import paper
from fakes.plugin import Fakes
from tests.payments.conftest import SESSIONS, connected


def whole(shop: Fakes) -> stripe.StripeClient:
    """A client that finds files at the same address as everything else."""
    url, key = shop.url("payments"), shop.key("payments", "secret_key")
    connected(shop)
    http = stripe.RequestsClient(session=SESSIONS[-1])
    return stripe.StripeClient(key, base_addresses={"api": url, "files": url}, http_client=http)


def test_a_file_comes_with_its_link(shop: Fakes) -> None:
    """In one call; a client that asks for none gets none, and what a link does not take is refused."""
    client = whole(shop)
    wanted: Any = {"create": True, "metadata": {"a": "b"}}
    made = client.v1.files.create({"purpose": "dispute_evidence", "file": io.BytesIO(b"x"), "file_link_data": wanted})
    assert made.links is not None
    (link,) = made.links.data
    assert (link.file, link.metadata["a"]) == (made.id, "b")
    assert client.v1.file_links.list({"file": made.id}).data[0].id == link.id
    none = client.v1.files.create({"purpose": "dispute_evidence", "file": io.BytesIO(b"x")})
    assert none.links is not None
    assert none.links.data == []
    wrong: Any = {"create": True, "colour": "red"}
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter: colour"):
        client.v1.files.create({"purpose": "dispute_evidence", "file": io.BytesIO(b"x"), "file_link_data": wrong})


def test_a_quote_is_printed(shop: Fakes) -> None:
    """Once it is finalized; as a document that says what is offered."""
    client = whole(shop)
    customer = client.v1.customers.create()
    data: Any = {"currency": "usd", "product_data": {"name": "Tea (green)"}, "unit_amount": 900}
    price = client.v1.prices.create(data)
    quote = client.v1.quotes.create({"customer": customer.id, "line_items": [{"price": price.id, "quantity": 2}]})
    with pytest.raises(stripe.InvalidRequestError, match="draft"):
        client.v1.quotes.pdf(quote.id)
    client.v1.quotes.finalize_quote(quote.id)
    printed = client.v1.quotes.pdf(quote.id).io.read()
    assert isinstance(printed, bytes)
    assert printed.startswith(b"%PDF-1.4")
    assert rb"2 x Tea \(green\): 1800 USD" in printed
    upfront = client.v1.quotes.computed_upfront_line_items.list(quote.id)
    assert [line.amount_total for line in upfront.data] == [1800]
    with pytest.raises(stripe.InvalidRequestError, match="No such quote"):
        client.v1.quotes.pdf("qt_nobody")
    assert requests.get(f"{shop.url('payments')}/v1/quotes/{quote.id}/pdf", timeout=10).status_code == 401


def test_a_paper_says_where_its_parts_are() -> None:
    """Each entry of the table leads to the object of its number, and the end leads to the table."""
    made = paper(["a (b) \\", "Zoë", "日本"])
    start = int(made.split(b"startxref\n")[1].split(b"\n")[0])
    assert made[start:].startswith(b"xref\n0 6\n")
    rows = made[start:].split(b"\n")[3:8]
    for number, row in enumerate(rows, 1):
        assert made[int(row[:10]) :].startswith(b"%d 0 obj" % number)
    assert "Zoë".encode("latin-1") in made
    assert b"(??)" in made
    assert rb"(a \(b\) \\) Tj" in made


def test_a_token_that_nobody_made(client: stripe.StripeClient) -> None:
    """It is no card with a wrong number."""
    with pytest.raises(stripe.InvalidRequestError, match="No such token: 'tok_123'"):
        client.v1.sources.create({"type": "card", "token": "tok_123"})
    made = client.v1.sources.create({"type": "card", "token": "tok_visa"})
    assert client.raw_request("get", f"/v1/sources/{made.id}/source_transactions").code == 200
