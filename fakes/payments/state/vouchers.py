"""Vouchers: paid elsewhere, some time, or never. In tests the customer's address says when.

The part before the at sign ends in `succeed_immediately`, `expire_immediately`, `expire_with_delay` or `fill_never`;
every other address pays after three minutes.
"""

from dataclasses import replace

from fakes.payments.state import banks, due
from fakes.payments.state.instrument import Card
from fakes.payments.state.moment import Moment
from fakes.payments.state.store import Thing

_WHEN: dict[str, tuple[str, int] | None] = {
    "succeed_immediately": ("pay_voucher", banks.SOON_S),
    "expire_immediately": ("end_voucher", banks.SOON_S),
    "expire_with_delay": ("end_voucher", banks.LATE_S),
    "fill_never": None,
}


def plan(moment: Moment, intent: Thing, method: Thing) -> None:
    """Let the voucher of a payment be paid or expire when its customer's address says."""
    if banks.how(method["type"]) != "voucher":
        return
    name = str(method["billing_details"]["email"] or "").partition("@")[0]
    when = next((what for end, what in _WHEN.items() if name.endswith(end)), ("pay_voucher", banks.LATE_S))
    if when is not None:
        due.plan(moment, moment.now + when[1], when[0], intent)


def expired(card: Card) -> Card:
    """What a voucher says that nobody paid."""
    message = "The payment expired before it was paid."
    return replace(card, code="payment_intent_payment_attempt_expired", decline=None, message=message)
