"""The taxes of a session that come by themselves: where its buyer is, and what does not go with them.

A buyer is where they said they are; a customer who was there before is where the merchant knows them to be, unless
`customer_update` lets the page change that.
"""

from fakes.payments.state import automatic_tax, customers
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Account, Thing
from fakes.payments.state.tax import automatic
from fakes.payments.state.tax.automatic import Source

UNPLACED = (
    "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the "
    "Customer or set either `customer_update[address]` to 'auto' or `customer_update[shipping]` to 'auto' to save the "
    "address entered in Checkout to the Customer."
)


def fitting(account: Account, params: Thing, mode: str) -> None:
    """Refuse what does not go with taxes that come by themselves."""
    if not automatic_tax.wanted(params):
        return
    if mode == "setup":
        raise invalid("You cannot set `automatic_tax[enabled]=true` in `setup` mode.", "automatic_tax")
    automatic_tax.check(account)
    for place, one in enumerate(params.get("line_items") or ()):
        for name in ("tax_rates", "dynamic_tax_rates"):
            automatic_tax.alone(one.get(name), f"line_items[{place}][{name}]")
    rates = (params.get("subscription_data") or {}).get("default_tax_rates")
    automatic_tax.alone(rates, "subscription_data[default_tax_rates]")
    customer = account.find("customer", params.get("customer"))
    if customer is not None and not automatic_tax.placed(customer) and not _saves(params):
        raise invalid(UNPLACED, code="customer_tax_location_invalid")


def _saves(params: Thing) -> list[str]:
    """Which addresses of an existing customer the page may change."""
    given = params.get("customer_update") or {}
    return [name for name in ("address", "shipping") if given.get(name) == "auto"]


def _told(session: Thing, params: Thing) -> Thing:
    """What the buyer said of where they are, as far as it counts: `address` and `shipping` of a customer."""
    told = {
        "address": (session["customer_details"] or {}).get("address"),
        "shipping": (session["collected_information"] or {}).get("shipping_details"),
    }
    counts = _saves(params) if params.get("customer") else list(told)
    return {name: told[name] for name in counts if told[name]}


def source(account: Account, session: Thing, params: Thing) -> Source | None:
    """The taxes on what a session sells; None while nobody knows where its buyer is."""
    known = account.find("customer", params.get("customer")) or {}
    buyer = {**known, **_told(session, params)}
    return automatic.where(account, session, buyer, session["currency"])


def remember(moment: Moment, session: Thing, params: Thing) -> None:
    """An existing customer is from now on where they said they are, if the merchant wants that."""
    told = _told(session, params) if params.get("customer") else {}
    customer = moment.account.find("customer", params.get("customer")) or {}
    new = {name: value for name, value in told.items() if customer.get(name) != value}
    if new:
        customers.update(moment, new, customer["id"])
