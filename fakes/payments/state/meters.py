"""Metered usage: meters, the events they count, and what a customer used in a period."""

from bisect import bisect_left, insort
from dataclasses import dataclass, field

from fakes.payments.state import due
from fakes.payments.state.customers import present
from fakes.payments.state.moment import Moment
from fakes.payments.state.money import exact
from fakes.payments.state.problem import invalid, unexpected
from fakes.payments.state.store import Account, Thing

METER = "billing.meter"
EVENT = "billing.meter_event"
ADJUSTMENT = "billing.meter_event_adjustment"
OLDEST_S = 35 * 86400
NEWEST_S = 5 * 60
HOUR_S = 3600


@dataclass(slots=True)
class Usage:
    """What was counted: by meter and customer (when, order, how much, identifier), in order of time."""

    counted: dict[tuple[str, str], list[tuple[int, int, int, str]]] = field(default_factory=dict)
    meter_of: dict[str, str] = field(default_factory=dict)
    """The active meter of an event's name."""
    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The meter and customer of an identifier."""


def create(moment: Moment, params: Thing) -> Thing:
    """A meter that counts the events of one name."""
    account, side = moment.account, moment.account.side(Usage)
    if params["event_name"] in side.meter_of:
        raise invalid(f"An active meter with the event name {params['event_name']} exists already.", "event_name")
    mapping = params.get("customer_mapping") or {"event_payload_key": "stripe_customer_id", "type": "by_id"}
    meter: Thing = {
        "id": account.fresh(METER),
        "object": METER,
        "created": moment.now,
        "customer_mapping": mapping,
        "default_aggregation": {"formula": params["default_aggregation"]["formula"]},
        "display_name": params["display_name"],
        "event_name": params["event_name"],
        "event_time_window": params.get("event_time_window"),
        "livemode": False,
        "status": "active",
        "status_transitions": {"deactivated_at": None},
        "updated": moment.now,
        "value_settings": params.get("value_settings") or {"event_payload_key": "value"},
    }
    side.meter_of[params["event_name"]] = meter["id"]
    account.put(meter)
    moment.tell("billing.meter.created", meter)
    return meter


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change a meter's words."""
    meter = moment.account.get(METER, name)
    with moment.changing(meter, "billing.meter.updated"):
        if "display_name" in params:
            meter.update(display_name=params["display_name"], updated=moment.now)
    return meter


def deactivate(moment: Moment, _params: Thing, name: str) -> Thing:
    """Let a meter count no more."""
    meter = moment.account.get(METER, name)
    if meter["status"] != "active":
        raise unexpected("The meter is not active.", "billing_meter_inactive")
    meter.update(status="inactive", updated=moment.now, status_transitions={"deactivated_at": moment.now})
    moment.account.side(Usage).meter_of.pop(meter["event_name"], None)
    moment.tell("billing.meter.deactivated", meter)
    return meter


def reactivate(moment: Moment, _params: Thing, name: str) -> Thing:
    """Let a meter count again."""
    meter, names = moment.account.get(METER, name), moment.account.side(Usage).meter_of
    if meter["status"] == "active" or meter["event_name"] in names:
        raise unexpected("The meter is active, or another one has its event name.", "billing_meter_active")
    meter.update(status="active", updated=moment.now, status_transitions={"deactivated_at": None})
    names[meter["event_name"]] = name
    moment.tell("billing.meter.reactivated", meter)
    return meter


