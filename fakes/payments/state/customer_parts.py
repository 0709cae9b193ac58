"""What else can be said of a customer when they are made or changed: what they keep, owe, and how invoices look."""

from fakes.payments.state import balances, cash, saved, tax_ids
from fakes.payments.state.given import unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import missing
from fakes.payments.state.store import Thing

NAMES = ("business_name", "individual_name")
"""Shown only when they are set."""


def write(customer: Thing, params: Thing) -> None:
    """What stands in the customer itself."""
    for name in NAMES:
        if params.get(name):
            customer[name] = params[name]
        elif name in params:
            customer.pop(name, None)
    if "next_invoice_sequence" in params:
        customer["next_invoice_sequence"] = params["next_invoice_sequence"]
    if params.get("default_source"):
        customer["default_source"] = params["default_source"]
    settings = params.get("invoice_settings") or {}
    shown = customer["invoice_settings"]
    for name in ("custom_fields", "footer"):
        if name in settings:
            shown[name] = unset(settings[name]) or None
    if "rendering_options" in settings:
        given = unset(settings["rendering_options"])
        shown["rendering_options"] = given and {
            name: unset(given.get(name)) for name in ("amount_tax_display", "template")
        }


def check(moment: Moment, customer: Thing, params: Thing) -> list[Thing]:
    """What is to be kept, if its bank allows that; refuses a default that the customer does not keep."""
    name = params.get("default_source")
    if name and saved.find(moment.account, name, customer["id"]) is None:
        raise missing("source", str(name), "default_source")
    given = (one for one in ("source", "card", "bank_account") if params.get(one))
    return [saved.allowed(moment, params[one], one) for one in given]


def keep(moment: Moment, customer: Thing, params: Thing, tested: list[Thing]) -> None:
    """What stands beside the customer: a card, tax ids, who reconciles their money."""
    for made in tested:
        kept = saved.store(moment, made, customer)
        moment.tell("customer.source.created", kept)
        with moment.changing(customer, "customer.updated"):
            customer["default_source"] = kept["id"]
    for one in params.get("tax_id_data") or ():
        tax_ids.for_customer(moment, one, customer["id"])
    if params.get("cash_balance"):
        cash.settle_how(moment, params["cash_balance"], customer["id"])


def owe(moment: Moment, customer: Thing, params: Thing) -> None:
    """Set what a customer owes, by an entry that makes it so."""
    if "balance" in params and params["balance"] != customer["balance"]:
        moved = params["balance"] - customer["balance"]
        balances.change(moment, customer, moved, customer["currency"] or "usd", "adjustment")
