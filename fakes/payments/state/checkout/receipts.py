"""The invoice that a paid session leaves when the merchant wants one: drawn up after the payment, and paid by it."""

from fakes.payments.state import automatic_tax, invoice_items, invoices, invoicing
from fakes.payments.state.checkout.kept import Kept
from fakes.payments.state.moment import Moment
from fakes.payments.state.store import Thing

SHOWN = ("custom_fields", "description", "footer", "metadata")


def write(moment: Moment, session: Thing, discounts: list[Thing]) -> None:
    """Draw up the invoice of what was sold; it redeems the discounts."""
    account, kept = moment.account, moment.account.side(Kept)
    intent = account.get("payment_intent", session["payment_intent"])
    data = session["invoice_creation"]["invoice_data"]
    asked = {name: data[name] for name in SHOWN if data.get(name)}
    shipped = session["shipping_cost"]
    if shipped:
        asked["shipping_cost"] = {"shipping_rate": shipped["shipping_rate"]}
    if discounts:
        asked["discounts"] = discounts
    owner = {"customer": session["customer"], "currency": session["currency"]}
    invoice = invoices.create(moment, {**owner, **asked, "auto_advance": False})
    if session["automatic_tax"]["enabled"]:
        automatic_tax.switch(invoice, session["automatic_tax"])
    given = kept.params[session["id"]]["line_items"]
    for item, one in zip(kept.items[session["id"]], given, strict=True):
        sold = {"pricing": {"price": item["price"]["id"]}, "quantity": item["quantity"]}
        rates = {"tax_rates": one["tax_rates"]} if one.get("tax_rates") else {}
        invoice_items.create(moment, {**sold, **rates, "customer": session["customer"], "invoice": invoice["id"]})
    session["invoice"] = invoice["id"]
    invoicing.finalise(moment, invoice, advance=False, charged=intent)
