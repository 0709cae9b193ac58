"""Billing periods: a date plus days, weeks, months or years, by the calendar."""

import calendar
from datetime import UTC, datetime, timedelta

from fakes.payments.state.store import Thing


def after(start_s: int, recurring: Thing) -> int:
    """The end of the period that begins at `start_s`; a day that the month lacks becomes its last."""
    count = recurring["interval_count"]
    start = datetime.fromtimestamp(start_s, UTC)
    if recurring["interval"] in ("day", "week"):
        days = count * (7 if recurring["interval"] == "week" else 1)
        return int((start + timedelta(days=days)).timestamp())
    months = start.month - 1 + count * (12 if recurring["interval"] == "year" else 1)
    year, month = start.year + months // 12, months % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return int(start.replace(year=year, month=month, day=day).timestamp())
