"""Overtaken: the webhook is faster than the provider's own answer."""

from harness.cell import Cell
from harness.faults import Kind, Mishap
from harness.needs import news
from harness.promises import converges, exactly_once, fact, fresh
from harness.scenario import scenario


@scenario(
    flows=("buy", "subscribe", "change_plan", "cancel"),
    promises=[exactly_once(), converges(), fresh()],
    facts=[
        fact("fault_fired", fake="payments", kind=str(Kind.SLOW_REPLY), min=1),
        fact("overtaken"),
        fact("read_final"),
    ],
    needs=[news()],
    strains={"": "payments"},
)
async def overtaken(cell: Cell) -> None:
    """The webhook overtakes the answer.

    The payment provider does what it was asked, tells it by webhook at once, and answers the call only a second later.
    The pipeline hears of something that it does not know yet; it may not drop it.
    """
    phone = await cell.ready_for(cell.flow)
    await cell.mishap(phone, Mishap.EARLY)
    await cell.fault(phone, "payments", Kind.SLOW_REPLY, seconds=1.0, times=3)
    await phone.play(cell.flow)
    await cell.settle_all()
