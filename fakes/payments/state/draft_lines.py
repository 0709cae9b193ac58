"""Lines that a merchant adds to a draft, changes and removes; each is an invoice item behind the scenes."""

from fakes.payments.state import invoice_items, invoicing, totals
from fakes.payments.state.given import merge_metadata
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid, missing
from fakes.payments.state.store import Thing


def _draft(moment: Moment, name: str, params: Thing) -> Thing:
    invoice = moment.account.get("invoice", name)
    invoice_items.editable(invoice)
    if "invoice_metadata" in params:
        merge_metadata(invoice, params["invoice_metadata"])
    return invoice


def add(moment: Moment, params: Thing, name: str) -> Thing:
    """Add lines: of items that wait, or described in place."""
    account, invoice = moment.account, _draft(moment, name, params)
    for given in params["lines"]:
        invoice_items.editable(invoice, given)
    customer = account.get("customer", invoice["customer"])
    with moment.changing(invoice, "invoice.updated"):
        for place, given in enumerate(params["lines"]):
            if given.get("invoice_item"):
                item = account.get("invoiceitem", given["invoice_item"], f"lines[{place}][invoice_item]")
                if item["invoice"]:
                    raise invalid(f"The invoice item {item['id']} is on an invoice already.", f"lines[{place}]")
            else:
                item = invoice_items.add(moment, customer, given, invoice["currency"])
            invoice_items.put_on(moment, invoice, [item])
    return invoice


def _line(moment: Moment, invoice: Thing, name: object, param: str) -> Thing:
    for line in invoicing.lines_of(moment.account, invoice):
        if line["id"] == name:
            return line
    raise missing("invoice line item", str(name), param)


def _change(moment: Moment, invoice: Thing, line: Thing, given: Thing) -> None:
    invoice_items.editable(invoice, given)
    details = (line["parent"] or {}).get("invoice_item_details")
    if details is not None:
        invoice_items.change(moment, moment.account.get("invoiceitem", details["invoice_item"]), given)
        return
    # The line of a subscription's period: its words may change, and what it comes to.
    if "amount" in given:
        line.update(amount=given["amount"], subtotal=given["amount"])
    for field in ("description", "discountable", "period"):
        if field in given:
            line[field] = given[field]
    if "metadata" in given:
        merge_metadata(line, given["metadata"])
    totals.recompute(moment.account, invoice)


def change(moment: Moment, params: Thing, name: str) -> Thing:
    """Change several lines."""
    invoice = _draft(moment, name, params)
    lines = [_line(moment, invoice, given["id"], f"lines[{place}][id]") for place, given in enumerate(params["lines"])]
    with moment.changing(invoice, "invoice.updated"):
        for line, given in zip(lines, params["lines"], strict=True):
            _change(moment, invoice, line, given)
    return invoice


def change_one(moment: Moment, params: Thing, name: str, line_name: str) -> Thing:
    """Change one line; answers it."""
    invoice = _draft(moment, name, params)
    line = _line(moment, invoice, line_name, "id")
    with moment.changing(invoice, "invoice.updated"):
        _change(moment, invoice, line, params)
    return _line(moment, invoice, line_name, "id")


def remove(moment: Moment, params: Thing, name: str) -> Thing:
    """Take lines off: their items are deleted, or wait for another invoice (`unassign`)."""
    account, invoice = moment.account, _draft(moment, name, params)
    with moment.changing(invoice, "invoice.updated"):
        for place, given in enumerate(params["lines"]):
            line = _line(moment, invoice, given["id"], f"lines[{place}][id]")
            details = (line["parent"] or {}).get("invoice_item_details")
            rest = [one for one in invoicing.lines_of(account, invoice) if one is not line]
            invoicing.set_lines(moment, invoice, rest)
            if details is None:
                continue
            item = account.get("invoiceitem", details["invoice_item"])
            if given["behavior"] == "delete":
                invoice_items.forget(moment, item)
            else:
                invoice_items.wait_again(moment, item)
    return invoice
