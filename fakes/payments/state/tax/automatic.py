"""Taxes that come by themselves: the place and the product give the rate, and `taxing` makes taxes of it.

Whether they are wanted, and what happens when nobody knows the place, is the business of `automatic_tax`.
"""

from dataclasses import dataclass, field

from fakes.payments.state import taxing
from fakes.payments.state.store import Account, Thing
from fakes.payments.state.tax import duties, locations, places
from fakes.payments.state.tax.duties import RATED, SHIPPING_CODE, USUAL_CODE, Duty

Key = tuple[str, str | None, str, bool]
SETTLED = ("exclusive", "inclusive")
ON_TOP = ("usd", "cad")
"""Currencies in which prices are usually without taxes; in all others they are within."""


@dataclass(slots=True)
class Kept:
    """What an account keeps for taxes that come by themselves."""

    rates: dict[Key, str] = field(default_factory=dict)
    """The rate of a place, a percentage and a behaviour: made when it is first needed."""
    terms: dict[str, Thing] = field(default_factory=dict)
    """What an invoice item without a price says of its taxes: `tax_behavior` and `tax_code`."""


@dataclass(frozen=True, slots=True)
class Source:
    """The taxes on what goes to one place."""

    account: Account
    currency: str
    duty: Duty

    def on_line(self, line: Thing, amount: int) -> list[Thing]:
        """The taxes on what is left of an invoice's line."""
        details = line["pricing"] and line["pricing"]["price_details"]
        if details:
            return self.on_price(self.account.find("price", details["price"]) or details, amount)
        terms = self.account.side(Kept).terms.get(_item_of(line), {})
        return self._on(amount, terms.get("tax_behavior"), terms.get("tax_code"))

    def on_price(self, price: Thing, amount: int) -> list[Thing]:
        """The taxes on what is left of what was sold by a price."""
        product = self.account.find("product", price["product"]) or {}
        return self._on(amount, price.get("tax_behavior"), product.get("tax_code"))

    def on_shipping(self, cost: Thing | None) -> list[Thing]:
        """The taxes on sending the goods; what they make it come to is written down with it."""
        if not cost:
            return []
        rate = self.account.find("shipping_rate", cost["shipping_rate"]) or {}
        found = self._on(cost["amount_subtotal"], rate.get("tax_behavior"), rate.get("tax_code") or SHIPPING_CODE)
        cost["amount_tax"] = sum(one["amount"] for one in found)
        cost["amount_total"] = cost["amount_subtotal"] + taxing.on_top(found)
        return found

    def _on(self, amount: int, behavior: str | None, code: str | None) -> list[Thing]:
        usual = places.settings(self.account)["defaults"]
        due = self.duty.on(code or usual["tax_code"] or USUAL_CODE)
        inclusive = self._inclusive(behavior, usual["tax_behavior"])
        found = taxing.taxes([_rate(self.account, due, inclusive)], amount, None if due.reason == RATED else due.reason)
        for one in found if due.reason != RATED else ():
            one["taxable_amount"] = 0
        return found

    def _inclusive(self, behavior: str | None, usual: str | None) -> bool:
        for one in (behavior, usual):
            if one in SETTLED:
                return one == "inclusive"
        return usual == "inferred_by_currency" and self.currency not in ON_TOP


def at(account: Account, address: Thing | None, exempt: str | None, currency: str) -> Source | None:
    """The taxes at an address for customers of this `tax_exempt`; None when it does not say enough."""
    found = locations.known(address)
    if found is None:
        return None
    override = taxing.EXEMPT.get(exempt or "none", "none")
    return Source(account, currency, duties.at(account, found, account.now(), override))


def where(account: Account, thing: Thing, buyer: Thing, currency: str) -> Source | None:
    """The taxes on something that wants them, where its buyer is; None when nobody knows that. `thing` says which."""
    source = at(account, locations.of(buyer), buyer.get("tax_exempt"), currency)
    thing["automatic_tax"]["status"] = locations.LOST if source is None else "complete"
    return source


def of_customer(account: Account, customer: Thing) -> Thing | None:
    """Whether a customer can be taxed, and where they are, as `tax` of a customer shows it; None once deleted."""
    if customer.get("deleted"):
        return None
    source, sent = at(account, locations.of(customer), None, ""), locations.chosen(customer["shipping"], None)
    shown: Thing = {
        "automatic_tax": "unrecognized_location",
        "ip_address": None,
        "location": None,
        "provider": "stripe",
    }
    if source is None:
        return shown
    here = source.duty.address
    found = {"country": here["country"], "source": "shipping_destination" if sent else "billing_address"}
    can = "supported" if source.duty.reason == RATED else "not_collecting"
    return {**shown, "automatic_tax": can, "location": {**found, "state": here["state"]}}


def say(account: Account, item: Thing, params: Thing) -> None:
    """Keep what an invoice item says of its taxes."""
    terms = account.side(Kept).terms.setdefault(item["id"], {})
    terms.update({name: params[name] or None for name in ("tax_behavior", "tax_code") if name in params})


def forget(account: Account, lines: list[Thing]) -> None:
    """Nothing was kept of the items of these lines; those that are kept keep what they say."""
    kept = account.side(Kept).terms
    for line in lines if kept else ():
        if account.find("invoiceitem", _item_of(line)) is None:
            kept.pop(_item_of(line), None)


def _item_of(line: Thing) -> str:
    details = (line["parent"] or {}).get("invoice_item_details") or {}
    return str(details.get("invoice_item"))


def made_here(account: Account, rate: Thing) -> bool:
    """Whether a tax rate came to be by itself."""
    return rate["id"] in account.side(Kept).rates.values()


def _rate(account: Account, due: Duty, inclusive: bool) -> Thing:
    """The tax rate of a place, as an object that taxes refer to."""
    kept, place = account.side(Kept), duties.jurisdiction(due.address)
    key = (due.address["country"], place["state"], str(due.percent), inclusive)
    known = account.find("tax_rate", kept.rates.get(key))
    if known is not None:
        return known
    name, kind = duties.kind_of(due.address)
    percent = float(due.percent)
    rate: Thing = {
        "id": account.fresh("tax_rate"),
        "object": "tax_rate",
        "active": False,
        "country": due.address["country"],
        "created": account.now(),
        "description": None,
        "display_name": name,
        "effective_percentage": percent,
        "flat_amount": None,
        "inclusive": inclusive,
        "jurisdiction": place["display_name"],
        "jurisdiction_level": place["level"],
        "livemode": False,
        "metadata": {},
        "percentage": percent,
        "rate_type": "percentage",
        "state": place["state"],
        "tax_type": kind,
    }
    kept.rates[key] = rate["id"]
    return account.put(rate)
