"""The words the app shows, and which of them fits a state. Nothing here decides what the state is."""

PAYMENT_PENDING = "Payment pending"
TICKET_RECEIVED = "Ticket received"
SYNCING = "Account syncing"
RETRYING = "Action failed; retrying automatically"
FAILED = "Action failed"
PAID = "Paid"
PAYMENT_FAILED = "Payment failed"
UP_TO_DATE = "Up to date"
TICKET_OPEN = "Ticket open"

ORDER = {"pending": PAYMENT_PENDING, "awaiting_payment": PAYMENT_PENDING, "paid": PAID, "failed": PAYMENT_FAILED}
SUBSCRIPTION = {
    "none": UP_TO_DATE,
    "pending": PAYMENT_PENDING,
    "incomplete": PAYMENT_PENDING,
    "active": UP_TO_DATE,
    "past_due": PAYMENT_FAILED,
    "canceled": UP_TO_DATE,
    "failed": PAYMENT_FAILED,
}
TICKET = {"received": TICKET_RECEIVED, "open": TICKET_OPEN, "failed": FAILED}


def of_order(status: str, trouble: str | None) -> str:
    """The word for an order."""
    return RETRYING if trouble == "retrying" and status == "pending" else ORDER[status]


def of_subscription(status: str, changing: bool, trouble: str | None) -> str:
    """The word for a subscription."""
    if trouble == "retrying":
        return RETRYING
    return SYNCING if changing and status in ("active", "past_due") else SUBSCRIPTION[status]


def of_ticket(status: str, trouble: str | None) -> str:
    """The word for a ticket."""
    return RETRYING if trouble == "retrying" and status == "received" else TICKET[status]


def of_account(syncing: bool, trouble: str | None) -> str:
    """The word for the account as a whole."""
    if trouble == "retrying":
        return RETRYING
    if trouble == "gave_up":
        return FAILED
    return SYNCING if syncing else UP_TO_DATE
