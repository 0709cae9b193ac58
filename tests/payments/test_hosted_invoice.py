"""The page of an invoice, paid by a person."""

import pytest
import stripe

from tests.payments.browsing import GOOD_CARD, fill, look


def billed(client: stripe.StripeClient) -> stripe.Invoice:
    """An open invoice of 12 dollars that is to be sent."""
    customer = client.v1.customers.create({"email": "a@example.com"})
    asked: stripe.params.InvoiceCreateParams = {
        "customer": customer.id,
        "collection_method": "send_invoice",
        "days_until_due": 14,
    }
    draft = client.v1.invoices.create(asked)
    item: stripe.params.InvoiceItemCreateParams = {
        "customer": customer.id,
        "invoice": draft.id,
        "amount": 1200,
        "currency": "usd",
        "description": "Repair <bike>",
    }
    client.v1.invoice_items.create(item)
    return client.v1.invoices.finalize_invoice(draft.id)


@pytest.mark.parametrize(
    "number", ["4242424242424242", "4000002760003184"], ids=["at once", "after the bank was asked"]
)
def test_paying(client: stripe.StripeClient, number: str) -> None:
    """The page shows what it is for; a decline is said; a good card pays it, once."""
    invoice = billed(client)
    url = invoice.hosted_invoice_url
    assert url is not None
    page = look(url)
    assert ("Repair &lt;bike&gt;" in page.text, "Pay $12.00" in page.text, "due " in page.text) == (True, True, True)
    assert "incomplete" in fill(url, **{**GOOD_CARD, "cardNumber": "42"}).text
    refused = fill(url, **{**GOOD_CARD, "cardNumber": "4000000000000002"})
    assert (refused.status, "Your card was declined." in refused.text) == (402, True)
    done = fill(url, **{**GOOD_CARD, "cardNumber": number})
    if number.endswith("3184"):
        done = fill(done.url, answer="yes")
    assert done.status == 303
    paid = look(done.url).text
    assert ("This invoice is paid." in paid, '<h1 data-testid="due">$12.00</h1>' in paid) == (True, True)
    now = client.v1.invoices.retrieve(invoice.id)
    assert (now.status, now.amount_paid) == ("paid", 1200)
    fill(url, **GOOD_CARD)
    assert client.v1.invoices.retrieve(invoice.id).amount_paid == 1200


def test_an_invoice_that_is_void(client: stripe.StripeClient) -> None:
    """There is nothing to pay, and no form."""
    invoice = billed(client)
    client.v1.invoices.void_invoice(invoice.id)
    assert invoice.hosted_invoice_url is not None
    page = look(invoice.hosted_invoice_url)
    assert ("void" in page.text, "<form" in page.text) == (True, False)
    assert look(invoice.hosted_invoice_url + "x").status == 404
