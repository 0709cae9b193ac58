"""A change of a subscription's items: what they become, and what the change costs in the middle of a period.

Checked before (`items.planned`), so that carrying it out cannot fail. Carried out on a copy and not `kept`, it says
what would be charged, and nothing changes.
"""

from dataclasses import dataclass, field

from fakes.payments.state import (
    billing,
    discounts,
    invoice_shapes,
    periods,
    pricing,
    subscription_parts,
    subscription_shapes,
)
from fakes.payments.state.given import merge_metadata
from fakes.payments.state.moment import Moment
from fakes.payments.state.store import Thing


@dataclass(frozen=True, slots=True)
class Correction:
    """What a change costs, or gives back, for one item and the rest of its period."""

    item: Thing
    amount: int
    period: tuple[int, int]
    words: str


@dataclass(slots=True)
class Change:
    """A change of items that was checked."""

    moment: Moment
    subscription: Thing
    at_s: int
    """As of when the rest of the period is counted."""
    anew: bool = False
    """Whether the period begins anew, whatever the items are."""
    swaps: list[tuple[str, Thing, int | None, Thing]] = field(default_factory=list)
    """(item, new price, new quantity, what else was given for it)"""
    adds: list[tuple[Thing, int | None, Thing]] = field(default_factory=list)
    drops: list[str] = field(default_factory=list)
    kept: bool = True

    def find(self, name: str) -> Thing:
        """The item of this id in the subscription."""
        found: Thing = next(one for one in self.subscription["items"]["data"] if one["id"] == name)
        return found

    @property
    def resets(self) -> bool:
        """Whether a new period begins with the change."""
        if self.subscription["status"] == "trialing":
            return False
        return self.anew or any(rhythm(self.find(name)["price"]) != rhythm(price) for name, price, _, _ in self.swaps)

    def carry_out(self) -> tuple[list[Correction], list[Thing]]:
        """Make the change; what it corrects, and the lines of the periods that begin with it."""
        resets, now = self.resets, self.at_s
        costs, lines = [], []
        touched = {name for name, _, _, _ in self.swaps} | set(self.drops)
        if resets:
            touched |= {one["id"] for one in self.subscription["items"]["data"]}
            self.subscription["billing_cycle_anchor"] = now
        # What is not named stays, and is paid back and begun anew with the others when the period is.
        swaps = {name: (price, quantity, given) for name, price, quantity, given in self.swaps}
        for item in list(self.subscription["items"]["data"]):
            if item["id"] not in touched:
                continue
            price, quantity, given = swaps.get(item["id"], (item["price"], item.get("quantity"), {}))
            same = price["id"] == item["price"]["id"] and quantity == item.get("quantity")
            if same and not resets and item["id"] not in self.drops:
                self._words(item, given)
                continue
            costs.append(self._share(item, -1, "Unused time on"))
            if item["id"] in self.drops:
                self._drop(item)
                continue
            self._become(item, price, quantity, given)
            if resets:
                item.update(current_period_start=now, current_period_end=periods.after(now, price["recurring"]))
                lines.append(self._line(item))
            else:
                costs.append(self._share(item, 1, "Remaining time on"))
        for price, quantity, given in self.adds:
            item = self._add(price, quantity, given, resets=resets)
            if resets:
                lines.append(self._line(item))
            else:
                costs.append(self._share(item, 1, "Remaining time on"))
        self.subscription["items"]["total_count"] = len(self.subscription["items"]["data"])
        return [one for one in costs if one.amount], lines

    def _become(self, item: Thing, price: Thing, quantity: int | None, given: Thing) -> None:
        item.update(price=price, plan=subscription_shapes.plan(price))
        if price["recurring"]["usage_type"] == "metered":
            item.pop("quantity", None)
        else:
            item["quantity"] = 1 if quantity is None else quantity
        self._words(item, given)

    def _words(self, item: Thing, given: Thing) -> None:
        if "metadata" in given:
            merge_metadata(item, given["metadata"])
        subscription_parts.write(self.moment, self.subscription, item, given)

    def _add(self, price: Thing, quantity: int | None, given: Thing, *, resets: bool) -> Thing:
        same = (one for one in self.subscription["items"]["data"] if rhythm(one["price"]) == rhythm(price))
        beside = next(same, None) if not resets else None
        anchor = self.subscription["billing_cycle_anchor"]
        start = self.at_s
        end = beside["current_period_end"] if beside else periods.boundary_after(anchor, start, price["recurring"])
        if self.subscription["status"] == "trialing":
            end = self.subscription["trial_end"]
        item = subscription_shapes.item(self.moment.account, self.subscription, price, quantity, end)
        item["current_period_start"] = beside["current_period_start"] if beside else start
        if self.kept:
            subscription_parts.add(self.moment, self.subscription, item)
        else:
            self.subscription["items"]["data"].append(item)
        self._words(item, given)
        return item

    def _drop(self, item: Thing) -> None:
        self.subscription["items"]["data"].remove(item)
        if self.kept:
            del self.moment.account.tables["subscription_item"][item["id"]]

    def _line(self, item: Thing) -> Thing:
        account = self.moment.account
        metered = item["price"]["recurring"]["usage_type"] == "metered"
        cost = 0 if metered else pricing.cost(account, item["price"], item["quantity"])
        start, end = item["current_period_start"], item["current_period_end"]
        return invoice_shapes.line(account, item, cost, start, end)

    def _share(self, item: Thing, sign: int, words: str) -> Correction:
        start, end = item["current_period_start"], item["current_period_end"]
        left, length = max(0, end - max(self.at_s, start)), end - start
        price = item["price"]
        if sign > 0:
            length = max(length, periods.whole(end, price["recurring"])) if start == self.at_s else length
        free = price["recurring"]["usage_type"] == "metered" or self.subscription["status"] == "trialing"
        cost = 0 if free else pricing.cost(self.moment.account, price, item["quantity"])
        full = net(self.moment, self.subscription, cost)
        many = f"{item.get('quantity', 1)} × " if item.get("quantity", 1) != 1 else ""
        said = f"{words} {many}{invoice_shapes.name_of(self.moment.account, price)}"
        # A snapshot: the item itself goes on to change.
        return Correction(dict(item), sign * pricing.share(full, left, length), (self.at_s, end), said)


def net(moment: Moment, subscription: Thing, amount: int) -> int:
    """An amount less the percentages that come off this subscription at the moment."""
    account = moment.account
    customer = account.find("customer", subscription["customer"]) or {}
    inherited = [customer["discount"]["id"]] if customer.get("discount") else []
    for name in subscription["discounts"] or inherited:
        discount = account.get("discount", name)
        off = billing.of(account).coupons[discount["source"]["coupon"]]["percent_off"]
        if off is not None and discounts.running(account, name, moment.now):
            amount -= pricing.percent(amount, off)
    return amount


def rhythm(price: Thing) -> tuple[str, int]:
    """How often a price recurs."""
    return price["recurring"]["interval"], price["recurring"]["interval_count"]


__all__ = ["Change", "Correction", "net", "rhythm"]
