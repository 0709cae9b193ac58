"""Invoices that do not exist: what the next one would be, or what a change would cost. Nothing is kept or told."""

from fakes.payments.state import (
    automatic_tax,
    billing,
    cycle,
    discounts,
    invoice_items,
    invoice_shapes,
    items,
    periods,
    pricing,
    subscription_parts,
    subscription_shapes,
    subscription_terms,
    tax_rates,
    totals,
)
from fakes.payments.state.customers import present
from fakes.payments.state.given import unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.proration import Change
from fakes.payments.state.store import Thing
from fakes.payments.state.tax import automatic


def upcoming(moment: Moment, subscription: Thing) -> Thing:
    """The invoice of the next renewal, as it would be now."""
    customer = moment.account.get("customer", subscription["customer"])
    at_s = min(item["current_period_end"] for item in subscription["items"]["data"])
    lines = _waiting(moment, customer, subscription) + _renewal(moment, subscription, at_s)
    return _invoice(moment, customer, subscription, lines, "upcoming", at_s)


def create(moment: Moment, params: Thing) -> Thing:
    """What the next invoice would be, of a customer, of a subscription, changed or not, or of one not yet begun."""
    account = moment.account
    details = params.get("subscription_details") or {}
    subscription = None
    if params.get("subscription"):
        subscription = account.get("subscription", params["subscription"], "subscription")
    if params.get("schedule"):
        schedule = account.get("subscription_schedule", params["schedule"], "schedule")
        subscription = account.get("subscription", schedule["subscription"], "schedule")
    name = params.get("customer") or (subscription and subscription["customer"])
    if not name:
        raise invalid("You must specify `customer`, `subscription` or `schedule`.", "customer", "parameter_missing")
    customer = present(moment, name)
    if subscription is not None and subscription["customer"] != customer["id"]:
        raise invalid(f"The subscription {subscription['id']} belongs to another customer.", "subscription")
    told, effects = len(moment.told), len(moment.effects)
    invoice = _described(moment, customer, subscription, params, details)
    # Prices described in place are made on the way; nobody is told.
    del moment.told[told:], moment.effects[effects:]
    return invoice


def _described(moment: Moment, customer: Thing, subscription: Thing | None, params: Thing, details: Thing) -> Thing:
    lines = [
        invoice_shapes.item_line(moment.account, invoice_items.build(moment, customer, one, params.get("currency")))
        for one in params.get("invoice_items") or []
    ]
    if subscription is not None:
        return _of_subscription(moment, customer, subscription, params, details, lines)
    if details.get("items"):
        begun = _not_begun(moment, customer, details)
        lines += [_period(moment, item, first=begun) for item in begun["items"]["data"]]
        return _invoice(moment, customer, begun, lines, "subscription_create", moment.now, params)
    lines += _waiting(moment, customer, None)
    if not lines:
        raise invalid("Nothing to invoice for customer", "customer", "invoice_upcoming_none")
    return _invoice(moment, customer, None, lines, "upcoming", moment.now, params)


def _of_subscription(
    moment: Moment, customer: Thing, subscription: Thing, params: Thing, details: Thing, lines: list[Thing]
) -> Thing:
    if subscription["status"] in ("canceled", "incomplete_expired"):
        raise invalid("No upcoming invoices for customer", "subscription", "invoice_upcoming_none")
    copy = {**subscription, "items": _copied(subscription["items"])}
    lines += _waiting(moment, customer, subscription)
    at_once = False
    if details.get("items") or details.get("billing_cycle_anchor") == "now" or details.get("cancel_now"):
        change = items.planned(moment, copy, details.get("items") or [], details.get("proration_date", moment.now))
        change.kept, change.anew = False, details.get("billing_cycle_anchor") == "now"
        if details.get("cancel_now"):
            change = Change(moment, copy, change.at_s, drops=[one["id"] for one in copy["items"]["data"]], kept=False)
        prorates = details.get("proration_behavior", "create_prorations")
        costs, begun = change.carry_out()
        at_once = prorates == "always_invoice" or bool(begun) or bool(details.get("cancel_now"))
        if prorates != "none":
            found = [invoice_items.proration(moment, copy, one, kept=False) for one in costs]
            lines += [invoice_shapes.item_line(moment.account, item) for item in found]
        lines += begun
    ends = [item["current_period_end"] for item in copy["items"]["data"]]
    leaves = details.get("cancel_at_period_end", subscription["cancel_at_period_end"])
    if not at_once and not leaves:
        lines += _renewal(moment, copy, min(ends))
    if not lines:
        raise invalid("No upcoming invoices for customer", "subscription", "invoice_upcoming_none")
    at_s = moment.now if at_once else min(ends)
    reason = "subscription_update" if at_once else "upcoming"
    return _invoice(moment, customer, copy, lines, reason, at_s, params)


