"""Invoice items: what is to be charged beside the periods of a subscription, on one invoice or on the next."""

from typing import TYPE_CHECKING

from fakes.payments.state import (
    automatic_tax,
    billing,
    catalogue,
    discounts,
    invoice_shapes,
    invoicing,
    pricing,
    tax_rates,
)
from fakes.payments.state.customers import present
from fakes.payments.state.given import fits, rewrite
from fakes.payments.state.moment import Moment, subscription_of
from fakes.payments.state.money import currency_of, exact
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.store import Account, Thing
from fakes.payments.state.tax import automatic

if TYPE_CHECKING:
    from fakes.payments.state.proration import Correction

KIND = "invoiceitem"


def shape(moment: Moment, customer: Thing, currency: str, amount: int) -> Thing:
    """An item of an amount, for nothing in particular yet."""
    now = moment.now
    return {
        "id": moment.account.fresh(KIND),
        "object": KIND,
        "amount": amount,
        "currency": currency,
        "customer": customer["id"],
        "customer_account": None,
        "date": now,
        "description": None,
        "discountable": True,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "net_amount": amount,
        "parent": None,
        "period": {"end": now, "start": now},
        "pricing": None,
        "proration": False,
        "quantity": 1,
        "quantity_decimal": "1",
        "tax_rates": [],
        "test_clock": customer["test_clock"],
    }


def correct(moment: Moment, subscription: Thing, costs: list["Correction"]) -> list[Thing]:
    """The items of what a change costs or gives back; each is told and waits for an invoice."""
    return [proration(moment, subscription, cost) for cost in costs]


def proration(moment: Moment, subscription: Thing, cost: "Correction", *, kept: bool = True) -> Thing:
    """The correction for a change in the middle of a period."""
    account, item, period = moment.account, cost.item, cost.period
    made = shape(moment, account.get("customer", subscription["customer"]), subscription["currency"], cost.amount)
    parent = {"subscription": subscription["id"], "subscription_item": item["id"]}
    made.update(
        description=cost.words,
        discountable=False,
        parent={"subscription_details": parent, "type": "subscription_details"},
        period={"end": period[1], "start": period[0]},
        pricing=invoice_shapes.pricing_of(item["price"]),
        proration=True,
        proration_details={"credited_items": None, "discount_amounts": []},
        quantity=item.get("quantity", 1),
        quantity_decimal=str(item.get("quantity", 1)),
        tax_rates=list(item["tax_rates"]),
    )
    return _wait(moment, made) if kept else made


def _wait(moment: Moment, item: Thing) -> Thing:
    moment.account.put(item)
    billing.of(moment.account).pending[item["customer"]][item["id"]] = None
    moment.tell("invoiceitem.created", item)
    return item


def priced(moment: Moment, params: Thing, currency: str | None) -> tuple[int, str, int, Thing | None]:
    """What an item or line costs by its parameters: amount, currency, quantity, and its price if it has one."""
    quantity = params.get("quantity", 1)
    price = None
    named = (params.get("pricing") or {}).get("price") or params.get("price")
    if named:
        price = moment.account.get("price", named, "pricing[price]")
        if price["type"] == "recurring":
            raise invalid(
                "The price specified is set to `type=recurring` but this field only accepts prices with "
                "`type=one_time`.",
                "price",
            )
    elif params.get("price_data"):
        price = catalogue.create_price(moment, params["price_data"])
    if price is not None:
        return pricing.cost(moment.account, price, quantity), price["currency"], quantity, price
    if not (params.get("currency") or currency):
        raise invalid("Missing required param: currency.", "currency", "parameter_missing")
    currency = currency_of(params.get("currency") or str(currency))
    if params.get("unit_amount_decimal") is not None:
        each = exact(params["unit_amount_decimal"], "unit_amount_decimal")
        return pricing.rounded(each * quantity), currency, quantity, None
    if params.get("unit_amount") is not None:
        return params["unit_amount"] * quantity, currency, quantity, None
    if params.get("amount") is None:
        raise invalid("One of the following params is required: amount, pricing, price_data.", "amount")
    return params["amount"], currency, quantity, None


