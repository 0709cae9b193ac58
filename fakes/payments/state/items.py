"""Items of subscriptions: which prices, how many; added, changed and removed through their subscription."""

from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.proration import Change
from fakes.payments.state.store import Thing
from fakes.payments.state.subscription_parts import price_of, quantity_of

GIVEN = ("price", "price_data", "quantity", "metadata", "tax_rates", "discounts", "plan")
ABOUT_MONEY = ("proration_behavior", "proration_date", "payment_behavior", "off_session")


def planned(moment: Moment, subscription: Thing, wanted: list[Thing], at_s: int) -> Change:
    """Check a change of items as `wanted` describes it: by id, new ones without, `deleted` ones gone."""
    change = Change(moment, subscription, at_s)
    data: list[Thing] = subscription["items"]["data"]
    for place, given in enumerate(wanted):
        param = f"items[{place}]"
        if not given.get("id"):
            price = _new(moment, subscription, given, param)
            change.adds.append((price, quantity_of(price, given, None, param), given))
            continue
        item = next((one for one in data if one["id"] == given["id"]), None)
        if item is None:
            raise invalid(f"Subscription item {given['id']} does not belong to this subscription.", f"{param}[id]")
        if given.get("deleted"):
            change.drops.append(item["id"])
            continue
        named = given.get("price") or given.get("plan") or given.get("price_data")
        price = price_of(moment, given, param) if named else item["price"]
        if price["currency"] != subscription["currency"]:
            raise invalid("The price's currency must match the subscription's.", f"{param}[price]")
        change.swaps.append((item["id"], price, quantity_of(price, given, item.get("quantity"), param), given))
    if len(change.drops) == len(data) and not change.adds:
        raise invalid("A subscription must have at least one active item.", "items")
    return change


def _new(moment: Moment, subscription: Thing, given: Thing, param: str) -> Thing:
    price = price_of(moment, given, param)
    if any(item["price"]["id"] == price["id"] for item in subscription["items"]["data"]):
        raise invalid(f"Cannot add multiple subscription items with the same plan: {price['id']}", f"{param}[price]")
    if price["currency"] != subscription["currency"]:
        raise invalid("The price's currency must match the subscription's.", f"{param}[price]")
    return price


def _through(moment: Moment, subscription: Thing, params: Thing, given: Thing) -> None:
    from fakes.payments.state import subscription_changes

    how = {name: params[name] for name in ABOUT_MONEY if name in params}
    subscription_changes.update(moment, {**how, "items": [given]}, subscription["id"])


def create(moment: Moment, params: Thing) -> Thing:
    """Add an item to a subscription."""
    subscription = moment.account.get("subscription", params["subscription"], "subscription")
    _through(moment, subscription, params, {name: params[name] for name in GIVEN if name in params})
    made: Thing = subscription["items"]["data"][-1]
    return made


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change the price, the quantity or the words of an item."""
    item = moment.account.get("subscription_item", name)
    subscription = moment.account.get("subscription", item["subscription"])
    _through(moment, subscription, params, {"id": name, **{key: params[key] for key in GIVEN if key in params}})
    return item


def delete(moment: Moment, params: Thing, name: str) -> Thing:
    """Take an item out of its subscription; never the last one."""
    item = moment.account.get("subscription_item", name)
    subscription = moment.account.get("subscription", item["subscription"])
    _through(moment, subscription, params, {"id": name, "deleted": True})
    return {"id": name, "object": "subscription_item", "deleted": True}