def _copied(listed: Thing) -> Thing:
    return {**listed, "data": [dict(item) for item in listed["data"]]}


def _not_begun(moment: Moment, customer: Thing, details: Thing) -> Thing:
    """A subscription as it would begin."""
    account, wanted = moment.account, details["items"]
    prices = [subscription_parts.price_of(moment, one, f"items[{place}]") for place, one in enumerate(wanted)]
    begun = subscription_shapes.subscription(account, customer["id"], prices[0]["currency"], {})
    end = details.get("trial_end")
    begun["trial_end"] = end if isinstance(end, int) else None
    if "default_tax_rates" in details:
        given = details["default_tax_rates"]
        begun["default_tax_rates"] = tax_rates.all_of(account, given, "subscription_details[default_tax_rates]")
    for one, price in zip(wanted, prices, strict=True):
        quantity = subscription_parts.quantity_of(price, one, None, "items")
        until = begun["trial_end"] or periods.after(moment.now, price["recurring"])
        item = subscription_shapes.item(account, begun, price, quantity, until)
        subscription_parts.write(moment, begun, item, one)
        begun["items"]["data"].append(item)
    return begun


def _waiting(moment: Moment, customer: Thing, subscription: Thing | None) -> list[Thing]:
    about = subscription or {"id": None, "currency": None}
    found = invoice_items.waiting(moment.account, customer["id"], about["id"], about["currency"])
    return [invoice_shapes.item_line(moment.account, item) for item in found]


def _renewal(moment: Moment, subscription: Thing, at_s: int) -> list[Thing]:
    """The lines of the periods that begin then."""
    lines = cycle.usage(moment, subscription, at_s)
    for item in subscription["items"]["data"]:
        if item["current_period_end"] > at_s or item["price"]["recurring"]["usage_type"] == "metered":
            continue
        start = item["current_period_end"]
        end = periods.boundary_after(subscription["billing_cycle_anchor"], start, item["price"]["recurring"])
        lines.append(_period(moment, {**item, "current_period_start": start, "current_period_end": end}))
    return lines


def _period(moment: Moment, item: Thing, first: Thing | None = None) -> Thing:
    account = moment.account
    free = item["price"]["recurring"]["usage_type"] == "metered" or bool(first and first["trial_end"])
    cost = 0 if free else pricing.cost(account, item["price"], item["quantity"])
    return invoice_shapes.line(account, item, cost, item["current_period_start"], item["current_period_end"])


def _described_as(customer: Thing, params: Thing) -> Thing:
    """The customer, but living and exempt as the parameters say."""
    given = params.get("customer_details") or {}
    return {**customer, **{name: unset(given[name]) for name in automatic_tax.COPIED if name in given}}


def _invoice(
    moment: Moment,
    customer: Thing,
    subscription: Thing | None,
    lines: list[Thing],
    reason: str,
    at_s: int,
    params: Thing | None = None,
) -> Thing:
    account, params = moment.account, params or {}
    currency = subscription["currency"] if subscription else lines[0]["currency"]
    invoice = invoice_shapes.draft(account, _described_as(customer, params), currency, reason)
    invoice["id"] = invoice["id"].replace("in_", "upcoming_in_", 1)
    if subscription is not None:
        invoice_shapes.of_subscription(invoice, subscription)
        invoice["discounts"] = list(subscription["discounts"])
    if not invoice["discounts"] and customer.get("discount"):
        invoice["discounts"] = [customer["discount"]["id"]]
    if "discounts" in params:
        owner = {"customer": customer["id"]}
        invoice["discounts"] = discounts.given(moment, params["discounts"] or [], "discounts", owner, counted=False)
    automatic_tax.switch(invoice, params.get("automatic_tax"))
    if automatic_tax.wanted(params):
        automatic_tax.check(account)
        automatic_tax.alone(invoice["default_tax_rates"], "default_tax_rates")
    invoice.update(created=at_s, period_start=moment.now, period_end=at_s, next_payment_attempt=at_s + 3600)
    for line in lines:
        line["invoice"] = invoice["id"]
    account.links.invoice_lines[invoice["id"]] = lines
    totals.recompute(account, invoice)
    del account.links.invoice_lines[invoice["id"]]
    for line in lines:
        billing.of(account).rates.pop(line["id"], None)
    automatic.forget(account, lines)
    invoice["lines"] = {**invoice_shapes.listed_lines(invoice["id"], lines), "data": lines, "has_more": False}
    return invoice


__all__ = ["create", "subscription_terms", "upcoming"]
