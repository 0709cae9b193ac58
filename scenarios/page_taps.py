"""A nervous finger on a real page."""

from harness.cell import Cell
from harness.promises import fact
from harness.scenario import scenario
from scenarios.on_a_page import PAGES, WHY_NOT, both, device, happening, promises

WAYS = ("two_fingers", "double_click", "one_task")


@scenario(
    cases=[*both(("buy",), *WAYS), *both(("help_text",), "two_fingers")],
    promises=lambda case: promises(case.flow),
    facts=[fact("doubled"), fact("taps", min=1), fact("read_final")],
    hands=PAGES,
    why_not=WHY_NOT,
)
async def page_taps(cell: Cell) -> None:
    """A nervous finger on a page.

    The button is tapped twice: with two touches, with a double click, and twice before the app can draw again. A button
    without any guard, tapped in the same way just before, feels both. The app makes one wish of it.
    """
    phone = await cell.ready_for(cell.flow, device=device(cell.variant))
    await phone.double_tap(cell.flow, how=happening(cell.variant))
    await cell.settle_all()
