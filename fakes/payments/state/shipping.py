"""Shipping rates: what it costs to send something, and by when it is there; chosen in a session, or for an invoice."""

from fakes.payments.state import billing
from fakes.payments.state.given import merge_metadata, rewrite, unset
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import currency_of
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Thing

KIND = "shipping_rate"


def create(moment: Moment, params: Thing) -> Thing:
    """A rate of a fixed amount."""
    fixed = params.get("fixed_amount")
    if not fixed:
        raise invalid("Missing required param: fixed_amount.", "fixed_amount", "parameter_missing")
    if fixed["amount"] < 0:
        raise invalid("Invalid non-negative integer", "fixed_amount[amount]", "parameter_invalid_integer")
    rate: Thing = {
        "id": moment.account.fresh(KIND),
        "object": KIND,
        "active": True,
        "created": moment.now,
        "delivery_estimate": _estimate(params.get("delivery_estimate")),
        "display_name": params["display_name"],
        "fixed_amount": {
            "amount": fixed["amount"],
            "currency": currency_of(fixed["currency"], "fixed_amount[currency]"),
        },
        "livemode": False,
        "metadata": {},
        "tax_behavior": params.get("tax_behavior", "unspecified"),
        "tax_code": unset(params.get("tax_code")),
        "type": "fixed_amount",
    }
    options = _options(fixed)
    if options:
        billing.of(moment.account).currency_options[rate["id"]] = options
    merge_metadata(rate, params.get("metadata", {}))
    return moment.account.put(rate)


def _estimate(given: Thing | None) -> Thing | None:
    return {name: given.get(name) for name in ("maximum", "minimum")} if given else None


def _options(fixed: Thing) -> Thing:
    return {
        name: {"amount": one["amount"], "tax_behavior": one.get("tax_behavior", "unspecified")}
        for name, one in (fixed.get("currency_options") or {}).items()
    }


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Take a rate out of use, or change its words."""
    rate = moment.account.get(KIND, name)
    rewrite(rate, params, "active", "tax_behavior")
    options = _options(params.get("fixed_amount") or {})
    if options:
        billing.of(moment.account).currency_options.setdefault(rate["id"], {}).update(options)
    return rate


def wanted(_moment: Moment, rate: Thing, params: Thing) -> bool:
    """The filters of the list of shipping rates."""
    same = "active" not in params or rate["active"] == params["active"]
    currency = rate["fixed_amount"]["currency"]
    return bool(same and params.get("currency", currency) == currency)


def amount_in(moment: Moment, rate: Thing, currency: str, param: str) -> int:
    """What a rate costs in this currency."""
    if rate["fixed_amount"]["currency"] == currency:
        return int(rate["fixed_amount"]["amount"])
    option = billing.of(moment.account).currency_options.get(rate["id"], {}).get(currency)
    if option is None:
        raise invalid(f"The shipping rate {rate['id']} has no amount in {currency}.", param)
    return int(option["amount"])


def option(moment: Moment, given: Thing, place: int) -> Thing:
    """A way of sending, as a session shows it: a rate that exists or is described in place."""
    rate = _meant(moment, given, f"shipping_options[{place}][shipping_rate]")
    return {"shipping_amount": rate["fixed_amount"]["amount"], "shipping_rate": rate["id"]}


def _meant(moment: Moment, given: Thing, param: str) -> Thing:
    if given.get("shipping_rate_data"):
        return create(moment, given["shipping_rate_data"])
    return moment.account.get(KIND, given.get("shipping_rate"), param)


def cost(moment: Moment, wanted: Thing | None, currency: str) -> Thing | None:
    """What an invoice says about its shipping: by a rate that exists or is described in place."""
    if not wanted:
        return None
    rate = _meant(moment, wanted, "shipping_cost[shipping_rate]")
    if not rate["active"]:
        raise invalid(f"The shipping rate {rate['id']} is inactive.", "shipping_cost[shipping_rate]")
    amount = amount_in(moment, rate, currency, "shipping_cost[shipping_rate]")
    return {"amount_subtotal": amount, "amount_tax": 0, "amount_total": amount, "shipping_rate": rate["id"]}
