"""What a price is made of: its amount, tiers, packages, rhythm, and its amounts in other currencies."""

from itertools import pairwise

from fakes.payments.state import billing
from fakes.payments.state.given import unset
from fakes.payments.state.money import currency_of, exact
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Account, Thing


def price(account: Account, params: Thing) -> Thing:
    """A price of no product yet; its tiers and other currencies are kept beside it."""
    currency = currency_of(params["currency"])
    tiered = params.get("billing_scheme") == "tiered"
    amount, exact = (None, None) if tiered or params.get("custom_unit_amount") else _amount(params)
    recurring = recurring_of(params.get("recurring"))
    made: Thing = {
        "id": account.fresh("price"),
        "object": "price",
        "active": params.get("active", True),
        "billing_scheme": params.get("billing_scheme", "per_unit"),
        "created": account.now(),
        "currency": currency,
        "custom_unit_amount": _custom(params.get("custom_unit_amount")),
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": unset(params.get("nickname")),
        "product": None,
        "recurring": recurring,
        "tax_behavior": params.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": params.get("transform_quantity"),
        "type": "recurring" if recurring else "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": exact,
    }
    kept = billing.of(account)
    if tiered:
        made["tiers_mode"] = params.get("tiers_mode")
        kept.tiers[made["id"]] = _tiers(params)
    options = params.get("currency_options") or {}
    kept.currency_options[made["id"]] = currency_options(options) | {currency: _option(params)}
    return made


def _amount(params: Thing) -> tuple[int | None, str]:
    if "unit_amount" in params and "unit_amount_decimal" in params:
        raise invalid("You may only specify one of these parameters: unit_amount, unit_amount_decimal.")
    if params.get("unit_amount_decimal") is not None:
        return exactly(params["unit_amount_decimal"], "unit_amount_decimal")
    amount = params.get("unit_amount")
    if amount is None:
        raise invalid(
            "You must specify either `unit_amount`, `unit_amount_decimal`, or `custom_unit_amount` when "
            "`billing_scheme=per_unit`."
        )
    if amount < 0:
        raise invalid("Invalid non-negative integer", "unit_amount", "parameter_invalid_integer")
    return amount, str(amount)


def exactly(text: str, param: str) -> tuple[int | None, str]:
    """An amount with up to twelve decimal places: as a whole number if it is one, and as text."""
    number = exact(text, param)
    places = number.as_tuple().exponent
    if number < 0 or (isinstance(places, int) and places < -12):
        raise invalid(f"Invalid non-negative decimal with at most 12 decimal places: {text[:100]}", param)
    return (int(number) if number == int(number) else None), str(number)


def _custom(given: Thing | None) -> Thing | None:
    if not given or not given.get("enabled"):
        return None
    return {name: given.get(name) for name in ("maximum", "minimum", "preset")}


def recurring_of(given: Thing | None) -> Thing | None:
    """How often a price recurs, in full."""
    if not given:
        return None
    count = given.get("interval_count", 1)
    most = {"day": 1095, "week": 156, "month": 36, "year": 3}[given["interval"]]
    if not 1 <= count <= most:
        raise invalid(
            f"Invalid interval_count: it must be between 1 and {most} for `interval={given['interval']}`.",
            "recurring[interval_count]",
        )
    usage = given.get("usage_type", "licensed")
    if usage == "metered" and not given.get("meter"):
        raise invalid("A price of metered usage must name a meter.", "recurring[meter]", "parameter_missing")
    return {
        "interval": given["interval"],
        "interval_count": count,
        "meter": given.get("meter"),
        "trial_period_days": given.get("trial_period_days"),
        "usage_type": usage,
    }


def _tiers(params: Thing) -> list[Thing]:
    if "unit_amount" in params or "unit_amount_decimal" in params:
        raise invalid("You may not specify `unit_amount` when `billing_scheme=tiered`.", "unit_amount")
    if not params.get("tiers"):
        raise invalid("You must specify `tiers` when `billing_scheme=tiered`.", "tiers", "parameter_missing")
    if not params.get("tiers_mode"):
        raise invalid("You must specify `tiers_mode` when `billing_scheme=tiered`.", "tiers_mode", "parameter_missing")
    tiers = [tier(given, f"tiers[{place}]") for place, given in enumerate(params["tiers"])]
    if tiers[-1]["up_to"] is not None:
        raise invalid("The last tier must have `up_to=inf`.", f"tiers[{len(tiers) - 1}][up_to]")
    bounds = [one["up_to"] for one in tiers[:-1]]
    if None in bounds or any(low >= high for low, high in pairwise(bounds)):
        raise invalid("The bounds of the tiers must grow, and only the last may be `inf`.", "tiers")
    return tiers


def tier(given: Thing, param: str) -> Thing:
    """One tier, in full."""
    made: Thing = {"up_to": None if given["up_to"] == "inf" else int(given["up_to"])}
    for name in ("flat_amount", "unit_amount"):
        if given.get(f"{name}_decimal") is not None:
            made[name], made[f"{name}_decimal"] = exactly(given[f"{name}_decimal"], f"{param}[{name}_decimal]")
        else:
            amount = given.get(name)
            made[name], made[f"{name}_decimal"] = amount, None if amount is None else str(amount)
    if made["flat_amount_decimal"] is None and made["unit_amount_decimal"] is None:
        raise invalid("Each tier must have an amount, flat or per unit.", param)
    return made


def currency_options(given: Thing) -> Thing:
    """What a price costs in other currencies."""
    return {currency_of(name, "currency_options"): _option(one) for name, one in given.items()}


def _option(given: Thing) -> Thing:
    amount, exact = None, None
    if given.get("unit_amount_decimal") is not None:
        amount, exact = exactly(str(given["unit_amount_decimal"]), "unit_amount_decimal")
    elif given.get("unit_amount") is not None:
        amount, exact = int(given["unit_amount"]), str(given["unit_amount"])
    return {
        "custom_unit_amount": None,
        "tax_behavior": given.get("tax_behavior", "unspecified"),
        "unit_amount": amount,
        "unit_amount_decimal": exact,
    }
