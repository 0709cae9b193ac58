"""The phases of subscription schedules: from when to when, with which items; and as changes of a subscription."""

from fakes.payments.state import automatic_tax, periods, subscription_parts, tax_rates
from fakes.payments.state.given import merge_metadata, merged
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Thing

KIND = "subscription_schedule"
SAID = ("collection_method", "default_payment_method", "description", "trial_end", "on_behalf_of")


def shape(moment: Moment, customer: Thing, params: Thing) -> Thing:
    """A schedule without phases that has not begun."""
    usual: Thing = {
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": "automatic",
        "billing_thresholds": None,
        "collection_method": "charge_automatically",
        "default_payment_method": None,
        "description": None,
        "invoice_settings": {"account_tax_ids": None, "days_until_due": None, "issuer": {"type": "self"}},
        "on_behalf_of": None,
        "transfer_data": None,
    }
    schedule: Thing = {
        "id": moment.account.fresh(KIND),
        "object": KIND,
        "application": None,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
        "canceled_at": None,
        "completed_at": None,
        "created": moment.now,
        "current_phase": None,
        "customer": customer["id"],
        "customer_account": None,
        "default_settings": merged(usual, params.get("default_settings") or {}),
        "end_behavior": params.get("end_behavior", "release"),
        "livemode": False,
        "metadata": {},
        "phases": [],
        "released_at": None,
        "released_subscription": None,
        "status": "not_started",
        "subscription": None,
        "test_clock": customer["test_clock"],
    }
    merge_metadata(schedule, params.get("metadata", {}))
    return schedule


def described(moment: Moment, wanted: list[Thing], start: int) -> list[Thing]:
    """The phases that a parameter describes, each beginning where the one before ends."""
    made = []
    for place, given in enumerate(wanted):
        made.append(_phase(moment, given, start, f"phases[{place}]", last=place == len(wanted) - 1))
        start = made[-1]["end_date"]
    return made


def _phase(moment: Moment, given: Thing, start: int, param: str, *, last: bool) -> Thing:
    items = [_item(moment, one, f"{param}[items][{place}]") for place, one in enumerate(given["items"])]
    price = moment.account.get("price", items[0]["price"])
    end = _end(given, start, price["recurring"], param, last=last)
    if end <= start:
        raise invalid("A phase must end after it starts.", f"{param}[end_date]")
    account = moment.account
    phase: Thing = {
        "add_invoice_items": [],
        "application_fee_percent": None,
        "billing_cycle_anchor": given.get("billing_cycle_anchor"),
        "billing_thresholds": None,
        "collection_method": given.get("collection_method"),
        "currency": price["currency"],
        "default_payment_method": given.get("default_payment_method") or None,
        "default_tax_rates": tax_rates.all_of(account, given.get("default_tax_rates"), f"{param}[default_tax_rates]"),
        "description": given.get("description") or None,
        "discounts": [_discount(one) for one in given.get("discounts") or []],
        "end_date": end,
        "invoice_settings": None,
        "items": items,
        "metadata": {},
        "on_behalf_of": None,
        "proration_behavior": given.get("proration_behavior", "create_prorations"),
        "start_date": start,
        "transfer_data": None,
        "trial_end": end if given.get("trial") else given.get("trial_end"),
    }
    if given.get("automatic_tax"):
        phase["automatic_tax"] = {"disabled_reason": None, "enabled": False, "liability": None}
        automatic_tax.switch(phase, given["automatic_tax"])
    merge_metadata(phase, given.get("metadata", {}))
    return phase


def _end(given: Thing, start: int, recurring: Thing, param: str, *, last: bool) -> int:
    if given.get("end_date") is not None:
        return start if given["end_date"] == "now" else int(given["end_date"])
    if given.get("duration"):
        count = given["duration"].get("interval_count", 1)
        return periods.shifted(start, {"interval": given["duration"]["interval"], "interval_count": 1}, count)
    if given.get("iterations") is not None or last:
        return periods.shifted(start, recurring, given.get("iterations") or 1)
    raise invalid("Each phase but the last must have an `end_date` or a `duration`.", f"{param}[end_date]")


