"""What an invoice comes to: its lines, less discounts, with taxes, and what the customer's balance leaves to pay.

Discounts come off before taxes; those of a line before those of the invoice. Taxes are rounded for each line.
"""

from collections.abc import Sequence

from fakes.payments.state import billing, pricing
from fakes.payments.state.money import LEAST
from fakes.payments.state.store import Account, Thing


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
        line["taxes"] = _taxes(account, invoice, line, left[line["id"]])
    invoice["total_discount_amounts"] = summed(lines, "discount_amounts", "discount")
    invoice["total_pretax_credit_amounts"] = [
        {**one, "type": "discount"} for one in invoice["total_discount_amounts"] if one["amount"]
    ]
    invoice["total_taxes"] = total_taxes(lines)
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
    """The tax rates of a line: its own, or else the invoice's."""
    own = billing.of(account).rates.get(line["id"])
    names = own if own is not None else [rate["id"] for rate in invoice["default_tax_rates"]]
    return [account.get("tax_rate", name) for name in names]


def _taxes(account: Account, invoice: Thing, line: Thing, amount: int) -> list[Thing]:
    return taxes(rates_of(account, invoice, line), amount, invoice["customer_tax_exempt"] or "none")


def taxes(rates: list[Thing], amount: int, exempt: str = "none") -> list[Thing]:
    """The taxes on an amount: inclusive ones are within it, exclusive ones come on top."""
    inside = sum(rate["percentage"] for rate in rates if rate["inclusive"])
    net = pricing.share(amount, 10_000_000, round(10_000_000 + inside * 100_000)) if inside else amount
    reason = {"exempt": "customer_exempt", "reverse": "reverse_charge"}.get(exempt)
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


def summed(lines: Sequence[Thing], field: str, key: str) -> list[Thing]:
    """The amounts that lines have for each of these, added up."""
    found: dict[str, int] = {}
    for line in lines:
        for one in line[field]:
            found[one[key]] = found.get(one[key], 0) + one["amount"]
    return [{"amount": amount, key: name} for name, amount in found.items()]


def total_taxes(lines: Sequence[Thing]) -> list[Thing]:
    """The taxes of all lines, added up for each rate."""
    found: dict[str, Thing] = {}
    for line in lines:
        for tax in line["taxes"]:
            total = found.setdefault(tax["tax_rate_details"]["tax_rate"], {**tax, "amount": 0, "taxable_amount": 0})
            total["amount"] += tax["amount"]
            total["taxable_amount"] += tax["taxable_amount"]
    return list(found.values())


def _amounts(account: Account, invoice: Thing, lines: list[Thing], balance: int | None) -> None:
    subtotal = sum(line["amount"] for line in lines)
    off = sum(one["amount"] for one in invoice["total_discount_amounts"])
    tax = {
        kind: sum(one["amount"] for one in invoice["total_taxes"] if one["tax_behavior"] == kind)
        for kind in ("inclusive", "exclusive")
    }
    shipping = invoice["shipping_cost"]["amount_total"] if invoice["shipping_cost"] else 0
    total = subtotal - off + tax["exclusive"] + shipping
    if balance is None:
        customer = account.find("customer", invoice["customer"]) or {}
        balance = int(customer.get("balance") or 0)
    due, ending = after_balance(total, balance, invoice["currency"])
    invoice.update(
        subtotal=subtotal,
        subtotal_excluding_tax=subtotal - tax["inclusive"],
        amount_shipping=shipping,
        total=total,
        total_excluding_tax=total - tax["inclusive"] - tax["exclusive"],
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
