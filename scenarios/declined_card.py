"""Declined card: the bank says no, and nobody gets anything."""

from harness.cell import Cell
from harness.needs import means
from harness.promises import acknowledged, converges, exactly_once, fact, never, never_shows
from harness.scenario import scenario


@scenario(
    flows=("buy", "subscribe"),
    variants=("declined_card", "insufficient_funds"),
    promises=[
        exactly_once(),
        never("payments.charge"),
        never("crm.deal"),
        never_shows("plan", "starter"),
        converges(),
        acknowledged(),
    ],
    facts=[fact("declined"), fact("read_final")],
    needs=lambda case: [means(case.variant)],
)
async def declined_card(cell: Cell) -> None:
    """Declined card.

    The card is refused. No money moved, so there is no paid access, no credit, no deal and no receipt: not in the
    app, not in the CRM.
    """
    phone = await cell.customer()
    await phone.play(cell.flow, method=cell.variant)
    await cell.settle_all()
