"""Airplane mode on a real page: sockets are cut, at the worst of moments."""

from typing import Any

from harness.cell import Cell
from harness.promises import fact
from harness.scenario import Case, scenario
from scenarios.on_a_page import PAGES, WHY_NOT, both, device, happening, promises

MOMENTS = {
    "before_sending": "offline",
    "request_lost": "request_lost",
    "reply_lost": "reply_lost",
    "after_reply": "after_reply",
    "flapping": "flap",
}
AGAIN = [fact("attempts", min=2), fact("same_key")]
FACTS = {
    "before_sending": [fact("offline")],
    "request_lost": [fact("request_lost"), *AGAIN],
    "reply_lost": [fact("reply_lost"), *AGAIN],
    "after_reply": [fact("after_reply")],
    "flapping": [fact("flapped"), *AGAIN],
}


def _facts(case: Case) -> list[dict[str, Any]]:
    return [*FACTS[happening(case.variant)], fact("page_offline"), fact("read_final")]


@scenario(
    cases=[*both(("buy",), *MOMENTS), *both(("help_text",), "before_sending", "reply_lost")],
    promises=lambda case: promises(case.flow),
    facts=_facts,
    hands=PAGES,
    why_not=WHY_NOT,
)
async def page_signal(cell: Cell) -> None:
    """Airplane mode on a page.

    The signal goes before the tap, while the request is on its way, after the server has done the work, as soon as the
    reply is there, or comes and goes. The page is told that it is offline, and every socket is cut. It has a word for
    it, sends again with the same key, and in the end shows what is true: one wish, one record, one row.
    """
    phone = await cell.ready_for(cell.flow, device=device(cell.variant))
    phone.bad_weather(MOMENTS[happening(cell.variant)])
    await phone.play(cell.flow)
    await cell.settle_all()
