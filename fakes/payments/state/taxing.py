"""How rates become taxes, wherever the rates come from: named by the merchant, or by the place where something goes.

Arithmetic only: what a rate is applied to, and after which discounts, is the caller's business.
"""

from collections.abc import Sequence

from fakes.payments.state import pricing
from fakes.payments.state.store import Thing

EXEMPT = {"exempt": "customer_exempt", "reverse": "reverse_charge"}
"""Why customers of this `tax_exempt` pay no tax."""


def taxes(rates: Sequence[Thing], amount: int, reason: str | None = None) -> list[Thing]:
    """The taxes on an amount: inclusive ones are within it, exclusive ones come on top; none for a `reason`."""
    inside = sum(rate["percentage"] for rate in rates if rate["inclusive"])
    net = pricing.share(amount, 10_000_000, round(10_000_000 + inside * 100_000)) if inside else amount
    made = []
    for rate in rates:
        tax = 0 if reason else pricing.percent(net, rate["percentage"])
        if rate["inclusive"] and not reason and rate["percentage"] == inside:
            tax = amount - net
        made.append(
            {
                "amount": tax,
                "tax_behavior": "inclusive" if rate["inclusive"] else "exclusive",
                "tax_rate_details": {"tax_rate": rate["id"]},
                "taxability_reason": reason or ("standard_rated" if rate["percentage"] else "zero_rated"),
                "taxable_amount": net,
                "type": "tax_rate_details",
            }
        )
    return made


def total_taxes(lines: Sequence[Thing]) -> list[Thing]:
    """The taxes of all lines, added up for each rate."""
    found: dict[str, Thing] = {}
    for line in lines:
        for tax in line["taxes"]:
            total = found.setdefault(tax["tax_rate_details"]["tax_rate"], {**tax, "amount": 0, "taxable_amount": 0})
            total["amount"] += tax["amount"]
            total["taxable_amount"] += tax["taxable_amount"]
    return list(found.values())


def untaxed(cost: Thing | None) -> None:
    """Sending the goods comes to what it costs, until taxes are put on it."""
    if cost:
        cost.update(amount_tax=0, amount_total=cost["amount_subtotal"])


def on_top(found: Sequence[Thing]) -> int:
    """How much these taxes add to an amount."""
    return sum(int(one["amount"]) for one in found if one["tax_behavior"] == "exclusive")
