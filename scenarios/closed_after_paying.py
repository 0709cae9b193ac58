"""Closed after paying: the app is gone as soon as the money is."""

from harness.cell import Cell
from harness.promises import converges, exactly_once, fact, synced
from harness.scenario import scenario


@scenario(
    flows=("buy", "subscribe"),
    promises=[exactly_once(), converges(), synced()],
    facts=[fact("attempts", min=1), fact("read_final")],
)
async def closed_after_paying(cell: Cell) -> None:
    """Closed after paying.

    Somebody pays and closes the app before it could ask how that went. The provider's word is enough: what was paid for
    is there, in the app when it is opened again and everywhere else.
    """
    phone = await cell.customer()
    await phone.play(cell.flow, leaves=True)
    await cell.settle_all()
