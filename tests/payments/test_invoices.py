"""Invoices that a merchant draws up: items, drafts, finalising, paying, sending, giving up; and credit notes."""

import json
from typing import Any

import pytest
import stripe

from tests.payments.conftest import Bare


def _customer(bare: Bare, card: str = "pm_card_visa") -> str:
    name = str(bare.post("customers", email="hxaaaaaaaaaaaa@example.com")["id"])
    method = bare.post(f"payment_methods/{card}/attach", customer=name)["id"]
    bare.post(f"customers/{name}", **{"invoice_settings[default_payment_method]": method})
    return name


def _draft(bare: Bare, customer: str, amount: int = 2000, **more: Any) -> str:
    bare.post("invoiceitems", customer=customer, amount=amount, currency="usd", description="work")
    made = bare.post("invoices", customer=customer, pending_invoice_items_behavior="include", **more)
    return str(made["id"])


def _open(bare: Bare, customer: str, amount: int = 2000, **more: Any) -> str:
    name = _draft(bare, customer, amount, **more)
    assert bare.post(f"invoices/{name}/finalize")["status"] == "open"
    return name


def _error(bare: Bare, method: str, path: str, **form: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bare.raw(method, f"/v1/{path}", form).body)["error"]
    return found


def test_from_items_to_paid(client: stripe.StripeClient) -> None:
    """Items wait, an invoice takes them, is finalised and paid with the default method."""
    customer = client.v1.customers.create()
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    client.v1.customers.update(customer.id, {"invoice_settings": {"default_payment_method": method.id}})
    price = client.v1.prices.create({"currency": "usd", "unit_amount": 500, "product_data": {"name": "hour"}})
    item = client.v1.invoice_items.create(
        {"customer": customer.id, "pricing": {"price": price.id}, "quantity": 3, "metadata": {"job": "7"}}
    )
    client.v1.invoice_items.create({"customer": customer.id, "amount": -200, "currency": "usd", "description": "less"})
    empty = client.v1.invoices.create({"customer": customer.id})
    assert (empty.lines.data, empty.status) == ([], "draft")
    draft = client.v1.invoices.create({"customer": customer.id, "pending_invoice_items_behavior": "include"})
    assert [(line.amount, line.quantity, line.metadata.to_dict()) for line in draft.lines.data] == [
        (1500, 3, {"job": "7"}),
        (-200, 1, {}),
    ]
    client.v1.invoice_items.update(item.id, {"quantity": 4})
    assert client.v1.invoices.retrieve(draft.id).total == 1800
    final = client.v1.invoices.finalize_invoice(draft.id)
    assert (final.status, final.amount_due) == ("open", 1800)
    assert final.number is not None
    with pytest.raises(stripe.InvalidRequestError, match="no longer editable"):
        client.v1.invoice_items.update(item.id, {"quantity": 5})
    paid = client.v1.invoices.pay(draft.id, {"expand": ["payments"]})
    assert (paid.status, paid.amount_paid, paid.amount_remaining) == ("paid", 1800, 0)
    assert paid.payments is not None
    assert [one.status for one in paid.payments.data] == ["paid"]
    with pytest.raises(stripe.InvalidRequestError, match="already paid"):
        client.v1.invoices.pay(draft.id)


def test_nothing_to_invoice(bare: Bare) -> None:
    """An invoice without lines cannot be finalised; without a customer none is made."""
    empty = bare.post("invoices", customer=_customer(bare))["id"]
    assert "no lines" in _error(bare, "POST", f"invoices/{empty}/finalize")["message"]
    assert _error(bare, "POST", "invoices")["param"] == "customer"


def test_what_this_version_does_not_have(bare: Bare) -> None:
    """The older preview by GET and revisions of invoices are refused."""
    assert _error(bare, "GET", "invoices/upcoming")["message"] == "No such invoice: 'upcoming'"
    revised = {"from_invoice[action]": "revision", "from_invoice[invoice]": _open(bare, _customer(bare))}
    assert _error(bare, "POST", "invoices", **revised)["param"] == "from_invoice"


