"""Events do not wait: a vendor that hangs holds up nobody who only wants to tell something."""

import asyncio

from harness.cell import Cell
from harness.clock import pause
from harness.faults import ALWAYS, Kind
from harness.needs import news, vendor
from harness.promises import acknowledged, converges, exactly_once, fact, taken
from harness.scenario import scenario

HANGS_S = 25.0
AWAY_S = 12.0
"""Longer than the payment provider waits for its events to be acknowledged."""


@scenario(
    flows=("buy",),
    promises=[taken(), exactly_once(), converges(), acknowledged(2.0)],
    facts=[fact("fault_fired", fake="crm", kind=str(Kind.HANG), min=1), fact("read_final")],
    needs=lambda case: [vendor("crm"), news("payments")],
    strains={"": "crm"},
)
async def events_do_not_wait(cell: Cell) -> None:
    """Events do not wait.

    The CRM answers nothing about one person for a while, and meanwhile the payment provider tells what they paid. It is
    acknowledged while the provider waits, and everything is there once when the CRM is back.
    """
    phone = await cell.customer()
    await cell.fault(phone, "crm", Kind.HANG, calls="all", times=ALWAYS, seconds=HANGS_S)

    async def back_again() -> None:
        await pause(AWAY_S)
        await cell.mend(phone)

    async with asyncio.TaskGroup() as together:
        together.create_task(back_again())
        await phone.play("buy")
    await cell.settle_all()
