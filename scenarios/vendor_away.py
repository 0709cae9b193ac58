"""A vendor is away for a while, for one person: what waits is done when it is back, without hammering."""

import asyncio

from harness.cell import Cell
from harness.clock import pause
from harness.faults import ALWAYS, Kind
from harness.needs import vendor
from harness.promises import acknowledged, attachment_intact, converges, exactly_once, fact, polite
from harness.scenario import Case, scenario

AWAY_S = 5.0
AT_MOST_S = 20.0
MET = 2
"""A vendor that was met away but once might have stumbled; somebody who waits longer finds it away for longer."""
HOW: dict[str, dict[str, object]] = {
    "unavailable": {"kind": Kind.SERVER_ERROR, "status": 503},
    "refusing": {"kind": Kind.REFUSE},
}
AIMS = {
    "sign_up": ("crm",),
    "help_attachment": ("helpdesk",),
    "buy": ("payments", "crm"),
    "subscribe": ("payments",),
    "cancel": ("payments",),
}


def _promises(case: Case) -> list[dict[str, object]]:
    promises = [exactly_once(), converges(), acknowledged(2.0), polite()]
    return [*promises, attachment_intact()] if case.flow == "help_attachment" else promises


def _facts(case: Case) -> list[dict[str, object]]:
    fake, _, how = case.variant.partition("_")
    return [fact("fault_fired", fake=fake, kind=str(HOW[how]["kind"]), min=MET), fact("read_final")]


@scenario(
    cases=[(flow, f"{fake}_{how}") for flow, fakes in AIMS.items() for fake in fakes for how in HOW],
    promises=_promises,
    facts=_facts,
    needs=lambda case: [vendor(case.variant.partition("_")[0])],
)
async def vendor_away(cell: Cell) -> None:
    """A vendor is away for a while.

    Every call about one person to the CRM, the helpdesk or the payment provider fails for five seconds, and until a
    second one has. Then the vendor is back. The app had its answer in time, nothing is lost or done twice, and the
    vendor was not hammered meanwhile.
    """
    fake, _, how = cell.variant.partition("_")
    phone = await cell.ready_for(cell.flow)
    await cell.fault(phone, fake, calls="all", times=ALWAYS, **HOW[how])  # type: ignore[arg-type]

    async def back_again() -> None:
        await pause(AWAY_S)
        await cell.until_fault_fires(phone, AT_MOST_S - AWAY_S, times=MET)
        await cell.mend(phone)

    async with asyncio.TaskGroup() as together:
        together.create_task(back_again())
        await phone.play(cell.flow)
    await cell.settle_all()