def test_a_draft_is_changed_and_deleted(bare: Bare) -> None:
    """A draft's terms can be changed; deleted, its items wait again. A final invoice stays as it is."""
    customer = _customer(bare)
    draft = _draft(bare, customer)
    rate = bare.post("tax_rates", display_name="VAT", inclusive="false", percentage=10)["id"]
    changed = bare.post(f"invoices/{draft}", footer="thanks", **{"default_tax_rates[0]": rate})
    assert (changed["footer"], changed["total"]) == ("thanks", 2200)
    shipping = {"shipping_cost[shipping_rate_data][display_name]": "post"}
    shipping |= {"shipping_cost[shipping_rate_data][fixed_amount][amount]": "700"}
    shipping |= {"shipping_cost[shipping_rate_data][fixed_amount][currency]": "usd"}
    assert bare.post(f"invoices/{draft}", **shipping)["total"] == 2900
    assert json.loads(bare.raw("DELETE", f"/v1/invoices/{draft}").body)["deleted"] is True
    assert len(bare.get("invoiceitems", customer=customer, pending="true")["data"]) == 1
    final = _open(bare, customer, 100)
    assert _error(bare, "DELETE", f"invoices/{final}")["code"] == "invoice_not_editable"
    assert _error(bare, "POST", f"invoices/{final}", **{"default_tax_rates[0]": rate})["code"] == "invoice_not_editable"
    assert bare.post(f"invoices/{final}", description="late")["description"] == "late"


def test_lines_of_a_draft(client: stripe.StripeClient) -> None:
    """Lines are added, changed and removed; the items behind them are deleted, or wait for another invoice."""
    customer = client.v1.customers.create()
    draft = client.v1.invoices.create({"customer": customer.id, "currency": "usd"})
    waiting = client.v1.invoice_items.create({"customer": customer.id, "amount": 300, "currency": "usd"})
    some: stripe.params.InvoiceAddLinesParams = {
        "lines": [
            {"invoice_item": waiting.id},
            {"amount": 500, "description": "more", "period": {"start": 1_800_000_000, "end": 1_800_000_060}},
        ]
    }
    added = client.v1.invoices.add_lines(draft.id, some)
    assert [line.amount for line in added.lines.data] == [300, 500]
    assert (added.lines.data[1].period.start, added.lines.data[1].period.end) == (1_800_000_000, 1_800_000_060)
    with pytest.raises(stripe.InvalidRequestError, match="already"):
        client.v1.invoices.add_lines(draft.id, {"lines": [{"invoice_item": waiting.id}]})
    first, second = (line.id for line in added.lines.data)
    assert client.v1.invoices.update_lines(draft.id, {"lines": [{"id": second, "amount": 600}]}).total == 900
    changed = client.v1.invoices.line_items.update(draft.id, second, {"description": "much more"})
    assert (changed.id, changed.description, changed.amount) == (second, "much more", 600)
    left = client.v1.invoices.remove_lines(draft.id, {"lines": [{"id": first, "behavior": "unassign"}]})
    assert (left.total, [line.id for line in left.lines.data]) == (600, [second])
    assert [one.id for one in client.v1.invoice_items.list({"customer": customer.id, "pending": True})] == [waiting.id]
    client.v1.invoices.remove_lines(draft.id, {"lines": [{"id": second, "behavior": "delete"}]})
    assert len(client.v1.invoice_items.list({"customer": customer.id}).data) == 1


def test_a_payment_is_attached(bare: Bare) -> None:
    """A payment that was made for itself pays an invoice of the same amount, once."""
    customer = _customer(bare)
    name = _open(bare, customer)
    form: dict[str, Any] = {
        "amount": 2000,
        "currency": "usd",
        "customer": customer,
        "confirm": "true",
        "off_session": "true",
    }
    method = bare.get(f"customers/{customer}/payment_methods")["data"][0]["id"]
    intent = bare.post("payment_intents", payment_method=method, **form)["id"]
    assert bare.post(f"invoices/{name}/attach_payment", payment_intent=intent)["status"] == "paid"
    records = bare.get("invoice_payments", invoice=name)["data"]
    assert {one["payment"]["payment_intent"]: one["status"] for one in records}[intent] == "paid"
    other = _open(bare, customer)
    refused = _error(bare, "POST", f"invoices/{other}/attach_payment", payment_intent=intent)
    assert "belongs to an invoice already" in refused["message"]
    assert len(bare.sinks("payments.charge")) == 1


