"""Plain success: every flow, with nothing going wrong."""

from harness.cell import Cell
from harness.needs import Need, currency, plans, product_in
from harness.promises import (
    acknowledged,
    attachment_intact,
    converges,
    discreet,
    exactly_once,
    fact,
    isolated,
    shown,
    synced,
)
from harness.scenario import Case, scenario

CURRENCIES = {"dollars": "usd", "euros": "eur", "yen": "jpy"}
PLANS = {"starter": 0, "pro": 1}
"""Each variant's place among the target's plans."""
WORDS = {
    "buy": "Payment pending",
    "subscribe": "Payment pending",
    "help_text": "Ticket received",
    "help_attachment": "Ticket received",
    "sign_up": "Account syncing",
    "change_plan": "Account syncing",
    "cancel": "Account syncing",
}


def _promises(case: Case) -> list[dict[str, object]]:
    promises = [exactly_once(), converges(), acknowledged(), isolated(), discreet()]
    if case.flow in WORDS:
        promises += [synced(), shown(WORDS[case.flow])]
    return [*promises, attachment_intact()] if case.flow == "help_attachment" else promises


def _needs(case: Case) -> list[Need]:
    if case.variant in CURRENCIES:
        return [currency(CURRENCIES[case.variant])]
    return [plans(PLANS[case.variant] + 1)] if case.variant in PLANS else []


def _choices(cell: Cell) -> dict[str, str]:
    if product := product_in(cell.target, CURRENCIES.get(cell.variant, "")):
        return {"product": product.id}
    return {"plan": cell.target.plans[PLANS[cell.variant]].id} if cell.variant in PLANS else {}


@scenario(
    flows=("sign_up", "sign_in", "change_plan", "cancel", "help_text", "help_attachment"),
    cases=(*(("buy", currency) for currency in CURRENCIES), ("subscribe", "starter"), ("subscribe", "pro")),
    promises=_promises,
    facts=[fact("attempts", min=1), fact("read_final")],
    needs=_needs,
)
async def plain_success(cell: Cell) -> None:
    """Plain success.

    Somebody takes the flow once, on a good connection, with a good card. Every record is there once, in time, and the
    app, the payment provider and the CRM agree. Buying is tried in dollars, in euros, and in yen, which have no cents.
    """
    phone = await cell.ready_for(cell.flow)
    await phone.play(cell.flow, **_choices(cell))
    await cell.settle_all()
