"""Quotes: an offer of line items to a customer; accepted, it becomes a subscription or an invoice."""

from dataclasses import dataclass, field
from typing import Any

from fakes.payments.state import (
    automatic_tax,
    discounts,
    invoice_items,
    invoicing,
    schedules,
    subscriptions,
    tax_rates,
)
from fakes.payments.state.checkout import lines
from fakes.payments.state.customers import present
from fakes.payments.state.given import fits, rewrite, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.store import Account, Thing
from fakes.payments.state.tax import automatic

KIND = "quote"
LIFE_S = 30 * 86400
WORDS = ("description", "footer", "header", "on_behalf_of", "transfer_data", "application_fee_amount")


@dataclass(slots=True)
class Kept:
    """The line items of each quote, and what was asked for them."""

    items: dict[str, list[Thing]] = field(default_factory=dict)
    asked: dict[str, Thing] = field(default_factory=dict)


def _shape(moment: Moment, customer: Thing | None, params: Thing) -> Thing:
    return {
        "id": moment.account.fresh(KIND),
        "object": KIND,
        "amount_subtotal": 0,
        "amount_total": 0,
        "application": None,
        "application_fee_amount": None,
        "application_fee_percent": None,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "collection_method": params.get("collection_method", "charge_automatically"),
        "computed": {"recurring": None, "upfront": None},
        "created": moment.now,
        "currency": None,
        "customer": customer and customer["id"],
        "customer_account": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [],
        "expires_at": params.get("expires_at", moment.now + LIFE_S),
        "footer": None,
        "from_quote": None,
        "header": None,
        "invoice": None,
        "invoice_settings": {"days_until_due": None, "issuer": {"type": "self"}},
        "livemode": False,
        "metadata": {},
        "number": None,
        "on_behalf_of": None,
        "status": "draft",
        "status_transitions": {"accepted_at": None, "canceled_at": None, "finalized_at": None},
        "subscription": None,
        "subscription_data": {
            "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
            "description": None,
            "effective_date": None,
            "metadata": None,
            "trial_period_days": None,
        },
        "subscription_schedule": None,
        "test_clock": customer and customer["test_clock"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "transfer_data": None,
    }


def create(moment: Moment, params: Thing) -> Thing:
    """A draft of an offer."""
    if params.get("from_quote"):
        raise invalid("This account does not offer revisions of quotes.", "from_quote")
    customer = present(moment, params["customer"]) if params.get("customer") else None
    quote = _shape(moment, customer, params)
    _write(moment, quote, params)
    moment.account.put(quote)
    moment.tell("quote.created", quote)
    return quote


def _write(moment: Moment, quote: Thing, params: Thing) -> None:
    account, kept = moment.account, moment.account.side(Kept)
    asked = {**kept.asked.get(quote["id"], {}), **params}
    kept.asked[quote["id"]] = asked
    rewrite(quote, params, *WORDS, "expires_at", "collection_method")
    for name in ("invoice_settings", "subscription_data"):
        given = _dated(params.get(name) or {})
        quote[name].update({part: unset(value) for part, value in given.items()})
    if "default_tax_rates" in params:
        rates = tax_rates.all_of(account, params["default_tax_rates"], "default_tax_rates")
        quote["default_tax_rates"] = [rate["id"] for rate in rates]
    if "discounts" in params:
        owner = {"customer": quote["customer"]} if quote["customer"] else {}
        quote["discounts"] = discounts.given(moment, params["discounts"] or [], "discounts", owner, counted=False)
    automatic_tax.switch(quote, params.get("automatic_tax"))
    if automatic_tax.wanted(params):
        automatic_tax.check(account)
    _add_up(moment, quote, asked)


def _dated(given: Thing) -> Thing:
    """The settings, with the end of the present period as a moment."""
    if given.get("effective_date") != "current_period_end":
        return given
    raise invalid(
        "`current_period_end` is for quotes that change a subscription, which this account does not offer.",
        "subscription_data[effective_date]",
    )


def _add_up(moment: Moment, quote: Thing, asked: Thing) -> None:
    """What the offer comes to: at once, and with each period."""
    account, given = moment.account, asked.get("line_items") or []
    items = lines.items_of(moment, given, "quote")
    whole = sum(item["amount_subtotal"] for item in items)
    for wanted in (asked.get("discounts") or []) if items else ():
        lines.discount(account, items, lines.coupon_of(moment, wanted, quote["customer"], whole)[0])
    rates = [{"tax_rates": one.get("tax_rates") or quote["default_tax_rates"]} for one in given]
    currency = items[0]["currency"] if items else None
    wanted = quote["automatic_tax"]["enabled"]
    lines.tax(moment, items, rates, _source(account, quote, rates, currency or "usd") if wanted else None)
    account.side(Kept).items[quote["id"]] = items
    recurring = [item for item in items if item["price"]["recurring"]]
    sums = lines.sums(items)
    quote.update(**sums, currency=currency)
    repeated = None
    if recurring:
        rhythm = recurring[0]["price"]["recurring"]
        span = {"interval": rhythm["interval"], "interval_count": rhythm["interval_count"]}
        repeated = {**lines.sums(recurring), **span}
    quote["computed"] = {"recurring": repeated, "upfront": sums}


def _source(account: Account, quote: Thing, rates: list[Thing], currency: str) -> automatic.Source | None:
    """The taxes where the customer of an offer is, if that is known; rates beside them are refused."""
    automatic_tax.alone(quote["default_tax_rates"], "default_tax_rates")
    for place, one in enumerate(rates):
        automatic_tax.alone(one["tax_rates"], f"line_items[{place}][tax_rates]")
    customer = account.find("customer", quote["customer"]) or {}
    return automatic.where(account, quote, customer, currency)


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change a draft, or the metadata of any quote."""
    quote = moment.account.get(KIND, name)
    if quote["status"] != "draft" and set(params) - {"metadata"}:
        raise _wrong(quote, "update", "draft")
    if params.get("customer"):
        quote["customer"] = present(moment, params["customer"])["id"]
    _write(moment, quote, params)
    return quote


def _wrong(quote: Thing, verb: str, status: str) -> Problem:
    return Problem(
        f"You cannot {verb} a quote that is in the `{quote['status']}` status. Only a quote in one of the following "
        f"statuses can be: {status}.",
        code="quote_unexpected_state" if verb == "accept" else None,
    )


def finalize(moment: Moment, params: Thing, name: str) -> Thing:
    """Make an offer that can be accepted."""
    quote = moment.account.get(KIND, name)
    if quote["status"] != "draft":
        raise _wrong(quote, "finalize", "draft")
    if not quote["customer"]:
        raise invalid("A quote must have a customer before it is finalized.", "customer")
    if not moment.account.side(Kept).items[name]:
        raise invalid("A quote must have line items before it is finalized.", "line_items")
    customer = moment.account.get("customer", quote["customer"])
    _placed(moment, quote, customer)
    before = moment.account.where(KIND, customer=customer["id"])
    place = 1 + sum(one["number"] is not None for one in before)
    quote.update(status="open", number=f"QT-{customer['invoice_prefix']}-{place:04d}-1")
    quote["expires_at"] = params.get("expires_at", quote["expires_at"])
    quote["status_transitions"]["finalized_at"] = moment.now
    moment.tell("quote.finalized", quote)
    return quote


def _placed(moment: Moment, quote: Thing, customer: Thing) -> None:
    """The last look at where the customer is, if the offer is taxed by that."""
    if quote["automatic_tax"]["enabled"]:
        automatic_tax.check_customer(moment.account, customer)
        _add_up(moment, quote, moment.account.side(Kept).asked[quote["id"]])


def cancel(moment: Moment, _params: Thing, name: str) -> Thing:
    """Take an offer back."""
    quote = moment.account.get(KIND, name)
    if quote["status"] not in ("draft", "open"):
        raise _wrong(quote, "cancel", "draft, open")
    quote["status"] = "canceled"
    quote["status_transitions"]["canceled_at"] = moment.now
    moment.tell("quote.canceled", quote)
    return quote


def accept(moment: Moment, _params: Thing, name: str) -> Thing:
    """The customer agrees: a subscription begins, or an invoice is drawn up."""
    account = moment.account
    quote = account.get(KIND, name)
    if quote["status"] != "open":
        raise _wrong(quote, "accept", "open")
    if quote["expires_at"] <= moment.now:
        raise _wrong({**quote, "status": "expired"}, "accept", "open")
    if quote["automatic_tax"]["enabled"]:
        automatic_tax.check_customer(account, account.get("customer", quote["customer"]))
    items = account.side(Kept).items[name]
    once = [item for item in items if not item["price"]["recurring"]]
    if len(once) == len(items):
        _invoice(moment, quote, once)
    else:
        _subscribe(moment, quote, items, once)
    quote["status"] = "accepted"
    quote["status_transitions"]["accepted_at"] = moment.now
    moment.tell("quote.accepted", quote)
    return quote


def _invoice(moment: Moment, quote: Thing, once: list[Thing]) -> None:
    customer = moment.account.get("customer", quote["customer"])
    invoice = invoicing.begin(moment, customer, quote["currency"], "quote_accept", [], discounted=False)
    invoice["parent"] = {"quote_details": {"quote": quote["id"]}, "subscription_details": None, "type": "quote_details"}
    invoice.update(collection_method=quote["collection_method"], discounts=list(quote["discounts"]))
    automatic_tax.switch(invoice, quote["automatic_tax"])
    made = [invoice_items.add(moment, customer, _plain(item), quote["currency"]) for item in once]
    invoice_items.put_on(moment, invoice, made)
    moment.tell("invoice.created", invoice)
    quote["invoice"] = invoice["id"]


def _subscribe(moment: Moment, quote: Thing, items: list[Thing], once: list[Thing]) -> None:
    data = quote["subscription_data"]
    said: dict[str, Any] = {
        "customer": quote["customer"],
        "items": [_plain(item) for item in items if item["price"]["recurring"]],
        "default_tax_rates": quote["default_tax_rates"],
        "collection_method": quote["collection_method"],
        "automatic_tax": quote["automatic_tax"],
        **{name: data[name] for name in ("description", "trial_period_days", "metadata") if data.get(name)},
    }
    if quote["collection_method"] == "send_invoice":
        said["days_until_due"] = quote["invoice_settings"].get("days_until_due") or 30
    if quote["discounts"]:
        asked = moment.account.side(Kept).asked[quote["id"]]
        said["discounts"] = asked.get("discounts") or []
    if isinstance(data.get("effective_date"), int) and data["effective_date"] > moment.now:
        phase = {"items": said["items"]}
        wanted = {"customer": quote["customer"], "start_date": data["effective_date"], "phases": [phase]}
        if quote["automatic_tax"]["enabled"]:
            wanted["default_settings"] = {"automatic_tax": {"enabled": True}}
        quote["subscription_schedule"] = schedules.create(moment, wanted)["id"]
        return
    if once:
        said["add_invoice_items"] = [_plain(item) for item in once]
    subscription = subscriptions.create(moment, said, later=True)
    quote.update(subscription=subscription["id"], invoice=subscription["latest_invoice"])


def _plain(item: Thing) -> Thing:
    return {"price": item["price"]["id"], "quantity": item["quantity"]}


def line_items(account: Account, name: str) -> list[Thing]:
    """What a quote offers."""
    account.get(KIND, name)
    return account.side(Kept).items[name]


def wanted(_moment: Moment, quote: Thing, params: Thing) -> bool:
    """The filters of the list of quotes."""
    return fits(quote, params, "customer", "status", "test_clock")
