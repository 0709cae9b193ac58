"""Airplane mode: the phone loses its signal at the worst of moments."""

from harness.cell import Cell
from harness.promises import attachment_intact, converges, exactly_once, fact
from harness.scenario import HTTP, Case, scenario

MOMENTS = {
    "before_sending": "offline",
    "request_lost": "request_lost",
    "reply_lost": "reply_lost",
    "flapping": "flap",
}
FACTS = {
    "before_sending": [fact("offline")],
    "request_lost": [fact("request_lost"), fact("attempts", min=2), fact("same_key")],
    "reply_lost": [fact("reply_lost"), fact("attempts", min=2), fact("same_key")],
    "flapping": [fact("flapped"), fact("attempts", min=2), fact("same_key")],
}


def _promises(case: Case) -> list[dict[str, object]]:
    promises = [exactly_once(), converges()]
    return [*promises, attachment_intact()] if case.flow == "help_attachment" else promises


def _facts(case: Case) -> list[dict[str, object]]:
    return [*FACTS[case.variant], fact("read_final")]


@scenario(
    flows=("sign_up", "buy", "subscribe", "change_plan", "cancel", "help_text", "help_attachment"),
    variants=MOMENTS,
    promises=_promises,
    facts=_facts,
    hands=(HTTP,),
    why_not="in a page the app itself tries again: see page_signal",
)
async def airplane_mode(cell: Cell) -> None:
    """Airplane mode.

    The signal goes before the request is sent, while it is on its way, after the server has done the work but before
    the phone hears of it, or comes and goes. Back on the ground the phone sends what is still open, with the same key.
    One intent, one record.
    """
    phone = await cell.ready_for(cell.flow)
    phone.bad_weather(MOMENTS[cell.variant])
    await phone.play(cell.flow)
    await cell.settle_all()
