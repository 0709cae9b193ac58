"""What the mail server says for the slice's answer to a recipient or to a mail: HTTP's statuses as SMTP's codes.

A planned fault chooses its code by its status; anything else is temporary from 500 on and final below. Pure.
"""

from collections.abc import Mapping

RECIPIENT_OK = "250 2.1.5 OK"
ACCEPTED = "250 2.0.0 OK: queued as {id}"
TRY_LATER = "451 4.3.0 Requested action aborted: local error in processing"
BUSY = "450 4.2.0 Requested mail action not taken: mailbox unavailable"
REFUSED = "550 5.7.1 Message refused"
NOBODY = "550 5.1.1 No such user here"
AT_BOTH: Mapping[int, str] = {
    403: "554 5.7.1 Transaction failed: rejected by policy",
    404: NOBODY,
    413: "552 5.3.4 Message size exceeds fixed maximum message size",
    503: "421 4.3.2 Service not available, closing transmission channel",
    507: "452 4.3.1 Insufficient system storage",
}


def for_recipient(status: int) -> str:
    """The answer to RCPT."""
    if status < 300:
        return RECIPIENT_OK
    if status == 429:
        return "450 4.2.1 Mailbox is receiving mail too quickly, try again later"
    return AT_BOTH.get(status) or (BUSY if status >= 500 else NOBODY)


def for_mail(status: int) -> str:
    """The answer after DATA, unless the mail was taken."""
    if status == 429:
        return "451 4.7.1 Too many messages, try again later"
    return AT_BOTH.get(status) or (TRY_LATER if status >= 500 or status < 300 else REFUSED)
