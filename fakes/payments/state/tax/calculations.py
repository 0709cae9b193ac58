"""What taxes are due on a sale: for each line, by one rate for the place where it goes."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from fakes.payments.state.moment import Moment
from fakes.payments.state.money import currency_of
from fakes.payments.state.plain.acting import fresh
from fakes.payments.state.plain.kind import Kind
from fakes.payments.state.plain.shaping import blank, shapes, write
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Account, Thing
from fakes.payments.state.tax import duties, places
from fakes.payments.state.tax.duties import RATED, SHIPPING_CODE, USUAL_CODE, Duty

DAYS_90_S = 90 * 86400
CALCULATION = Kind(name="tax.calculation", path="tax/calculations", prefix="taxcalc_1", offers=("retrieve",))
LINE = Kind(name="tax.calculation_line_item", path="", prefix="tax_li_", letters=14, offers=())


@dataclass(slots=True)
class Lines:
    """The lines of calculations and of what was recorded."""

    of: dict[str, list[Thing]] = field(default_factory=dict)


def create(moment: Moment, params: Thing) -> Thing:
    """What taxes are due; it is remembered for ninety days."""
    if not params["line_items"]:
        raise invalid("Missing required param: line_items.", "line_items", "parameter_missing")
    if params.get("customer"):
        moment.account.get("customer", params["customer"], "customer")
    details = _details(moment.account, params)
    place = _place(moment, details)
    made = fresh(moment, CALCULATION, {})
    made.update(currency=currency_of(params["currency"]), customer=params.get("customer"), customer_details=details)
    made.update(expires_at=moment.now + DAYS_90_S, tax_date=params.get("tax_date", moment.now))
    if params.get("ship_from_details"):
        write(shapes()[CALCULATION.name], made, {"ship_from_details": params["ship_from_details"]})
    lines = [_line(moment, one, number, place) for number, one in enumerate(params["line_items"], 1)]
    given = params.get("shipping_cost")
    made["shipping_cost"] = _shipping(moment, given, place) if given else None
    made.pop("line_items", None)
    _add_up(made, [*lines, *([made["shipping_cost"]] if given else [])], place)
    moment.account.side(Lines).of[made["id"]] = lines
    return moment.account.put(made)


def _details(account: Account, params: Thing) -> Thing:
    """Who buys, and where it goes: as it is said, or as the customer says."""
    details: Thing = blank(shapes()[CALCULATION.name]["customer_details"])
    details["taxability_override"] = "none"
    write(shapes()[CALCULATION.name]["customer_details"], details, params.get("customer_details") or {})
    if details["address"] is None and params.get("customer"):
        customer = account.get("customer", params["customer"])
        shipping = (customer.get("shipping") or {}).get("address")
        details["address"] = shipping or customer["address"]
        details["address_source"] = "shipping" if shipping else "billing"
    if not details["address"] or not details["address"].get("country"):
        raise invalid(
            "The customer's location is needed.", "customer_details[address]", "customer_tax_location_invalid"
        )
    if details["address_source"] is None:
        raise invalid(
            "Missing required param: customer_details[address_source].",
            "customer_details[address_source]",
            "parameter_missing",
        )
    return details


def _place(moment: Moment, details: Thing) -> Duty:
    return duties.at(moment.account, details["address"], moment.now, details["taxability_override"])


def _tax(amount: int, behavior: str, percent: Decimal) -> int:
    base = Decimal(100) + (percent if behavior == "inclusive" else 0)
    return int((amount * percent / base).quantize(Decimal(1), ROUND_HALF_UP))


def _line(moment: Moment, given: Thing, number: int, place: Duty) -> Thing:
    defaults = places.settings(moment.account)["defaults"]
    line = fresh(moment, LINE, given)
    line["reference"] = given.get("reference") or f"L{number}"
    line["quantity"] = given.get("quantity", 1)
    line.update(_taxed(given, defaults, place))
    return line


def _taxed(given: Thing, defaults: Thing, place: Duty) -> Thing:
    """What is due on an amount, and why."""
    code = given.get("tax_code") or defaults["tax_code"] or USUAL_CODE
    behavior = given.get("tax_behavior") or defaults["tax_behavior"] or "exclusive"
    behavior = behavior if behavior in ("exclusive", "inclusive") else "exclusive"
    due = place.on(code)
    percent, reason = due.percent, due.reason
    tax = _tax(given["amount"], behavior, percent)
    return {
        "amount": given["amount"],
        "amount_tax": tax,
        "tax_behavior": behavior,
        "tax_code": code,
        "tax_breakdown": [
            {
                "amount": tax,
                "jurisdiction": duties.jurisdiction(place.address),
                "sourcing": "destination",
                "tax_rate_details": _rate(place.address, percent) if reason == RATED else None,
                "taxability_reason": reason,
                "taxable_amount": (given["amount"] - (tax if behavior == "inclusive" else 0)) if percent else 0,
            }
        ],
    }


def _rate(address: Thing, percent: Decimal) -> Thing:
    name, kind = duties.kind_of(address)
    return {"display_name": name, "percentage_decimal": f"{percent.normalize():f}", "tax_type": kind}


def _shipping(moment: Moment, given: Thing, place: Duty) -> Thing:
    made: Thing = {}
    if given.get("shipping_rate"):
        found = moment.account.get("shipping_rate", given["shipping_rate"], "shipping_cost[shipping_rate]")
        made["shipping_rate"] = found["id"]
        given = {"amount": found["fixed_amount"]["amount"], **given}
    if "amount" not in given:
        raise invalid("Missing required param: shipping_cost[amount].", "shipping_cost[amount]", "parameter_missing")
    usual = {"tax_behavior": places.settings(moment.account)["defaults"]["tax_behavior"], "tax_code": SHIPPING_CODE}
    return {**made, **_taxed(given, usual, place)}


def _add_up(made: Thing, taxed: list[Thing], place: Duty) -> None:
    """The sums: over all, and by reason."""
    exclusive = sum(one["amount_tax"] for one in taxed if one["tax_behavior"] == "exclusive")
    inclusive = sum(one["amount_tax"] for one in taxed if one["tax_behavior"] == "inclusive")
    made.update(tax_amount_exclusive=exclusive, tax_amount_inclusive=inclusive)
    made["amount_total"] = sum(one["amount"] for one in taxed) + exclusive
    groups: dict[tuple[bool, str], list[Thing]] = {}
    for one in taxed:
        part = one["tax_breakdown"][0]
        groups.setdefault((one["tax_behavior"] == "inclusive", part["taxability_reason"]), []).append(part)
    made["tax_breakdown"] = [
        {
            "amount": sum(part["amount"] for part in parts),
            "inclusive": inside,
            "tax_rate_details": _group_rate(place, reason),
            "taxability_reason": reason,
            "taxable_amount": sum(part["taxable_amount"] for part in parts),
        }
        for (inside, reason), parts in groups.items()
    ]


def _group_rate(place: Duty, reason: str) -> Thing:
    percent = place.percent if reason == RATED else Decimal(0)
    return {
        "country": place.address["country"],
        "flat_amount": None,
        "percentage_decimal": f"{percent.normalize():f}",
        "rate_type": "percentage",
        "state": place.address.get("state"),
        "tax_type": duties.kind_of(place.address)[1] if percent else None,
    }


def lines_of(account: Account, thing: Thing) -> list[Thing]:
    """The lines of a calculation, or of what was recorded."""
    return account.side(Lines).of[thing["id"]]
