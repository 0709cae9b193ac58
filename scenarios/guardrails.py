"""Guardrails: what the pipeline must notice about itself, and tell the team before a customer does."""

import asyncio

from harness.cell import Cell
from harness.clock import pause
from harness.faults import ALWAYS, Kind
from harness.needs import Need, means, news, operators_can, vendor
from harness.promises import alerted, converges, exactly_once, fact, guarded
from harness.scenario import Case, scenario

FORGED = 150
"""More than 2% of all that a whole run delivers within the pipeline's own window."""
AT_ONCE = 10
SLOW_PEOPLE = 24
SLOW_S = 3.5
"""Longer than the p95 that the target's own time scale allows, and shorter than it waits for a vendor."""
SLOW_FOR_S = 3.0
BY_HAND = 6
"""One more than are allowed in a day."""
WORDS = {
    "webhook_failures": "webhook failure rate",
    "duplicate_event": "duplicate business event",
    "slow_sync": "sync latency",
    "interventions": "manual interventions",
}
NEEDS: dict[str, list[Need]] = {
    "webhook_failures": [news(), means("walk_away")],
    "duplicate_event": [news()],
    "slow_sync": [vendor("crm")],
    "interventions": [vendor("crm"), operators_can("dead_letters", "retry")],
}
FACTS = {
    "webhook_failures": [fact("forged", forgery="garbage", min=FORGED)],
    "duplicate_event": [fact("provider_acted", act="tell_payment_again"), fact("read_final")],
    "slow_sync": [fact("outage"), fact("fault_fired", fake="crm", min=SLOW_PEOPLE // 2), fact("read_final")],
    "interventions": [fact("intervened", min=BY_HAND), fact("read_final")],
}


def _promises(case: Case) -> list[dict[str, object]]:
    promises = [exactly_once(), guarded(WORDS[case.variant])]
    if case.variant == "slow_sync":
        return [*promises, converges()]
    if case.variant == "interventions":
        return [*promises, converges(), alerted(["alerts.chat"], contains=["dead letter"], within_s=60.0)]
    return promises


@scenario(
    cases=(
        ("buy", "webhook_failures"), ("buy", "duplicate_event"), ("sign_up", "slow_sync"), ("sign_up", "interventions"),
    ),
    promises=_promises,
    facts=lambda case: FACTS[case.variant],
    needs=lambda case: [vendor("alerts"), *NEEDS[case.variant]],
    phase={variant: "alone" if variant == "slow_sync" else "guardrails" for variant in WORDS},
)  # fmt: skip
async def guardrails(cell: Cell) -> None:
    """Guardrails.

    Too many webhooks are refused within a quarter of an hour; the provider tells of one payment in two events; what is
    to be in the CRM is late for many; or too much that was given up has to be tried again by hand. Nothing is lost or
    done twice, and the team is told by chat and by mail.
    """
    await SCRIPTS[cell.variant](cell)
    await cell.settle_all()


async def _webhook_failures(cell: Cell) -> None:
    phone = await cell.customer()
    await phone.play("buy", method="walk_away")
    for _ in range(FORGED // AT_ONCE):
        async with asyncio.TaskGroup() as burst:
            for _ in range(AT_ONCE):
                burst.create_task(cell.forge(phone, "payment_succeeded", "garbage"))


async def _duplicate_event(cell: Cell) -> None:
    phone = await cell.customer()
    await phone.play("buy")
    await cell.quiet(phone)
    await cell.provider(phone, "tell_payment_again")


async def _slow_sync(cell: Cell) -> None:
    async with asyncio.TaskGroup() as together, cell.outage("crm", Kind.SLOW_REPLY, seconds=SLOW_S):
        coming = [together.create_task(cell.newcomer().play("sign_up")) for _ in range(SLOW_PEOPLE)]
        await asyncio.wait(coming)
        await pause(SLOW_FOR_S)


async def _interventions(cell: Cell) -> None:
    people = [cell.newcomer() for _ in range(BY_HAND)]
    for phone in people:
        await cell.fault(phone, "crm", Kind.INVALID, times=ALWAYS)
    async with asyncio.TaskGroup() as together:
        for phone in people:
            together.create_task(phone.play("sign_up"))
    async with asyncio.TaskGroup() as together:
        for phone in people:
            together.create_task(cell.quiet(phone))
    for phone in people:
        await cell.mend(phone)
    await cell.retry_by_hand(people)


SCRIPTS = {
    "webhook_failures": _webhook_failures,
    "duplicate_event": _duplicate_event,
    "slow_sync": _slow_sync,
    "interventions": _interventions,
}
