"""Tampered requests: a right request with fields that nobody asked for, to get something for nothing."""

from typing import Any

from harness.cell import Cell
from harness.model import Outcome
from harness.promises import converges, exactly_once, fact, isolated, never_shows
from harness.scenario import Case, scenario

EXTRA: dict[str, dict[str, dict[str, Any]]] = {
    "sign_up": {
        "a plan": {"plan": "pro", "plan_id": "pro", "plan_status": "active"},
        "credits": {"credits": 100_000, "balance": 100_000},
        "a role": {"role": "admin", "is_admin": True, "scopes": ["*"]},
        "an id": {"id": "acc_1", "account_id": "acc_1", "customer_id": "cus_1"},
    },
    "buy": {
        "a price": {"amount": 100, "price": 100, "unit_amount": 100, "total": 100},
        "a free price": {"amount": 0, "price": 0, "discount": 100},
        "a currency": {"currency": "idr"},
        "minus one": {"quantity": -1},
        "none": {"quantity": 0},
        "one and a half": {"quantity": 1.5},
        "far too many": {"quantity": 2**53},
        "paid already": {"status": "paid", "paid": True, "credits": 100_000},
    },
    "subscribe": {
        "a trial": {"trial_days": 9999, "trial_end": 4_102_444_800, "trial_period_days": 9999},
        "active already": {"status": "active", "amount": 1},
        "a coupon": {"coupon": "FREE100", "promotion_code": "FREE100", "discount": 100},
    },
    "help_text": {
        "a priority": {"priority": "urgent"},
        "a queue": {"queue": "VIP", "group_id": 1, "status": "solved"},
    },
}
ANOTHERS = "somebody else"
"""Ids and e-mail of another customer."""


def _promises(case: Case) -> list[dict[str, object]]:
    return [exactly_once(), converges(), isolated(), never_shows("credits", 100_000)]


@scenario(
    cases=(
        *((flow, name) for flow, extras in EXTRA.items() for name in extras),
        *((flow, ANOTHERS) for flow in ("buy", "help_text")),
    ),
    promises=_promises,
    facts=[fact("tampered"), fact("read_final")],
)
async def tampered(cell: Cell) -> None:
    """Tampered requests.

    A request that is right, with a price, a quantity, a currency, a plan, a role, or somebody else's id besides. It may
    be refused, and then nothing is left; or what is too much in it may be ignored, and then it leaves what it would
    have left without. Who was refused an account makes one in the right way.
    """
    phone = await cell.ready_for(cell.flow)
    if cell.variant == ANOTHERS:
        other = await cell.customer()
        known = {name: value for name, value in other.things.items() if name.endswith("_id")}
        extra: dict[str, Any] = {"user_id": known.get("account_id"), **known, "email": other.person.email}
    else:
        extra = EXTRA[cell.flow][cell.variant]
    played = await phone.play(cell.flow, extra=extra)
    if cell.flow == "sign_up" and played.outcome is not Outcome.OK:
        await phone.play("sign_up")
    await cell.settle_all()
