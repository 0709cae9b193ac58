"""Guardrails: what the pipeline must notice about itself, and tell the team before a customer does."""

import asyncio

from harness.cell import Cell
from harness.needs import means, news, vendor
from harness.promises import exactly_once, fact, guarded
from harness.scenario import Case, scenario

FORGED = 150
"""More than 2% of all that a whole run delivers within the pipeline's own window."""
AT_ONCE = 10
WORDS = {"webhook_failures": "webhook failure rate", "duplicate_event": "duplicate business event"}


def _facts(case: Case) -> list[dict[str, object]]:
    if case.variant == "webhook_failures":
        return [fact("forged", forgery="garbage", min=FORGED)]
    return [fact("provider_acted", act="tell_payment_again"), fact("read_final")]


@scenario(
    flows=("buy",),
    variants=WORDS,
    promises=lambda case: [exactly_once(), guarded(WORDS[case.variant])],
    facts=_facts,
    needs=[news(), vendor("alerts"), means("walk_away")],
    phase="alone",
)
async def guardrails(cell: Cell) -> None:
    """Guardrails.

    Too many webhooks are refused within a quarter of an hour; or the provider tells of one payment in two events.
    Nothing is done twice, and the team is told by chat and by mail.
    """
    phone = await cell.customer()
    if cell.variant == "webhook_failures":
        await phone.play("buy", method="walk_away")
        for _ in range(FORGED // AT_ONCE):
            async with asyncio.TaskGroup() as burst:
                for _ in range(AT_ONCE):
                    burst.create_task(cell.forge(phone, "payment_succeeded", "garbage"))
    else:
        await phone.play("buy")
        await cell.quiet(phone)
        await cell.provider(phone, "tell_payment_again")
    await cell.settle_all()
