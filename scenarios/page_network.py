"""A bad network that does not say that it is one."""

from typing import Any

from harness.cell import Cell
from harness.promises import fact
from harness.scenario import Case, scenario
from scenarios.on_a_page import PAGES, WHY_NOT, both, device, happening, promises

NETWORKS = ("slow", "hanging", "cut", "replies_eaten")


def _facts(case: Case) -> list[dict[str, Any]]:
    name = happening(case.variant)
    return [fact("reply_lost" if name == "replies_eaten" else name), fact("read_final")]


@scenario(
    cases=both(("buy",), *NETWORKS),
    promises=lambda case: promises(case.flow),
    facts=_facts,
    hands=PAGES,
    why_not=WHY_NOT,
)
async def page_network(cell: Cell) -> None:
    """A bad network.

    Every request takes seconds; or requests go nowhere for a while; or every socket is cut; or the server works and no
    answer comes back. Nothing tells the app that it is offline. It has a word for it within two seconds all the same.
    """
    phone = await cell.ready_for(cell.flow, device=device(cell.variant))
    phone.bad_weather(happening(cell.variant))
    await phone.play(cell.flow)
    await cell.settle_all()
