"""A late end: that an old subscription ended is told when there is a new one."""

import asyncio

from harness.cell import Cell
from harness.faults import Kind, Mishap
from harness.needs import flow, news
from harness.promises import converges, fact, fresh
from harness.scenario import scenario

WITHIN_S = 6.0
ANSWER_S = 30.0
"""Longer than a pipeline waits for a vendor's answer: it asks again, and hears how things stand by then."""


@scenario(
    flows=("subscribe",),
    promises=[converges(), fresh()],
    facts=[
        fact("fault_fired", kind=str(Kind.HANG_AFTER), min=1),
        fact("provider_acted", act="end_subscription"),
        fact("late"),
        fact("read_final"),
    ],
    needs=[news(), flow("cancel")],
)
async def late_end(cell: Cell) -> None:
    """A late end.

    A subscription ends on the provider's side while the customer cancels it, and the event that says so gets lost; the
    pipeline learns of it all the same, for it reads how things stand. The customer subscribes anew, and then the event
    about the old subscription arrives after all. The new one stays in force, in the app and in the CRM.
    """
    phone = await cell.subscriber()
    await cell.mishap(phone, Mishap.DROP, topic="subscription_ended")
    await cell.fault(phone, "payments", Kind.HANG_AFTER, seconds=ANSWER_S)

    async def end() -> None:
        await cell.until_fault_fires(phone, within_s=WITHIN_S)
        await cell.provider(phone, "end_subscription")

    async with asyncio.TaskGroup() as together:
        together.create_task(end())
        together.create_task(phone.play("cancel"))
    await cell.quiet(phone)
    await phone.read("during")
    await cell.calmly(phone, "subscribe")
    await cell.mend(phone)
    await cell.resend(phone, topic="subscription_ended", which="last")
    await cell.settle_all()
