"""Test clocks: a time of their own for some customers and what belongs to them, moved forward on request.

Made, advanced and deleted here; the work that becomes due on the way is done by `fakes.payments.advancing`.
"""

from fakes.payments.state import due, periods
from fakes.payments.state.due import CLOCK
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.store import Account, Thing

KEPT_S = 30 * 86400
CUSTOMERS_MOST = 3
NOTHING_THERE = {"interval": "year", "interval_count": 1}


def create(moment: Moment, params: Thing) -> Thing:
    """A clock that stands still at the given time; a customer who is named moves to it."""
    account = moment.account
    customer = account.get("customer", params["customer"], "customer") if params.get("customer") else None
    clock: Thing = {
        "id": account.fresh(CLOCK),
        "object": CLOCK,
        "created": moment.now,
        "deletes_after": moment.now + KEPT_S,
        "frozen_time": params["frozen_time"],
        "livemode": False,
        "name": params.get("name") or None,
        "status": "ready",
        "status_details": {},
    }
    account.put(clock)
    if customer is not None:
        customer["test_clock"] = clock["id"]
        account.noted(customer)
    moment.tell("test_helpers.test_clock.created", clock)
    return clock


def joined(moment: Moment, name: object) -> str | None:
    """The clock that a new customer belongs to; it takes a few only."""
    if not name:
        return None
    clock = moment.account.get(CLOCK, name, "test_clock")
    if len(customers_of(moment.account, clock)) >= CUSTOMERS_MOST:
        raise invalid(f"You can only create up to {CUSTOMERS_MOST} customers per test clock.", "test_clock")
    return str(clock["id"])


def customers_of(account: Account, clock: Thing) -> list[Thing]:
    """The customers who live by this clock."""
    return account.where("customer", test_clock=clock["id"])


def customer_wanted(_moment: Moment, customer: Thing, params: Thing) -> bool:
    """The filters of the list of customers; those of test clocks only when their clock is asked for."""
    if customer["test_clock"] != params.get("test_clock"):
        return False
    return "email" not in params or bool(customer["email"] == params["email"])


def subscriptions_of(account: Account, clock: Thing) -> list[Thing]:
    """The subscriptions that live by this clock."""
    return account.where("subscription", test_clock=clock["id"])


def advance(moment: Moment, params: Thing, name: str) -> Thing:
    """Begin to move a clock forward; it is there once what is due until then has been done."""
    account = moment.account
    clock = account.get(CLOCK, name)
    target = params["frozen_time"]
    ready(clock)
    if target <= clock["frozen_time"]:
        raise invalid(
            "The frozen time must be later than the test clock's current frozen time: a test clock can only be "
            "advanced forward.",
            "frozen_time",
        )
    farthest = _farthest(account, clock)
    if target > farthest:
        raise invalid(
            "Frozen time too far in the future: a test clock can be advanced by at most two intervals of the shortest "
            f"subscription on it, here to {farthest}.",
            "frozen_time",
        )
    clock.update(status="advancing", status_details={"advancing": {"target_frozen_time": target}})
    moment.tell("test_helpers.test_clock.advancing", clock)
    return clock


def _farthest(account: Account, clock: Thing) -> int:
    from fakes.payments.state.subscriptions import ENDED

    rhythms = [
        item["price"]["recurring"]
        for one in subscriptions_of(account, clock)
        if one["status"] not in ENDED
        for item in one["items"]["data"]
    ]
    start = clock["frozen_time"]
    return min(periods.after(periods.after(start, one), one) for one in rhythms or [NOTHING_THERE])


def ready(clock: Thing | None) -> None:
    """Refuse to touch what belongs to a clock that is being moved."""
    if clock is not None and clock["status"] == "advancing":
        raise Problem("Test clock advancement underway - cannot perform modifications.", executed=False)


def arrive(moment: Moment, clock: Thing) -> None:
    """The clock has come to where it was sent."""
    target = clock["status_details"]["advancing"]["target_frozen_time"]
    clock.update(frozen_time=target, status="ready", status_details={})
    moment.tell("test_helpers.test_clock.ready", clock)


def fail(moment: Moment, clock: Thing) -> None:
    """Something on the way went wrong; the clock cannot be used any more."""
    clock.update(status="internal_failure", status_details={})
    moment.tell("test_helpers.test_clock.internal_failure", clock)


def delete(moment: Moment, _params: Thing, name: str) -> Thing:
    """Delete a clock, its customers and their subscriptions."""
    from fakes.payments.state import customers

    account = moment.account
    clock = account.get(CLOCK, name)
    ready(clock)
    for customer in customers_of(account, clock):
        customers.delete(moment, {}, customer["id"])
    account.agendas.pop(name, None)
    del account.tables[CLOCK][name]
    moment.tell("test_helpers.test_clock.deleted", clock)
    return {"id": name, "object": CLOCK, "deleted": True}


__all__ = ["advance", "arrive", "create", "delete", "due", "fail", "joined", "ready"]
