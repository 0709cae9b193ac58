"""A customer's credit balance: what they owe or have to their credit, and each change of it."""

from fakes.payments.state.customers import present
from fakes.payments.state.given import merge_metadata, rewrite
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import currency_of
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Thing

KIND = "customer_balance_transaction"


def change(moment: Moment, customer: Thing, amount: int, currency: str, kind: str, **more: object) -> Thing:
    """Move the balance; less than nothing is to the customer's credit."""
    entry: Thing = {
        "id": moment.account.fresh(KIND),
        "object": KIND,
        "amount": amount,
        "checkout_session": None,
        "created": moment.now,
        "credit_note": None,
        "currency": currency,
        "customer": customer["id"],
        "customer_account": None,
        "description": None,
        "ending_balance": (customer["balance"] or 0) + amount,
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "type": kind,
        **more,
    }
    with moment.changing(customer, "customer.updated"):
        customer.update(balance=entry["ending_balance"], currency=customer["currency"] or currency)
    return moment.account.put(entry)


def create(moment: Moment, params: Thing, name: str) -> Thing:
    """Move a customer's balance by hand."""
    customer = present(moment, name, "id")
    if not params["amount"]:
        raise invalid("The amount must not be zero.", "amount")
    description = params.get("description") or None
    currency = currency_of(params["currency"])
    if customer["currency"] not in (None, currency):
        raise invalid(
            f"The currency must match the customer's currency: {customer['currency']}.", "currency", "currency_mismatch"
        )
    entry = change(moment, customer, params["amount"], currency, "adjustment", description=description)
    merge_metadata(entry, params.get("metadata", {}))
    return entry


def update(moment: Moment, params: Thing, _customer: str, name: str) -> Thing:
    """Change the words of an entry, never its amount."""
    entry = moment.account.get(KIND, name)
    if "description" in params:
        entry["description"] = params["description"] or None
    rewrite(entry, params)
    return entry


def wanted(_moment: Moment, entry: Thing, params: Thing) -> bool:
    """The filters of the list of a customer's entries."""
    same = "invoice" not in params or entry["invoice"] == params["invoice"]
    return bool(same and entry["customer"] == params["id"])


def apply(moment: Moment, invoice: Thing) -> None:
    """Settle an invoice with the balance of its customer, as its amounts say."""
    customer = moment.account.get("customer", invoice["customer"])
    moved = invoice["ending_balance"] - invoice["starting_balance"]
    if moved:
        small = invoice["ending_balance"] > 0
        kind = "invoice_too_small" if small else "applied_to_invoice"
        change(moment, customer, moved, invoice["currency"], kind, invoice=invoice["id"])


def take_back(moment: Moment, invoice: Thing) -> None:
    """The invoice is void: what it took from the balance, or gave to it, is undone."""
    moved = (invoice["ending_balance"] or 0) - invoice["starting_balance"]
    customer = moment.account.get("customer", invoice["customer"])
    if moved and not customer.get("deleted"):
        change(moment, customer, -moved, invoice["currency"], "unapplied_from_invoice", invoice=invoice["id"])
