"""Taxes that were recorded: made from a calculation, and taken back in whole or in part."""

from typing import Any

from fakes.payments.state.moment import Moment
from fakes.payments.state.plain.acting import fresh
from fakes.payments.state.plain.kind import Kind
from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.store import Thing
from fakes.payments.state.tax.calculations import CALCULATION, Lines, lines_of

TRANSACTION = Kind(name="tax.transaction", path="tax/transactions", prefix="tax_1", offers=("retrieve",))
LINE = Kind(name="tax.transaction_line_item", path="", prefix="tax_li_", letters=14, offers=())
SAME = ("currency", "customer", "customer_details", "ship_from_details", "tax_date")
_LINE = ("amount", "amount_tax", "product", "quantity", "tax_behavior", "tax_code", "reference")


def create(moment: Moment, params: Thing) -> Thing:
    """Record a calculation that has not expired."""
    found = moment.account.get(CALCULATION.name, params["calculation"], "calculation")
    if found["expires_at"] <= moment.now:
        raise Problem("This calculation has expired.", code="tax_calculation_expired", param="calculation")
    made = _begin(moment, params, found, "transaction")
    cost = found["shipping_cost"]
    made["shipping_cost"] = cost and {name: value for name, value in cost.items() if name != "tax_breakdown"}
    lines = [_line(moment, one, "transaction", {}) for one in lines_of(moment.account, found)]
    return _keep(moment, made, lines)


def _begin(moment: Moment, params: Thing, like: Thing, kind: str) -> Thing:
    _unique(moment, params["reference"])
    made = fresh(moment, TRANSACTION, {"reference": params["reference"], "metadata": params.get("metadata")})
    made.update({name: like[name] for name in SAME if name in like})
    made.update(type=kind, posted_at=params.get("posted_at", moment.now))
    made.pop("line_items", None)
    return made


def _unique(moment: Moment, reference: str) -> None:
    if any(one["reference"] == reference for one in moment.account.newest(TRANSACTION.name)):
        raise invalid(f"A transaction with the reference '{reference}' exists already.", "reference")


def _line(moment: Moment, like: Thing, kind: str, instead: Thing) -> Thing:
    line = fresh(moment, LINE, {})
    line.update({name: like[name] for name in _LINE if name in like})
    line.update(type=kind, **instead)
    return line


def _keep(moment: Moment, made: Thing, lines: list[Thing]) -> Thing:
    moment.account.side(Lines).of[made["id"]] = lines
    return moment.account.put(made)


def reverse(moment: Moment, params: Thing) -> Thing:
    """Take back what was recorded: all of it, or what is said of some lines."""
    found = moment.account.get(TRANSACTION.name, params["original_transaction"], "original_transaction")
    if found["type"] == "reversal":
        raise invalid("A reversal cannot be reversed.", "original_transaction")
    if "flat_amount" in params:
        raise invalid("This account does not offer reversals by a flat amount.", "flat_amount")
    before = {one["id"]: one for one in lines_of(moment.account, found)}
    made = _begin(moment, params, found, "reversal")
    made["reversal"] = {"original_transaction": found["id"]}
    if params["mode"] == "full":
        lines = [_line(moment, one, "reversal", _back(one, one)) for one in before.values()]
        cost = found["shipping_cost"]
    else:
        lines = [_part(moment, before, one) for one in params.get("line_items") or []]
        cost = params.get("shipping_cost") and {**(found["shipping_cost"] or {}), **params["shipping_cost"]}
    made["shipping_cost"] = cost and _negative(cost)
    if not lines and not cost:
        raise invalid("Missing required param: line_items.", "line_items", "parameter_missing")
    return _keep(moment, made, lines)


def _negative(cost: Thing) -> Thing:
    return {**cost, "amount": -abs(cost["amount"]), "amount_tax": -abs(cost["amount_tax"])}


def _back(line: Thing, by: Thing) -> Thing:
    amounts = {name: -abs(by[name]) for name in ("amount", "amount_tax")}
    return {**amounts, "reversal": {"original_line_item": line["id"]}}


def _part(moment: Moment, before: dict[str, Thing], given: Thing) -> Thing:
    like = before.get(given["original_line_item"])
    if like is None:
        raise invalid(f"No such line item: '{given['original_line_item']}'", "line_items", "resource_missing")
    more: dict[str, Any] = {"reference": given["reference"], "quantity": given.get("quantity", like["quantity"])}
    return _line(moment, like, "reversal", {**_back(like, given), **more})