def _write(moment: Moment, item: Thing, params: Thing) -> None:
    account = moment.account
    rewrite(item, params, "description", "discountable", "period")
    if "discounts" in params:
        owner = {"customer": item["customer"], "invoice_item": item["id"]}
        item["discounts"] = discounts.given(moment, params["discounts"] or [], "discounts", owner)
    if "tax_rates" in params:
        item["tax_rates"] = tax_rates.all_of(account, params["tax_rates"], "tax_rates")
    if "tax_behavior" in params or "tax_code" in params:
        automatic.say(account, item, params)


def build(moment: Moment, customer: Thing, params: Thing, currency: str | None = None) -> Thing:
    """An item as its parameters describe it; not kept or told yet."""
    amount, currency, quantity, price = priced(moment, params, currency or customer["currency"])
    item = shape(moment, customer, currency, amount)
    item.update(quantity=quantity, quantity_decimal=str(quantity))
    if price is not None:
        item["pricing"] = invoice_shapes.pricing_of(price)
        product = moment.account.find("product", price["product"])
        item["description"] = product and product["name"]
    if params.get("subscription"):
        parent = {"subscription": params["subscription"]}
        item["parent"] = {"subscription_details": parent, "type": "subscription_details"}
    _write(moment, item, params)
    return item


def create(moment: Moment, params: Thing) -> Thing:
    """An item for a draft, or for the customer's next invoice."""
    account = moment.account
    if not params.get("customer"):
        raise invalid("Missing required param: customer.", "customer", "parameter_missing")
    customer = present(moment, params["customer"])
    if params.get("subscription"):
        account.get("subscription", params["subscription"], "subscription")
    invoice = account.get("invoice", params["invoice"], "invoice") if params.get("invoice") else None
    if invoice is not None:
        editable(invoice, params)
        if invoice["customer"] != customer["id"]:
            raise invalid(f"The invoice {invoice['id']} belongs to another customer.", "invoice")
    item = _wait(moment, build(moment, customer, params, None if invoice is None else invoice["currency"]))
    if invoice is not None:
        put_on(moment, invoice, [item])
    return item


def editable(invoice: Thing, given: Thing | None = None) -> None:
    """Refuse to change the lines of an invoice that is final, or to give one rates whose taxes come by themselves."""
    if given is not None and invoice["automatic_tax"]["enabled"]:
        automatic_tax.alone(given.get("tax_rates"), "tax_rates")
    if invoice["status"] != "draft":
        raise unexpected(
            f"Invoice {invoice['id']} is no longer editable: it has the status {invoice['status']}.",
            "invoice_not_editable",
        )


def put_on(moment: Moment, invoice: Thing, items: list[Thing], *, before: bool = False) -> None:
    """Make lines of waiting items, after those that are there or before them."""
    account = moment.account
    lines = list(invoicing.lines_of(account, invoice))
    made = []
    if invoice["automatic_tax"]["enabled"] and not subscription_of(invoice):
        for item in items:
            automatic_tax.alone(item["tax_rates"], "tax_rates")
    for item in items:
        taken(moment, item, invoice)
        made.append(invoice_shapes.item_line(account, item))
    invoicing.set_lines(moment, invoice, made + lines if before else lines + made)


def add(moment: Moment, customer: Thing, given: Thing, currency: str) -> Thing:
    """An item as it is described; it is told, and waits for an invoice."""
    return _wait(moment, build(moment, customer, given, currency))


def bring(moment: Moment, customer: Thing, subscription: Thing, given: list[Thing]) -> None:
    """The items that a subscription brings along; rules for their periods are not copied."""
    for one in given:
        about = {name: value for name, value in one.items() if name != "period"}
        add(moment, customer, {**about, "subscription": subscription["id"]}, subscription["currency"])


