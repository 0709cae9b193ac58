"""Lists of values against fraud; no rule reads them here."""

import ipaddress

from fakes.payments.state.moment import Moment
from fakes.payments.state.plain.acting import delete as forget
from fakes.payments.state.plain.kind import Kind
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Account, Thing

MERCHANT = "merchant@example.com"
"""Whoever made a list by the API."""
LIST, ITEM = "radar.value_list", "radar.value_list_item"


def _named(moment: Moment, kept: Thing, params: Thing) -> None:
    alias = params.get("alias")
    if alias and any(one["id"] != kept["id"] for one in moment.account.where(LIST, alias=alias)):
        raise invalid(f"A value list with the alias `{alias}` already exists.", "alias")
    kept["list_items"]["url"] = f"/v1/radar/value_list_items?value_list={kept['id']}"


def _listed(moment: Moment, item: Thing, params: Thing) -> None:
    kept, value = named(moment.account, params["value_list"]), params["value"]
    if not _right(kept["item_type"], value):
        raise invalid(f"Invalid value for a list of {kept['item_type']}: {value[:100]}", "value")
    if any(one["value"] == value for one in moment.account.where(ITEM, value_list=kept["id"])):
        raise invalid("This value is already in the value list.", "value")
    item["value_list"] = kept["id"]
    kept["list_items"]["data"].insert(0, item)


def named(account: Account, name: str) -> Thing:
    """The list of this id or alias."""
    found = account.find(LIST, name) or next(iter(account.where(LIST, alias=name)), None)
    return found or account.get(LIST, name, "value_list")


def _right(kind: str, value: str) -> bool:
    if kind == "ip_address":
        try:
            ipaddress.ip_network(value)
        except ValueError:
            return False
    digits = value.isascii() and value.isdigit()
    checks = {"email": "@" in value, "card_bin": digits and len(value) in (6, 8), "country": len(value) == 2}
    return checks.get(kind, True)


def remove(moment: Moment, params: Thing, name: str) -> Thing:
    """Take a value off its list."""
    item = moment.account.get(ITEM, name)
    kept = moment.account.get(LIST, item["value_list"])["list_items"]
    kept["data"] = [one for one in kept["data"] if one["id"] != name]
    return forget(ITEMS, moment, params, name)


def remove_list(moment: Moment, params: Thing, name: str) -> Thing:
    """Forget a list and what is on it."""
    moment.account.get(LIST, name)
    for item in moment.account.where(ITEM, value_list=name):
        del moment.account.tables[ITEM][item["id"]]
    return forget(LISTS, moment, params, name)


def wanted(moment: Moment, kept: Thing, params: Thing) -> bool:
    """The filters of the list of lists."""
    if params.get("alias", kept["alias"]) != kept["alias"]:
        return False
    within = moment.account.where(ITEM, value_list=kept["id"]) if "contains" in params else []
    return "contains" not in params or any(params["contains"] in one["value"] for one in within)


LISTS = Kind(
    name=LIST,
    path="radar/value_lists",
    prefix="rsl_1",
    born={"created_by": MERCHANT, "item_type": "string"},
    offers=("create", "retrieve", "update"),
    also=_named,
    changed=_named,
)
ITEMS = Kind(
    name=ITEM,
    path="radar/value_list_items",
    prefix="rsli_1",
    born={"created_by": MERCHANT},
    offers=("create", "list", "retrieve"),
    filters=("value", "value_list"),
    within={"value_list": LIST},
    also=_listed,
)
KINDS = (LISTS, ITEMS)
