"""The lines of credit notes: an amount in words of its own, or what a line of the invoice was too much."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fakes.payments.state import invoicing, pricing, tax_rates, taxing, totals
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Account, Thing


@dataclass(slots=True)
class Lines:
    """All lines of each credit note, of which it shows ten."""

    of: dict[str, list[Thing]] = field(default_factory=dict)


def keep(account: Account, note: Thing, lines: list[Thing]) -> None:
    """Keep the lines of a credit note."""
    account.side(Lines).of[note["id"]] = lines


def of(account: Account, note: Thing) -> list[Thing]:
    """All lines of a credit note."""
    return account.side(Lines).of[note["id"]]


def listed(name: str, lines: list[Thing]) -> Thing:
    """The lines as a credit note shows them."""
    url = f"/v1/credit_notes/{name}/lines"
    return {"object": "list", "data": lines[:10], "has_more": len(lines) > 10, "url": url}


def custom(account: Account, amount: int, quantity: int = 1, description: object = None) -> Thing:
    """A line that names no line of the invoice."""
    return {
        "id": account.fresh("credit_note_line_item"),
        "object": "credit_note_line_item",
        "amount": amount * quantity,
        "description": description,
        "discount_amount": 0,
        "discount_amounts": [],
        "livemode": False,
        "metadata": {},
        "pretax_credit_amounts": [],
        "quantity": quantity,
        "tax_rates": [],
        "taxes": [],
        "type": "custom_line_item",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }


def described(moment: Moment, invoice: Thing, wanted: Sequence[Thing]) -> list[Thing]:
    """The lines that a parameter describes."""
    return [_line(moment, invoice, one, f"lines[{place}]") for place, one in enumerate(wanted)]


def _line(moment: Moment, invoice: Thing, wanted: Thing, param: str) -> Thing:
    account = moment.account
    if wanted["type"] == "custom_line_item":
        if wanted.get("unit_amount") is None:
            raise invalid("A custom line must have a `unit_amount`.", f"{param}[unit_amount]", "parameter_missing")
        quantity, words = wanted.get("quantity", 1), wanted.get("description")
        line = custom(account, wanted["unit_amount"], quantity, words)
        line["tax_rates"] = tax_rates.all_of(account, wanted.get("tax_rates"), f"{param}[tax_rates]")
        line["taxes"] = taxing.taxes(line["tax_rates"], line["amount"])
        return line
    known = invoicing.lines_of(account, invoice)
    charged = next((one for one in known if one["id"] == wanted.get("invoice_line_item")), None)
    if charged is None:
        raise invalid(f"No such invoice line item: '{wanted.get('invoice_line_item')}'", f"{param}[invoice_line_item]")
    return _of_line(account, invoice, charged, wanted, param)


def _of_line(account: Account, invoice: Thing, charged: Thing, wanted: Thing, param: str) -> Thing:
    whole = charged["amount"]
    quantity = wanted.get("quantity", charged["quantity"] if "amount" not in wanted else None)
    amount = wanted.get("amount")
    if amount is None:
        amount = pricing.share(whole, quantity or 1, charged["quantity"] or 1)
    if amount > whole:
        raise invalid("You cannot credit more than the line came to.", f"{param}[amount]")
    line = custom(account, amount, 1, charged["description"])
    off = [{**one, "amount": pricing.share(one["amount"], amount, whole)} for one in charged["discount_amounts"]]
    line.update(
        discount_amount=sum(one["amount"] for one in off),
        discount_amounts=off,
        invoice_line_item=charged["id"],
        quantity=quantity,
        tax_rates=totals.rates_of(account, invoice, charged),
        taxes=[
            {
                **tax,
                "amount": pricing.share(tax["amount"], amount, whole),
                "taxable_amount": pricing.share(tax["taxable_amount"], amount, whole),
            }
            for tax in charged["taxes"]
        ],
        type="invoice_line_item",
    )
    return line
