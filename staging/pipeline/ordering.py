"""Which news is newer: the one comparison that keeps an old notification from overwriting the present."""

from enum import StrEnum
from typing import Any

FINAL = ("canceled", "incomplete_expired")
"""States a subscription never leaves at the provider."""


class Judgement(StrEnum):
    """What to do with an event about something we know."""

    APPLY = "apply"
    READ_AGAIN = "read_again"
    IGNORE = "ignore"


def judge(created: int, known_created: int | None, known_by_reading: bool) -> Judgement:
    """Newer applies, older is ignored; the same second, or a state we read ourselves, cannot be ordered: read again."""
    if known_created is None:
        return Judgement.READ_AGAIN if known_by_reading else Judgement.APPLY
    if created < known_created:
        return Judgement.IGNORE
    if created > known_created and not known_by_reading:
        return Judgement.APPLY
    return Judgement.READ_AGAIN


def judge_subscription(event: dict[str, Any], row: dict[str, Any]) -> Judgement:
    """The same for an event about a subscription: an end is final, whatever arrives around it."""
    if row["status"] == "canceled":
        return Judgement.IGNORE
    if event["data"]["object"].get("status") in FINAL:
        return Judgement.APPLY
    return judge(event["created"], row["known_created"], row["known_by_reading"])