def test_by_itself(bare: Bare) -> None:
    """A draft that advances is finalised and charged after an hour, without anybody's doing."""
    draft = _draft(bare, _customer(bare), auto_advance="true")
    bare.clock.advance(3599)
    assert bare.get(f"invoices/{draft}")["status"] == "draft"
    bare.clock.advance(1)
    assert bare.get(f"invoices/{draft}")["status"] == "paid"
    assert [one["amount"] for one in bare.sinks("payments.charge")] == [2000]


def test_paid_elsewhere(bare: Bare) -> None:
    """An invoice that was paid in another way takes no money here, and its intent is given up."""
    name = _open(bare, _customer(bare))
    paid = bare.post(f"invoices/{name}/pay", paid_out_of_band="true")
    assert (paid["status"], paid["amount_paid_off_stripe"]) == ("paid", 2000)
    assert bare.sinks("payments.charge") == []
    assert bare.get("payment_intents")["data"][0]["status"] == "canceled"


def test_a_decline(bare: Bare) -> None:
    """A declined invoice stays open and can be paid with another card."""
    customer = _customer(bare, "pm_card_chargeCustomerFail")
    name = _open(bare, customer)
    refused = bare.raw("POST", f"/v1/invoices/{name}/pay")
    assert refused.status == 402
    failed = bare.get(f"invoices/{name}")
    assert (failed["status"], failed["attempt_count"]) == ("open", 1)
    assert bare.types[-1] == "invoice.payment_failed"
    method = bare.post("payment_methods/pm_card_visa/attach", customer=customer)["id"]
    assert bare.post(f"invoices/{name}/pay", payment_method=method)["status"] == "paid"


def test_a_bank_that_asks(bare: Bare) -> None:
    """A bank that asks leaves the intent waiting for the customer, and tells that action is required."""
    name = _open(bare, _customer(bare, "pm_card_threeDSecure2Required"))
    refused = _error(bare, "POST", f"invoices/{name}/pay")
    assert refused["code"] == "invoice_payment_intent_requires_action"
    kinds = [kind for kind in bare.types if kind.startswith("invoice.payment")]
    assert kinds == ["invoice.payment_action_required", "invoice.payment_failed"]
    secret = bare.get(f"invoices/{name}", **{"expand[]": "confirmation_secret"})["confirmation_secret"]["client_secret"]
    assert bare.slice.pay(secret, "authenticated_card")["result"] == "paid"
    assert bare.get(f"invoices/{name}")["status"] == "paid"


def test_sent(bare: Bare) -> None:
    """An invoice that is sent needs a term and an address, and is finalised by sending."""
    customer = _customer(bare)
    assert _error(bare, "POST", "invoices", customer=customer, collection_method="send_invoice")["param"]
    name = _draft(bare, customer, collection_method="send_invoice", days_until_due=7)
    sent = bare.post(f"invoices/{name}/send")
    assert (sent["status"], sent["due_date"]) == ("open", bare.world.unix_s() + 7 * 86400)
    assert "invoice.sent" in bare.types
    nobody = bare.post("customers")["id"]
    assert _error(bare, "POST", f"invoices/{_draft(bare, nobody)}/send")["code"] == "email_invalid"


def test_given_up(bare: Bare) -> None:
    """An uncollectible invoice can still be paid; a void one gives the balance back what it took."""
    customer = _customer(bare)
    name = _open(bare, customer)
    assert bare.post(f"invoices/{name}/mark_uncollectible")["status"] == "uncollectible"
    assert bare.post(f"invoices/{name}/pay")["status"] == "paid"
    bare.post(f"customers/{customer}/balance_transactions", amount=-500, currency="usd")
    other = _open(bare, customer)
    assert bare.get(f"customers/{customer}")["balance"] == 0
    assert bare.get(f"invoices/{other}")["amount_due"] == 1500
    assert bare.post(f"invoices/{other}/void")["status"] == "void"
    assert bare.get(f"customers/{customer}")["balance"] == -500
    assert _error(bare, "POST", f"invoices/{other}/pay")["code"] == "invoice_not_editable"


