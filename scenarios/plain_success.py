"""Plain success: every flow, with nothing going wrong."""

from harness.cell import Cell
from harness.promises import acknowledged, attachment_intact, converges, exactly_once, fact, isolated, shown, synced
from harness.scenario import Case, scenario

PRODUCTS = {"dollars": "credits_10", "euros": "credits_50", "yen": "credits_jp"}
CHOICES = {
    **{variant: {"product": product} for variant, product in PRODUCTS.items()},
    "starter": {"plan": "starter"},
    "pro": {"plan": "pro"},
}
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
    promises = [exactly_once(), converges(), acknowledged(), isolated()]
    if case.flow in WORDS:
        promises += [synced(), shown(WORDS[case.flow])]
    return [*promises, attachment_intact()] if case.flow == "help_attachment" else promises


@scenario(
    flows=("sign_up", "sign_in", "change_plan", "cancel", "help_text", "help_attachment"),
    cases=(*(("buy", currency) for currency in PRODUCTS), ("subscribe", "starter"), ("subscribe", "pro")),
    promises=_promises,
    facts=[fact("attempts", min=1), fact("read_final")],
)
async def plain_success(cell: Cell) -> None:
    """Plain success.

    Somebody takes the flow once, on a good connection, with a good card. Every record is there once, in time, and the
    app, the payment provider and the CRM agree. Buying is tried in dollars, in euros, and in yen, which have no cents.
    """
    phone = await cell.ready_for(cell.flow)
    await phone.play(cell.flow, **CHOICES.get(cell.variant, {}))
    await cell.settle_all()
