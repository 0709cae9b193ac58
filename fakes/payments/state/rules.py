"""What an account may decide about billing by itself: announcing renewals, trying charges again."""

from dataclasses import dataclass

ENDS = ("cancel", "unpaid", "past_due")
DAY_S = 86400


@dataclass
class Rules:
    """The vendor's usual choices; its own retries have no fixed days, so these are those of its older schedule."""

    upcoming_days: float = 7.0
    """How many days before a renewal it is announced; 0 is never."""
    retry_days: str = "3, 5, 7"
    """How many days after each failed attempt the next one is made; empty is never."""
    after_retries: str = "cancel"
    """What a subscription becomes when the last attempt has failed: `cancel`, `unpaid` or `past_due`."""

    def __post_init__(self) -> None:
        self.waits_s()
        if self.after_retries not in ENDS:
            raise ValueError(f"after_retries: {self.after_retries!r} is none of {', '.join(ENDS)}")

    def waits_s(self) -> list[int]:
        """How long each retry waits after the attempt before it."""
        try:
            return [int(float(days) * DAY_S) for days in self.retry_days.split(",") if days.strip()]
        except ValueError:
            raise ValueError(f"retry_days: {self.retry_days!r} is no list of days like '3, 5, 7'") from None
