"""A second subscription: somebody who has one asks for one again, from another device."""

from harness.cell import Cell
from harness.promises import converges, exactly_once, fact
from harness.scenario import scenario


@scenario(
    flows=("subscribe",),
    promises=[exactly_once(), converges()],
    facts=[fact("attempts", min=2), fact("read_final")],
)
async def second_subscription(cell: Cell) -> None:
    """A second subscription.

    A customer with a running subscription subscribes once more, with a key of its own, as from a second device or a
    tab that was left open. Whatever the pipeline answers, there is one running subscription in the end.
    """
    phone = await cell.subscriber()
    await phone.play("subscribe")
    await cell.settle_all()
