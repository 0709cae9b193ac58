"""Billing periods: an anchor plus so many days, weeks, months or years, by the calendar."""

import calendar
from datetime import UTC, datetime, timedelta

from fakes.payments.state.store import Thing


def shifted(anchor_s: int, recurring: Thing, count: int) -> int:
    """`count` intervals after the anchor, or before it; a day that the month lacks becomes its last."""
    steps = count * recurring["interval_count"]
    start = datetime.fromtimestamp(anchor_s, UTC)
    if recurring["interval"] in ("day", "week"):
        days = steps * (7 if recurring["interval"] == "week" else 1)
        return int((start + timedelta(days=days)).timestamp())
    months = start.year * 12 + start.month - 1 + steps * (12 if recurring["interval"] == "year" else 1)
    year, month = months // 12, months % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return int(start.replace(year=year, month=month, day=day).timestamp())


def after(start_s: int, recurring: Thing) -> int:
    """The end of the period that begins at `start_s`."""
    return shifted(start_s, recurring, 1)


def _months_between(anchor_s: int, at_s: int) -> int:
    anchor, at = datetime.fromtimestamp(anchor_s, UTC), datetime.fromtimestamp(at_s, UTC)
    return (at.year - anchor.year) * 12 + at.month - anchor.month


def boundary_after(anchor_s: int, at_s: int, recurring: Thing) -> int:
    """The first boundary later than `at_s` of the periods that are counted from the anchor."""
    if recurring["interval"] in ("day", "week"):
        length = 86400 * (7 if recurring["interval"] == "week" else 1) * recurring["interval_count"]
        count = (at_s - anchor_s) // length
    else:
        size = recurring["interval_count"] * (12 if recurring["interval"] == "year" else 1)
        count = _months_between(anchor_s, at_s) // size - 1
    while shifted(anchor_s, recurring, count) <= at_s:
        count += 1
    return shifted(anchor_s, recurring, count)


def whole(end_s: int, recurring: Thing) -> int:
    """The length in seconds of the full period that ends then."""
    return end_s - shifted(end_s, recurring, -1)


def anchored(config: Thing, now: int) -> int:
    """The next moment that a configured anchor (day of the month, perhaps month and hour) names."""
    start = datetime.fromtimestamp(now, UTC)
    clock = {name: config.get(name, getattr(start, name)) for name in ("hour", "minute", "second")}
    year, month = start.year, config.get("month", start.month)
    while True:
        day = min(config["day_of_month"], calendar.monthrange(year, month)[1])
        found = int(datetime(year, month, day, **clock, tzinfo=UTC).timestamp())
        if found > now:
            return found
        if config.get("month") is None:
            month += 1
        else:
            year += 1
        if month > 12:
            year, month = year + 1, 1
