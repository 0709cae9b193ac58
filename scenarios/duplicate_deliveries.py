"""Duplicate deliveries: the payment provider tells the same news more than once."""

from typing import Any

from harness.cell import Cell
from harness.faults import Mishap
from harness.needs import news
from harness.promises import converges, exactly_once, fact, fresh
from harness.scenario import Case, scenario

HOW: dict[str, dict[str, Any]] = {
    "identical": {"copies": 3, "resign": False},
    "newly_signed": {"copies": 3, "resign": True},
    "four_at_once": {"copies": 3, "overlap": True},
}


def _facts(case: Case) -> list[dict[str, object]]:
    facts = [fact("delivered_again", min=2 if case.variant == "much_later" else 3), fact("read_final")]
    return [*facts, fact("overlapped", min=2)] if case.variant == "four_at_once" else facts


@scenario(
    flows=("buy", "subscribe", "change_plan", "cancel"),
    variants=(*HOW, "much_later"),
    promises=[exactly_once(), converges(), fresh()],
    facts=_facts,
    needs=[news()],
)
async def duplicate_deliveries(cell: Cell) -> None:
    """Duplicate deliveries.

    Each event of this flow arrives four times: byte for byte the same; or signed anew each time, as a provider does
    when it retries; or all four at once. Or everything is told again, twice, when all has long been quiet. Whatever the
    way, each purchase is granted, recorded and receipted once.
    """
    phone = await cell.ready_for(cell.flow)
    if cell.variant in HOW:
        await cell.mishap(phone, Mishap.REPEAT, **HOW[cell.variant])
    await phone.play(cell.flow)
    if cell.variant == "much_later":
        await cell.quiet(phone)
        await cell.resend(phone, which="all", copies=2, resign=True)
    await cell.settle_all()
