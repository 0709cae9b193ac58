"""Shipping rates: what sending goods costs; chosen in a checkout session."""

from fakes.payments.state.customers import merge_metadata
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import currency_of
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Thing


def create(moment: Moment, params: Thing) -> Thing:
    """A rate of a fixed amount."""
    fixed = params.get("fixed_amount")
    if not fixed:
        raise invalid("Missing required param: fixed_amount.", "fixed_amount", "parameter_missing")
    rate: Thing = {
        "id": moment.account.fresh("shipping_rate"),
        "object": "shipping_rate",
        "active": True,
        "created": moment.now,
        "delivery_estimate": params.get("delivery_estimate")
        and {"maximum": None, "minimum": None, **params["delivery_estimate"]},
        "display_name": params["display_name"],
        "fixed_amount": {"amount": fixed["amount"], "currency": currency_of(fixed["currency"])},
        "livemode": False,
        "metadata": {},
        "tax_behavior": params.get("tax_behavior", "unspecified"),
        "tax_code": params.get("tax_code"),
        "type": "fixed_amount",
    }
    merge_metadata(rate, params.get("metadata", {}))
    return moment.account.put(rate)


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change what a rate may change: never its amount."""
    rate = moment.account.get("shipping_rate", name)
    for field in ("active", "tax_behavior"):
        if field in params:
            rate[field] = params[field]
    if "metadata" in params:
        merge_metadata(rate, params["metadata"])
    return rate


def option(moment: Moment, given: Thing, place: int) -> Thing:
    """A way of sending, as a session shows it: a rate that exists or is described in place."""
    if given.get("shipping_rate_data"):
        rate = create(moment, given["shipping_rate_data"])
    else:
        rate = moment.account.get(
            "shipping_rate", given.get("shipping_rate"), f"shipping_options[{place}][shipping_rate]"
        )
    return {"shipping_amount": rate["fixed_amount"]["amount"], "shipping_rate": rate["id"]}


def wanted(_moment: Moment, rate: Thing, params: Thing) -> bool:
    """The filters of the list."""
    return ("active" not in params or rate["active"] == params["active"]) and (
        "currency" not in params or rate["fixed_amount"]["currency"] == params["currency"]
    )
