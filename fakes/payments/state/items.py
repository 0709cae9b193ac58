"""Items of subscriptions: which prices, how many, and what a change in the middle of a period costs."""

from dataclasses import dataclass, field

from fakes.payments.state import invoice_shapes, invoices, periods, subscription_shapes
from fakes.payments.state.customers import merge_metadata
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Thing


def add(moment: Moment, subscription: Thing, item: Thing) -> None:
    """Keep an item, in its subscription and under its own id."""
    moment.account.put(item)
    subscription["items"]["data"].append(item)
    subscription["items"]["total_count"] = len(subscription["items"]["data"])


@dataclass(slots=True)
class Change:
    """A change of items that was checked and can no longer fail."""

    moment: Moment
    subscription: Thing
    prorates: str
    swaps: list[tuple[Thing, Thing, int]] = field(default_factory=list)
    """(item, new price, new quantity)"""
    adds: list[tuple[Thing, int]] = field(default_factory=list)
    drops: list[Thing] = field(default_factory=list)
    metadata: list[tuple[Thing, Thing]] = field(default_factory=list)

    def carry_out(self) -> Thing | None:
        """Make the change; the invoice that is due at once, if one is."""
        account = self.moment.account
        lines: list[Thing] = []
        resets = any(_rhythm(item["price"]) != _rhythm(price) for item, price, _ in self.swaps)
        for item, price, quantity in self.swaps:
            lines += self._swap(item, price, quantity, resets=resets)
        for price, quantity in self.adds:
            end = next((one["current_period_end"] for one in self.subscription["items"]["data"]), None)
            item = subscription_shapes.item(account, self.subscription, price, quantity, end)
            add(self.moment, self.subscription, item)
            lines.append(self._share(item, price["unit_amount"] * quantity, f"Remaining time on {_name(price)}"))
        for item in self.drops:
            lines.append(self._share(item, -_cost(item), f"Unused time on {_name(item['price'])}"))
            self.subscription["items"]["data"].remove(item)
            del account.tables["subscription_item"][item["id"]]
        for item, given in self.metadata:
            merge_metadata(item, given)
        self.subscription["items"]["total_count"] = len(self.subscription["items"]["data"])
        return self._bill([line for line in lines if line["amount"]], at_once=resets)

    def _swap(self, item: Thing, price: Thing, quantity: int, *, resets: bool) -> list[Thing]:
        credit = self._share(item, -_cost(item), f"Unused time on {_name(item['price'])}")
        item.update(price=price, plan=subscription_shapes.plan(price), quantity=quantity)
        if not resets:
            return [credit, self._share(item, _cost(item), f"Remaining time on {_name(price)}")]
        now = self.moment.now
        item.update(current_period_start=now, current_period_end=periods.after(now, price["recurring"]))
        self.subscription["billing_cycle_anchor"] = now
        end = item["current_period_end"]
        return [credit, invoice_shapes.line(self.moment.account, item, _cost(item), now, end)]

    def _share(self, item: Thing, amount: int, words: str) -> Thing:
        start, end, now = item["current_period_start"], item["current_period_end"], self.moment.now
        left = round(amount * max(0, end - now) / max(1, end - start))
        return invoice_shapes.line(self.moment.account, item, left, now, end, proration=words)

    def _bill(self, lines: list[Thing], *, at_once: bool) -> Thing | None:
        trial = self.subscription["status"] == "trialing"
        if self.prorates == "none" and not at_once:
            return None
        if not lines or trial:
            return None
        if at_once or self.prorates == "always_invoice":
            return invoices.issue(self.moment, self.subscription, lines, "subscription_update")
        pending = self.moment.account.links.pending_prorations
        pending.setdefault(self.subscription["id"], []).extend(lines)
        return None


def _cost(item: Thing) -> int:
    return int(item["price"]["unit_amount"] * item["quantity"])


def _name(price: Thing) -> str:
    return str(price.get("nickname") or price.get("lookup_key") or price["id"])


def _rhythm(price: Thing) -> tuple[str, int]:
    return price["recurring"]["interval"], price["recurring"]["interval_count"]


def plan_change(moment: Moment, subscription: Thing, params: Thing) -> Change:
    """Check a change of items as `items` describes it: by id, new ones without, `deleted` ones gone."""
    from fakes.payments.state import subscriptions

    change = Change(moment, subscription, params.get("proration_behavior", "create_prorations"))
    for place, given in enumerate(params["items"]):
        param = f"items[{place}]"
        item = None
        if given.get("id"):
            item = next((one for one in subscription["items"]["data"] if one["id"] == given["id"]), None)
            if item is None:
                raise invalid(f"Subscription item {given['id']} does not belong to this subscription.", f"{param}[id]")
        if item is None:
            change.adds.append((_checked(moment, subscription, given, param), given.get("quantity", 1)))
        elif given.get("deleted"):
            change.drops.append(item)
        else:
            named = given.get("price") or given.get("plan") or given.get("price_data")
            price = subscriptions.price_of(moment, given, param) if named else item["price"]
            if price["currency"] != subscription["currency"]:
                raise invalid("The price's currency must match the subscription's.", f"{param}[price]")
            change.swaps.append((item, price, given.get("quantity", item["quantity"])))
            if "metadata" in given:
                change.metadata.append((item, given["metadata"]))
    if len(change.drops) == len(subscription["items"]["data"]) and not change.adds:
        raise invalid("A subscription must have at least one active item.", "items")
    return change


def _checked(moment: Moment, subscription: Thing, given: Thing, param: str) -> Thing:
    from fakes.payments.state import subscriptions

    price = subscriptions.price_of(moment, given, param)
    if any(item["price"]["id"] == price["id"] for item in subscription["items"]["data"]):
        raise invalid(f"Cannot add multiple subscription items with the same plan: {price['id']}", f"{param}[price]")
    return price


def _through(moment: Moment, subscription: Thing, params: Thing, given: Thing) -> None:
    from fakes.payments.state import subscriptions

    behaviour = {name: params[name] for name in ("proration_behavior",) if name in params}
    subscriptions.update(moment, {**behaviour, "items": [given]}, subscription["id"])


def create(moment: Moment, params: Thing) -> Thing:
    """Add an item to a subscription."""
    subscription = moment.account.get("subscription", params["subscription"], "subscription")
    given: Thing = {name: params[name] for name in ("price", "price_data", "quantity", "metadata") if name in params}
    _through(moment, subscription, params, given)
    made: Thing = subscription["items"]["data"][-1]
    return made


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change the price or the quantity of an item."""
    item = moment.account.get("subscription_item", name)
    subscription = moment.account.get("subscription", item["subscription"])
    given: Thing = {key: params[key] for key in ("price", "price_data", "quantity", "metadata") if key in params}
    _through(moment, subscription, params, {"id": name, **given})
    return item


def delete(moment: Moment, params: Thing, name: str) -> Thing:
    """Take an item out of its subscription; never the last one."""
    item = moment.account.get("subscription_item", name)
    subscription = moment.account.get("subscription", item["subscription"])
    _through(moment, subscription, params, {"id": name, "deleted": True})
    return {"id": name, "object": "subscription_item", "deleted": True}