def report(moment: Moment, params: Thing) -> Thing:
    """Count an event for a customer; the same identifier is counted once."""
    account, side, now = moment.account, moment.account.side(Usage), moment.now
    name = params["event_name"]
    meter = account.find(METER, side.meter_of.get(name))
    if meter is None:
        raise invalid(f"No active meter was found for the event name {name}.", "event_name", "resource_missing")
    key, value_key = meter["customer_mapping"]["event_payload_key"], meter["value_settings"]["event_payload_key"]
    customer = present(moment, params["payload"].get(key), f"payload[{key}]")
    # Who lives by a test clock uses things in its time.
    clock = due.clock_of(account, customer)
    now = now if clock is None else int(clock["frozen_time"])
    at_s = params.get("timestamp", now)
    if not now - OLDEST_S <= at_s <= now + NEWEST_S:
        raise invalid(
            "The timestamp must be within the past 35 calendar days, or up to 5 minutes in the future.",
            "timestamp",
            "timestamp_too_far_in_past" if at_s < now else "timestamp_in_future",
        )
    identifier = params.get("identifier") or account.letters(24)
    if identifier in side.places:
        raise invalid(f"An event already exists with the identifier {identifier}.", "identifier")
    value = _value(params["payload"].get(value_key, "1" if _counts(meter) else None), f"payload[{value_key}]")
    place = (meter["id"], customer["id"])
    insort(side.counted.setdefault(place, []), (at_s, len(side.places), value, identifier))
    side.places[identifier] = place
    return {
        "object": EVENT,
        "created": now,
        "event_name": name,
        "identifier": identifier,
        "livemode": False,
        "payload": dict(params["payload"]),
        "timestamp": at_s,
    }


def _counts(meter: Thing) -> bool:
    return bool(meter["default_aggregation"]["formula"] == "count")


def _value(text: object, param: str) -> int:
    value = exact(text, param)
    if value != int(value):
        raise invalid("The value of a meter event must be a whole number.", param)
    return int(value)


def adjust(moment: Moment, params: Thing) -> Thing:
    """Take an event back."""
    side = moment.account.side(Usage)
    identifier = (params.get("cancel") or {}).get("identifier", "")
    place = side.places.get(identifier)
    if place is None:
        raise invalid(f"No event with the identifier {identifier} was found.", "cancel[identifier]", "resource_missing")
    side.counted[place] = [one for one in side.counted[place] if one[3] != identifier]
    return {
        "object": ADJUSTMENT,
        "cancel": {"identifier": identifier},
        "event_name": params["event_name"],
        "livemode": False,
        "status": "pending",
        "type": "cancel",
    }


def used(account: Account, meter: str | None, customer: str, start: int, end: int) -> int:
    """What a customer used from `start` until before `end`, as the meter adds it up."""
    if meter is None:
        return 0
    return _summed(account, account.get(METER, meter), customer, start, end)


def _summed(account: Account, meter: Thing, customer: str, start: int, end: int) -> int:
    events = account.side(Usage).counted.get((meter["id"], customer), [])
    found = events[bisect_left(events, (start,)) : bisect_left(events, (end,))]
    formula = meter["default_aggregation"]["formula"]
    if formula == "count":
        return len(found)
    if formula == "last":
        return found[-1][2] if found else 0
    return sum(value for _, _, value, _ in found)


def summaries(moment: Moment, params: Thing, name: str) -> list[Thing]:
    """What a customer used, in one sum or by hour or day, newest first; windows without use are left out."""
    account = moment.account
    meter = account.get(METER, name)
    start, end = params["start_time"], params["end_time"]
    size = {"hour": HOUR_S, "day": 24 * HOUR_S}.get(params.get("value_grouping_window", ""), end - start)
    if start >= end or (end - start) % size:
        raise invalid("`start_time` and `end_time` must be aligned with the grouping window.", "end_time")
    found = []
    for begin in range(start, end, size):
        value = _summed(account, meter, params["customer"], begin, begin + size)
        if value or size == end - start:
            found.append(
                {
                    "id": f"mtrusg_test_{name[-8:]}{begin}",
                    "object": "billing.meter_event_summary",
                    "aggregated_value": value,
                    "end_time": begin + size,
                    "livemode": False,
                    "meter": name,
                    "start_time": begin,
                }
            )
    return found[::-1]


def wanted(_moment: Moment, meter: Thing, params: Thing) -> bool:
    """The filters of the list of meters."""
    return "status" not in params or meter["status"] == params["status"]