def test_a_credit_note_before_payment(bare: Bare) -> None:
    """There is less to pay; voided, as much as before; a note for all of it pays the invoice."""
    name = _open(bare, _customer(bare))
    note = bare.post("credit_notes", invoice=name, amount=500, reason="order_change")
    assert (note["type"], note["pre_payment_amount"], note["number"][-6:]) == ("pre_payment", 500, "-CN-01")
    assert bare.get(f"invoices/{name}")["amount_remaining"] == 1500
    assert bare.post(f"credit_notes/{note['id']}/void")["status"] == "void"
    assert bare.get(f"invoices/{name}")["amount_remaining"] == 2000
    assert _error(bare, "POST", "credit_notes", invoice=name, amount=2001)["param"] == "amount"
    assert _error(bare, "POST", f"credit_notes/{note['id']}/void")["message"]
    bare.post("credit_notes", invoice=name, amount=600)
    assert bare.post(f"invoices/{name}/pay")["amount_paid"] == 1400
    other = _open(bare, _customer(bare))
    bare.post("credit_notes", invoice=other, amount=2000)
    assert bare.get(f"invoices/{other}")["status"] == "paid"
    assert [one["amount"] for one in bare.sinks("payments.charge")] == [1400]


def test_a_credit_note_after_payment(client: stripe.StripeClient) -> None:
    """Money is given back by refund, to the balance or elsewhere, and all of it must be accounted for."""
    customer = client.v1.customers.create()
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    client.v1.invoice_items.create({"customer": customer.id, "amount": 2000, "currency": "usd"})
    invoice = client.v1.invoices.create({"customer": customer.id, "pending_invoice_items_behavior": "include"})
    client.v1.invoices.pay(invoice.id, {"payment_method": method.id})
    with pytest.raises(stripe.InvalidRequestError, match="must equal"):
        client.v1.credit_notes.create({"invoice": invoice.id, "amount": 900})
    note = client.v1.credit_notes.create(
        {
            "invoice": invoice.id,
            "amount": 900,
            "refund_amount": 500,
            "credit_amount": 300,
            "out_of_band_amount": 100,
            "memo": "sorry",
        }
    )
    assert (note.type, note.post_payment_amount, note.memo) == ("post_payment", 900, "sorry")
    assert [one.amount_refunded for one in note.refunds] == [500]
    assert client.v1.customers.retrieve(customer.id).balance == -300
    assert client.v1.invoices.retrieve(invoice.id).post_payment_credit_notes_amount == 900
    with pytest.raises(stripe.InvalidRequestError, match="greater than what is left"):
        client.v1.credit_notes.create({"invoice": invoice.id, "amount": 1200, "credit_amount": 1200})
    assert [one.id for one in client.v1.credit_notes.list({"invoice": invoice.id}).data] == [note.id]


def test_credited_lines(bare: Bare) -> None:
    """A line is credited in part, with its part of the tax."""
    customer = _customer(bare)
    rate = bare.post("tax_rates", display_name="VAT", inclusive="false", percentage=20)["id"]
    bare.post("invoiceitems", customer=customer, amount=1000, currency="usd", **{"tax_rates[0]": rate})
    name = bare.post("invoices", customer=customer, pending_invoice_items_behavior="include")["id"]
    bare.post(f"invoices/{name}/pay")
    line = bare.get(f"invoices/{name}/lines")["data"][0]["id"]
    form = {"lines[0][type]": "invoice_line_item", "lines[0][invoice_line_item]": line, "lines[0][amount]": "500"}
    seen = bare.get("credit_notes/preview", invoice=name, credit_amount=600, **form)
    assert (seen["subtotal"], seen["total"], seen["total_taxes"][0]["amount"]) == (500, 600, 100)
    assert bare.get("credit_notes")["data"] == []
    lines = bare.get("credit_notes/preview/lines", invoice=name, credit_amount=600, **form)["data"]
    assert [one["amount"] for one in lines] == [500]
    note = bare.post("credit_notes", invoice=name, credit_amount=600, **form)
    assert bare.get(f"credit_notes/{note['id']}/lines")["data"][0]["invoice_line_item"] == line