def _item(moment: Moment, given: Thing, param: str) -> Thing:
    price = subscription_parts.price_of(moment, given, param)
    made: Thing = {
        "billing_thresholds": None,
        "discounts": [_discount(one) for one in given.get("discounts") or []],
        "metadata": {},
        "price": price["id"],
        "tax_rates": tax_rates.all_of(moment.account, given.get("tax_rates"), f"{param}[tax_rates]"),
    }
    quantity = subscription_parts.quantity_of(price, given, None, param)
    if quantity is not None:
        made["quantity"] = quantity
    merge_metadata(made, given.get("metadata", {}))
    return made


def _discount(given: Thing) -> Thing:
    return {name: given.get(name) for name in ("coupon", "discount", "promotion_code")}


def present(subscription: Thing) -> Thing:
    """The phase in which a running subscription is: its current period."""
    data = subscription["items"]["data"]
    items = []
    for item in data:
        made = {
            "billing_thresholds": None,
            "discounts": [{"coupon": None, "discount": name, "promotion_code": None} for name in item["discounts"]],
            "metadata": dict(item["metadata"]),
            "price": item["price"]["id"],
            "tax_rates": list(item["tax_rates"]),
        }
        if "quantity" in item:
            made["quantity"] = item["quantity"]
        items.append(made)
    return {
        "add_invoice_items": [],
        "application_fee_percent": None,
        "billing_cycle_anchor": None,
        "billing_thresholds": None,
        "collection_method": None,
        "currency": subscription["currency"],
        "default_payment_method": None,
        "default_tax_rates": list(subscription["default_tax_rates"]),
        "description": None,
        "discounts": [{"coupon": None, "discount": name, "promotion_code": None} for name in subscription["discounts"]],
        "end_date": min(item["current_period_end"] for item in data),
        "invoice_settings": None,
        "items": items,
        "metadata": {},
        "on_behalf_of": None,
        "proration_behavior": "create_prorations",
        "start_date": min(item["current_period_start"] for item in data),
        "transfer_data": None,
        "trial_end": None,
    }


def as_parameters(phase: Thing, schedule: Thing) -> Thing:
    """What a subscription begins with in this phase."""
    settings = schedule["default_settings"]
    said = {name: phase[name] for name in SAID if phase.get(name)}
    for name in ("collection_method", "default_payment_method", "description"):
        if settings.get(name) and name not in said:
            said[name] = settings[name]
    if said.get("collection_method") == "send_invoice":
        said["days_until_due"] = settings["invoice_settings"]["days_until_due"] or 30
    kept = ("price", "quantity", "metadata")
    said["items"] = [
        {
            **{name: item[name] for name in kept if name in item},
            "tax_rates": [rate["id"] for rate in item["tax_rates"]],
            "discounts": [_plain(one) for one in item["discounts"]],
        }
        for item in phase["items"]
    ]
    said["discounts"] = [_plain(one) for one in phase["discounts"]]
    said["default_tax_rates"] = [rate["id"] for rate in phase["default_tax_rates"]]
    if phase["metadata"]:
        said["metadata"] = phase["metadata"]
    said["automatic_tax"] = phase.get("automatic_tax") or settings["automatic_tax"]
    return said


def _plain(discount: Thing) -> Thing:
    return {name: value for name, value in discount.items() if value}


def change(subscription: Thing, phase: Thing, schedule: Thing) -> Thing:
    """The change that brings a subscription into this phase: items that stay by price, others go or come."""
    wanted = as_parameters(phase, schedule)
    by_price = {item["price"]["id"]: item["id"] for item in subscription["items"]["data"]}
    items = [{**one, "id": by_price.pop(one["price"])} if one["price"] in by_price else one for one in wanted["items"]]
    # An item whose price is gone becomes the next new one, as the provider does when one replaces another.
    for one in items:
        if "id" not in one and by_price:
            one["id"] = by_price.pop(next(iter(by_price)))
    wanted["items"] = items + [{"id": name, "deleted": True} for name in by_price.values()]
    wanted["proration_behavior"] = phase["proration_behavior"]
    if phase.get("billing_cycle_anchor") == "phase_start":
        wanted["billing_cycle_anchor"] = "now"
    return wanted
