"""Slow and failing vendors: the app must not notice, and nothing may be lost."""

from harness.cell import Cell
from harness.faults import ANSWERED, Kind
from harness.needs import vendor
from harness.promises import acknowledged, attachment_intact, converges, exactly_once, fact, polite
from harness.scenario import Case, scenario

HOW: dict[str, dict[str, object]] = {
    "slow": {"kind": Kind.SLOW_REPLY, "seconds": 2.0},
    "hanging": {"kind": Kind.HANG, "seconds": 8.0},
    "refusing": {"kind": Kind.REFUSE, "times": 2},
    "failing": {"kind": Kind.SERVER_ERROR, "times": 2, "status": 503},
    "limiting": {"kind": Kind.RATE_LIMITED, "times": 1, "retry_after_s": 1.0},
    "html": {"kind": Kind.HTML},
    "losing_replies": {"kind": Kind.LOST_REPLY},
    "cutting_replies": {"kind": Kind.CUT_REPLY},
    "hanging_after": {"kind": Kind.HANG_AFTER, "seconds": 8.0},
}
AIMS = {
    "sign_up": ("crm",),
    "help_text": ("helpdesk",),
    "help_attachment": ("helpdesk",),
    "buy": ("payments", "crm"),
    "subscribe": ("payments",),
    "change_plan": ("payments",),
    "cancel": ("payments",),
}
CASES = tuple((flow, f"{fake}_{how}") for flow, fakes in AIMS.items() for fake in fakes for how in HOW)


def _promises(case: Case) -> list[dict[str, object]]:
    promises = [exactly_once(), converges(), acknowledged(2.0)]
    promises += [] if HOW[case.variant.partition("_")[2]]["kind"] in ANSWERED else [polite()]
    return [*promises, attachment_intact()] if case.flow == "help_attachment" else promises


def _facts(case: Case) -> list[dict[str, object]]:
    fake, _, how = case.variant.partition("_")
    return [fact("fault_fired", fake=fake, kind=str(HOW[how]["kind"]), min=1), fact("read_final")]


@scenario(
    cases=CASES,
    promises=_promises,
    facts=_facts,
    needs=lambda case: [vendor(case.variant.partition("_")[0])],
    strains={
        variant: variant.partition("_")[0] for _, variant in CASES if "hanging" in variant or variant.endswith("_slow")
    },
)
async def vendor_trouble(cell: Cell) -> None:
    """Slow and failing vendors.

    The CRM, the helpdesk or the payment provider is slow, hangs, refuses connections, fails, limits the rate, answers
    with a web page, or does the work and loses its answer, for the first call that writes. The app has its answer
    within two seconds all the same, and in the end every record is there once.
    """
    fake, _, how = cell.variant.partition("_")
    phone = await cell.ready_for(cell.flow)
    await cell.fault(phone, fake, **HOW[how])  # type: ignore[arg-type]
    await phone.play(cell.flow)
    await cell.settle_all()
