"""Credit notes: what an invoice was too much, before it is paid (less to pay) or after (refund, balance, elsewhere)."""

from fakes.payments.state import balances, credit_note_lines, invoicing, refunds, taxing, totals
from fakes.payments.state.given import fits, merge_metadata, rewrite, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, invalid, unexpected
from fakes.payments.state.store import Thing

KIND = "credit_note"
WAYS = ("refund_amount", "credit_amount", "out_of_band_amount")


def create(moment: Moment, params: Thing) -> Thing:
    """Credit a final invoice, by lines or by an amount."""
    account = moment.account
    invoice, note, lines = _drawn_up(moment, params)
    account.put(note)
    credit_note_lines.keep(account, note, lines)
    merge_metadata(note, params.get("metadata", {}))
    if invoice["status"] == "open":
        moment.tell("credit_note.created", note)
        with moment.changing(invoice, "invoice.updated"):
            _less_to_pay(moment, invoice, note["total"])
        if not invoice["amount_remaining"]:
            invoicing.let_go(moment, invoice, "void_invoice")
            invoicing.paid(moment, invoice, None)
        return note
    _give_back(moment, invoice, note, params)
    moment.tell("credit_note.created", note)
    with moment.changing(invoice, "invoice.updated"):
        invoice["post_payment_credit_notes_amount"] += note["total"]
    return note


def preview(moment: Moment, params: Thing) -> Thing:
    """What a credit note would be; nothing is kept or told."""
    return _drawn_up(moment, params)[1]


def preview_lines(moment: Moment, params: Thing) -> list[Thing]:
    """The lines that a credit note would have."""
    return _drawn_up(moment, params)[2]


def _drawn_up(moment: Moment, params: Thing) -> tuple[Thing, Thing, list[Thing]]:
    account = moment.account
    invoice = account.get("invoice", params["invoice"], "invoice")
    if invoice["status"] not in ("open", "paid", "uncollectible"):
        raise unexpected(
            f"Credit notes can only be made for invoices that are final: this one is {invoice['status']}.",
            "invoice_not_editable",
        )
    if params.get("lines"):
        lines = credit_note_lines.described(moment, invoice, params["lines"])
    else:
        total = params.get("amount") or sum(params.get(name) or 0 for name in WAYS)
        lines = [credit_note_lines.custom(account, total)] if total else []
    note = _shape(moment, invoice, params, lines)
    _fits(invoice, note, params)
    return invoice, note, lines


def _shape(moment: Moment, invoice: Thing, params: Thing, lines: list[Thing]) -> Thing:
    account, name = moment.account, moment.account.fresh(KIND)
    number = len(account.where(KIND, invoice=invoice["id"])) + 1
    subtotal = sum(line["amount"] for line in lines)
    off = sum(line["discount_amount"] for line in lines)
    taxes = taxing.total_taxes(lines)
    extra = taxing.on_top(taxes)
    inside = sum(one["amount"] for one in taxes) - extra
    total, before = subtotal - off + extra, invoice["status"] == "open"
    return {
        "id": name,
        "object": KIND,
        "amount": total,
        "amount_shipping": 0,
        "created": moment.now,
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "customer_account": None,
        "customer_balance_transaction": None,
        "discount_amount": off,
        "discount_amounts": totals.summed(lines, "discount_amounts", "discount"),
        "effective_at": params.get("effective_at", moment.now),
        "invoice": invoice["id"],
        "lines": credit_note_lines.listed(name, lines),
        "livemode": False,
        "memo": unset(params.get("memo")),
        "metadata": {},
        "number": f"{invoice['number']}-CN-{number:02d}",
        "out_of_band_amount": params.get("out_of_band_amount"),
        "pdf": f"https://pay.stripe.com/credit_notes/{name}/pdf",
        "post_payment_amount": 0 if before else total,
        "pre_payment_amount": total if before else 0,
        "pretax_credit_amounts": [],
        "reason": params.get("reason"),
        "refunds": [],
        "shipping_cost": None,
        "status": "issued",
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal - inside,
        "total": total,
        "total_excluding_tax": total - inside - extra,
        "total_taxes": taxes,
        "type": "pre_payment" if before else "post_payment",
        "voided_at": None,
    }


