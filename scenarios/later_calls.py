"""Trouble at later calls: the first thing a vendor is asked for goes well, and then it does not."""

from harness.cell import Cell
from harness.faults import ANSWERED, Kind
from harness.needs import Need, category, vendor
from harness.promises import acknowledged, converges, exactly_once, fact, polite
from harness.scenario import Case, scenario

HOW: dict[str, dict[str, object]] = {
    "failing": {"kind": Kind.SERVER_ERROR, "times": 2, "status": 503},
    "limiting": {"kind": Kind.RATE_LIMITED, "times": 1, "retry_after_s": 3.0},
    "losing_replies": {"kind": Kind.LOST_REPLY},
}
AIMS = {
    "buy": ("payments.charge", "crm.deal", "alerts.mail"),
    "subscribe": ("payments.subscription", "crm.contact", "crm.deal", "alerts.mail"),
    "change_plan": ("crm.contact",),
    "help_text": ("alerts.chat",),
}
URGENT = "account_access"
"""What the team is told of at once."""
UNTOLD = ("alerts.mail", "alerts.chat")
"""Where a lost answer may rightly be followed by a repeat: nothing could be judged."""
CASES = tuple(
    (flow, f"{sink.replace('.', '_')}_{how}")
    for flow, sinks in AIMS.items()
    for sink in sinks
    for how in HOW
    if not (sink in UNTOLD and how == "losing_replies")
)


def _aim(case: Case) -> tuple[str, str]:
    """The sink that is in trouble, and the way."""
    sink = next(sink for sink in AIMS[case.flow] if case.variant.startswith(sink.replace(".", "_")))
    return sink, case.variant.removeprefix(sink.replace(".", "_") + "_")


def _promises(case: Case) -> list[dict[str, object]]:
    promises = [exactly_once(), converges(), acknowledged(2.0)]
    return promises if HOW[_aim(case)[1]]["kind"] in ANSWERED else [*promises, polite()]


def _facts(case: Case) -> list[dict[str, object]]:
    sink, how = _aim(case)
    return [fact("fault_fired", fake=sink.partition(".")[0], kind=str(HOW[how]["kind"]), min=1), fact("read_final")]


def _needs(case: Case) -> list[Need]:
    needs = [vendor(_aim(case)[0].partition(".")[0])]
    return [*needs, category(URGENT)] if case.flow == "help_text" else needs


@scenario(cases=CASES, promises=_promises, facts=_facts, needs=_needs)
async def later_calls(cell: Cell) -> None:
    """Trouble at later calls.

    The customer is made and the contact is known, and then the payment, the subscription, the deal, the receipt or the
    word to the team meets a vendor that fails, limits the rate, or does the work and loses its answer. Each record is
    there once in the end, each message was sent.
    """
    phone = await cell.ready_for(cell.flow)
    sink, how = _aim(cell.case)
    await cell.fault(phone, sink.partition(".")[0], sink=sink, **HOW[how])  # type: ignore[arg-type]
    choices = {"category": URGENT} if cell.flow == "help_text" else {}
    await phone.play(cell.flow, **choices)
    await cell.settle_all()
