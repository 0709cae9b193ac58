"""Two devices: one person does two things at the same moment, each rightly."""

import asyncio

from harness.cell import Cell
from harness.faults import Kind
from harness.needs import Need, products, vendor
from harness.needs import flow as takes
from harness.promises import converges, exactly_once, fact
from harness.scenario import Case, scenario

HELD_S = 1.5
"""How long the first answer waits for a rival: shorter than a pipeline waits for a vendor."""
BESIDE = {"and_subscribe": "subscribe", "and_another": "buy", "and_ask": "help_text"}


def _needs(case: Case) -> list[Need]:
    return [vendor("payments"), products(2), takes(BESIDE[case.variant])]


@scenario(
    flows=("buy",),
    variants=BESIDE,
    promises=[exactly_once(), converges()],
    facts=[fact("fault_fired", fake="payments", kind=str(Kind.BARRIER), min=1), fact("read_final")],
    needs=_needs,
    strains=dict.fromkeys(BESIDE, "payments"),
)
async def two_devices(cell: Cell) -> None:
    """Two devices.

    A new customer buys for the first time, and at the same moment, on another device, subscribes, buys something else
    or asks for help. The payment provider's first answer is held until a rival has come, if one comes. Each wish is
    fulfilled once, for one and the same customer.
    """
    phone = await cell.customer()
    await cell.fault(phone, "payments", Kind.BARRIER, sink="payments.customer", seconds=HELD_S)
    other = BESIDE[cell.variant]
    choices = {"product": cell.target.products[-1].id} if other == "buy" else {}
    async with asyncio.TaskGroup() as together:
        together.create_task(phone.play("buy"))
        together.create_task(phone.play(other, **choices))
    await cell.settle_all()
