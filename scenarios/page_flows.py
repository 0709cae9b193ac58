"""Every flow on a real page, with nothing going wrong."""

from typing import Any

from harness.cell import Cell
from harness.promises import attachment_intact, fact
from harness.scenario import Case, scenario
from scenarios.on_a_page import PAGES, WHY_NOT, WORDS, device, on_devices, promises


def _promises(case: Case) -> list[dict[str, Any]]:
    return [*promises(case.flow), *([attachment_intact()] if case.flow == "help_attachment" else [])]


@scenario(
    flows=WORDS,
    variants=on_devices(""),
    promises=_promises,
    facts=[fact("attempts", min=1), fact("taps", min=1), fact("read_final")],
    hands=PAGES,
    why_not=WHY_NOT,
)
async def page_flows(cell: Cell) -> None:
    """Every flow on a page.

    Somebody takes the flow in the app itself, on a Pixel and on an iPhone: every record is there once, the page has a
    word within two seconds of the tap, claims nothing before the server said it, and in the end shows what is true.
    """
    phone = await cell.ready_for(cell.flow, device=device(cell.variant))
    await phone.play(cell.flow)
    await cell.settle_all()
