"""What a call to a vendor can come to, other than success; the retry decision rests on these alone."""

from email.utils import parsedate_to_datetime

from staging.pipeline import access

TRANSIENT_STATUSES = frozenset({408, 409, 423, 425, 429, 477})
LONGEST_WAIT_S = 3600.0


class VendorFailure(Exception):
    """A call that did not succeed; `reason` is fit for a log and an alert, without anything from the payload."""

    def __init__(self, vendor: str, reason: str) -> None:
        super().__init__(f"{vendor}: {reason}")
        self.vendor = vendor
        self.reason = reason


class Transient(VendorFailure):
    """May succeed later; `retry_after_s` is the vendor's own word, if it gave one."""

    def __init__(self, vendor: str, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(vendor, reason)
        self.retry_after_s = retry_after_s


class Invalid(VendorFailure):
    """Will be refused however often it is sent."""


class NotYet(Exception):
    """What an event is about has not been heard of here; it may be any moment."""

    reason = "about something unknown here"


def retry_after(header: str | None) -> float | None:
    """A Retry-After header in seconds, whether it is a number or a date."""
    if not header:
        return None
    try:
        wait = float(header)
    except ValueError:
        try:
            wait = parsedate_to_datetime(header).timestamp() - access.now()
        except ValueError:
            return None
    return min(max(wait, 0.0), LONGEST_WAIT_S)


def of_status(vendor: str, status: int, retry_after_header: str | None, detail: str = "") -> VendorFailure:
    """The failure that an HTTP status stands for."""
    reason = f"answered {status}{f' ({detail})' if detail else ''}"
    if status in TRANSIENT_STATUSES or status >= 500:
        return Transient(vendor, reason, retry_after(retry_after_header))
    return Invalid(vendor, reason)
