"""A vendor is away for everybody, and then back: what has waited comes spread over time."""

import asyncio
from contextlib import suppress

from harness.cell import Cell
from harness.clock import pause
from harness.faults import Kind
from harness.needs import vendor
from harness.promises import converges, exactly_once, fact, no_herd, polite
from harness.scenario import scenario

PEOPLE = 16
HELD_S = 20.0
HELD_WITHIN_S = 8.0
"""How long it is waited until everybody's first call is held; on a fast machine it is a moment."""
AWAY_S = 6.0
HOW: dict[str, dict[str, object]] = {"helpdesk_limiting": {"kind": Kind.RATE_LIMITED, "retry_after_s": 3.0}}
CASES = (("help_text", "helpdesk_limiting"),)


@scenario(
    cases=CASES,
    promises=lambda case: [exactly_once(), converges(), polite(), no_herd(case.variant.partition("_")[0])],
    facts=lambda case: [
        fact("fault_fired", fake=case.variant.partition("_")[0], min=PEOPLE), fact("outage"), fact("read_final"),
    ],
    needs=lambda case: [vendor(case.variant.partition("_")[0])],
    phase="guardrails",
)  # fmt: skip
async def herd(cell: Cell) -> None:
    """A vendor away for everybody, and the herd.

    Sixteen people ask for help. All their calls are cut off at one moment, and then the helpdesk asks everybody to come
    back in three seconds, again and again. Then it is back. Nothing is lost or done twice, nobody came before the time,
    and what has waited does not come back all at one moment.
    """
    fake, _, _ = cell.variant.partition("_")
    async with asyncio.TaskGroup() as together:
        coming = [together.create_task(cell.ready_for(cell.flow)) for _ in range(PEOPLE)]
    people = [one.result() for one in coming]
    for phone in people:
        await cell.fault(phone, fake, Kind.HANG, calls="all", seconds=HELD_S, name=cell.id)
    async with asyncio.TaskGroup() as together:
        for phone in people:
            together.create_task(phone.play(cell.flow))
        with suppress(TimeoutError):
            async with asyncio.timeout(HELD_WITHIN_S):
                for phone in people:
                    await cell.until_fault_fires(phone, within_s=HELD_WITHIN_S)
        async with cell.outage(fake, **HOW[cell.variant]):  # type: ignore[arg-type]
            await cell.release(cell.id)
            await pause(AWAY_S)
    await cell.settle_all()
