"""The pipeline is hit while vendors' answers are under way: killed, restarted, standing still, cut off, or slow."""

import asyncio

from harness.cell import Cell
from harness.faults import CONTAINERS_ONLY, PHASE_OF, Blow, Kind
from harness.needs import Need, boxes, crashable, several_crashable, vendor, vendors_of
from harness.promises import converges, exactly_once, fact
from harness.scenario import Case, scenario

BLOWS = {
    "killed": Blow.KILL, "worker_killed": Blow.KILL, "restarted": Blow.RESTART, "paused": Blow.PAUSE,
    "cut_off": Blow.CUT, "slow": Blow.SLOW,
}  # fmt: skip
ALONE = "worker_killed"
"""What starts last is killed by itself: workers start after those for whom they work."""
PARKED = {"buy": "payments", "sign_up": "crm", "help_text": "helpdesk"}
PARKED_S = 45.0
WITHIN_S = 4.0
"""Shorter than a pipeline waits for a vendor's answer."""


def _needs(case: Case) -> list[Need]:
    if case.variant == ALONE:
        return [several_crashable(), vendor("payments")]
    return [crashable(), vendor("payments"), *([boxes()] if BLOWS[case.variant] in CONTAINERS_ONLY else [])]


@scenario(
    flows=("buy",),
    variants=BLOWS,
    promises=[exactly_once(), converges()],
    facts=lambda case: [
        fact("fault_fired", kind=str(Kind.HANG_AFTER), min=1),
        fact("crashed_while_parked", phase=PHASE_OF[BLOWS[case.variant]]),
        fact("read_final"),
    ],
    needs=_needs,
    phase="world",
)
async def struck(cell: Cell) -> None:
    """Killed, restarted, standing still, cut off, or slow.

    Somebody buys, somebody else signs up and a third one asks for help. Each vendor has done its part, and its answer
    is under way when the pipeline, or its worker alone, is killed (kill -9), or restarted in good order; or when, for
    longer than it waits for a vendor, it stands still, is without a network, or nearly without a processor (these two
    only in containers). In the end everything is there once.
    """
    known = [one for one in PARKED if one in cell.target.flows and PARKED[one] in vendors_of(cell.target)]
    async with asyncio.TaskGroup() as together:
        coming = [together.create_task(cell.ready_for(flow)) for flow in known]
    people = [(one.result(), flow) for one, flow in zip(coming, known, strict=True)]
    for phone, flow in people:
        await cell.fault(phone, PARKED[flow], Kind.HANG_AFTER, seconds=PARKED_S)

    async def hit() -> None:
        for phone, _ in people:
            await cell.until_fault_fires(phone, within_s=WITHIN_S)
        await cell.strike(BLOWS[cell.variant], last_alone=cell.variant == ALONE)
        for phone, _ in people:
            await cell.mend(phone)

    async with asyncio.TaskGroup() as together:
        together.create_task(hit())
        for phone, flow in people:
            together.create_task(phone.play(flow))
    await cell.settle_all()
