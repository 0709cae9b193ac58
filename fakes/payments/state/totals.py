"""What an invoice comes to: its lines, less discounts, with taxes, and what the customer's balance leaves to pay.

Discounts come off before taxes; those of a line before those of the invoice. Taxes are rounded for each line.
"""

from collections.abc import Sequence

from fakes.payments.state import automatic_tax, billing, pricing, taxing
from fakes.payments.state.money import LEAST
from fakes.payments.state.store import Account, Thing
from fakes.payments.state.tax import automatic

UNSENT: Thing = {"amount_subtotal": 0, "amount_tax": 0, "amount_total": 0}
"""What it costs to send nothing."""


def recompute(account: Account, invoice: Thing, balance: int | None = None) -> None:
    """Work out all amounts of a draft anew; `balance` is the customer's, unless told otherwise."""
    lines: list[Thing] = account.links.invoice_lines[invoice["id"]]
    left = {line["id"]: line["amount"] for line in lines}
    for line in lines:
        line["discount_amounts"] = []
        _reduce(account, [line], left, line["discounts"])
    _reduce(account, [line for line in lines if not line["discounts"]], left, invoice["discounts"])
    for line in lines:
        line["pretax_credit_amounts"] = [{**one, "type": "discount"} for one in line["discount_amounts"]]
    sent = _tax(account, invoice, lines, left)
    invoice["total_discount_amounts"] = summed(lines, "discount_amounts", "discount")
    invoice["total_pretax_credit_amounts"] = [
        {**one, "type": "discount"} for one in invoice["total_discount_amounts"] if one["amount"]
    ]
    invoice["total_taxes"] = taxing.total_taxes([*lines, {"taxes": sent}] if sent else lines)
    _amounts(account, invoice, lines, balance)


def _reduce(account: Account, lines: list[Thing], left: dict[str, int], names: list[str]) -> None:
    for name in names:
        discount = account.find("discount", name)
        if discount is None:
            continue
        coupon = billing.of(account).coupons[discount["source"]["coupon"]]
        good = [line for line in lines if line["discountable"] and _good_for(account, coupon, line)]
        parts = [max(0, left[line["id"]]) for line in good]
        if coupon["percent_off"] is not None:
            off = [pricing.percent(part, coupon["percent_off"]) for part in parts]
        else:
            off = pricing.allocated(min(sum(parts), _amount_off(account, coupon, good)), parts)
        for line, amount in zip(good, off, strict=True):
            left[line["id"]] -= amount
            line["discount_amounts"].append({"amount": amount, "discount": name})


def _good_for(account: Account, coupon: Thing, line: Thing) -> bool:
    products = billing.of(account).coupon_products.get(coupon["id"])
    if not products:
        return True
    return bool(line["pricing"] and line["pricing"]["price_details"]["product"] in products)


def _amount_off(account: Account, coupon: Thing, lines: list[Thing]) -> int:
    currency = lines[0]["currency"] if lines else coupon["currency"]
    if currency == coupon["currency"]:
        return int(coupon["amount_off"])
    option = billing.of(account).currency_options.get(coupon["id"], {}).get(currency)
    return int(option["amount_off"]) if option else 0


def rates_of(account: Account, invoice: Thing, line: Thing) -> list[Thing]:
    """The tax rates that were named for a line: its own, or else the invoice's; none where taxes come by themselves."""
    if invoice["automatic_tax"]["enabled"]:
        return []
    own = billing.of(account).rates.get(line["id"])
    names = own if own is not None else [rate["id"] for rate in invoice["default_tax_rates"]]
    return [account.get("tax_rate", name) for name in names]


def _tax(account: Account, invoice: Thing, lines: list[Thing], left: dict[str, int]) -> list[Thing]:
    """Tax what is left of each line, by rates that were named or by the customer's place; the taxes on shipping."""
    taxing.untaxed(invoice["shipping_cost"])
    source = None
    if invoice["automatic_tax"]["enabled"]:
        source = automatic.where(account, invoice, automatic_tax.buyer(invoice), invoice["currency"])
    reason = taxing.EXEMPT.get(invoice["customer_tax_exempt"] or "none")
    for line in lines:
        amount = left[line["id"]]
        if source is not None:
            line["taxes"] = source.on_line(line, amount)
        else:
            line["taxes"] = taxing.taxes(rates_of(account, invoice, line), amount, reason)
    return [] if source is None else source.on_shipping(invoice["shipping_cost"])


def summed(lines: Sequence[Thing], field: str, key: str) -> list[Thing]:
    """The amounts that lines have for each of these, added up."""
    found: dict[str, int] = {}
    for line in lines:
        for one in line[field]:
            found[one[key]] = found.get(one[key], 0) + one["amount"]
    return [{"amount": amount, key: name} for name, amount in found.items()]


def _amounts(account: Account, invoice: Thing, lines: list[Thing], balance: int | None) -> None:
    subtotal = sum(line["amount"] for line in lines)
    off = sum(one["amount"] for one in invoice["total_discount_amounts"])
    extra = taxing.on_top(invoice["total_taxes"])
    inside = sum(one["amount"] for one in invoice["total_taxes"]) - extra
    cost = invoice["shipping_cost"] or UNSENT
    shipping = cost["amount_subtotal"]
    total = subtotal - off + extra + shipping
    if balance is None:
        customer = account.find("customer", invoice["customer"]) or {}
        balance = int(customer.get("balance") or 0)
    due, ending = after_balance(total, balance, invoice["currency"])
    invoice.update(
        subtotal=subtotal,
        subtotal_excluding_tax=subtotal - inside + cost["amount_tax"] - (cost["amount_total"] - shipping),
        amount_shipping=shipping,
        total=total,
        total_excluding_tax=total - inside - extra,
        starting_balance=balance,
        amount_due=due,
        amount_remaining=max(0, due - invoice["amount_paid"]),
        ending_balance=ending if invoice["status"] != "draft" else None,
    )


def after_balance(total: int, balance: int, currency: str) -> tuple[int, int]:
    """What is left to pay, and the balance after it; too little to be charged is owed until the next invoice."""
    due = total + balance
    if 0 < due < LEAST.get(currency, 1):
        return 0, due
    return max(0, due), min(0, due)