def _fits(invoice: Thing, note: Thing, params: Thing) -> None:
    total, given = note["total"], {name: params.get(name) or 0 for name in WAYS}
    if total <= 0:
        raise invalid("The amount of a credit note must be greater than zero.", "amount")
    if params.get("amount") and params.get("lines") and params["amount"] != total:
        raise invalid(f"The `amount` must be what the lines come to: {total}.", "amount")
    if invoice["status"] == "open":
        if total > invoice["amount_remaining"]:
            raise invalid(
                f"The sum of credit notes ({total}) cannot be greater than the invoice's amount remaining "
                f"({invoice['amount_remaining']}).",
                "amount",
            )
        if any(given.values()):
            raise invalid("An open invoice cannot be refunded or credited: it is only less to pay.", "refund_amount")
        return
    # A refund that was made before is money given back, too.
    given["refunds"] = sum(one.get("amount_refunded") or 0 for one in params.get("refunds") or [])
    if sum(given.values()) != total:
        raise invalid(
            "The sum of credit_amount, refund_amount and out_of_band_amount "
            f"({sum(given.values())}) must equal the credit note amount ({total}).",
            "amount",
        )
    left = invoice["total"] - invoice["post_payment_credit_notes_amount"] - invoice["pre_payment_credit_notes_amount"]
    if total > left:
        raise invalid(f"The credit note's amount ({total}) is greater than what is left ({left}).", "amount")


def _less_to_pay(moment: Moment, invoice: Thing, amount: int) -> None:
    invoice["pre_payment_credit_notes_amount"] += amount
    invoice["amount_due"] -= amount
    invoice["amount_remaining"] -= amount
    intent = invoicing.intent_of(moment, invoice)
    if intent is not None and invoice["amount_due"] > 0:
        intent["amount"] = invoice["amount_due"]


def _give_back(moment: Moment, invoice: Thing, note: Thing, params: Thing) -> None:
    if params.get("refund_amount"):
        intent = invoicing.intent_of(moment, invoice)
        if intent is None or intent["status"] != "succeeded":
            raise Problem("The invoice has no payment to refund.", code="charge_not_refundable", param="refund_amount")
        refund = refunds.create(moment, {"payment_intent": intent["id"], "amount": params["refund_amount"]})
        note["refunds"] = [_refunded(refund["id"], refund["amount"])]
    for one in params.get("refunds") or []:
        refund = moment.account.get("refund", one.get("refund"), "refunds[0][refund]")
        note["refunds"].append(_refunded(refund["id"], one.get("amount_refunded") or refund["amount"]))
    if params.get("credit_amount"):
        customer = moment.account.get("customer", invoice["customer"])
        amount, currency = -params["credit_amount"], invoice["currency"]
        entry = balances.change(
            moment, customer, amount, currency, "credit_note", credit_note=note["id"], invoice=invoice["id"]
        )
        note["customer_balance_transaction"] = entry["id"]


def _refunded(name: str, amount: int) -> Thing:
    return {"amount_refunded": amount, "payment_record_refund": None, "refund": name, "type": "refund"}


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change a credit note's words."""
    note = moment.account.get(KIND, name)
    with moment.changing(note, "credit_note.updated"):
        rewrite(note, params, "memo")
    return note


def void(moment: Moment, _params: Thing, name: str) -> Thing:
    """Take back a credit note of an invoice that is still open: there is more to pay again."""
    note = moment.account.get(KIND, name)
    invoice = moment.account.get("invoice", note["invoice"])
    if note["status"] == "void" or invoice["status"] != "open":
        raise Problem("You can only void credit notes of open invoices, and only once.")
    note.update(status="void", voided_at=moment.now)
    with moment.changing(invoice, "invoice.updated"):
        _less_to_pay(moment, invoice, -note["total"])
    moment.tell("credit_note.voided", note)
    return note


def wanted(_moment: Moment, note: Thing, params: Thing) -> bool:
    """The filters of the list of credit notes."""
    return fits(note, params, "customer", "invoice")
