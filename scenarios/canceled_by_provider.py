"""Active to canceled: the provider ends a subscription, and says so by webhook."""

from harness.cell import Cell
from harness.needs import flow, news
from harness.promises import converges, exactly_once, fact, fresh, synced
from harness.scenario import Case, scenario


def _facts(case: Case) -> list[dict[str, object]]:
    facts = [fact("provider_acted", act="end_subscription"), fact("read_final")]
    return [*facts, fact("delivered_again", min=3)] if case.variant == "told_four_times" else facts


@scenario(
    flows=("subscribe",),
    variants=("", "told_four_times", "after_cancel"),
    promises=[exactly_once(), converges(), fresh(), synced()],
    facts=_facts,
    needs=lambda case: [news(), *([flow("cancel")] if case.variant == "after_cancel" else [])],
)
async def canceled_by_provider(cell: Cell) -> None:
    """Active to canceled by webhook.

    A running subscription is ended on the provider's side, at once or at the end of a period that the customer had
    cancelled. The app shows the free plan, the CRM shows the customer's status, and nothing is charged again.
    """
    phone = await cell.subscriber()
    await phone.read("during")
    if cell.variant == "after_cancel":
        await cell.calmly(phone, "cancel")
    if cell.variant == "told_four_times":
        await cell.mishap(phone, "repeat", copies=3, overlap=True)
    await cell.provider(phone, "end_subscription")
    await cell.settle_all()
