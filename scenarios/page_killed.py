"""The app is ended while a wish is under way, and opened again."""

from typing import Any

from harness.cell import Cell
from harness.promises import fact, kept
from harness.scenario import Case, scenario
from scenarios.on_a_page import PAGES, WHY_NOT, both, device, happening, promises

ENDS = {
    "in_flight": "killed_in_flight",
    "offline": "killed_offline",
    "reopened_offline": "reopened_offline",
    "reloaded_offline": "reloaded_offline",
}


def _facts(case: Case) -> list[dict[str, Any]]:
    offline = [] if happening(case.variant) == "in_flight" else [fact("offline"), fact("page_offline")]
    return [fact("page_ended"), *offline, fact("read_final")]


@scenario(
    cases=[*both(("buy",), *ENDS), *both(("help_text",), "offline")],
    promises=lambda case: [*(one for one in promises(case.flow) if one["promise"] != "shown_in_time"), kept()],
    facts=_facts,
    hands=PAGES,
    why_not=WHY_NOT,
)
async def page_killed(cell: Cell) -> None:
    """The app is killed.

    The app's process ends while its request is at the server, or while the wish waits for a signal; it is opened again
    with a signal or without one, or the page is only loaded again. What was wished for comes through, once.
    """
    phone = await cell.ready_for(cell.flow, device=device(cell.variant))
    phone.bad_weather(ENDS[happening(cell.variant)])
    await phone.play(cell.flow)
    await cell.settle_all()