def taken(moment: Moment, item: Thing, invoice: Thing) -> None:
    """The item waits no longer: it is on this invoice."""
    item["invoice"] = invoice["id"]
    moment.account.noted(item)
    billing.of(moment.account).pending[item["customer"]].pop(item["id"], None)


def waiting(account: Account, customer: str, subscription: str | None, currency: str | None = None) -> list[Thing]:
    """The items of a customer that the next invoice takes; another subscription's corrections stay."""
    found = [account.get(KIND, name) for name in billing.of(account).pending.get(customer, ())]
    return [
        item
        for item in found
        if currency in (None, item["currency"])
        and ((item["parent"] or {}).get("subscription_details") or {}).get("subscription") in (None, subscription)
    ]


def line_of(account: Account, invoice: Thing, item: Thing) -> Thing | None:
    """The line that an item became."""
    for line in invoicing.lines_of(account, invoice):
        details = (line["parent"] or {}).get("invoice_item_details")
        if details and details["invoice_item"] == item["id"]:
            return line
    return None


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change an item that waits or is on a draft."""
    item = moment.account.get(KIND, name)
    invoice = moment.account.find("invoice", item["invoice"])
    if invoice is not None:
        editable(invoice, params)
    change(moment, item, params)
    return item


def change(moment: Moment, item: Thing, params: Thing) -> None:
    """Change an item, and its line if it has become one."""
    priced_anew = {"amount", "quantity", "unit_amount_decimal", "unit_amount", "price", "pricing", "price_data"}
    if priced_anew & set(params):
        given = dict(params)
        if item["pricing"] and not ({"amount", "pricing", "price", "price_data"} & set(given)):
            given["pricing"] = {"price": item["pricing"]["price_details"]["price"]}
        amount, _, quantity, price = priced(moment, given, item["currency"])
        item.update(amount=amount, net_amount=amount, quantity=quantity, quantity_decimal=str(quantity))
        if price is not None:
            item["pricing"] = invoice_shapes.pricing_of(price)
    _write(moment, item, params)
    invoice = moment.account.find("invoice", item["invoice"])
    old = invoice and line_of(moment.account, invoice, item)
    if invoice and old:
        new = {**invoice_shapes.item_line(moment.account, item), "id": old["id"]}
        if item["tax_rates"]:
            billing.of(moment.account).rates[old["id"]] = [rate["id"] for rate in item["tax_rates"]]
        lines = [new if one is old else one for one in invoicing.lines_of(moment.account, invoice)]
        invoicing.set_lines(moment, invoice, lines)


def delete(moment: Moment, _params: Thing, name: str) -> Thing:
    """Take an item back, from its draft too."""
    account = moment.account
    item = account.get(KIND, name)
    invoice = account.find("invoice", item["invoice"])
    if invoice is not None:
        editable(invoice)
        gone = line_of(account, invoice, item)
        lines = [one for one in invoicing.lines_of(account, invoice) if one is not gone]
        invoicing.set_lines(moment, invoice, lines)
    forget(moment, item)
    return {"id": name, "object": KIND, "deleted": True}


def forget(moment: Moment, item: Thing) -> None:
    """An item is gone for good."""
    billing.of(moment.account).pending[item["customer"]].pop(item["id"], None)
    del moment.account.tables[KIND][item["id"]]
    moment.tell("invoiceitem.deleted", item)


def wait_again(moment: Moment, item: Thing) -> None:
    """An item is on no invoice any more: the next one takes it."""
    item["invoice"] = None
    moment.account.noted(item)
    billing.of(moment.account).pending[item["customer"]][item["id"]] = None


def wanted(_moment: Moment, item: Thing, params: Thing) -> bool:
    """The filters of the list of invoice items."""
    if "pending" in params and (item["invoice"] is None) != params["pending"]:
        return False
    return fits(item, params, "customer", "invoice")


__all__ = ["build", "change", "create", "delete", "put_on", "subscription_of", "taken", "update", "waiting", "wanted"]
