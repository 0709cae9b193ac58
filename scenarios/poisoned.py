"""One poisoned item: what a vendor will never take, or never answers, must not keep the neighbours waiting."""

import asyncio

from harness.cell import Cell
from harness.faults import ALWAYS, Kind
from harness.needs import vendor
from harness.promises import converges, exactly_once, fact, of_faulted, of_spared, synced
from harness.scenario import Case, scenario

NEIGHBOURS = 4
AIMS = (("sign_up", "crm"), ("buy", "payments"), ("buy", "crm"), ("help_text", "helpdesk"))
HOW: dict[str, dict[str, object]] = {
    "invalid": {"kind": Kind.INVALID},
    "failing": {"kind": Kind.SERVER_ERROR},
    "hanging": {"kind": Kind.HANG, "seconds": 8.0},
}
MET_WITHIN_S = 6.0
CASES = tuple((flow, f"{fake}_{how}") for flow, fake in AIMS for how in HOW)


def _promises(case: Case) -> list[dict[str, object]]:
    fake, _, how = case.variant.partition("_")
    promises = [of_spared(exactly_once()), of_spared(synced()), of_spared(converges())]
    gives_up = {"promise": "gives_up", "fake": fake, "attempts": 3}
    return [*promises, of_faulted(gives_up)] if how == "invalid" else promises


@scenario(
    cases=CASES,
    promises=_promises,
    facts=lambda case: [
        fact("fault_fired", fake=case.variant.partition("_")[0], min=1), fact("neighbours", min=NEIGHBOURS),
        fact("read_final"),
    ],
    needs=lambda case: [vendor(case.variant.partition("_")[0])],
    strains={variant: variant.partition("_")[0] for _, variant in CASES if variant.endswith("hanging")},
)  # fmt: skip
async def poisoned(cell: Cell) -> None:
    """One poisoned item and its neighbours.

    What one person wants meets a vendor that refuses it for ever, fails at it each time, or never answers. Behind it
    come others who want the same. Their records are there once and in time, as if nothing were in the way.
    """
    fake, _, how = cell.variant.partition("_")
    people = [await cell.ready_for(cell.flow)]
    async with asyncio.TaskGroup() as together:
        coming = [together.create_task(cell.ready_for(cell.flow)) for _ in range(NEIGHBOURS)]
    first = people[0]
    await cell.fault(first, fake, times=ALWAYS, **HOW[how])  # type: ignore[arg-type]
    async with asyncio.TaskGroup() as together:
        together.create_task(first.play(cell.flow))
        await cell.until_fault_fires(first, within_s=MET_WITHIN_S)
        async with asyncio.TaskGroup() as behind:
            for neighbour in coming:
                behind.create_task(neighbour.result().play(cell.flow))
        for neighbour in coming:
            await cell.quiet(neighbour.result())
        await cell.mend(first)
    await cell.settle_all()
